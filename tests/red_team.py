"""Attacks on one person's scores, with nothing but the RPCs that a role may call.

An attack knows who sits where and when (an insider does) and is given a stub and a session. It returns estimates of
the target's mean scores, by the start of the bucket. A reader may not know by what a mean is weighted, so every
attack tries faces and people.
"""

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product

import numpy as np
from scipy.special import stdtrit

from liveclass.emotions import LABELS
from liveclass.v1 import session_pb2, session_pb2_grpc

Estimates = list[tuple[int, np.ndarray]]
"""(start of the bucket, scores [7])."""

TOLERANCE = 0.005
"""Of every one of the seven scores, for an estimate to count as a recovery. Guesses of random scores never reach it."""


@dataclass(frozen=True)
class Bucket:
    """What an attacker reads off a visible bucket."""

    start: int
    seconds: int
    faces: int
    group: int
    means: np.ndarray

    def sums(self) -> list[tuple[float, np.ndarray]]:
        """(weight, weight times the means), for each way in which the mean may be weighted."""
        return [(weight, weight * self.means) for weight in (self.faces, self.group)]


def visible(buckets: Iterable[session_pb2.TimelineBucket]) -> dict[int, Bucket]:
    """By start."""
    shown = [one for one in buckets if one.emotions]
    return {
        one.start_time.seconds: Bucket(
            one.start_time.seconds,
            one.duration.seconds,
            one.faces,
            one.group_size,
            np.array([share.mean_score for share in one.emotions]),
        )
        for one in shown
    }


async def read(
    stub: session_pb2_grpc.SessionServiceStub,
    session: str,
    resolution: int,
    source: str = "",
    window: tuple[int, int] | None = None,
) -> dict[int, Bucket]:
    request = session_pb2.GetTimelineRequest(session=session, source=source)
    request.resolution.seconds = resolution
    if window is not None:
        request.start_time.seconds, request.end_time.seconds = window
    return visible((await stub.GetTimeline(request)).buckets)


def difference(whole: Bucket, parts: Collection[Bucket]) -> list[np.ndarray]:
    """The mean scores of whoever is in `whole` and in none of the parts."""
    found = []
    for kind in range(2):
        weight, total = whole.sums()[kind]
        rest = weight - sum(part.sums()[kind][0] for part in parts)
        if rest > 0:
            found.append((total - sum(part.sums()[kind][1] for part in parts)) / rest)
    # If the attacker knows that one person is missing, the weight of the rest is one.
    weight, total = whole.sums()[1]
    found.append(total - (weight - 1) * _mean(parts))
    return found


def _mean(parts: Collection[Bucket]) -> np.ndarray:
    weights = [max(part.group, 1) for part in parts]
    return np.average([part.means for part in parts], axis=0, weights=weights) if parts else np.zeros(len(LABELS))


async def over_sources(stub, session: str, sources: Sequence[str], resolutions: Sequence[int] = (1, 10, 60, 600)):
    """The class less every set of the sources that are shown."""
    estimates: Estimates = []
    for resolution in resolutions:
        everyone = await read(stub, session, resolution)
        each = [await read(stub, session, resolution, source) for source in sources]
        for start, whole in everyone.items():
            shown = [one[start] for one in each if start in one]
            for count in range(1, len(shown) + 1):
                for parts in combinations(shown, count):
                    estimates += [(start, guess) for guess in difference(whole, parts)]
    return estimates


async def over_resolutions(stub, session: str, resolutions: Sequence[int] = (1, 2, 5, 7, 10, 20, 30, 60, 90, 600)):
    """Every bucket less those buckets of every other length that lie in it."""
    views = {resolution: await read(stub, session, resolution) for resolution in resolutions}
    estimates: Estimates = []
    for shorter, longer in combinations(resolutions, 2):
        for start, whole in views[longer].items():
            inside = [
                one for one in views[shorter].values() if start <= one.start and one.start + shorter <= start + longer
            ]
            hidden = [
                at
                for at in range(start, start + longer, 10)
                if not any(one.start <= at < one.start + shorter for one in inside)
            ]
            for guess in difference(whole, inside) if inside else []:
                estimates += [(at, guess) for at in {start, *hidden}]
    return estimates


async def over_windows(stub, session: str, first: int, last: int):
    """Windows that begin and end a second apart."""
    estimates: Estimates = []
    for length in (10, 60):
        views = [await read(stub, session, length, window=(first + shift, last)) for shift in (0, 1, 5, 9, 10, 11)]
        views += [await read(stub, session, length, window=(first, last - shift)) for shift in (1, 5, 9, 10, 11)]
        estimates += changes(views)
    return estimates


def changes(views: Sequence[dict[int, Bucket]]) -> Estimates:
    """Whoever came to a bucket, or left it, between two readings of it."""
    estimates: Estimates = []
    for before, after in combinations(views, 2):
        for start in before.keys() & after.keys():
            old, new = before[start], after[start]
            if not np.array_equal(old.means, new.means):
                estimates += [(start, guess) for guess in (*difference(new, [old]), *difference(old, [new]))]
    return estimates


