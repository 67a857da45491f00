"""PostgreSQL's partitions by the day of expiry: made when the first row needs one, dropped as a whole.

SQLite has none, and needs none.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from liveclass.session.store.schema import GROWING
from liveclass.session.store.transaction import Transaction

_LOCK = 0x6C69766564  # "lived": one transaction at a time changes partitions

_FIND = sa.text("""
SELECT child.relname FROM pg_inherits
JOIN pg_class child ON child.oid = pg_inherits.inhrelid JOIN pg_class parent ON parent.oid = pg_inherits.inhparent
WHERE parent.relname = :table AND pg_table_is_visible(parent.oid)
""")


def ensure(connection: sa.Connection, days: Iterable[int]) -> None:
    """Makes the partitions of `days` that are missing."""
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    for table in GROWING:
        present = _present(connection, table.name)
        for day in sorted(set(days) - present):
            name = f"{table.name}_{day}"
            # Attached rather than made as a partition: that does not keep others from reading and writing.
            connection.execute(sa.text(f"CREATE TABLE {name} (LIKE {table.name} INCLUDING ALL)"))
            attach = f"ALTER TABLE {table.name} ATTACH PARTITION {name} FOR VALUES FROM ({day}) TO ({day + 1})"
            connection.execute(sa.text(attach))


def drop_expired(transaction: Transaction, today: int) -> int:
    """Drops the partitions of `today` and before; gives their number."""
    connection = transaction.connection
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    # Reads and writes would queue behind a drop that itself has to wait. It is tried again at the next sweep.
    connection.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
    dropped = 0
    for table in GROWING:
        for day in sorted(_present(connection, table.name)):
            if day <= today:
                connection.execute(sa.text(f"DROP TABLE {table.name}_{day}"))
                dropped += 1
    return dropped


def _present(connection: sa.Connection, table: str) -> set[int]:
    names = (connection.execute(_FIND, {"table": table})).scalars()
    return {int(name.removeprefix(f"{table}_")) for name in names}
