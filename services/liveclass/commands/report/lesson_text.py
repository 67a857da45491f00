"""The sentences of a report about a lesson."""

from datetime import datetime, timedelta

from liveclass.client.results import ChangePoint, TimelineBucket
from liveclass.commands.report.lesson import STEADY, Lesson, strongest_first
from liveclass.commands.shared.rendering import LABEL_SETS

MAX_CHANGES = 3

SIMILAR = 0.03
"""Mean scores of two lessons that differ by less are called similar."""

_TIMES = {1: "once", 2: "twice"}


def paragraph(lesson: Lesson) -> str:
    """A summary of the lesson in a few sentences."""
    sentences = [_watched(lesson)]
    if not lesson.is_suppressed:
        sentences += [_strongest(lesson), _changed(lesson), _trend(lesson)]
    return " ".join(filter(None, sentences))


def no_moments(lesson: Lesson) -> str:
    """Says why no change point is listed."""
    if lesson.is_suppressed:
        return (
            f"Too few people: with fewer than {lesson.session.minimum_group_size} faces nothing is shown, so that no "
            "change can be told."
        )
    if lesson.suppressed_time:
        return "Where enough people were seen, the class did not change markedly at any one moment."
    return "The class did not change markedly at any one moment."


def compared(first: Lesson, second: Lesson) -> str:
    """How the second lesson differs from the first."""
    suppressed = [f"“{title(lesson)}”" for lesson in (first, second) if not lesson.total.emotions]
    if suppressed:
        return f"The two cannot be compared: too few people were seen in {' and in '.join(suppressed)}."
    if not are_comparable(first, second):
        labels = [f"“{title(one)}” by {LABEL_SETS[one.session.labels]}" for one in (first, second)]
        return f"The two cannot be compared: they are scored by different labels, {' and '.join(labels)}."
    more: list[tuple[float, str]] = []
    less: list[tuple[float, str]] = []
    for before, after in zip(first.total.emotions, second.total.emotions, strict=True):
        difference = after.mean_score - before.mean_score
        change = f"{before.emotion.label} ({after.mean_score:.2f} instead of {before.mean_score:.2f})"
        if abs(difference) >= SIMILAR:
            (more if difference > 0 else less).append((abs(difference), change))
    parts = [f"{word} {_and(_ordered(found))}" for word, found in (("more", more), ("less", less)) if found]
    if not parts:
        return f"The two were alike: no mean score differs by {SIMILAR:g} or more."
    return f"Compared with “{title(first)}”, “{title(second)}” showed {' and '.join(parts)}."


def are_comparable(first: Lesson, second: Lesson) -> bool:
    """Whether both are scored by the same labels, unless these are unknown."""
    known = {one.session.labels for one in (first, second)} - {""}
    return len(known) < 2


def title(lesson: Lesson) -> str:
    """The title of the lesson, or its name without one."""
    return lesson.session.display_name or lesson.session.name


def describe_bucket(bucket: TimelineBucket) -> str:
    """A bucket in words."""
    if bucket.suppressed:
        return "suppressed: too few people"
    if not bucket.emotions:
        return f"{bucket.frames} frames, no face"
    shares = ", ".join(f"{share.emotion.label} {share.mean_score:.2f}" for share in strongest_first(bucket)[:3])
    return f"{shares}; group of {bucket.group_size}, {bucket.faces} faces in {bucket.frames} frames"


def describe_change(point: ChangePoint) -> str:
    """A change point in words."""
    verb = "rose" if point.after > point.before else "fell"
    return f"{point.emotion.label} {verb} from {point.before:.2f} to {point.after:.2f}"


def describe_trend(change: float) -> str:
    """The trend of a mean score, for a table."""
    return "steady" if abs(change) < STEADY else f"{'↗' if change > 0 else '↘'} {signed(change)}"


def signed(change: float) -> str:
    """With a sign."""
    return f"{change:+.2f}".replace("-", "−") if round(change, 2) else "0.00"