def frame_by_frame(views: Sequence[dict[int, Bucket]]) -> Estimates:
    """Whoever came to a camera between two frames of a moment, in a bucket that grows by a frame between two readings.

    What it grows by is the sum over the faces of that frame; all others feel the same in the next one.
    """
    estimates: Estimates = []
    for start in {start for view in views for start in view}:
        sums = [view[start].sums()[0] for view in views if start in view]
        frames = [(faces - before, total - of_before) for (before, of_before), (faces, total) in pairwise(sums)]
        for (faces, total), (more, of_more) in pairwise([sums[0], *(one for one in frames if one[0])]):
            if more > faces:
                estimates.append((start, (of_more - total) / (more - faces)))
    return estimates


async def from_the_summary(stub, session: str, resolutions: Sequence[int] = (1, 10, 60)):
    """The whole session less all buckets that are shown."""
    total = (await stub.GetSummary(session_pb2.GetSummaryRequest(session=session))).total
    estimates: Estimates = []
    for resolution in resolutions:
        parts = list((await read(stub, session, resolution)).values())
        for whole in visible([total]).values():
            hidden = {at // 10 * 10 for at in range(whole.start, whole.start + whole.seconds)}
            hidden -= {part.start // 10 * 10 for part in parts}
            estimates += [(start, guess) for guess in difference(whole, parts) for start in hidden]
    return estimates


async def from_exports(stub, session: str, sources: Sequence[str], resolution: int = 10):
    """The class's file less the sources' files."""
    everyone, *each = [await export(stub, session, resolution, source) for source in ("", *sources)]
    return [
        (start, guess)
        for start, whole in everyone.items()
        for guess in difference(whole, [one[start] for one in each if start in one])
    ]


async def export(stub, session: str, resolution: int, source: str = "") -> dict[int, Bucket]:
    timeline = session_pb2.GetTimelineRequest(session=session, source=source)
    timeline.resolution.seconds = resolution
    request = session_pb2.ExportTimelineRequest(timeline=timeline)
    text = b"".join([chunk.data async for chunk in stub.ExportTimeline(request)]).decode()
    found = {}
    for row in csv.DictReader(io.StringIO(text)):
        if row["anger_mean_score"]:
            start = int(np.datetime64(row["start_time"].removesuffix("Z"), "s").astype(int))
            means = np.array([float(row[f"{label}_mean_score"]) for label in LABELS])
            found[start] = Bucket(start, resolution, int(row["faces"]), int(row["group_size"]), means)
    return found


def by_dominance(view: dict[int, Bucket]) -> Estimates:
    """The bucket's own mean, where one person makes most of its faces."""
    return [(start, bucket.means) for start, bucket in view.items()]


def less_the_known(view: dict[int, Bucket], known: Sequence[np.ndarray]) -> Estimates:
    """What is left without faces that the attacker made up."""
    estimates: Estimates = []
    for start, bucket in view.items():
        for weight, sums in bucket.sums():
            rest = weight - len(known)
            if rest > 0:
                estimates.append((start, (sums - np.sum(known, axis=0)) / rest))
    return estimates


def by_the_interval(buckets: Iterable[session_pb2.TimelineBucket], known: Sequence[np.ndarray]) -> Estimates:
    """The last two of a bucket, from its mean and the spread that its intervals tell of, each in one frame.

    The faces of all others are known. Which of two solutions is whose may differ from emotion to emotion.
    """
    estimates: Estimates = []
    for bucket in (one for one in buckets if one.emotions):
        mean, high = (
            np.array([getattr(one, name) for one in bucket.emotions]) for name in ("mean_score", "mean_score_high")
        )
        people = bucket.group_size
        error = (high - mean) / stdtrit(people - 1, 0.975)
        sums = people * mean - np.sum(known, axis=0)
        squares = people * (error**2 * (people - 1) + mean**2) - np.square(known).sum(axis=0)
        apart = np.sqrt(np.maximum(squares / 2 - sums**2 / 4, 0))
        start = bucket.start_time.seconds
        estimates += [(start, sums / 2 + apart * np.array(signs)) for signs in product((-1, 1), repeat=len(LABELS))]
    return estimates


def highest_by_fractions(bucket: session_pb2.TimelineBucket, frames: int, of_others: int) -> list[set[int]]:
    """In how many of the target's `frames` each emotion can have been the highest; all others have `of_others`."""
    found = []
    for share in bucket.emotions:
        people = share.top_share * bucket.group_size
        of_rest = [(count, (people - count / frames) * of_others) for count in range(frames + 1)]
        found.append({count for count, rest in of_rest if rest > -0.01 and abs(rest - round(rest)) < 0.01})
    return found


def recovered(estimates: Estimates, truth: dict[int, np.ndarray]) -> set[int]:
    """The buckets in which the target's scores were found. `truth` holds them by the second of each observation."""
    return {
        second
        for start, guess in estimates
        for second, scores in truth.items()
        if start <= second < start + 10 and np.abs(guess - scores).max() < TOLERANCE
    }
