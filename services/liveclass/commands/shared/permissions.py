"""What a token or a key permits, as options say it."""

from typing import Annotated

import typer

Permits = Annotated[
    list[str],
    typer.Option(
        "--permit", help="What it permits: classify, record, view, manage, erase or admin. May be given several times."
    ),
]
Classrooms = Annotated[
    list[str],
    typer.Option("--classroom", help='The classroom, such as 7b, or "*" for all. May be given several times.'),
]


def permissions_of(classrooms: list[str], permitted: list[str]) -> list[str]:
    """Such as "classrooms/7b:view"."""
    from liveclass.identity.permissions import Permission, Permissions

    known = [permission.value for permission in Permission]
    for name in permitted:
        if name not in known:
            raise typer.BadParameter(f"'{name}' is not one of {', '.join(known)}", param_hint="--permit")
    for name in classrooms:
        if Permissions.parse([f"classrooms/{name}:{known[0]}"]) == Permissions():
            rule = 'a classroom is 1 to 63 characters of a-z, 0-9 and "-", such as 7b, or "*" for all'
            raise typer.BadParameter(f"'{name}': {rule}", param_hint="--classroom")
    return [f"classrooms/{classroom}:{permission}" for classroom in classrooms for permission in permitted]
