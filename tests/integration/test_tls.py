"""TLS and mutual TLS between the SDK and a real server, and what is said where a certificate is not as it should be."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from concurrent import futures
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import grpc
import pytest
import structlog
from certificates import Authority
from click.testing import Result
from deploy_helpers import ROOT
from detection_fakes import FakeClassifier, astronaut
from docs_samples import blocks
from prometheus_client import CollectorRegistry
from typer.testing import CliRunner

from liveclass.cli import app
from liveclass.client import AsyncLiveClass, LiveClass, ServiceError, Tls, TlsError, UnavailableError
from liveclass.detection import service as detection_service
from liveclass.detection.settings import DetectionSettings
from liveclass.rpc.server import Server, ServerOptions, Service
from liveclass.runtime.metrics import GrpcMetrics
from liveclass.session import service as session_service
from liveclass.session.settings import SessionSettings
from liveclass.v1 import session_pb2, session_pb2_grpc

SESSION = "classrooms/7b/sessions/maths"


class Sessions(session_pb2_grpc.SessionServiceServicer):
    async def GetSession(self, request, context):
        return session_pb2.Session(name=request.name)

    async def WatchTimeline(self, request, context):
        yield session_pb2.TimelineBucket(frames=1)


class NoSessions(session_pb2_grpc.SessionServiceServicer):
    def ListSessions(self, request, context):
        return session_pb2.ListSessionsResponse()


class Running:
    """The runtime's own server, with a servicer that answers at once."""

    def __init__(self, tls: Tls | None, allowed_clients: str = "", **options: object) -> None:
        self.registry = CollectorRegistry()
        service = Service(
            "liveclass.v1.SessionService",
            lambda s: session_pb2_grpc.add_SessionServiceServicer_to_server(Sessions(), s),
        )
        server_options = ServerOptions(tls=tls, allowed_clients=allowed_clients, grace_seconds=1, **options)
        self.server = Server([service], [], server_options, GrpcMetrics(self.registry))

    async def __aenter__(self) -> "Running":
        port = await self.server.start()
        self.plain, self.address = f"127.0.0.1:{port}", f"https://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.server.stop()


async def error_of(address: str, tls: Tls | None) -> ServiceError:
    async with AsyncLiveClass(address, address, tls=tls) as lc:
        with pytest.raises(ServiceError) as caught:
            await lc.delete_session(SESSION)  # not tried again
    return caught.value


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "school")


@pytest.fixture
def stranger(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "stranger")


@pytest.fixture
def server_files(authority: Authority) -> Tls:
    return authority.issue("server", "localhost", "127.0.0.1")


@pytest.fixture
async def plain_tls(server_files: Tls) -> AsyncIterator[Running]:
    async with Running(replace(server_files, ca=None)) as running:
        yield running


@pytest.fixture
async def mutual_tls(server_files: Tls) -> AsyncIterator[Running]:
    async with Running(server_files, "detection.liveclass, spiffe://liveclass/edge") as running:
        yield running


async def test_both_clients_speak_tls_to_a_service(plain_tls, authority):
    tls = Tls(ca=authority.file)

    def blocking() -> str:
        with LiveClass(plain_tls.address, plain_tls.address, tls=tls) as lc:
            return lc.get_session(SESSION).name

    assert await asyncio.to_thread(blocking) == SESSION
    async with AsyncLiveClass(plain_tls.plain, plain_tls.plain, tls=tls) as lc:  # naming files asks for TLS, too
        assert (await lc.get_session(SESSION)).name == SESSION
        assert [bucket.frames async for bucket in lc.watch(SESSION)] == [1]


async def test_a_client_in_plaintext_is_told_of_tls(plain_tls):
    error = await error_of(plain_tls.plain, None)

    assert isinstance(error, UnavailableError)
    assert "if it speaks TLS, write the address as https://host:port" in str(error)


async def test_tls_to_a_service_in_plaintext(authority):
    async with Running(None) as running:
        error = await error_of(running.address, Tls(ca=authority.file))

    assert "it speaks plaintext, and TLS was asked for" in str(error)


async def test_a_certificate_of_an_authority_that_is_not_known(plain_tls, stranger):
    for tls in (Tls(ca=stranger.file), None):  # None: those that gRPC brings
        assert "its TLS certificate is not trusted" in str(await error_of(plain_tls.address, tls))


