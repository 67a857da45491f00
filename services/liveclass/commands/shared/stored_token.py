"""Where this machine's keys and the command line's token are, and which token a command sends."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from liveclass.paths import data_directory

PLAINTEXT_VARIABLE = "LIVECLASS_PLAINTEXT_TOKEN"
TOKEN_VARIABLE = "LIVECLASS_TOKEN"  # noqa: S105  # the name of a variable

KeyDirectory = Annotated[
    Path | None, typer.Option("--directory", help="Where the key is; by default `keys` in LIVECLASS_DATA_DIRECTORY.")
]


def key_directory(given: Path | None) -> Path:
    """The folder of this machine's signing key."""
    return (given or data_directory(os.environ) / "keys").absolute()


def token_file() -> Path:
    """Where `liveclass login` stores the token."""
    return data_directory(os.environ).absolute() / "token"


def may_send_plaintext() -> bool:
    """Whether the user allows that a token goes to another machine in plaintext."""
    return os.environ.get(PLAINTEXT_VARIABLE, "").lower() in ("1", "true", "yes", "on")


def stored_token() -> "str | Callable[[], str] | None":
    """The token that a command sends: of the environment, or of the last login, which may be renewed meanwhile."""
    if given := os.environ.get(TOKEN_VARIABLE):
        return given
    file = token_file()
    return (lambda: file.read_text("utf-8")) if file.exists() else None


def token_for(environment: Mapping[str, str]) -> "str | Callable[[], str] | None":
    """The same, for services that are started with this environment; None where they take calls without a token."""
    return stored_token() if environment.get("LIVECLASS_ISSUER") else None
