"""Sends broken images through the service's own decoding, in its sandbox, and counts what must not happen.

    python tests/fuzz/images.py --seconds 60
    python tests/fuzz/images.py --count 1000000 --seed 7
    python tests/fuzz/images.py --write-corpus

Each image is decoded by two child processes whose memory is filled with different patterns: where their pixels differ,
some come from memory that nobody wrote. Images that are at fault are kept in build/fuzz. Fails if there are any.
"""

import argparse
import hashlib
import itertools
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent))
from image_mutations import CORPUS, encoded, mutated, seeds

from liveclass.detection.decoder_process import DecoderProcess
from liveclass.detection.image import ImageLimits, check_image, decode_image
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import InvalidArgumentError

FIXED_SEED = 20_261_124
KEPT = Path("build/fuzz/images")
PATTERNS = (0x55, 0xAA)
LIMITS = ImageLimits()
SECONDS_ALLOWED = 10.0
"""Of one image: what a call without a deadline has."""


class Run:
    """What happened to the images so far."""

    def __init__(self, decoders: list[DecoderProcess]) -> None:
        self._decoders = decoders
        self.outcomes: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.slowest = 0.0

    def send(self, data: bytes) -> None:
        answers, deaths = [], [decoder.deaths for decoder in self._decoders]
        start = time.perf_counter()
        try:
            for decoder, pattern in zip(self._decoders, PATTERNS, strict=True):
                answers.append(self._decoded(data, decoder, pattern))
                self.slowest = max(self.slowest, time.perf_counter() - start)
                start = time.perf_counter()
        except Exception as error:  # noqa: BLE001  # any other is what is looked for
            self._keep(data, type(error).__name__)
            return
        self.outcomes[answers[0] if isinstance(answers[0], str) else "decoded"] += 1
        if [decoder.deaths for decoder in self._decoders] != deaths:
            self._keep(data, "decoder died")
        if answers[0] != answers[1]:
            self._keep(data, "pixels differ")

    def _decoded(self, data: bytes, decoder: DecoderProcess, pattern: int) -> str | tuple[tuple[int, int], bytes]:
        """The reason of a refusal, or size and pixels; leaves a pattern where they were."""
        try:
            image = decode_image(data, check_image(data, LIMITS), decoder, None, Deadline.after(SECONDS_ALLOWED))
        except InvalidArgumentError as error:
            return error.reason.value
        answer = (image.size, image.pixels.tobytes())
        if image.pixels.flags.writeable:
            image.pixels.fill(pattern)
        return answer

    def _keep(self, data: bytes, fault: str) -> None:
        self.faults[fault] += 1
        KEPT.mkdir(parents=True, exist_ok=True)
        (KEPT / f"{fault.replace(' ', '-')}-{hashlib.sha256(data).hexdigest()[:16]}").write_bytes(data)


def images(seed: int, corpus: list[bytes]) -> Iterator[bytes]:
    """The corpus as it is, then broken images without an end."""
    choose = random.Random(seed)
    yield from corpus
    for _ in itertools.count():
        yield mutated(corpus, choose)


@contextmanager
def two_decoders() -> Iterator[list[DecoderProcess]]:
    """Whose memory holds different patterns: the allocator's, and what they share with this process."""
    decoders = []
    try:
        for pattern in PATTERNS:
            os.environ["MALLOC_PERTURB_"] = str(pattern)
            decoders.append(DecoderProcess(LIMITS.max_bytes, LIMITS.max_pixels))
            decoders[-1].wait_until_ready()
            _fill(decoders[-1], pattern)
        yield decoders
    finally:
        for decoder in decoders:
            decoder.close()


def _fill(decoder: DecoderProcess, pattern: int) -> None:
    """The memory for pixels, all of it, so that it counts from the beginning."""
    largest = encoded("jpeg", "L", (4000, 4000))
    decode_image(largest, check_image(largest, LIMITS), decoder).pixels.fill(pattern)


def memory() -> int:
    """Bytes that this process and its children have of their own."""
    me = psutil.Process()
    return sum(process.memory_info().rss for process in (me, *me.children(recursive=True)))


def fuzz(seed: int, seconds: float, count: int) -> bool:
    """Prints what happened; whether nothing was at fault."""
    corpus = [path.read_bytes() for path in sorted(CORPUS.iterdir())]
    with two_decoders() as decoders:
        run, start = Run(decoders), time.monotonic()
        number = at_first = 0
        for number, data in enumerate(images(seed, corpus), 1):
            run.send(data)
            if number == 1000:
                at_first = memory()
            if number >= count or time.monotonic() - start >= seconds:
                break
        grown = memory() / at_first if at_first else 1.0
    took = time.monotonic() - start
    print(
        f"images: seed {seed}, {number:,} in {took:.0f} s, slowest {run.slowest:.3f} s, memory ×{grown:.2f}\n"
        f"  outcomes: {dict(run.outcomes.most_common())}\n"
        f"  faults: {dict(run.faults) or 'none'}{f', kept in {KEPT}' if run.faults else ''}",
        flush=True,
    )
    return not run.faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, help="stop after this time")
    parser.add_argument("--count", type=int, help="stop after as many images")
    parser.add_argument("--seed", type=int, help="without it: half of the time a fixed one, then a random one")
    parser.add_argument("--write-corpus", action="store_true", help="write the seeds to the corpus, and stop")
    options = parser.parse_args()
    if options.write_corpus:
        CORPUS.mkdir(parents=True, exist_ok=True)
        for name, data in seeds().items():
            (CORPUS / name).write_bytes(data)
        return 0
    seconds, count = options.seconds or (1e9 if options.count else 60.0), options.count or sys.maxsize
    if options.seed is not None:
        return 0 if fuzz(options.seed, seconds, count) else 1
    both = [fuzz(seed, seconds / 2, (count + 1) // 2) for seed in (FIXED_SEED, random.SystemRandom().randrange(2**32))]
    return 0 if all(both) else 1


if __name__ == "__main__":
    sys.exit(main())