async def test_a_certificate_that_expires_while_it_is_served(authority):
    soon = datetime.now(timezone.utc) + timedelta(seconds=1.2)
    async with Running(replace(authority.issue("server", "127.0.0.1", expires=soon), ca=None)) as running:
        await asyncio.sleep(max(0.0, soon.timestamp() - time.time()) + 1)
        error = await error_of(running.address, Tls(ca=authority.file))

    assert "its TLS certificate has expired" in str(error)


async def test_a_certificate_of_another_host(authority):
    async with Running(replace(authority.issue("server", "class.example"), ca=None)) as running:
        error = await error_of(running.address, Tls(ca=authority.file))

    assert "its TLS certificate is another host's" in str(error)


@pytest.mark.parametrize("names", [["detection.liveclass"], ["other.liveclass", "detection.liveclass"]])
async def test_a_client_whose_name_is_on_the_list(mutual_tls, authority, names):
    tls = authority.issue("client", *names)

    async with AsyncLiveClass(mutual_tls.address, mutual_tls.address, tls=tls) as lc:
        assert (await lc.get_session(SESSION)).name == SESSION
        assert [bucket.frames async for bucket in lc.watch(SESSION)] == [1]


async def test_a_common_name_counts_only_where_there_is_no_other(authority, server_files):
    alone = authority.issue("alone", common_name="detection")
    beside = authority.issue("beside", "lms.example", common_name="detection")
    async with Running(server_files, "detection") as running:
        async with AsyncLiveClass(running.address, running.address, tls=alone) as lc:
            assert (await lc.get_session(SESSION)).name == SESSION
        assert (await error_of(running.address, beside)).code is grpc.StatusCode.PERMISSION_DENIED


async def test_a_client_whose_name_is_not_on_the_list(mutual_tls, authority):
    tls = authority.issue("client", "lms.example")

    error = await error_of(mutual_tls.address, tls)

    assert (error.code, error.reason) == (grpc.StatusCode.PERMISSION_DENIED, "CLIENT_NOT_ALLOWED")
    async with AsyncLiveClass(mutual_tls.address, mutual_tls.address, tls=tls) as lc:
        with pytest.raises(ServiceError) as streamed:
            [bucket async for bucket in lc.watch(SESSION)]
    assert streamed.value.reason == "CLIENT_NOT_ALLOWED"
    denied = mutual_tls.registry.get_sample_value("liveclass_denied_calls_total", {"reason": "client_certificate"})
    assert denied == 2


async def test_a_client_that_may_not_call_is_in_the_audit_log(mutual_tls, authority):
    with structlog.testing.capture_logs() as lines:
        await error_of(mutual_tls.address, authority.issue("client", common_name="lms.example"))
    (entry,) = [line for line in lines if line["event"] == "audit"]
    assert (entry["client"], entry["action"], entry["outcome"]) == ("lms.example", "DeleteSession", "PERMISSION_DENIED")


async def test_a_client_without_a_certificate_or_with_a_strangers(mutual_tls, authority, stranger):
    strange = replace(stranger.issue("client", "detection.liveclass"), ca=authority.file)

    for tls in (Tls(ca=authority.file), strange):
        error = await error_of(mutual_tls.address, tls)
        assert isinstance(error, UnavailableError)
        assert "wants to see a client's certificate" in str(error)


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        (lambda a, f: Tls(certificate=f / "server.pem", key=f / "other-key.pem"), "is not the key of the certificate"),
        (lambda a, f: Tls(certificate=f / "missing.pem", key=f / "server-key.pem"), "No such file"),
        (lambda a, f: Tls(certificate=f / "server-key.pem", key=f / "server.pem"), "are not a certificate and its key"),
        (lambda a, f: Tls(ca=f / "server-key.pem"), "holds no certificate of an authority"),
    ],
)
def test_files_that_cannot_be_used_are_named_at_once(authority, server_files, files, problem):
    authority.issue("other", "127.0.0.1")

    with pytest.raises(TlsError) as caught:
        LiveClass("https://localhost:1", tls=files(authority, authority.folder))

    assert problem in str(caught.value)
    assert str(authority.folder) in str(caught.value)


def test_half_a_pair_and_an_address_with_a_path_are_refused(server_files):
    with pytest.raises(TlsError, match="belong together"):
        Tls(certificate=server_files.certificate)
    with pytest.raises(TlsError, match="write it as https://host:port"):
        LiveClass("https://class.example/api")


# Certificates that are replaced.


