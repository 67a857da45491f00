"""The contracts compile from a checkout in other languages, with the google protos of a package that is pinned anyway.

Each is tried where its compiler is on the machine; `.ci/run` installs what they need besides.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import google.api
import grpc_tools
import pytest
from client_fakes import FakeServices
from deploy_helpers import ROOT

PROTO = ROOT / "proto"
GOOGLE = Path(next(iter(google.api.__path__))).parents[1]
"""Where googleapis-common-protos has google/api and google/rpc."""

CONTRACTS = sorted(PROTO.rglob("*.proto"))
CLIENTS = ROOT / "tests" / "data" / "clients"
NODE_MODULES = ROOT / "build" / "tools" / "node" / "node_modules"
JAVA_PACKAGES = Path("/usr/share/java")


@pytest.fixture
def services():
    services = FakeServices()
    yield services
    services.stop()


@pytest.fixture
def picture(tmp_path, photograph):
    path = tmp_path / "class.jpg"
    path.write_bytes(photograph)
    return path


def need(compiler: str, *tools: str | Path) -> None:
    """Skips without the compiler; without one of the tools too, but fails where CI should have installed it."""
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    missing = [tool for tool in tools if not (tool.exists() if isinstance(tool, Path) else shutil.which(tool))]
    if missing and os.environ.get("CI"):
        pytest.fail(f"{missing} missing: .ci/run installs it")
    if missing:
        pytest.skip(f"{missing} missing; .ci/run shows how to install it")


def run(*command: object, **options) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=170, check=False, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_go(services, picture, tmp_path):
    need("go", "protoc-gen-go", "protoc-gen-go-grpc")
    module = tmp_path / "client"
    shutil.copytree(CLIENTS / "go", module)
    plugins = (f"--go_out={module}", f"--go-grpc_out={module}")
    run(sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", f"-I{GOOGLE}", *plugins, *CONTRACTS)

    answer = run("go", "run", ".", services.addresses[0], picture, cwd=module)

    assert answer == "from-go EMOTION_HAPPINESS\n"


def test_node(services, picture):
    need("node", NODE_MODULES / "@grpc" / "grpc-js", NODE_MODULES / "@grpc" / "proto-loader")
    script = CLIENTS / "node" / "main.js"

    answer = run(
        "node",
        script,
        services.addresses[0],
        picture,
        PROTO,
        GOOGLE,
        env={**os.environ, "NODE_PATH": str(NODE_MODULES)},
    )

    assert answer == "from-node EMOTION_HAPPINESS\n"


def test_java(tmp_path):
    jars = [JAVA_PACKAGES / f"{name}.jar" for name in ("protobuf", "grpc-api", "grpc-protobuf", "grpc-stub", "guava")]
    need("javac", "protoc", "grpc_java_plugin", *jars)
    of_the_api = ("annotations", "field_behavior", "http", "httpbody", "resource")
    imported = [
        *(GOOGLE / "google" / "api" / f"{name}.proto" for name in of_the_api),
        GOOGLE / "google/rpc/status.proto",
    ]
    plugin = shutil.which("grpc_java_plugin")
    stubs = (f"--java_out={tmp_path}", f"--grpc-java_out={tmp_path}", f"--plugin=protoc-gen-grpc-java={plugin}")
    well_known = Path(grpc_tools.__file__).parent / "_proto"
    run("protoc", f"-I{PROTO}", f"-I{GOOGLE}", f"-I{well_known}", *stubs, *CONTRACTS, *imported)
    # grpc-java marks its stubs with an annotation that left Java with 11.
    (tmp_path / "javax" / "annotation").mkdir(parents=True)
    (tmp_path / "javax" / "annotation" / "Generated.java").write_text(
        "package javax.annotation; public @interface Generated { String value(); String comments(); }\n"
    )

    classpath = ":".join(map(str, jars))
    run("javac", "-nowarn", "-cp", classpath, "-d", tmp_path / "classes", *sorted(tmp_path.rglob("*.java")))

    compiled = {path.name for path in (tmp_path / "classes" / "liveclass" / "v1").iterdir()}
    assert {"DetectionServiceGrpc.class", "SessionServiceGrpc.class", "ClassifyFrameRequest.class"} <= compiled
