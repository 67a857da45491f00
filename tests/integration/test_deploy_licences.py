"""docs/licences.md: every pinned package has a row, and a licence that goes with ours."""

import runpy
import sys

import pytest
from deploy_helpers import DEPLOY, run

licences = runpy.run_path(str(DEPLOY / "licences.py"))


def test_every_pinned_package_is_listed_with_the_licence_that_it_has():
    result = run(sys.executable, DEPLOY / "licences.py", "--check")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("expression", "compatible"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("Proprietary", False),
    ],
)
def test_a_licence_that_does_not_go_with_ours_is_found(expression, compatible):
    assert licences["is_compatible"](expression) is compatible


def test_a_package_whose_licence_nobody_knows_is_found():
    with pytest.raises(LookupError, match="READ_BY_HAND"):
        licences["licence"]("no-such-package", {})
