"""The console and the tables of the commands: output can be copied from the terminal and piped unchanged."""

import re
import shutil
from collections.abc import Collection, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

UNLIMITED_WIDTH = 100_000
"""Width in columns of a pipe or file, so that lines are not wrapped."""


class WholeLines(Console):
    """A console without markup that never crops a line, and wraps none in a pipe or file.

    A line longer than the terminal is left to the terminal to wrap, so that it can be copied in one piece.
    """

    def __init__(self, *, is_stderr: bool = False) -> None:
        super().__init__(stderr=is_stderr, highlight=False, markup=False, emoji=False)
        if not self.is_terminal:
            self.width = UNLIMITED_WIDTH

    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*objects, **{"crop": False, **options})

    @property
    def chart_width(self) -> int:
        """Columns for a chart: the terminal's, else those in COLUMNS, else 80."""
        return self.width if self.is_terminal else shutil.get_terminal_size((80, 24)).columns


class NameTable:
    """A table whose first column holds names, which are never wrapped.

    A name that leaves no room for the other columns is printed on a line of its own above its row.
    """

    def __init__(self, name: str, *columns: str, numbers: Collection[str] = ()) -> None:
        """The headers of all columns; those in `numbers` are right-aligned."""
        self.header, self.columns, self.numbers = name, columns, numbers
        self.names: list[Text] = []
        self.rows: list[tuple[str | Text, ...]] = []

    @property
    def row_count(self) -> int:
        return len(self.rows)

    def add_row(self, name: str | Text, *cells: str | Text) -> None:
        """Adds a row. Control characters in a name, which file names may contain, are replaced by �."""
        self.names.append(name if isinstance(name, Text) else Text(re.sub(r"[\x00-\x1f\x7f-\x9f]", "�", name)))
        self.rows.append(cells)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        whole = options.update(width=UNLIMITED_WIDTH)
        rest = self._table(Text(), [Text()] * len(self.rows))
        room = options.max_width - console.measure(rest, options=whole).maximum
        fits = [_width(name) <= room for name in self.names]
        if all(fits):
            yield self._table(Text(self.header), self.names)
            return
        fits = [is_narrow and "\n" not in name.plain for name, is_narrow in zip(self.names, fits, strict=True)]
        beside = [name if there_is_room else Text("  ") for name, there_is_room in zip(self.names, fits, strict=True)]
        header, *lines = console.render_lines(self._table(Text(self.header), beside), whole, pad=False)
        yield from _line(header)
        for name, there_is_room, line in zip(self.names, fits, lines, strict=True):
            if not there_is_room:
                above = name.copy()
                above.no_wrap, above.overflow = True, "ignore"
                yield above
            yield from _line(line)

    def _table(self, header: Text, names: Sequence[Text]) -> Table:
        table = Table(header_style="bold", box=None, pad_edge=False)
        table.add_column(header, no_wrap=True)
        for column in self.columns:
            table.add_column(column, justify="right" if column in self.numbers else "left", no_wrap=True)
        for name, cells in zip(names, self.rows, strict=True):
            table.add_row(name, *cells)
        return table


def _line(segments: Sequence[Segment]) -> RenderResult:
    yield from segments
    yield Segment.line()


def _width(name: Text) -> int:
    return max((line.cell_len for line in name.split("\n", allow_blank=True)), default=0)
