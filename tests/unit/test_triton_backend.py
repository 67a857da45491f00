"""The TensorFlow backend's own part, loaded as Triton loads it: one file, by its path."""

import importlib.util
from types import ModuleType

import numpy as np
import pytest
from saved_models import random_faces, write_saved_model

from liveclass.triton.installation import BACKENDS


@pytest.fixture(scope="module")
def backend() -> ModuleType:
    spec = importlib.util.spec_from_file_location("triton_backend", BACKENDS / "tensorflow" / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def saved_model(tmp_path_factory):
    return write_saved_model(tmp_path_factory.mktemp("backend") / "model.savedmodel")


@pytest.fixture(scope="module")
def network(backend, saved_model):
    return backend.Network(saved_model)


class Counted:
    """A network that notes the size of every batch it runs."""

    def __init__(self, network) -> None:
        self.network, self.inputs, self.check = network, network.inputs, network.check
        self.batches = []

    def run(self, batch):
        self.batches.append(len(batch["face"]))
        return self.network.run(batch)


def test_requests_run_as_one_batch_and_each_gets_its_own_scores(backend, network):
    counted = Counted(network)
    requests = [{"face": random_faces(count, seed=count)} for count in (1, 3, 2)]
    answers = backend.answer(counted, requests)
    assert counted.batches == [6]
    for request, answer in zip(requests, answers, strict=True):
        assert answer["scores"].shape == (len(request["face"]), 7)
        assert answer["scores"].dtype == np.float32
        np.testing.assert_allclose(answer["scores"], network.run(request)["scores"], atol=1e-5)
        np.testing.assert_allclose(answer["scores"].sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("bad", "error_message"),
    [
        ({"face": np.zeros((2, 32, 32, 1), np.uint8)}, r"'face' is \[2, 32, 32, 1\] instead of \[\?, 48, 48, 1\]"),
        ({"face": np.zeros((48, 48, 1), np.uint8)}, r"'face' is \[48, 48, 1\] instead of"),
        ({"face": np.uint8(0)}, r"'face' is \[\] instead of"),
        ({"face": np.zeros((2, 48, 48, 1), np.float32)}, "'face' is float32 instead of uint8"),
        ({"image": np.zeros((2, 48, 48, 1), np.uint8)}, "'face' is missing"),
    ],
)
def test_a_bad_request_is_answered_alone(backend, network, bad, error_message):
    good = {"face": random_faces(2)}
    before, refused, after = backend.answer(network, [good, bad, good])
    assert isinstance(refused, backend.BadRequestError)
    with pytest.raises(backend.BadRequestError, match=error_message):
        raise refused
    for answer in (before, after):
        np.testing.assert_allclose(answer["scores"], network.run(good)["scores"], atol=1e-5)


def test_with_bad_requests_alone_nothing_runs(backend, network):
    counted = Counted(network)
    answers = backend.answer(counted, [{"face": np.zeros((1, 1), np.uint8)}])
    assert isinstance(answers[0], backend.BadRequestError)
    assert counted.batches == []


def test_padding_compiles_a_few_shapes_at_once_and_none_later(backend, saved_model, network):
    padded = backend.Network(saved_model, batch_sizes=backend.padded_sizes(8))
    assert padded.compiled_shapes == 4
    for size in range(1, 9):
        faces = {"face": random_faces(size)}
        np.testing.assert_allclose(padded.run(faces)["scores"], network.run(faces)["scores"], atol=1e-4)
    assert padded.compiled_shapes == 4


@pytest.mark.parametrize(("most", "sizes"), [(1, [1]), (6, [1, 2, 4, 6]), (64, [1, 2, 4, 8, 16, 32, 64])])
def test_padded_sizes_are_powers_of_two_up_to_the_largest_batch(backend, most, sizes):
    assert backend.padded_sizes(most) == sizes


def test_without_padding_nothing_is_compiled(network):
    assert network.compiled_shapes == 0


def test_an_unknown_signature_names_those_there_are(backend, saved_model):
    with pytest.raises(ValueError, match="no signature 'other'; it has: serving_default"):
        backend.Network(saved_model, signature="other")


class Options:
    """TensorFlow's options, noted instead of set: a process sets them once."""

    def __init__(self) -> None:
        self.set = {}
        self.config = self.threading = self.optimizer = self

    def set_intra_op_parallelism_threads(self, number):
        self.set["intra"] = number

    def set_inter_op_parallelism_threads(self, number):
        self.set["inter"] = number

    def set_experimental_options(self, options):
        self.set |= options


@pytest.mark.parametrize(
    ("flags", "wanted", "used"),
    [
        ("avx2 avx512_bf16", "1", True),
        ("avx2 amx_bf16", "1", True),
        ("avx2 avx512f", "1", False),
        ("avx512_bf16", "0", False),
    ],
)
def test_bfloat16_is_used_where_it_is_wanted_and_the_processor_has_it(backend, tmp_path, flags, wanted, used):
    cpuinfo, options = tmp_path / "cpuinfo", Options()
    cpuinfo.write_text(f"processor\t: 0\nflags\t\t: fpu {flags}\n")
    values = {"TF_BFLOAT16": wanted, "TF_NUM_INTRA_THREADS": "1"}
    backend.configure_cpu(options, values.get, cpuinfo)
    assert options.set.get("auto_mixed_precision_onednn_bfloat16", False) is used
    assert (options.set["intra"], options.set["inter"]) == (1, 0)


def test_a_processor_that_says_nothing_of_itself_has_no_bfloat16(backend, tmp_path):
    assert not backend.has_bfloat16(tmp_path / "cpuinfo")
