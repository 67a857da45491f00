"""Whether the database's disk takes writes, told by the last write: full and read-only disks are named as such."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

from liveclass.runtime.errors import Reason, UnavailableError

T = TypeVar("T")

RETRY_SECONDS = 5.0
"""When a caller should try again: somebody has to make room first."""


class StorageProblem(str, Enum):
    """Why nothing can be written. The value is for people."""

    FULL = "the disk of the database is full"
    READ_ONLY = "the database can only be read"
    FAILING = "the disk of the database fails"


_REASONS = {
    StorageProblem.FULL: Reason.STORE_FULL,
    StorageProblem.READ_ONLY: Reason.STORE_READ_ONLY,
    StorageProblem.FAILING: Reason.STORE_UNAVAILABLE,
}

_SQLITE = {
    "database or disk is full": StorageProblem.FULL,
    "disk i/o error": StorageProblem.FAILING,
    "attempt to write a readonly database": StorageProblem.READ_ONLY,
}
_POSTGRES = {"53100": StorageProblem.FULL, "25006": StorageProblem.READ_ONLY, "58030": StorageProblem.FAILING}
"""SQLSTATE disk_full, read_only_sql_transaction and io_error."""


def storage_problem(error: BaseException) -> StorageProblem | None:
    """What an error of a write says about the disk; None where it has another cause."""
    own = error.orig if isinstance(error, DBAPIError) else error
    sqlstate = getattr(own, "sqlstate", None)
    return _POSTGRES.get(str(sqlstate)) if sqlstate else _SQLITE.get(str(own).lower())


def cannot_write(problem: StorageProblem) -> UnavailableError:
    """The error for whoever wants to write."""
    message = f"{problem.value}; nothing can be recorded until that is mended, and what was recorded can be read"
    return UnavailableError(message, RETRY_SECONDS, _REASONS[problem])


class Storage:
    """Remembers how the last write went, and logs when that changes."""

    def __init__(self) -> None:
        self.problem: StorageProblem | None = None
        self._log = structlog.get_logger()

    async def watch(self, write: Callable[[], Awaitable[T]]) -> T:
        """Does `write`, and notes whether the disk took it."""
        try:
            result = await write()
        except Exception as error:
            problem = storage_problem(error)
            if problem and problem != self.problem:
                self.problem = problem
                self._log.error("nothing can be recorded", cause=problem.value)
            raise
        if self.problem:
            self.problem = None
            self._log.info("recording goes on")
        return result
