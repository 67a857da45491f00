"""`liveclass login` and `logout`: the token that the command line sends."""

import sys

import typer

from liveclass.commands.shared.common import stdout
from liveclass.commands.shared.stored_token import token_file


def login() -> None:
    """Store a token for the commands that follow: typed, pasted, or from a pipe. LIVECLASS_TOKEN goes before it."""
    from liveclass.client.tokens import Tokens, expiry_of
    from liveclass.identity.local_keys import write_file

    text = typer.prompt("Token", hide_input=True) if sys.stdin.isatty() else sys.stdin.read()
    try:
        token = Tokens(text).current()
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="login") from error
    if not token:
        raise typer.BadParameter("no token was given", param_hint="login")
    file = token_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    write_file(file, token, mode=0o600)
    stdout().print(f"Stored in {file}{_until(expiry_of(token))}.", soft_wrap=True)


def logout() -> None:
    """Forget the stored token."""
    token_file().unlink(missing_ok=True)


def _until(expires_at: float) -> str:
    from datetime import datetime, timezone

    if expires_at > 2**40:  # no JWT, or one without an end
        return ""
    moment = datetime.fromtimestamp(expires_at, timezone.utc).astimezone()
    return f"; valid until {moment:%Y-%m-%d %H:%M}"
