"""`liveclass session create|get|list|rename|mark|end|delete|erase`."""

from typing import TYPE_CHECKING, Annotated

import typer

from liveclass.commands.shared.common import (
    SESSION,
    AsJson,
    SessionAddress,
    SessionName,
    connect,
    lesson_time,
    parse_duration,
    print_json,
    stdout,
)

if TYPE_CHECKING:
    from liveclass.client import Session

app = typer.Typer(no_args_is_help=True, help="Create, show, rename, mark, end and delete sessions.")

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command()
def create(
    classroom: Annotated[
        str, typer.Argument(help="The classroom, such as 7b, or classroom and session, such as 7b/math-monday.")
    ],
    *,
    session_id: Annotated[str, typer.Option("--id", help="Last part of the name; generated if left out.")] = "",
    title: Annotated[str, typer.Option(help="Title for people. Not a person's name.")] = "",
    minimum_group_size: Annotated[
        int, typer.Option(min=0, help="Groups of fewer faces are suppressed; 0: the operator's default.")
    ] = 0,
    retention: Annotated[
        float | None,
        typer.Option(parser=parse_duration, metavar="DURATION", help="How long observations are kept, such as 30d."),
    ] = None,
    as_json: AsJson = False,
    address: SessionAddress = SESSION,
) -> None:
    """Start a session and print its name."""
    if not session_id and not classroom.startswith("classrooms/"):
        classroom, _, session_id = classroom.partition("/")
    with connect(session=address) as lc:
        session = lc.create_session(
            classroom,
            session_id,
            display_name=title,
            minimum_group_size=minimum_group_size,
            retention=retention,
        )
    if as_json:
        print_json(session)
    else:
        print(session.name)


@app.command()
def get(name: SessionName, as_json: AsJson = False, address: SessionAddress = SESSION) -> None:
    """Show a session."""
    from liveclass.commands.shared.rendering import session_table

    with connect(session=address) as lc:
        session = lc.get_session(name)
    if as_json:
        print_json(session)
    else:
        stdout().print(session_table([session]))
        if session.markers:
            _print_markers(session)


@app.command("list")
def list_(
    classroom: Annotated[str, typer.Argument(help='The classroom; "-" for all.')] = "-",
    filter_text: Annotated[
        str, typer.Option("--filter", help='Such as: state = ACTIVE AND start_time >= "2026-01-01T00:00:00Z"')
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="Maximum number to list, latest first.")] = 50,
    as_json: AsJson = False,
    address: SessionAddress = SESSION,
) -> None:
    """List sessions, latest first."""
    from itertools import islice

    from liveclass.commands.shared.rendering import session_table

    with connect(session=address) as lc:
        pages = lc.list_sessions(classroom, filter=filter_text, page_size=min(limit, 1000))
        sessions = list(islice(pages, limit))
    if as_json:
        for session in sessions:
            print_json(session)
    elif sessions:
        stdout().print(session_table(sessions))
    else:
        stdout().print("There are no such sessions.")


@app.command()
def rename(
    name: SessionName,
    title: Annotated[str, typer.Argument(help='Title for people. Not a person\'s name. "" removes it.')],
    as_json: AsJson = False,
    address: SessionAddress = SESSION,
) -> None:
    """Give a session another title; its name stays."""
    with connect(session=address) as lc:
        session = lc.rename_session(name, title)
    if as_json:
        print_json(session)
    elif title:
        print(f"{session.name} is called {session.display_name}")
    else:
        print(f"{session.name} has no title now")


@app.command()
def mark(
    name: SessionName,
    text: Annotated[
        str, typer.Argument(help='What happened, in at most 80 characters; no names. "" removes the mark.')
    ],
    at: Annotated[
        str,
        typer.Option("--at", metavar="TIME", help="10:30, or 2026-03-02T10:30; by default now.", show_default=False),
    ] = "",
    as_json: AsJson = False,
    address: SessionAddress = SESSION,
) -> None:
    """Mark a moment of a lesson, such as the beginning of group work; reports show it."""
    if not text and not at:
        raise typer.BadParameter("give the time of the mark to remove", param_hint="--at")
    with connect(session=address) as lc:
        day = lc.get_session(name).start_time.astimezone().date()
        session = lc.mark_session(name, text, time=lesson_time(at, "--at", day))
    if as_json:
        print_json(session)
    else:
        _print_markers(session)


def _print_markers(session: "Session") -> None:
    from liveclass.commands.shared.rendering import local_time

    if not session.markers:
        print("There are no marks.")
    for marker in session.markers:
        print(f"{local_time(marker.time, with_date=True)}  {marker.text}")


@app.command()
def end(name: SessionName, as_json: AsJson = False, address: SessionAddress = SESSION) -> None:
    """End a session: it takes no more observations."""
    with connect(session=address) as lc:
        session = lc.end_session(name)
    if as_json:
        print_json(session)
    else:
        print(f"{session.name} has ended")


@app.command()
def delete(name: SessionName, yes: Yes = False, address: SessionAddress = SESSION) -> None:
    """Delete a session with all its observations, permanently."""
    if not yes:
        typer.confirm(f"Delete {name} with all its observations?", abort=True)
    with connect(session=address) as lc:
        lc.delete_session(name)
    print(f"{name} is deleted")


@app.command()
def erase(
    name: SessionName,
    source: Annotated[str, typer.Argument(help="The source's pseudonym.")],
    yes: Yes = False,
    as_json: AsJson = False,
    address: SessionAddress = SESSION,
) -> None:
    """Erase all observations that one source sent to a session."""
    if not yes:
        typer.confirm(f"Erase all observations that {source} sent to {name}?", abort=True)
    with connect(session=address) as lc:
        erased = lc.delete_observations(name, source)
    if as_json:
        print_json(erased)
    else:
        print(f"erased {erased.observations} observations with {erased.faces} faces")
