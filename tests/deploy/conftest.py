"""The local overlay, rendered for pods, and what is sent to them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy_helpers import KUBERNETES, documents, kustomize
from pods import Pods
from pods_running import Operator, readable


@pytest.fixture(scope="session")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(tmp_path_factory.mktemp("operator"))


@pytest.fixture(scope="session")
def face(photograph: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The photograph as a file that everybody may read."""
    file = tmp_path_factory.mktemp("face") / "face.jpg"
    file.write_bytes(photograph)
    readable(file)
    return file


@pytest.fixture(scope="module")
def pods(operator: Operator) -> Iterator[Pods]:
    """The local overlay with the operator's keys; nothing of it is started yet."""
    with Pods([*documents(kustomize(KUBERNETES / "overlays/local")), operator.issuer_keys()]) as pods:
        yield pods
