"""`liveclass token create`: a token, signed by this machine's key."""

import getpass
from datetime import datetime, timezone
from typing import Annotated

import typer

from liveclass.commands.shared.common import AsJson, parse_duration, print_json
from liveclass.commands.shared.permissions import Classrooms, Permits, permissions_of
from liveclass.commands.shared.stored_token import KeyDirectory, key_directory

app = typer.Typer(no_args_is_help=True, help="Tokens, for those who have no issuer.")


@app.callback()
def _group() -> None:
    """Tokens, for those who have no issuer."""


@app.command()
def create(
    *,
    permit: Permits,
    classroom: Classrooms,
    duration: Annotated[
        float,
        typer.Option("--for", parser=parse_duration, metavar="DURATION", help="How long it is valid, such as 30m."),
    ] = 3600.0,
    subject: Annotated[str, typer.Option(help="Who it is for; by default you. It shows in the audit log.")] = "",
    tenant: Annotated[str, typer.Option(help="The school it is for, where several share the services.")] = "",
    audience: Annotated[str, typer.Option(envvar="LIVECLASS_AUDIENCE", help="The services it is for.")] = "liveclass",
    directory: KeyDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Sign a token with this machine's key, and print it."""
    from liveclass.identity.local_keys import KeyFileError, read_key

    permissions = permissions_of(classroom, permit)
    _check_duration(duration)
    try:
        key = read_key(key_directory(directory))
    except KeyFileError as error:
        raise typer.BadParameter(str(error), param_hint="token create") from error
    subject = subject or getpass.getuser()
    token, expires_at = key.sign(subject, permissions, duration, audience=audience, tenant=tenant)
    if as_json:
        expires = datetime.fromtimestamp(expires_at, timezone.utc)
        print_json({"token": token, "subject": subject, "permissions": permissions, "expires": expires})
    else:
        print(token)


def _check_duration(seconds: float) -> None:
    """A token that the services would refuse is not made."""
    from liveclass.runtime.settings import ServiceSettings

    most = ServiceSettings().max_token_seconds
    if seconds > most:
        sentence = f"the services take tokens of at most {most:g} s (LIVECLASS_MAX_TOKEN_SECONDS)"
        raise typer.BadParameter(sentence, param_hint="--for")
