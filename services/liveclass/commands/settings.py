"""`liveclass settings`: all environment variables of liveclass with value, default and description."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from liveclass.commands.shared.common import AsJson, say_error, stdout
from liveclass.variables import PREFIX, settings_classes, unknown_variables

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class Setting:
    """One environment variable."""

    variable: str
    value: str
    default: str
    is_set: bool
    readers: tuple[str, ...]
    description: str


def settings(as_json: AsJson = False) -> None:
    """List all settings: environment variable, value, default and description.

    Exits 1 if an unknown LIVECLASS_ variable is set, since no program starts then.
    """
    from liveclass.commands.shared.common import print_json

    found = collect_settings(os.environ)
    if as_json:
        for setting in found:
            print_json(setting)
    else:
        _print_settings(found)
    unknown = unknown_variables(os.environ)
    for sentence in unknown:
        say_error(sentence)
    if unknown:
        raise typer.Exit(1)


def collect_settings(environment: "os._Environ[str] | dict[str, str]") -> list[Setting]:
    """All settings of the services and of the command line, by variable."""
    found: dict[str, Setting] = {}
    for reader, settings_class in settings_classes():
        for field_name, field in settings_class.model_fields.items():
            variable = f"{PREFIX}{field_name.upper()}"
            earlier = found[variable].readers if variable in found else ()
            found[variable] = _setting(variable, field, environment, (*earlier, reader))
    return sorted(found.values(), key=lambda setting: setting.variable)


def _setting(
    variable: str, field: "FieldInfo", environment: "os._Environ[str] | dict[str, str]", readers: tuple[str, ...]
) -> Setting:
    from pydantic import SecretStr

    default = "" if field.is_required() else str(field.get_default(call_default_factory=True, validated_data={}))
    value = environment.get(variable, default)
    shown = "***" if value and field.annotation is SecretStr else _without_password(value)
    return Setting(variable, shown, default, variable in environment, readers, field.description or "")


def _without_password(value: str) -> str:
    """Hides the password in a database's URL."""
    scheme, separator, rest = value.partition("://")
    credentials, at, host = rest.rpartition("@")
    if not (separator and at and ":" in credentials):
        return value
    return f"{scheme}://{credentials.partition(':')[0]}:***@{host}"


def _print_settings(found: list[Setting]) -> None:
    """One line to copy for each setting, with its description below; a table would be too narrow."""
    from rich.padding import Padding
    from rich.text import Text

    console = stdout()
    for setting in found:
        line = Text(f"{setting.variable}={setting.value}", "bold green" if setting.is_set else "bold")
        if setting.is_set:
            line.append(f"  default {setting.default or 'none'}", "not bold dim")
        readers = ", ".join(setting.readers)
        console.print(line, soft_wrap=True)
        meaning = Text.assemble(setting.description, (f"  ({readers})", "dim"))
        console.print(Padding(meaning, (0, 0, 0, 4), expand=False))
