"""Default paths of models, database and logs. They do not depend on the current directory.

In a source tree they are its `model_repository/` and `build/liveclass/`; otherwise both are in the user's data folder,
`~/.local/share/liveclass/` (XDG Base Directory Specification).
"""

import ipaddress
from collections.abc import Mapping
from pathlib import Path

DATABASE = "liveclass.db"


def model_repository(environment: Mapping[str, str]) -> Path:
    """The model repository: LIVECLASS_MODEL_REPOSITORY, or the default one."""
    if given := environment.get("LIVECLASS_MODEL_REPOSITORY"):
        return Path(given)
    tree = source_tree()
    return (tree or _user_data(environment)) / "model_repository"


def data_directory(environment: Mapping[str, str]) -> Path:
    """The folder of the database and the logs: LIVECLASS_DATA_DIRECTORY, or the default one."""
    if given := environment.get("LIVECLASS_DATA_DIRECTORY"):
        return Path(given)
    tree = source_tree()
    return tree / "build/liveclass" if tree else _user_data(environment)


def sqlite_url(directory: Path) -> str:
    """The URL of the SQLite database in a data directory."""
    return f"sqlite+aiosqlite:///{directory.absolute() / DATABASE}"


def source_tree() -> Path | None:
    """The source tree that this code runs from; None if it is an installed package."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "pyproject.toml").is_file() and (root / "model_repository").is_dir() else None


def _user_data(environment: Mapping[str, str]) -> Path:
    home = Path(environment.get("HOME", "~"))
    return Path(environment.get("XDG_DATA_HOME") or home / ".local/share") / "liveclass"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there, or is meant by it."""
    bare = host.strip("[]")
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return bare == "localhost"
