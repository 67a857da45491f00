"""What the command line shows: tables, bars, the strip chart, pictures in the terminal."""

import io
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import cv2
import numpy as np
import pytest
import typer
from rich.console import Console

from liveclass.client import (
    Box,
    ClassifiedFrame,
    Emotion,
    EmotionScore,
    EmotionShare,
    Face,
    ImageSize,
    Session,
    SessionState,
    Timeline,
    TimelineBucket,
    UnavailableError,
    UnreadableFrameError,
)
from liveclass.commands.demo import find_problems, variations
from liveclass.commands.shared.common import parse_duration
from liveclass.commands.shared.pictures import draw_faces, read_pixels, terminal_picture
from liveclass.commands.shared.rendering import (
    add_faces,
    bar,
    columns_of,
    face_table,
    mix,
    score_bars,
    session_table,
    strip_chart,
    timeline_table,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)
TEN_SECONDS = timedelta(seconds=10)


def bucket(index: int, *, suppressed: bool = False, top: Emotion = Emotion.HAPPINESS, faces: int = 30):
    shares = tuple(
        EmotionShare(emotion, score, score, score - 0.05, score + 0.05)
        for emotion in Emotion
        for score in [0.7 if emotion is top else 0.05]
    )
    return TimelineBucket(
        start_time=NOON + index * TEN_SECONDS,
        duration=TEN_SECONDS,
        frames=0 if suppressed else 5,
        faces=0 if suppressed else faces,
        group_size=0 if suppressed else 6,
        emotions=() if suppressed or not faces else shares,
        suppressed=suppressed,
        coverage=0 if suppressed else 0.9,
        open=False,
    )


def face(emotion: Emotion = Emotion.HAPPINESS, box: Box | None = None) -> Face:
    rest = [other for other in Emotion if other is not emotion]
    emotions = (EmotionScore(emotion, 0.7), *(EmotionScore(other, 0.05) for other in rest))
    return Face(emotion, emotions, box or Box(20, 30, 40, 40))


def frame(*faces: Face, recorded: bool = False, error: UnavailableError | None = None) -> ClassifiedFrame:
    return ClassifiedFrame("f1", faces, ImageSize(100, 100), "emotion", "1", recorded, error, {})


