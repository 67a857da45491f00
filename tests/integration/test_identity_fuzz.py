"""A small part of `make fuzz`'s tokens: none is let in, and none does anything but be refused."""

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[1] / "fuzz/tokens.py"


def test_mutated_tokens_are_refused() -> None:
    command = [sys.executable, str(PROGRAM), "--count", "600", "--seed", "7"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    assert "0 findings" in done.stdout, done.stdout + done.stderr
    for refusal in ("malformed", "signature", "algorithm", "unknown_key", "over gRPC: UNAUTHENTICATED"):
        assert f"  {refusal}: " in done.stdout
    assert done.returncode == 0