def clock(time: datetime) -> str:
    """Local time of day."""
    return f"{time.astimezone():%H:%M:%S}"


def since(begin: datetime, time: datetime) -> str:
    """Time since the beginning: "20 min", or "1 h 20 min"."""
    minutes = round((time - begin) / timedelta(minutes=1))
    sign = "−" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{sign}{hours} h {rest} min" if hours else f"{sign}{rest} min"


def length(duration: timedelta) -> str:
    """A duration, such as "50 min" or "1 h 20 min"."""
    seconds = round(duration.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min" + (f" {seconds % 60} s" if seconds % 60 else "")
    minutes = seconds % 3600 // 60
    return f"{seconds // 3600} h" + (f" {minutes} min" if minutes else "")


def about(duration: timedelta) -> str:
    """A duration rounded to minutes, from two minutes on."""
    if duration < timedelta(minutes=2):
        return length(duration)
    return length(timedelta(minutes=round(duration / timedelta(minutes=1))))


def when(lesson: Lesson) -> str:
    """Day, start and end of the lesson."""
    first, last = lesson.start.astimezone(), lesson.end.astimezone()
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%A %Y-%m-%d, %H:%M} to {until} ({length(lesson.length)})"


def _watched(lesson: Lesson) -> str:
    minimum = lesson.session.minimum_group_size
    what = "This part of the lesson" if lesson.is_part else "The lesson"
    watched = f"{what} was watched for {about(lesson.visible_time + lesson.suppressed_time)}"
    if lesson.is_suppressed:
        return f"{watched}. Too few people were seen at once, fewer than {minimum}, so that nothing can be shown."
    if lesson.suppressed_time:
        return (
            f"{watched}. For {about(lesson.suppressed_time)} of that too few people were seen at once, fewer than "
            f"{minimum}: these stretches are hatched, and all that follows leaves them out."
        )
    return f"{watched}, with up to {lesson.largest_group} people seen at once."


def _strongest(lesson: Lesson) -> str:
    if not lesson.total.emotions:
        return "No face could be read."
    first, second = strongest_first(lesson.total)[:2]
    sentence = (
        f"On the whole the strongest emotion was {first.emotion.label} (mean score {first.mean_score:.2f}), "
        f"then {second.emotion.label} ({second.mean_score:.2f})."
    )
    (leader, longest), *others = list(lesson.times_led().items())[:3]
    if others:
        others_text = _and([f"{emotion.label} for {about(time)}" for emotion, time in others])
        sentence += f" Minute by minute, {leader.label} was the strongest for {about(longest)}, and {others_text}."
    return sentence


def _changed(lesson: Lesson) -> str:
    if not lesson.total.emotions:
        return ""
    if not lesson.changes:
        return "It did not change markedly at any one moment."
    largest = sorted(lesson.changes, key=lambda point: -abs(point.after - point.before))[:MAX_CHANGES]
    changes = [
        f"at {since(lesson.begin, point.time)}, when {describe_change(point)}"
        for point in sorted(largest, key=lambda point: point.time)
    ]
    count = len(lesson.changes)
    times = _TIMES.get(count, f"{count} times")
    most = ", most of all" if count > len(changes) else ":"
    return f"It changed markedly {times}{most} {', and '.join(changes)}."


def _trend(lesson: Lesson) -> str:
    moved = sorted(lesson.trends().items(), key=lambda item: -abs(item[1]))[:2]
    trends = [
        f"{emotion.label} {'grew' if change > 0 else 'shrank'} by {abs(change):.2f}"
        for emotion, change in moved
        if abs(change) >= STEADY
    ]
    return f"From beginning to end, {_and(trends)}." if trends else ""


def _ordered(found: list[tuple[float, str]]) -> list[str]:
    return [text for _, text in sorted(found, reverse=True)]


def _and(parts: list[str]) -> str:
    """Joins as "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