async def served_number(running: Running, authority: Authority) -> int:
    """The serial number of the certificate that a new connection is shown."""
    context = ssl.create_default_context(cafile=str(authority.file))
    context.set_alpn_protocols(["h2"])
    _, writer = await asyncio.open_connection("127.0.0.1", int(running.plain.rpartition(":")[2]), ssl=context)
    number = int(writer.get_extra_info("peercert")["serialNumber"], 16)
    writer.close()
    return number


def swap(link: Path, folder: Path) -> None:
    """As Kubernetes replaces the files of a Secret: one link, atomically."""
    new = link.with_name("..data-new")
    new.symlink_to(folder)
    new.replace(link)


async def test_a_certificate_is_replaced_while_64_clients_call(authority, tmp_path):
    for turn in range(4):
        authority.issue("tls", "127.0.0.1", folder=tmp_path / f"..{turn}")
    data = tmp_path / "..data"
    data.symlink_to(tmp_path / "..0")
    calls, failures, end = 0, [], asyncio.Event()

    async def client() -> None:
        nonlocal calls
        while not end.is_set():
            async with AsyncLiveClass(running.address, running.address, tls=Tls(ca=authority.file)) as lc:
                for _ in range(5):  # then a new connection
                    try:
                        await lc.get_session(SESSION)
                    except ServiceError as error:
                        failures.append(error)
                    calls += 1

    async with Running(Tls(None, data / "tls.pem", data / "tls-key.pem")) as running:
        numbers = [await served_number(running, authority)]
        clients = [asyncio.create_task(client()) for _ in range(64)]
        for turn in range(1, 4):
            await asyncio.sleep(0.2)
            swap(data, tmp_path / f"..{turn}")
            numbers.append(await served_number(running, authority))
        end.set()
        await asyncio.gather(*clients)

    assert failures == []
    assert calls > 64
    assert len(set(numbers)) == 4  # each was served to the first connection after the swap


def contents(path: str | Path) -> bytes:
    return Path(path).read_bytes()


def write(data: bytes, path: str | Path) -> None:
    Path(path).write_bytes(data)


