"""A typed browser client calls the services by gRPC-Web through the edge."""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import google.api
import grpc
import pytest
from deploy_helpers import ROOT, tool

from liveclass.stack import Stack
from liveclass.v1 import session_pb2, session_pb2_grpc

GOOGLE = Path(next(iter(google.api.__path__))).parents[1]
CLIENT = ROOT / "tests" / "data" / "clients" / "grpc-web"
NODE_MODULES = ROOT / "build" / "tools" / "node" / "node_modules"
IMPORTED = [*(GOOGLE / "google/api").glob("*.proto"), GOOGLE / "google/rpc/status.proto"]


def test_a_unary_and_a_stream_call_and_their_errors(stack: Stack, tmp_path: Path) -> None:
    node, plugin = tool("node"), NODE_MODULES / ".bin" / "protoc-gen-es"
    if not plugin.exists() and not os.environ.get("CI"):
        pytest.skip(f"{plugin} is missing; .ci/run shows how to install it")
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    (tmp_path / "main.mjs").write_bytes((CLIENT / "main.mjs").read_bytes())
    options = (f"-I{ROOT / 'proto'}", f"-I{GOOGLE}", f"--plugin=protoc-gen-es={plugin}", f"--es_out={tmp_path}")
    sources = map(str, [*sorted((ROOT / "proto").rglob("*.proto")), *IMPORTED])
    target = ("--es_opt=target=js", "--es_opt=import_extension=js")
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *options, *target, *sources], check=True, timeout=60)

    classroom = f"web-{uuid.uuid4().hex[:12]}"
    command = [node, tmp_path / "main.mjs", stack.edge_url, stack.edge_token, classroom]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert done.stdout.splitlines() == ["Algebra 1n", "NotFound", "Unauthenticated"], done.stderr


def test_grpc_itself_is_served_and_refused_alike(stack: Stack) -> None:
    request = session_pb2.ListSessionsRequest(parent="classrooms/7b")
    with grpc.insecure_channel(f"localhost:{stack.ports.edge}") as channel:
        stub = session_pb2_grpc.SessionServiceStub(channel)
        stub.ListSessions(request, metadata=(("authorization", f"Bearer {stack.edge_token}"),))
        for metadata in ((), (("authorization", "Bearer a.b.c"),)):
            with pytest.raises(grpc.RpcError) as refused:
                stub.ListSessions(request, metadata=metadata)
            assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
