"""The real Triton: serves, refuses, takes a new version while it serves, and leaves nothing behind."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import tritonclient.grpc as triton
from prometheus_client import Gauge
from saved_models import random_faces, write_saved_model
from tritonclient.utils import InferenceServerException

from liveclass.detection.classifier import TritonClassifier
from liveclass.detection.frame import ModelChoice
from liveclass.emotions import LABELS
from liveclass.runtime.deadline import Deadline
from liveclass.training.repository import LABELS_TEXT, Repository, default_config
from liveclass.triton.launcher import TritonServer, TritonStartError
from liveclass.triton.probe import Process, backend_processes, find_server

pytestmark = pytest.mark.timeout(300)

PORTS = range(18000, 18100)


def free_ports() -> tuple[int, int, int]:
    """Three that nobody listens on: HTTP, gRPC, metrics."""
    free = []
    for port in PORTS:
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            free.append(port)
        if len(free) == 3:
            return tuple(free)
    raise RuntimeError("no free ports")


def add_version(repository: Repository, version: int, *, votes: bool = False) -> None:
    """Publishes a small classifier; each version has weights of its own."""
    with repository.staging() as staging:
        staged = staging / "version"
        write_saved_model(staged / "model.savedmodel", seed=version, votes=votes)
        repository.add(staged, version)


def infer(client, faces: np.ndarray, version: str = "", dtype: str = "UINT8"):
    tensor = triton.InferInput("face", faces.shape, dtype)
    tensor.set_data_from_numpy(faces)
    return client.infer("emotion", [tensor], model_version=version, client_timeout=30)


def gauges() -> tuple[Gauge, Gauge]:
    """Where a classifier says how its circuit is, and how many versions are in which state."""
    return Gauge("circuit", "", registry=None), Gauge("versions", "", ["state"], registry=None)


def wait_until(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


def all_gone(processes: list[psutil.Process]) -> bool:
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Repository:
    repository = Repository(tmp_path_factory.mktemp("served") / "models")
    add_version(repository, 1)
    return repository


@pytest.fixture(scope="module")
def server(repository):
    with TritonServer(repository.folder, *free_ports()) as server:
        yield server


@pytest.fixture(scope="module")
def client(server):
    with triton.InferenceServerClient(f"127.0.0.1:{server.grpc_port}") as client:
        yield client


def test_ready_means_that_faces_are_answered(server, client):
    assert server.is_running
    assert server.is_ready
    scores = infer(client, random_faces(1)).as_numpy("scores")
    assert scores.shape == (1, 7)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores.sum(), 1, atol=1e-5)


def test_a_batch_gets_what_its_faces_get_alone(client):
    faces = random_faces(30)
    together = infer(client, faces).as_numpy("scores")
    alone = np.concatenate([infer(client, faces[i : i + 1]).as_numpy("scores") for i in range(5)])
    np.testing.assert_allclose(together[:5], alone, atol=1e-5)


def test_triton_knows_the_labels(client):
    tensor = triton.InferInput("face", [1, 48, 48, 1], "UINT8")
    tensor.set_data_from_numpy(random_faces(1))
    result = client.infer("emotion", [tensor], outputs=[triton.InferRequestedOutput("scores", class_count=2)])
    score, index, label = result.as_numpy("scores")[0, 0].decode().split(":")
    assert label == LABELS[int(index)]
    assert 0 < float(score) <= 1


@pytest.mark.parametrize(
    ("faces", "dtype"),
    [
        (np.zeros((1, 32, 32, 1), np.uint8), "UINT8"),
        (np.zeros((1, 48, 48, 1), np.float32), "FP32"),
        (np.zeros((65, 48, 48, 1), np.uint8), "UINT8"),
    ],
)
def test_a_wrong_request_is_refused_and_others_are_answered(client, faces, dtype):
    answers = []
    workers = [threading.Thread(target=lambda: answers.append(infer(client, random_faces(2)))) for _ in range(8)]
    for worker in workers:
        worker.start()
    with pytest.raises(InferenceServerException, match=r"batch-size|shape|type"):
        infer(client, faces, dtype=dtype)
    for worker in workers:
        worker.join()
    assert len(answers) == 8


async def test_version_without_votes_is_read_beside_one_that_answers_them(repository, server, client):
    faces = random_faces(2)
    add_version(repository, 2, votes=True)
    wait_until(lambda: client.is_model_ready("emotion", "2"))
    classifier = TritonClassifier(f"127.0.0.1:{server.grpc_port}", "emotion", *gauges())
    read = {
        (number, labels): await classifier.classify(faces, ModelChoice(number, labels=labels), Deadline.after(30))
        for number, labels in (("1", None), ("2", None), ("2", "fer2013"))
    }
    await classifier.close()
    repository.remove_newest()
    wait_until(lambda: not client.is_model_ready("emotion", "2"))
    assert [answer.labels for answer in read.values()] == ["fer2013", "votes", "fer2013"]
    assert all(answer.scores.shape == (2, 7) for answer in read.values())
    np.testing.assert_allclose(read["2", None].scores, read["2", "fer2013"].scores[:, ::-1], atol=1e-5)


def test_nobody_outside_this_machine_can_reach_it(server):
    listening = {
        connection.laddr
        for process in psutil.Process(server._process.pid).children(recursive=True)
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert {port for _, port in listening} == {server.http_port, server.grpc_port, server.metrics_port}
    assert {address.removeprefix("::ffff:") for address, _ in listening} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("repository/models/emotion/unload", ""),
        ("repository/models/other/load", '{"parameters": {"config": "{}", "file:1/model.py": ""}}'),
        ("systemsharedmemory/region/mine/register", '{"key": "/any", "offset": 0, "byte_size": 1}'),
        ("trace/setting", '{"trace_file": "anywhere"}'),
        ("logging", '{"log_verbose_level": 9}'),
    ],
)
def test_a_page_of_another_site_cannot_control_it(server, path, body):
    """What a browser sends for any page, without asking first."""
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=10)
    headers = {"content-type": "text/plain", "origin": "https://elsewhere.example"}
    connection.request("POST", f"/v2/{path}", body, headers)
    answer = connection.getresponse()
    assert (answer.status, b"restricted" in answer.read()) == (403, True)
    connection.close()


def test_a_new_version_is_taken_while_it_serves_and_the_old_one_stays_callable(repository, client):
    faces, failures, versions = random_faces(3), [], []
    ending = threading.Event()

    def keep_asking() -> None:
        while not ending.is_set():
            try:
                versions.append(infer(client, faces).get_response().model_version)
            except InferenceServerException as error:  # each failure counts
                failures.append(error)

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        before = infer(client, faces, "1").as_numpy("scores")
        add_version(repository, 2)
        wait_until(lambda: failures or versions[-1:] == ["2"])
        np.testing.assert_allclose(infer(client, faces, "1").as_numpy("scores"), before, atol=1e-6)
        assert np.abs(infer(client, faces, "2").as_numpy("scores") - before).max() > 0.01
        repository.remove_newest()
        wait_until(lambda: failures or versions[-1:] == ["1"])
    finally:
        ending.set()
        asking.join()
    assert not failures
    assert set(versions) == {"1", "2"}


def backends(server: TritonServer) -> list[Process]:
    """The living processes that run the model."""
    found = backend_processes(find_server(server._process.pid))
    return [each for each in found if each.state != "Z"]


def are_replaced(before: list[Process], server: TritonServer) -> bool:
    now = {each.pid for each in backends(server)}
    return len(now) == len(before) and not now & {each.pid for each in before}


def test_backend_processes_that_are_killed_are_replaced(repository):
    with TritonServer(repository.folder, *free_ports()) as server:
        for killed in (1, 2):  # one, then all that there are
            before = backends(server)
            assert len(before) == 2
            for each in before[:killed]:
                os.kill(each.pid, signal.SIGKILL)
            if killed == len(before):
                assert not server.is_ready, "Triton itself goes on saying that it is"
            wait_until(lambda before=before: are_replaced(before, server) and server.is_ready, 120)
            with triton.InferenceServerClient(f"127.0.0.1:{server.grpc_port}") as client:
                for _ in range(4):
                    infer(client, random_faces(1))


def test_a_version_that_cannot_be_loaded_is_tried_once_and_the_one_before_it_answers(repository, tmp_path):
    shutil.copytree(repository.folder, tmp_path / "models", ignore=shutil.ignore_patterns("[2-9]"))
    broken = tmp_path / "models" / "emotion" / "2" / "model.savedmodel"
    with TritonServer(tmp_path / "models", *free_ports(), log_file=tmp_path / "log") as server:
        broken.mkdir(parents=True)
        (broken / "saved_model.pb").write_bytes(b"this is no SavedModel")
        wait_until(lambda: "tried again when its files change" in (tmp_path / "log").read_text(), 120)
        tried = (tmp_path / "log").read_text().count("failed to load 'emotion' version 2")
        time.sleep(3)  # six polls of the files
        log = (tmp_path / "log").read_text()
        assert log.count("failed to load 'emotion' version 2") == tried
        assert [line for line in log.splitlines() if "cannot be loaded" in line and "version 2" in line]
        with triton.InferenceServerClient(f"127.0.0.1:{server.grpc_port}") as client:
            assert infer(client, random_faces(1)).get_response().model_version == "1"
        shutil.rmtree(broken.parent)
        add_version(Repository(tmp_path / "models"), 3)
        with triton.InferenceServerClient(f"127.0.0.1:{server.grpc_port}") as client:
            wait_until(lambda: infer(client, random_faces(1)).get_response().model_version == "3", 120)


@pytest.mark.parametrize("way_out", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_when_its_owner_ends(repository, tmp_path, way_out):
    http, grpc, metrics = free_ports()
    log = tmp_path / "logs" / "triton.log"
    options = [f"--http-port={http}", f"--grpc-port={grpc}", f"--metrics-port={metrics}", f"--log-file={log}"]
    shared_memory = set(Path("/dev/shm").glob("liveclass_*"))
    owner = subprocess.Popen(
        [sys.executable, "-m", "liveclass.triton", f"--repository={repository.folder}", *options],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "services")},
    )
    assert f"gRPC 127.0.0.1:{grpc}" in owner.stdout.readline()
    processes = psutil.Process(owner.pid).children(recursive=True)
    assert {"tritonserver", "triton_python_b"} <= {process.name()[:15] for process in processes}
    scratch = {part for process in processes for part in process.cmdline() if part.startswith("/tmp/liveclass-triton-")}
    assert scratch
    owner.stdout.close()
    owner.send_signal(way_out)
    assert owner.wait(60) == (0 if way_out == signal.SIGTERM else -signal.SIGKILL)
    wait_until(lambda: all_gone(processes))
    assert not any(Path(path).exists() for path in scratch)
    assert set(Path("/dev/shm").glob("liveclass_*")) <= shared_memory
    assert "successfully loaded 'emotion'" in log.read_text()


def test_a_model_that_cannot_be_loaded_shows_why(tmp_path):
    model = tmp_path / "models" / "emotion"
    (model / "1" / "model.savedmodel").mkdir(parents=True)
    (model / "1" / "model.savedmodel" / "saved_model.pb").write_bytes(b"this is no SavedModel")
    (model / "config.pbtxt").write_text(default_config())
    (model / "labels.txt").write_text(LABELS_TEXT)
    server = TritonServer(tmp_path / "models", *free_ports())
    with pytest.raises(TritonStartError, match=r"(?s)ended before its model was ready; its log ends:.*saved_model\.pb"):
        server.start()
    assert not server.is_running


def test_a_port_in_use_is_said_at_once(repository):
    http, grpc, metrics = free_ports()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", grpc))
        listener.listen()
        with pytest.raises(TritonStartError, match=f"gRPC port {grpc} cannot be used: Address already in use"):
            TritonServer(repository.folder, http, grpc, metrics).start()


def test_a_repository_without_a_model_is_said_at_once(tmp_path, repository):
    with pytest.raises(TritonStartError, match=r"No published model in .*liveclass publish"):
        TritonServer(tmp_path).start()
    shutil.copytree(repository.folder, tmp_path, ignore=shutil.ignore_patterns("[0-9]*"), dirs_exist_ok=True)
    with pytest.raises(TritonStartError, match="No published model"):
        TritonServer(tmp_path).start()
