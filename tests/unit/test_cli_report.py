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
    Marker,
    Session,
    SessionState,
    SessionSummary,
    Timeline,
    TimelineBucket,
)
from liveclass.commands.report import page as pages
from liveclass.commands.report.lesson import Lesson
from liveclass.commands.report.lesson_text import no_moments, paragraph

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


def report_page(session: Session, shown: Timeline, summary: SessionSummary) -> str:
    return pages.report_page([Lesson.whole(session, shown, summary)])


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
    assert "↗ +0.25" in page  # 0.30 an hour, over 50 minutes
    assert "steady" in page
    assert "happiness before neutral (40% of the time)" in page
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

    assert "Not shown: too few people throughout." in page
    assert "Too few people: with fewer than 5 faces nothing is shown" in page
    assert "did not change" not in page


@pytest.mark.parametrize("minutes", [1, 5, 50, 180, 3000, 20000])
def test_times_along_the_axis_are_few_and_inside(minutes):
    page = report_page(SESSION, timeline(bucket(0), bucket(minutes - 1)), SUMMARY)

    axis = page.split('class="axis"')[1].split("</div>")[0]
    places = [float(left) for left in re.findall(r"left:([\d.]+)%", axis)]
    assert 0 < len(places) <= 20
    assert axis.count("<b>") == len(places)  # minutes since the start, beside the clock
    assert places == sorted(places)
    assert all(0 <= place <= 96 for place in places)


def lesson(*buckets: TimelineBucket, session: Session = SESSION, **more) -> Lesson:
    return Lesson.whole(session, timeline(*buckets), replace(SUMMARY, **more))


def test_five_minutes_have_no_trend():
    short = lesson(*(bucket(minute) for minute in range(5)))

    assert short.trends() == {}
    page = pages.report_page([short])
    assert "↗" not in page
    assert "per hour" not in page


def test_at_most_five_pairs_and_none_of_no_percent():
    few = [EmotionPair(Emotion.ANGER, Emotion.FEAR, share) for share in (0.3, 0.1, 0.004)]
    many = [EmotionPair(Emotion.ANGER, Emotion.FEAR, 0.1)] * 9

    assert [pair.share for pair in lesson(bucket(0), top_pairs=tuple(few)).pairs] == [0.3, 0.1]
    assert len(lesson(bucket(0), top_pairs=tuple(many)).pairs) == 5


def test_the_time_that_is_hatched_counts():
    half = lesson(*(bucket(minute, suppressed=minute >= 5) for minute in range(10)))

    page = pages.report_page([half])

    assert re.search(r"time shown<b>50%</b><small>5 min of 10 min", page)


def test_one_plain_paragraph_says_what_was_seen():
    happy = tuple(
        replace(share, mean_score=0.6 if share.emotion is Emotion.HAPPINESS else 0.06) for share in bucket(0).emotions
    )
    seen = [replace(bucket(minute), emotions=happy) for minute in range(50)]
    seen[30:40] = [bucket(minute, suppressed=True) for minute in range(30, 40)]

    said = paragraph(lesson(*seen, total=replace(SUMMARY.total, emotions=happy)))

    assert said == (
        "The lesson was watched for 50 min. For 10 min of that too few people were seen at once, fewer than 5: these "
        "stretches are hatched, and all that follows leaves them out. On the whole the strongest emotion was happiness "
        "(mean score 0.60), then anger (0.06). It changed markedly once: at 20 min, when happiness fell from 0.50 to "
        "0.20. From beginning to end, anger grew by 0.25."
    )


def test_a_paragraph_about_too_few_people_says_so_and_no_more():
    hidden = lesson(bucket(0, suppressed=True), bucket(1, suppressed=True), change_points=())

    assert paragraph(hidden) == (
        "The lesson was watched for 2 min. Too few people were seen at once, fewer than 5, so that nothing can be "
        "shown."
    )
    assert no_moments(hidden).startswith("Too few people")


