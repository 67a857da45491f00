"""Answers about sessions that are longer than one answer may be."""

import numpy as np
import pytest
from session_memory import MemoryStore

from liveclass.runtime.errors import InvalidArgumentError
from liveclass.session import figures
from liveclass.session.answers import TimelineReader, Window
from liveclass.session.store.port import Buckets
from liveclass.session.store.reading import MAX_ROWS
from liveclass.session.timeline import Groups, Series

LAST = MAX_ROWS + 100


class LongStore:
    """A class that is seen in every second, and one source in it that is seen in the last. As much as a store reads."""

    async def read_buckets(self, session, query):
        own = np.array([LAST])
        series = Series(query.resolution, own, np.ones((1, figures.WIDTH), np.int64), own * 0 + 9, own * 0 + 9)
        starts = [np.arange(0, LAST + 1, length)[:MAX_ROWS] for length in query.people]
        return Buckets(series, [Groups(one, np.full(len(one), 9), np.full(len(one), 9)) for one in starts])


async def test_one_source_of_too_long_a_session_is_refused_with_a_way_out():
    session = MemoryStore([("a", 0, 9), ("a", LAST, 9)]).session(minimum=3)
    reader = TimelineReader(LongStore(), lambda: 2_000.0)
    with pytest.raises(InvalidArgumentError, match="shorter range") as refused:
        await reader.read(session, Window(None, None, 60, "a"))
    assert refused.value.field == "resolution"
