"""Reads TOML files."""

import sys
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Model = TypeVar("Model", bound=BaseModel)


class TextFile(Protocol):
    """A path, or a file of a package."""

    def read_text(self, encoding: str) -> str: ...


def read_toml(file: TextFile) -> dict[str, Any]:
    """What a file holds. Raises `ValueError` where that is no TOML, and `OSError`."""
    return dict(tomllib.loads(file.read_text("utf-8")))


def read_setting(variable: str, path: Path, model: type[Model]) -> Model:
    """The file that `variable` names. Raises `ValueError`, whose message names the variable and what is wrong where."""
    source = f"{variable}: {path}"
    try:
        return model.model_validate(read_toml(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{source}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except OSError as error:
        raise ValueError(f"{source}: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from error
