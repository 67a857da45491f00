"""`liveclass …`: the command line. Every command is a plain function in `liveclass.commands`, mounted here."""

from typing import Annotated

import typer

from liveclass.commands.audit import audit
from liveclass.commands.capacity import capacity
from liveclass.commands.classify import classify
from liveclass.commands.demo import demo
from liveclass.commands.doctor import doctor
from liveclass.commands.key import app as key
from liveclass.commands.keys import app as keys
from liveclass.commands.login import login, logout
from liveclass.commands.report import report
from liveclass.commands.session import app as session
from liveclass.commands.settings import settings
from liveclass.commands.shared.common import CommandGroup
from liveclass.commands.timeline import timeline, watch
from liveclass.commands.token import app as token
from liveclass.commands.training.models import evaluate, explain, explore
from liveclass.commands.training.publish import publish
from liveclass.commands.training.train import train
from liveclass.commands.training.tune import architectures, tune
from liveclass.commands.tune_detector import tune_detector
from liveclass.commands.up import up

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Turns live class video into a timeline of how a class feels.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001  # Typer passes it by position
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"liveclass {version('liveclass')}")
        except PackageNotFoundError:
            typer.echo("liveclass, run from its source tree without being installed")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of every command."""


RUNNING, CLASSES, ACCESS, MODELS, THIS_MACHINE = "Run it", "Classes", "Access", "Models", "This machine"

app.command(rich_help_panel=RUNNING)(up)
app.command(rich_help_panel=RUNNING)(demo)
app.command(rich_help_panel=CLASSES)(classify)
app.add_typer(session, name="session", rich_help_panel=CLASSES)
app.command(rich_help_panel=CLASSES)(timeline)
app.command(rich_help_panel=CLASSES)(watch)
app.command(rich_help_panel=CLASSES)(report)
app.add_typer(keys, name="keys", rich_help_panel=ACCESS)
app.add_typer(token, name="token", rich_help_panel=ACCESS)
app.add_typer(key, name="key", rich_help_panel=ACCESS)
app.command(rich_help_panel=ACCESS)(audit)
app.command(rich_help_panel=ACCESS)(login)
app.command(rich_help_panel=ACCESS)(logout)
for command in (explore, architectures, train, tune, evaluate, explain, publish):
    app.command(rich_help_panel=MODELS)(command)
app.command(rich_help_panel=THIS_MACHINE)(settings)
app.command(rich_help_panel=THIS_MACHINE)(doctor)
app.command(rich_help_panel=THIS_MACHINE)(capacity)
app.command(rich_help_panel=THIS_MACHINE)(tune_detector)


def main() -> None:
    """The program `liveclass`."""
    app()


if __name__ == "__main__":
    main()
