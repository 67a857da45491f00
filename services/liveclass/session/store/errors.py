"""What an error of the database means: whether it is away, and whether its disk takes writes."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from liveclass.runtime.errors import Reason, ServiceError, UnavailableError

UNREACHABLE_RETRY_SECONDS = 1.0
"""When a caller should try again after the database could not be reached."""

STORAGE_RETRY_SECONDS = 5.0
"""When a caller should try again after a write failed for the disk: somebody has to make room first."""

_OUTAGES = ("08", "40", "53", "57")
"""Classes of SQLSTATE: connection lost, transaction rolled back, out of resources, stopped or starting up."""


class StorageProblem(NamedTuple):
    """Why nothing can be written."""

    message: str
    reason: Reason


_FULL = StorageProblem("the disk of the database is full", Reason.STORE_FULL)
_READ_ONLY = StorageProblem("the database can only be read", Reason.STORE_READ_ONLY)
_FAILING = StorageProblem("the disk of the database fails", Reason.STORE_UNAVAILABLE)
_STORAGE_PROBLEMS = {
    "database or disk is full": _FULL,
    "attempt to write a readonly database": _READ_ONLY,
    "disk i/o error": _FAILING,
    "53100": _FULL,
    "25006": _READ_ONLY,
    "58030": _FAILING,
}
"""By SQLite's message, or by SQLSTATE: disk_full, read_only_sql_transaction and io_error."""


@contextmanager
def translated() -> Iterator[None]:
    """Turns the database's errors into `UnavailableError` where it cannot be reached, is locked, or takes no writes."""
    try:
        yield
    except Exception as error:
        problem = _storage_problem(error)
        if problem:
            message = (
                f"{problem.message}; nothing can be recorded until that is mended, and what was recorded can be read"
            )
            raise UnavailableError(message, STORAGE_RETRY_SECONDS, problem.reason) from error
        if _is_outage(error):
            raise unavailable() from error
        raise


class WriteMonitor:
    """Remembers whether writes fail. Used from the threads that write."""

    def __init__(self) -> None:
        self.problem: StorageProblem | None = None
        self._log = structlog.get_logger()

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watches one write transaction, and translates its errors. Logs when writes begin to fail."""
        try:
            with translated():
                yield
        except ServiceError as error:
            problem = _storage_problem(error.__cause__)
            if problem and problem != self.problem:
                self.problem = problem
                self._log.error("nothing can be recorded", cause=problem.message)
            raise

    def recovered(self) -> None:
        """A write of some size has succeeded. Small ones say nothing: a full disk often has room for them."""
        if self.problem:
            self.problem = None
            self._log.info("recording goes on")


def unavailable() -> UnavailableError:
    """The database cannot be reached."""
    message = "the database cannot be reached at the moment"
    return UnavailableError(message, UNREACHABLE_RETRY_SECONDS, Reason.STORE_UNAVAILABLE)


def error_message(error: BaseException) -> str | None:
    """What the database or its driver says is wrong, in a line; None where the error is not of theirs."""
    own = _driver_error(error)
    if not isinstance(error, (SQLAlchemyError, OSError)) and not hasattr(own, "sqlstate"):
        return None
    return str(own).partition("\n")[0] or type(own).__name__


def _storage_problem(error: BaseException | None) -> StorageProblem | None:
    """What an error of a write says about the disk; None where it has another cause."""
    own = _driver_error(error)
    return _STORAGE_PROBLEMS.get(getattr(own, "sqlstate", None) or str(own).lower())


def _is_outage(error: Exception) -> bool:
    """Whether the same may well succeed in a moment."""
    timeouts = (PoolTimeoutError, asyncio.TimeoutError)
    if str(_driver_error(error)).startswith("no such "):
        return False  # SQLite counts missing tables and columns among its operational errors
    if isinstance(error, (InterfaceError, OperationalError, sqlite3.OperationalError, *timeouts, OSError)):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    # While it connects, asyncpg's own errors come through.
    return str(getattr(_driver_error(error), "sqlstate", None))[:2] in _OUTAGES


def _driver_error(error: BaseException | None) -> BaseException | None:
    """The driver's own error."""
    return error.orig if isinstance(error, DBAPIError) else error
