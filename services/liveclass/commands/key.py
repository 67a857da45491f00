"""`liveclass key create|list|revoke`: program keys, which cameras and other programs exchange for tokens."""

from typing import TYPE_CHECKING, Annotated

import typer

from liveclass.commands.shared.common import SESSION, AsJson, SessionAddress, administration, print_json, stdout
from liveclass.commands.shared.permissions import Classrooms, Permits, permissions_of

if TYPE_CHECKING:
    from liveclass.client.administration import ProgramKey

app = typer.Typer(no_args_is_help=True, help="Keys of programs, exchanged for tokens.")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is for, such as camera-in-the-hall. Not a person's name.")],
    *,
    permit: Permits,
    classroom: Classrooms,
    as_json: AsJson = False,
    address: SessionAddress = SESSION,
) -> None:
    """Make a key, and print it this once."""
    permissions = permissions_of(classroom, permit)
    with administration(address) as client:
        key, secret = client.create_key(permissions, name)
    if as_json:
        print_json({"key": secret, "id": key.id, "name": key.display_name, "permissions": list(key.permissions)})
    else:
        print(secret)


@app.command("list")
def list_(as_json: AsJson = False, address: SessionAddress = SESSION) -> None:
    """List the keys, latest first, without their secrets."""
    with administration(address) as client:
        keys = client.list_keys()
    if as_json:
        for key in keys:
            print_json(key)
    elif keys:
        _print(keys)
    else:
        stdout().print("There are no keys.")


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The id of the key, as `liveclass key list` shows it.")],
    as_json: AsJson = False,
    address: SessionAddress = SESSION,
) -> None:
    """Revoke a key. Tokens that it was exchanged for stay valid until they expire (LIVECLASS_KEY_TOKEN_SECONDS)."""
    with administration(address) as client:
        key = client.revoke_key(key_id.removeprefix("keys/"))
    if as_json:
        print_json(key)
    else:
        print(f"{key.id} is revoked")


def _print(keys: "list[ProgramKey]") -> None:
    from rich.table import Table
    from rich.text import Text

    from liveclass.commands.shared.rendering import local_time

    table = Table(header_style="bold", box=None, pad_edge=False)
    for column in ("id", "name", "permissions", "made", "last used", "revoked"):
        table.add_column(column, overflow="fold")
    for key in keys:
        used = local_time(key.last_used, with_date=True) if key.last_used else "never"
        revoked = local_time(key.revoked, with_date=True) if key.revoked else ""
        made = local_time(key.created, with_date=True)
        cells = (key.id, key.display_name, "\n".join(key.permissions), made, used)
        table.add_row(*map(Text, cells), Text(revoked, "red"))
    stdout().print(table)
