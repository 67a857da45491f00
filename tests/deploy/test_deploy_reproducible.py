"""Two builds of one commit hold the same: every path, mode, owner, time and byte."""

import pytest
from deploy_helpers import DEPLOY, run, tool

pytestmark = pytest.mark.timeout(1800)

NAMES = ("services", "triton-cpu")


@pytest.fixture(scope="module")
def built_again() -> None:
    """Both images once more, of nothing that the first build left, under the tag `again`."""
    tool("buildah")
    result = run("env", "OPTIONS=--no-cache", "TAG=again", DEPLOY / "docker/build_images.sh")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("built_again")
def test_two_builds_of_one_commit_hold_the_same(name):
    images = [f"localhost/liveclass/{name}:{tag}" for tag in ("local", "again")]
    result = run(DEPLOY / "docker/compare_images.sh", *images)
    assert result.returncode == 0, result.stdout
    run("podman", "rmi", images[1])


def test_a_difference_would_be_seen():
    result = run(DEPLOY / "docker/compare_images.sh", *(f"localhost/liveclass/{name}:local" for name in NAMES))
    assert result.returncode == 1
    assert "./opt/liveclass/bin" in result.stdout