def shown(renderable, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    return console.file.getvalue()


def test_a_strip_has_a_row_for_every_emotion_and_hatches_what_is_suppressed():
    text = shown(strip_chart([bucket(0), bucket(1, suppressed=True), bucket(2)], 60))

    rows = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    assert all(emotion.label in rows for emotion in Emotion)
    assert rows["strongest"][10:22] == "████╱╱╱╱████"
    assert rows["happiness"][10:22] == "▆▆▆▆╱╱╱╱▆▆▆▆"
    assert "suppressed: the group was too small" in text


def test_a_gap_in_a_strip_stays_empty():
    text = shown(strip_chart([bucket(0), bucket(3)], 60))

    assert text.splitlines()[0].rstrip() == f"{'strongest':<10}████        ████"


def test_a_strip_shows_when():
    local = NOON.astimezone()

    assert f"{local:%H:%M:%S}" in shown(strip_chart([bucket(0), bucket(1)], 60))


@pytest.mark.parametrize("width", [20, 33, 80, 200])
def test_a_strip_is_never_wider_than_the_terminal(width):
    buckets = [bucket(index, suppressed=index % 7 == 0) for index in range(500)]

    assert max(len(line) for line in shown(strip_chart(buckets, width), width=300).splitlines()[:8]) <= width


def test_columns_of_a_long_timeline_weigh_buckets_by_their_faces():
    buckets = [bucket(0, top=Emotion.ANGER, faces=10), bucket(1, top=Emotion.HAPPINESS, faces=30)]

    (column,) = columns_of(buckets, max_columns=1)

    assert column.scores[Emotion.ANGER] == pytest.approx((0.7 * 10 + 0.05 * 30) / 40)
    assert not column.suppressed


def test_a_column_is_suppressed_only_where_all_of_it_is():
    both, one = [bucket(0, suppressed=True), bucket(1, suppressed=True)], [bucket(0, suppressed=True), bucket(1)]

    assert columns_of(both, max_columns=1)[0].suppressed
    assert not columns_of(one, max_columns=1)[0].suppressed


def test_a_strip_of_nothing_is_empty():
    assert columns_of([], max_columns=10) == []


def test_a_timeline_table_hides_what_is_suppressed():
    text = shown(timeline_table([bucket(0), bucket(1, suppressed=True), bucket(2, faces=0)]))

    first, hidden, empty = text.splitlines()[1:4]
    assert "happiness 0.70 0.65–0.75" in first
    assert "90%" in first
    assert "suppressed" in hidden
    assert "happiness" not in hidden
    assert "no face" in empty


def test_a_timeline_fits_80_columns_with_a_line_for_each_bucket():
    still_open = replace(bucket(1), open=True)

    lines = shown(timeline_table([bucket(0), still_open, bucket(2, suppressed=True)]), width=80).splitlines()

    assert len(lines) == 5
    assert "0.65–0.75" in lines[2]
    assert " … " in lines[2]
    assert lines[4].rstrip() == "…  is still open: more is expected"
    assert lines[2].rstrip().endswith("█")
    assert lines[3].rstrip().endswith("╱")


def test_a_sessions_name_can_be_copied_from_one_line_of_80_columns():
    name = "classrooms/demo/sessions/e9736d538e7bc7e1"
    ended = Session(name, "Geometry", SessionState.ENDED, NOON, NOON + timedelta(hours=1), 5, timedelta(days=90))

    text = shown(session_table([ended, replace(ended, end_time=None)]), width=80)

    assert text.count(name) == 2
    assert all(part in text for part in ("Geometry", "active", "≥ 5", "90"))


def test_faces_are_listed_with_their_boxes_and_two_emotions():
    table = face_table(with_session=True)
    add_faces(table, "a.jpg", frame(face(), face(Emotion.FEAR), recorded=True))
    add_faces(table, "b.jpg", frame())
    add_faces(table, "c.jpg", frame(face(), error=UnavailableError("the session service is away")))

    lines = shown(table, width=140).splitlines()
    assert all(part in lines[1] for part in ("a.jpg", "20, 30", "40×40", "happiness 0.70", "anger 0.05", "yes"))
    assert "fear 0.70" in lines[2]
    assert "a.jpg" not in lines[2]
    assert "no face" in lines[3]
    assert lines[4].split()[-1] == "no"


def test_score_bars_show_all_seven():
    lines = shown(score_bars(face(), 10)).splitlines()

    assert [line.split()[0] for line in lines] == [
        "happiness",
        *(e.label for e in Emotion if e is not Emotion.HAPPINESS),
    ]
    assert "███████ " in lines[0]
    assert lines[0].rstrip().endswith("0.700")


@pytest.mark.parametrize(("score", "text"), [(0, "    "), (1, "████"), (0.5, "██  "), (0.125, "▌   "), (2, "████")])
def test_a_bar_is_as_long_as_its_score(score, text):
    assert bar(score, 4, "red").plain == text


def test_a_mix_is_full_where_the_scores_sum_to_one():
    assert mix(bucket(0).emotions, 24).plain == "█" * 24


@pytest.mark.parametrize(("text", "seconds"), [("10", 10), ("10s", 10), ("5m", 300), ("1.5h", 5400), ("90d", 7776000)])
def test_durations(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "-1s", "ten", "10 parsecs"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(typer.BadParameter, match="10s, 5m, 1h or 90d"):
        parse_duration(text)


def test_drawing_leaves_the_picture_alone_and_stays_inside_it():
    picture = np.full((100, 100, 3), 200, np.uint8)
    boxes = [Box(0, 0, 30, 30), Box(80, 80, 20, 20), Box(-5, 50, 200, 10)]

    drawn = draw_faces(picture, [face(box=box) for box in boxes])

    assert drawn.shape == picture.shape
    assert (picture == 200).all()
    assert (drawn != picture).any()


def test_a_picture_in_the_terminal_keeps_its_proportions_and_shows_the_box():
    picture = np.zeros((100, 200, 3), np.uint8)

    colours = terminal_picture(picture, [face()], 40, colours=True)
    shades = [line.plain for line in terminal_picture(picture, [face()], 40, colours=False)]

    assert len(colours) == len(shades) == 10
    assert {len(line) for line in shades} == {40}
    assert sum("│" in line or "┌" in line or "└" in line for line in shades) == 4


def test_a_colour_profile_does_not_keep_a_png_from_being_read():
    encoded = cv2.imencode(".png", np.full((4, 5, 3), 7, np.uint8))[1].tobytes()
    profile = (3).to_bytes(4, "big") + b"iCCP" + b"abc" + b"\0\0\0\0"

    assert (read_pixels(encoded[:33] + profile + encoded[33:]) == 7).all()


def test_a_broken_picture_says_so():
    with pytest.raises(UnreadableFrameError, match="damaged"):
        read_pixels(b"\x89PNG\r\n\x1a\n and no more")


def test_the_demonstration_begins_with_the_photograph_itself():
    photograph = np.random.default_rng(0).integers(0, 256, (50, 60, 3)).astype(np.uint8)

    pictures = variations(photograph)

    assert len(pictures) == 20
    assert (pictures[0] == photograph).all()
    assert len({picture.tobytes() for picture in pictures}) == 20


def test_a_timeline_can_be_plotted_light_and_dark(tmp_path):
    timeline = Timeline("classrooms/7b/sessions/x", TEN_SECONDS, "", (bucket(0), bucket(1, suppressed=True), bucket(2)))

    light = cv2.imread(str(timeline.plot(tmp_path / "light.png")))
    dark = cv2.imread(str(timeline.plot(tmp_path / "dark.png", dark=True)))
    svg = timeline.plot(tmp_path / "class.svg", title="Geometry")

    assert light[0, 0].min() > 200
    assert dark[0, 0].max() < 50
    assert "<svg" in svg.read_text()


def test_a_demonstration_in_which_all_went_well():
    frames = [frame(face(), recorded=True)] * 5
    timeline = Timeline("classrooms/demo/sessions/x", TEN_SECONDS, "", (bucket(0),))

    assert find_problems(frames, timeline, replace(timeline, buckets=(bucket(0, suppressed=True),))) == []


def test_a_demonstration_says_all_that_went_wrong():
    away = UnavailableError("the session service is away")
    timeline = Timeline("classrooms/demo/sessions/x", TEN_SECONDS, "", (bucket(0),))

    problems = find_problems([frame(), frame(face(), error=away)], timeline, timeline)

    assert "no face was found" in problems[0]
    assert "2 of 2 frames were not recorded" in problems[1]
    assert "counts 5 frames, and 2 were sent" in problems[2]
    assert "was not suppressed" in problems[3]
