"""The page of `liveclass report`."""

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest

from liveclass.client import (
    ChangePoint,
    Emotion,
    EmotionPair,
    EmotionShare,
    EmotionTrend,
    Session,
    SessionState,
    SessionSummary,
    Timeline,
    TimelineBucket,
)
from liveclass.commands.report_page import report_page

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
NAME = "classrooms/7b/sessions/geometry"
SESSION = Session(NAME, "Geometry", SessionState.ENDED, NOON, NOON + 50 * MINUTE, 5, timedelta(days=90))


def bucket(minute: int, *, suppressed: bool = False) -> TimelineBucket:
    shares = tuple(EmotionShare(emotion, 1 / 7, 1 / 7, 0.1, 0.2) for emotion in Emotion)
    figures = (0, 0, 0, (), True, 0.0) if suppressed else (10, 60, 6, shares, False, 0.9)
    return TimelineBucket(NOON + minute * MINUTE, MINUTE, *figures, open=False)


def timeline(*buckets: TimelineBucket) -> Timeline:
    return Timeline(NAME, MINUTE, "", buckets)


SUMMARY = SessionSummary(
    total=replace(bucket(0), faces=3000, frames=500),
    trends=tuple(EmotionTrend(emotion, 0.3 if emotion is Emotion.ANGER else 0.0) for emotion in Emotion),
    change_points=(ChangePoint(NOON + 20 * MINUTE, Emotion.HAPPINESS, 0.5, 0.2),),
    top_pairs=(EmotionPair(Emotion.HAPPINESS, Emotion.NEUTRAL, 0.4),),
)


class _Balance(HTMLParser):
    """Notes tags that are not closed where they should be."""

    EMPTY = ("meta", "br", "rect", "path")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.EMPTY or tag == "rect":
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.EMPTY and tag != "rect":
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_the_page_is_whole_and_needs_nothing_from_elsewhere():
    page = report_page(SESSION, timeline(*(bucket(minute) for minute in range(50))), SUMMARY)

    balance = _Balance()
    balance.feed(page)
    assert (balance.open, balance.wrong) == ([], [])
    assert not re.search(r"""(src|href)=|url\(|@import|https?://|<script""", page)


def test_the_page_says_what_matters():
    page = report_page(SESSION, timeline(bucket(0), bucket(49)), SUMMARY)

    assert "Geometry" in page
    assert "50 min" in page
    assert "3,000" in page
    assert "happiness fell from 0.50 to 0.20" in page
    assert f"{(NOON + 20 * MINUTE).astimezone():%H:%M:%S}" in page
    assert "↗ +0.30" in page
    assert "steady" in page
    assert "happiness before neutral (40% of faces)" in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_suppressed_stretches_are_joined_and_hatched():
    buckets = [bucket(0), bucket(1, suppressed=True), bucket(2, suppressed=True), bucket(3), bucket(9, suppressed=True)]

    page = report_page(SESSION, timeline(*buckets), SUMMARY)

    chart = page.split('class="groups"')[0].split('class="chart"')[1]
    assert re.findall(r'class="hatched" style="left:([\d.]+)%;width:([\d.]+)%', chart) == [
        ("10.0", "20.0"),
        ("90.0", "10.0"),
    ]
    assert "fewer than 5 faces" in page


def test_without_suppression_nothing_is_said_about_it():
    page = report_page(SESSION, timeline(bucket(0)), SUMMARY)

    assert 'class="hatched"' not in page


def test_what_people_typed_is_escaped():
    page = report_page(replace(SESSION, display_name="<script>alert(1)</script>"), timeline(bucket(0)), SUMMARY)

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_class_that_was_too_small_throughout():
    hidden = bucket(0, suppressed=True)

    page = report_page(SESSION, timeline(hidden), SessionSummary(hidden, (), (), ()))

    assert "the group was too small" in page
    assert "Not shown: the group was smaller than 5 throughout." in page
    assert "did not change markedly" in page


@pytest.mark.parametrize("minutes", [1, 5, 50, 180, 3000, 20000])
def test_times_along_the_axis_are_few_and_inside(minutes):
    page = report_page(SESSION, timeline(bucket(0), bucket(minutes - 1)), SUMMARY)

    axis = page.split('class="axis"')[1].split("</div>")[0]
    places = [float(left) for left in re.findall(r"left:([\d.]+)%", axis)]
    assert 0 < len(places) <= 20
    assert places == sorted(places)
    assert all(0 <= place <= 96 for place in places)
