"""What each tenant may use."""

from pathlib import Path

import pytest

from liveclass.runtime.errors import QuotaExceededError
from liveclass.runtime.quotas import MAX_KNOWN, LimitsFile, Quotas, read_limits_file

LIMITS = LimitsFile.model_validate(
    {"default": {"frames_per_second": 10, "open_streams": 2}, "tenants": {"north": {"frames_per_second": 100}}}
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(quotas: Quotas, tenant: str, most: int = 1_000) -> int:
    """How many frames a tenant can send at this moment."""
    for count in range(most):
        try:
            quotas.take_frames(tenant)
        except QuotaExceededError:
            return count
    return most


def test_each_tenant_sends_at_its_own_rate() -> None:
    clock = Clock()
    quotas = Quotas(LIMITS, clock)
    assert (taken(quotas, "south"), taken(quotas, "north")) == (10, 100)
    clock.now += 0.5
    assert (taken(quotas, "south"), taken(quotas, "north")) == (5, 50)
    clock.now += 3600
    assert (taken(quotas, "south"), taken(quotas, "north")) == (10, 100)


def test_after_the_time_to_retry_there_is_room() -> None:
    clock = Clock()
    quotas = Quotas(LIMITS, clock)
    quotas.take_frames("south", 1_000)  # of a lesson that is sent afterwards
    with pytest.raises(QuotaExceededError, match="tenant 'south' may send 10 frames a second") as refused:
        quotas.take_frames("south")
    assert refused.value.retry_after == pytest.approx(99.1)
    clock.now += refused.value.retry_after + 0.001
    quotas.take_frames("south")


def test_less_than_a_frame_a_second_is_possible() -> None:
    clock = Clock()
    quotas = Quotas(LimitsFile.model_validate({"default": {"frames_per_second": 0.5}}), clock)
    assert taken(quotas, "south") == 1
    clock.now += 1
    assert taken(quotas, "south") == 0
    clock.now += 1
    assert taken(quotas, "south") == 1


def test_many_tenants_that_sent_once_are_forgotten_and_one_that_sends_is_not() -> None:
    clock = Clock()
    quotas = Quotas(LIMITS, clock)
    for number in range(2 * MAX_KNOWN):
        clock.now += 1
        quotas.take_frames(f"tenant-{number}")
        quotas.take_frames("north", 100)
    assert taken(quotas, "north") == 0
    assert len(quotas._frames._free_from) <= MAX_KNOWN  # nothing else shows what it remembers


def test_streams_are_counted_by_tenant_while_they_are_open() -> None:
    quotas = Quotas(LIMITS)
    with quotas.stream("south"), quotas.stream("south"), quotas.stream("north"):
        with pytest.raises(QuotaExceededError, match="tenant 'south' may have 2 streams open at once"):
            quotas.stream("south").__enter__()
    with quotas.stream("south"), quotas.stream("south"):
        pass


def test_without_a_file_nothing_is_limited() -> None:
    quotas = Quotas(read_limits_file(None))
    assert taken(quotas, "south") == 1_000
    assert quotas.stored_sessions("south") is None


def test_what_a_tenant_s_own_table_leaves_out_is_as_the_default(tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    file.write_text(
        "[default]\nopen_streams = 2\nstored_sessions = 3\n[tenants.north]\nstored_sessions = 30\n", "utf-8"
    )
    limits = read_limits_file(file)
    assert (limits.of("north").open_streams, limits.of("north").stored_sessions) == (2, 30)
    assert limits.of("south").stored_sessions == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[default]\nframes = 5", "default.frames: Extra inputs are not permitted"),
        ("[default]\nframes_per_second = 0", "default.frames_per_second: Input should be greater than 0"),
        ("[tenants.north]\nopen_streams = 'many'", "tenants.north.open_streams: Input should be a valid integer"),
        ("[default", "Expected"),
    ],
)
def test_a_wrong_file_is_refused_at_the_start(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "limits.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ValueError, match="LIVECLASS_TENANT_LIMITS") as refused:
        read_limits_file(file)
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"LIVECLASS_TENANT_LIMITS: .*none.toml: No such file"):
        read_limits_file(tmp_path / "none.toml")
