"""`liveclass keys create`: a signing key on this machine, for those who have no issuer."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from liveclass.commands.shared.common import AsJson, print_json, stdout
from liveclass.commands.shared.stored_token import KeyDirectory, key_directory
from liveclass.identity import LOCAL_ISSUER

app = typer.Typer(no_args_is_help=True, help="Keys of this machine that sign tokens.")


class KeyKind(str, Enum):
    """What a key signs with."""

    ED25519 = "ed25519"
    ES256 = "es256"


@app.callback()
def _group() -> None:
    """Keys of this machine that sign tokens."""


@app.command()
def create(
    *,
    kind: Annotated[KeyKind, typer.Option(help="Ed25519, or ECDSA on P-256 where a program knows only that.")] = (
        KeyKind.ED25519
    ),
    issuer: Annotated[str, typer.Option(help="What tokens name as their issuer.")] = LOCAL_ISSUER,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Sign with a new key from now on; tokens of the old one stay valid.")
    ] = False,
    directory: KeyDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Make a key that signs tokens, and the public key set (JWKS) that the services verify them by."""
    from liveclass.identity.local_keys import JWKS_FILE, KEY_FILE, KeyFileError, create_key

    folder = key_directory(directory)
    try:
        key = create_key(folder, issuer, "EdDSA" if kind is KeyKind.ED25519 else "ES256", rotate=rotate)
    except KeyFileError as error:
        raise typer.BadParameter(str(error), param_hint="keys create") from error
    files = {"signing_key": folder / KEY_FILE, "jwks": folder / JWKS_FILE}
    if as_json:
        print_json({"issuer": issuer, "key_id": key.key_id, **{name: str(file) for name, file in files.items()}})
    else:
        _explain(issuer, files["signing_key"], files["jwks"])


def _explain(issuer: str, signing_key: Path, jwks: Path) -> None:
    console = stdout()
    console.print(f"The signing key is in {signing_key}; nobody else may read it. Start the services with:")
    console.print(f"export LIVECLASS_ISSUER={issuer}", soft_wrap=True)
    console.print(f"export LIVECLASS_JWKS={jwks}", soft_wrap=True)
