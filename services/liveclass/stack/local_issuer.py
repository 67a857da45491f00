"""Tokens on a machine without an issuer: its own key signs them. Calls without one remain the local operator's."""

from pathlib import Path
from typing import TYPE_CHECKING

from liveclass.identity import LOCAL_ISSUER
from liveclass.stack.ports import StackError

if TYPE_CHECKING:
    from liveclass.identity.local_keys import LocalKey

TOKEN_SECONDS = 86_400.0


def local_key(directory: Path) -> "LocalKey":
    """The signing key in `directory`/keys, made where there is none. Raises `StackError` for one that is unusable."""
    from liveclass.identity.local_keys import (  # noqa: PLC0415  # not for every command
        KEY_FILE,
        KeyFileError,
        create_key,
        read_key,
    )

    folder = directory / "keys"
    try:
        return read_key(folder) if (folder / KEY_FILE).exists() else create_key(folder, LOCAL_ISSUER)
    except KeyFileError as error:
        raise StackError(str(error)) from error


def issuer_settings(directory: Path, key: "LocalKey") -> dict[str, str]:
    """The environment variables by which the services verify what the key signs."""
    from liveclass.identity.local_keys import JWKS_FILE, KEY_FILE  # noqa: PLC0415  # as above

    return {
        "LIVECLASS_ISSUER": key.issuer,
        "LIVECLASS_JWKS": str(directory / "keys" / JWKS_FILE),
        "LIVECLASS_SIGNING_KEY": str(directory / "keys" / KEY_FILE),
        "LIVECLASS_LOCAL_OPERATOR": "true",
        "LIVECLASS_MAX_TOKEN_SECONDS": f"{TOKEN_SECONDS:.0f}",
    }


def operator_token(key: "LocalKey", audience: str) -> str:
    """A token that may do everything, for a day."""
    token, _ = key.sign("local-operator", ["classrooms/*:admin"], TOKEN_SECONDS, audience=audience)
    return token
