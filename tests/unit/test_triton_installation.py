"""Where the local Triton is looked for."""

from pathlib import Path

import pytest

from liveclass.triton.installation import Installation, TritonStartError


def test_a_missing_triton_is_reported_with_the_command_that_installs_it(tmp_path: Path) -> None:
    with pytest.raises(TritonStartError) as raised:
        Installation.find(tmp_path / "triton")
    assert "make setup" in str(raised.value)
    pins = Path(str(raised.value).rpartition("-r ")[2])
    assert "nvidia-pytriton==" in pins.read_text("utf-8")
