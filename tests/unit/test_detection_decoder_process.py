"""Decoding in a sandboxed process: the same pixels, and a death that costs one call."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import generated_images as images
import pytest
from psutil import Process

from liveclass.detection.decoder_process import DecoderProcess
from liveclass.detection.image import ImageLimits, InProcessDecoder, check_image, decode_image
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import DeadlineExceededError, InvalidArgumentError, Reason, UnavailableError

LIMITS = ImageLimits(max_bytes=1_000_000, max_pixels=4_000_000)
PICTURES = [
    images.encoded("jpeg", size=(300, 200)),
    images.encoded("jpeg", progressive=True),
    images.encoded("png"),
    images.encoded("webp"),
]


@pytest.fixture(scope="module")
def decoder() -> Iterator[DecoderProcess]:
    process = DecoderProcess(LIMITS.max_bytes, LIMITS.max_pixels)
    process.wait_until_ready()
    yield process
    process.close()


def decode(data: bytes, decoder: DecoderProcess, smallest: int | None = None, seconds: float = 10.0):
    return decode_image(data, check_image(data, LIMITS), decoder, smallest, Deadline.after(seconds))


def still_decodes(decoder: DecoderProcess) -> bool:
    return decode(PICTURES[0], decoder).pixels.shape == (200, 300)


@pytest.mark.parametrize("data", PICTURES)
@pytest.mark.parametrize("smallest", [None, 96, 400])
def test_pixels_are_those_of_the_same_decoder_without_a_sandbox(decoder, data: bytes, smallest: int | None) -> None:
    plain = decode_image(data, check_image(data, LIMITS), InProcessDecoder(), smallest)
    assert (decode(data, decoder, smallest).pixels == plain.pixels).all()


def test_a_damaged_image_is_refused_and_the_process_stays(decoder: DecoderProcess) -> None:
    pid = decoder.pid
    with pytest.raises(InvalidArgumentError) as raised:
        decode(images.png(images.chunk(b"IDAT", b"no pixels")), decoder)
    assert raised.value.reason is Reason.IMAGE_TRUNCATED
    assert still_decodes(decoder)
    assert decoder.pid == pid


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (signal.SIGSEGV, InvalidArgumentError),
        (signal.SIGABRT, InvalidArgumentError),
        (signal.SIGKILL, UnavailableError),
    ],
)
def test_a_decoder_that_dies_costs_one_call(decoder: DecoderProcess, number: int, error: type[Exception]) -> None:
    pid, deaths = decoder.pid, decoder.deaths
    os.kill(pid, signal.SIGSTOP)  # the next image is on its way when it dies
    os.kill(pid, number)
    os.kill(pid, signal.SIGCONT)
    with pytest.raises(error):
        decode(PICTURES[0], decoder)
    assert (decoder.deaths - deaths, decoder.pid != pid) == (1, True)
    assert still_decodes(decoder)


def test_a_caller_that_waits_no_longer_does_not_cost_the_decoder(decoder: DecoderProcess) -> None:
    pid, deaths = decoder.pid, decoder.deaths
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(DeadlineExceededError):
        decode(PICTURES[0], decoder, seconds=0.05)
    with pytest.raises(DeadlineExceededError):
        decode(PICTURES[1], decoder, seconds=0.05)
    os.kill(pid, signal.SIGCONT)
    plain = decode_image(PICTURES[2], check_image(PICTURES[2], LIMITS), InProcessDecoder())
    assert (decode(PICTURES[2], decoder).pixels == plain.pixels).all()  # not those of the picture that was left
    assert (decoder.pid, decoder.deaths) == (pid, deaths)


def test_a_decoder_that_hangs_is_replaced_and_the_next_picture_decoded() -> None:
    decoder = DecoderProcess(LIMITS.max_bytes, LIMITS.max_pixels, longest_seconds=0.05, hung_seconds=0.1)
    try:
        decoder.wait_until_ready()
        pid = decoder.pid
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(DeadlineExceededError, match=r"was not decoded within 0\.05 s; send a smaller one"):
            decode(PICTURES[0], decoder)
        with contextlib.suppress(DeadlineExceededError):  # on a busy machine this one, too, may take too long
            decode(PICTURES[0], decoder)
        assert (decoder.deaths, Path(f"/proc/{pid}").exists()) == (1, False)
    finally:
        decoder.close()


def test_memory_is_kept_between_two_pictures_but_not_that_of_the_largest() -> None:
    decoder = DecoderProcess(ImageLimits().max_bytes, ImageLimits().max_pixels, longest_seconds=60.0, hung_seconds=60.0)
    try:
        decoder.wait_until_ready()
        before = Process(decoder.pid).memory_info()
        for size in ((1280, 720), (4000, 4000)):
            data = images.encoded("webp", size=size, quality=0, method=0)
            decode_image(data, check_image(data, ImageLimits()), decoder)
        after = Process(decoder.pid).memory_info()
        assert (after.rss - after.shared) - (before.rss - before.shared) < 48 * 1024 * 1024
    finally:
        decoder.close()


def test_the_sandbox_holds(decoder: DecoderProcess) -> None:
    assert still_decodes(decoder)
    status = Path(f"/proc/{decoder.pid}/status").read_text("utf-8")
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status
    limits = Path(f"/proc/{decoder.pid}/limits").read_text("utf-8").splitlines()
    soft = {line[:26].strip(): line[26:].split()[0] for line in limits}
    assert {soft["Max open files"], soft["Max file size"], soft["Max core file size"], soft["Max processes"]} == {"0"}
    assert int(soft["Max address space"]) < 1024**3


def test_an_image_larger_than_the_shared_memory_is_refused() -> None:
    decoder = DecoderProcess(LIMITS.max_bytes, 1000)
    try:
        with pytest.raises(InvalidArgumentError) as raised:
            decode(PICTURES[0], decoder)
        assert raised.value.reason is Reason.IMAGE_TOO_LARGE
    finally:
        decoder.close()


def test_nothing_is_left_when_it_is_closed() -> None:
    decoder = DecoderProcess(LIMITS.max_bytes, LIMITS.max_pixels)
    pid = decoder.pid
    decoder.close()
    assert not Path(f"/proc/{pid}").exists()


def test_secrets_of_the_service_are_not_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECLASS_DATABASE_URL", "postgresql://user:secret@db/")
    decoder = DecoderProcess(1000, 1000)
    try:
        assert b"secret" not in Path(f"/proc/{decoder.pid}/environ").read_bytes()
    finally:
        decoder.close()


def test_a_broken_image_has_the_same_pixels_whatever_was_in_memory_before(monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = bytearray(images.encoded("jpeg", size=(300, 200)))
    middle = len(damaged) // 2
    damaged[middle : middle + 40] = bytes(40)
    answers = []
    for pattern in ("1", "254"):
        monkeypatch.setenv("MALLOC_PERTURB_", pattern)  # glibc fills what it hands out with it
        decoder = DecoderProcess(LIMITS.max_bytes, LIMITS.max_pixels)
        try:
            first = decode(bytes(damaged), decoder).pixels.tobytes()
            decode(images.encoded("jpeg", size=(400, 400)), decoder)
            answers += [first, decode(bytes(damaged), decoder).pixels.tobytes()]
        except InvalidArgumentError as error:
            answers += [error.description] * 2
        finally:
            decoder.close()
    assert len(set(answers)) == 1


def test_a_decoder_that_has_grown_is_replaced_between_two_images() -> None:
    decoder = DecoderProcess(LIMITS.max_bytes, LIMITS.max_pixels, max_growth=-(2**40))
    try:
        pid = decoder.pid
        expected = decode(PICTURES[2], decoder).pixels.copy()
        assert all((decode(PICTURES[2], decoder).pixels == expected).all() for _ in range(1000))
        assert (decoder.deaths, decoder.pid != pid) == (0, True)
    finally:
        decoder.close()
