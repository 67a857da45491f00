"""What the SQL of a write transaction is given, whichever database it runs on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from liveclass.session.changes import Change
from liveclass.session.privacy import ReleaseRules
from liveclass.session.store.statements import Statements

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True)
class Transaction:
    """A write transaction."""

    connection: sa.Connection
    statements: Statements
    rules: ReleaseRules
    now: float
    """When it began, in seconds since the epoch."""
    changes: list[Change] = field(default_factory=list)
    """What readers see change. Published once the transaction is on disk."""
    new_days: set[int] = field(default_factory=set)
    """The days of expiry that this transaction has made partitions for."""


ReadWork = Callable[Concatenate[sa.Connection, P], T]
WriteWork = Callable[Concatenate[Transaction, P], T]
