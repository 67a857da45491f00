"""The environment variables of liveclass, and a check for unknown ones.

A misspelt setting would silently be its default, so programs refuse to start with an unknown LIVECLASS_ variable.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_settings import BaseSettings

PREFIX = "LIVECLASS_"

_CLASSES = (
    ("detection", "liveclass.detection.settings", "DetectionSettings"),
    ("session", "liveclass.session.settings", "SessionSettings"),
    ("edge", "liveclass.edge.settings", "EdgeSettings"),
    ("web", "liveclass.web.settings", "WebSettings"),
    ("command line", "liveclass.commands.shared.local_settings", "LocalSettings"),
)


class UnknownVariableError(ValueError):
    """An unknown variable is set; the message names it and the most similar known one."""


def settings_classes() -> "Iterator[tuple[str, type[BaseSettings]]]":
    """Each reader of settings, with the class that describes them."""
    for reader, module, name in _CLASSES:
        yield reader, getattr(import_module(module), name)


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """One sentence for each unknown variable with the prefix `LIVECLASS_`."""
    given = sorted(name for name in environment if name.upper().startswith(PREFIX))
    if not given:
        return []
    known = {f"{PREFIX}{field.upper()}" for _, settings in settings_classes() for field in settings.model_fields}
    return [_sentence(name, known) for name in given if name.upper() not in known]


def refuse_unknown_variables(environment: Mapping[str, str]) -> None:
    """Raises `UnknownVariableError` if an unknown variable is set."""
    if found := unknown_variables(environment):
        raise UnknownVariableError("\n".join(found))


def _sentence(name: str, known: set[str]) -> str:
    nearest = get_close_matches(name.upper(), known, n=1, cutoff=0.75)
    if nearest:
        return f"{name} is set, and nothing reads it: did you mean {nearest[0]}?"
    return f"{name} is set, and nothing reads it; `liveclass settings` lists every variable that is read"