async def test_what_cannot_be_used_leaves_the_last_certificate_in_place(authority, server_files):
    other = authority.issue("other", "127.0.0.1")
    whole, key = contents(other.certificate), contents(other.key)
    with structlog.testing.capture_logs() as logs:
        async with Running(replace(server_files, ca=None)) as running:
            first = await served_number(running, authority)

            write(whole[: len(whole) // 2], server_files.certificate)
            assert await served_number(running, authority) == first
            write(whole, server_files.certificate)  # its key is still to come
            assert await served_number(running, authority) == first
            assert await served_number(running, authority) == first

            write(key, server_files.key)
            assert await served_number(running, authority) != first

    kept = [line["cause"] for line in logs if line["event"].startswith("certificate not renewed")]
    assert ["not a certificate and its key" in kept[0], "is not the key of" in kept[1], len(kept)] == [True, True, 2]


async def test_a_clients_certificate_is_renewed_without_a_failed_call(mutual_tls, authority):
    wrong = authority.issue("client", "lms.example")
    async with AsyncLiveClass(mutual_tls.address, mutual_tls.address, tls=wrong) as lc:
        with pytest.raises(ServiceError, match="certificate"):
            await lc.get_session(SESSION)

        authority.issue("client", "detection.liveclass")  # the same files

        assert (await lc.get_session(SESSION)).name == SESSION
        assert [bucket.frames async for bucket in lc.watch(SESSION)] == [1]


async def test_when_the_certificate_expires_is_a_metric(authority):
    expires = datetime(2031, 3, 2, tzinfo=timezone.utc)
    async with Running(replace(authority.issue("server", "127.0.0.1", expires=expires), ca=None)) as running:
        assert (
            running.registry.get_sample_value("liveclass_certificate_expiry_timestamp_seconds") == expires.timestamp()
        )


async def test_a_certificate_that_has_expired_does_not_start(authority):
    long_ago = datetime(2021, 3, 2, tzinfo=timezone.utc)
    with pytest.raises(TlsError, match="expired on 2021-03-02"):
        Running(replace(authority.issue("server", "127.0.0.1", expires=long_ago), ca=None))


# Both services, as they run.


async def test_a_frame_is_recorded_over_mutual_tls_and_only_detection_may_record(authority, tmp_path):
    own, detections, operators = (
        authority.issue(name, f"{name}.liveclass", "127.0.0.1") for name in ("session", "detection", "operator")
    )
    session_settings = SessionSettings(
        session_port=0,
        database_url=f"sqlite+aiosqlite:///{tmp_path}/liveclass.db",
        use_declaration="purpose=demonstration; jurisdiction=none",
        grace_seconds=1,
        certificate=own.certificate,
        key=own.key,
        client_ca=authority.file,
        allowed_clients="detection.liveclass,operator.liveclass",
    )
    async with session_service.serving(session_settings, CollectorRegistry()) as session:
        detection_settings = DetectionSettings(
            detection_port=0,
            session_address=f"127.0.0.1:{session.port}",
            detection_threads=1,
            grace_seconds=1,
            ca=authority.file,
            certificate=detections.certificate,
            key=detections.key,
        )
        async with detection_service.serving(detection_settings, CollectorRegistry(), FakeClassifier()) as detection:
            addresses = (f"https://127.0.0.1:{detection.port}", f"https://127.0.0.1:{session.port}")
            async with AsyncLiveClass(*addresses, tls=operators) as lc:
                lesson = await lc.create_session("7b", minimum_group_size=1)
                frame = await lc.classify(astronaut(), session=lesson.name, source="front")
            async with AsyncLiveClass(*addresses, tls=authority.issue("lms", "lms.example")) as lc:
                unrecorded = (await lc.classify(astronaut())).faces
                with pytest.raises(ServiceError) as refused:
                    await lc.get_session(lesson.name)

    assert frame.recorded
    assert len(unrecorded) == 1  # detection asks for no certificate
    assert refused.value.reason == "CLIENT_NOT_ALLOWED"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"certificate": "c.pem"}, "LIVECLASS_CERTIFICATE and LIVECLASS_KEY belong together"),
        ({"client_ca": "ca.pem", "allowed_clients": "x"}, "set LIVECLASS_CERTIFICATE and LIVECLASS_KEY as well"),
        (
            {"certificate": "c.pem", "key": "k.pem", "client_ca": "ca.pem"},
            "set both, or neither; \\* allows every name",
        ),
        ({"certificate": "c.pem", "key": "k.pem", "allowed_clients": "x"}, "set both, or neither"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(given, problem):
    with pytest.raises(TlsError, match=problem):
        ServerOptions.from_settings(SessionSettings(**given), 0)


def test_the_command_line_reads_the_files_from_the_environment(authority, server_files, tmp_path):
    server = grpc.server(futures.ThreadPoolExecutor(1))
    session_pb2_grpc.add_SessionServiceServicer_to_server(NoSessions(), server)
    pem = server_files.read()
    credentials = grpc.ssl_server_credentials([(pem.key, pem.certificate)], pem.ca, require_client_auth=True)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    client = authority.issue("client", "lms.example")

    def listed(**variables: object) -> Result:
        environment = {f"LIVECLASS_{name}": str(value) for name, value in variables.items()}
        return CliRunner().invoke(app, ["session", "list", "--json"], env=environment)

    address = f"https://127.0.0.1:{port}"
    good = listed(SESSION_ADDRESS=address, CA=authority.file, CERTIFICATE=client.certificate, KEY=client.key)
    broken = listed(SESSION_ADDRESS=address, CA=tmp_path / "none.pem")
    half = listed(SESSION_ADDRESS=address, KEY=client.key)
    server.stop(0)

    assert (good.exit_code, good.stdout) == (0, "")
    assert (broken.exit_code, broken.stderr) == (
        1,
        f"error: {tmp_path}/none.pem cannot be read: No such file or directory\n",
    )
    assert "give both, or neither" in half.stderr


async def test_the_certificates_of_the_manual_are_ones_that_services_and_callers_take(tmp_path):
    (commands,) = [block for block, _ in blocks(ROOT / "docs/tls.md", "sh") if "openssl" in block]
    made = await asyncio.create_subprocess_exec("sh", "-ec", commands, cwd=tmp_path, stderr=asyncio.subprocess.DEVNULL)
    assert await made.wait() == 0

    async with Running(Tls(None, tmp_path / "cert.pem", tmp_path / "key.pem")) as running:
        async with AsyncLiveClass(running.address, running.address, tls=Tls(ca=tmp_path / "ca.pem")) as lc:
            assert (await lc.get_session(SESSION)).name == SESSION