def test_a_calm_lesson_did_not_change():
    calm = lesson(bucket(0), bucket(1), change_points=())

    assert "did not change markedly" in pages.report_page([calm])


def test_what_was_marked_is_on_the_chart_and_in_words():
    marked = replace(
        SESSION,
        markers=(Marker(NOON + 10 * MINUTE, "group <work>"), Marker(NOON - 5 * MINUTE, "before the first frame")),
    )

    page = report_page(marked, timeline(bucket(0), bucket(49)), SUMMARY)

    assert re.findall(r'class="marker" style="left:([\d.]+)%"', page) == ["20.0"]
    assert "group &lt;work&gt;" in page
    assert "before the first frame" in page
    assert "−5 min" in page


def test_a_part_of_a_lesson_counts_its_own_figures_from_the_lessons_beginning():
    calm = replace(bucket(20), faces=30, coverage=1.0)
    part = Lesson.part(SESSION, timeline(calm, replace(bucket(21), faces=90, coverage=0.9)), SUMMARY, NOON)

    page = pages.report_page([part])

    assert part.total.faces == 120
    assert part.total.coverage == pytest.approx(120 / 130)
    assert sum(share.mean_score for share in part.total.emotions) == pytest.approx(1)
    assert "This part of the lesson was watched for 2 min" in page
    assert "at 20 min, when happiness fell" in page
    assert "<b>20 min</b>" in page


def test_a_change_outside_the_part_is_not_told():
    part = Lesson.part(SESSION, timeline(bucket(30), bucket(31)), SUMMARY, NOON)

    assert part.changes == ()


def test_two_lessons_are_drawn_minute_by_minute_and_compared():
    happier = replace(
        SUMMARY,
        total=replace(
            SUMMARY.total,
            emotions=tuple(
                replace(share, mean_score=0.5 if share.emotion is Emotion.HAPPINESS else 0.083)
                for share in SUMMARY.total.emotions
            ),
        ),
    )
    tuesday = replace(SESSION, name="classrooms/7b/sessions/tuesday", display_name="Circles")
    page = pages.report_page([
        lesson(bucket(0), bucket(49)),
        Lesson.whole(tuesday, timeline(bucket(0), bucket(24)), happier),
    ])  # fmt: skip

    assert "Compared with “Geometry”, “Circles” showed more happiness (0.50 instead of 0.14) and less" in page
    assert "+0.36" in page
    ends = [re.findall(r"M([\d.]+) ", path)[-1] for path in re.findall(r'path fill="[^"]+" d="([^"]+)"', page)]
    assert {ends[0], ends[-1]} == {"980.00", "480.00"}  # the same minute stands at the same place
    balance = _Balance()
    balance.feed(page)
    assert (balance.open, balance.wrong) == ([], [])


def test_lessons_of_which_one_is_hidden_cannot_be_compared():
    nothing = lesson(bucket(0, suppressed=True), total=bucket(0, suppressed=True))

    assert "cannot be compared: too few people were seen in “Geometry”" in pages.report_page(
        [lesson(bucket(0)), nothing]
    )


def test_lessons_that_are_scored_by_different_labels_are_not_compared():
    first, second = (
        Lesson.whole(replace(SESSION, display_name=name, labels=labels), timeline(bucket(0)), SUMMARY)
        for name, labels in (("Geometry", "votes"), ("Circles", "fer2013"))
    )

    page = pages.report_page([first, second])

    assert "cannot be compared: they are scored by different labels, “Geometry” by the votes" in page
    assert "Side by side" not in page
    assert page.count("The scores are by the votes of ten annotators (FER+).") == 1
    assert "cannot be compared" not in pages.report_page([first, replace(second, session=SESSION)])  # not known


def test_lessons_that_are_alike_are_said_to_be():
    assert "The two were alike" in pages.report_page([lesson(bucket(0)), lesson(bucket(0))])
