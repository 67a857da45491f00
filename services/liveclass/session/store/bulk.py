"""SQLite statements for many rows at a time.

One statement for many: between two, the driver lets go of the interpreter, and waits to get it back. To prepare one
takes longer than to run it, so the rows are taken in powers of two, of which every statement stays prepared.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

_MOST_VALUES = 32_766
"""SQLite's limit for one statement."""


class BulkStatement:
    """A statement that takes rows of `width` values each."""

    def __init__(self, text: Callable[[int], str], width: int) -> None:
        """`text` gives the statement for a number of rows."""
        self._text = cache(text)
        self._width = width
        self._most_rows = 1 << (_MOST_VALUES // width).bit_length() - 1

    def run(self, connection: sa.Connection, values: Sequence[Any]) -> list[tuple[int, Any]]:
        """Takes the values of one row after another. Gives each result with the number of its part's first row."""
        # Straight to the driver: SQLAlchemy's way there takes longer than a statement of a few rows.
        driver: Any = connection.connection.driver_connection
        results: list[tuple[int, Any]] = []
        row, rows = 0, len(values) // self._width
        while row < rows:
            count = min(self._most_rows, 1 << (rows - row).bit_length() - 1)
            part = values[row * self._width : (row + count) * self._width]
            results += [(row, result) for result in driver.execute(self._text(count), part)]
            row += count
        return results
