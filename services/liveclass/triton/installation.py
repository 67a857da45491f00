"""Finds the Triton installed on this machine, and prepares the folder of its backends."""

import os
import platform
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

BACKENDS = Path(__file__).parent / "backends"
"""Our own backends, one folder each; NVIDIA's image expects them in /opt/tritonserver/backends."""

_PINS = Path(__file__).parent / "requirements.txt"


class TritonStartError(RuntimeError):
    """Triton cannot be started; the message says why and what to do."""


@dataclass(frozen=True)
class Installation:
    """The Triton of the package nvidia-pytriton, in a virtual environment of its own since it needs numpy 1."""

    environment_folder: Path
    binary: Path
    libraries: Path
    python_backend: Path
    stub: Path
    """The program that runs Python backends; there is one for each version of Python."""
    libpython: Path
    """The folder of Python's shared library, which the stub loads."""

    @classmethod
    def find(cls, environment: Path | None = None) -> "Installation":
        """Finds it in the virtual environment `environment`, by default `triton/` in the folder of this Python's.

        Raises `TritonStartError` if the platform, the packages or Python's shared library are missing.
        """
        _require_platform()
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        folder = environment or Path(sys.prefix) / "triton"
        package = _require_packages(folder, version) / "pytriton"
        stub = package / "tritonserver" / "python_backend_stubs" / version / "triton_python_backend_stub"
        if not stub.exists():
            known = ", ".join(sorted(folder.name for folder in stub.parent.parent.glob("3.*")))
            raise TritonStartError(f"Triton here runs under Python {known}, and this is Python {version}.")
        return cls(
            environment_folder=folder,
            binary=package / "tritonserver" / "bin" / "tritonserver",
            libraries=package.parent / "nvidia_pytriton.libs",
            python_backend=package / "tritonserver" / "backends" / "python",
            stub=stub,
            libpython=_find_libpython(version),
        )

    def assemble_backends(self, folder: Path) -> None:
        """Copies the Python backend, the stub for this Python and our backends into the new `folder`.

        They are a few megabytes; links would not do, since Triton refuses libraries outside the folder.
        """
        shutil.copytree(BACKENDS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        python = folder / "python"
        python.mkdir()
        for file in ("libtriton_python.so", "triton_python_backend_utils.py"):
            shutil.copy(self.python_backend / file, python)
        shutil.copy(self.stub, python)

    def environment(self) -> dict[str, str]:
        """The environment variables of this process, changed so that the stub finds Triton's Python packages."""
        libraries = [str(self.libpython), str(self.libraries), os.environ.get("LD_LIBRARY_PATH", "")]
        return {
            **os.environ,
            # The stub finds libpython by its name only, and its packages by the first python3 in PATH.
            "LD_LIBRARY_PATH": ":".join(filter(None, libraries)),
            "PATH": f"{self.environment_folder / 'bin'}:{os.environ.get('PATH', '')}",
            # Warnings and errors only.
            "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "1"),
        }


def _require_platform() -> None:
    system, machine = platform.system(), platform.machine()
    if (system, machine) != ("Linux", "x86_64"):
        raise TritonStartError(
            f"Triton comes as a package for Linux on x86-64 only, and this is {system} on {machine}; "
            "run NVIDIA's container image instead, with model_repository/ and our backend folder mounted."
        )


def _require_packages(environment: Path, version: str) -> Path:
    """The folder of Triton's Python packages."""
    packages = environment / "lib" / f"python{version}" / "site-packages"
    for name, folder in (("nvidia-pytriton", "pytriton"), ("tensorflow-cpu", "tensorflow")):
        if not (packages / folder).is_dir():
            raise TritonStartError(
                f"The package {name} is not installed in {environment}; install it with `make setup`, or with: "
                f"{sys.executable} -m venv {environment} && "
                f"{environment}/bin/pip install --require-hashes -r {_PINS}"
            )
    return packages


def _find_libpython(version: str) -> Path:
    name = f"libpython{version}.so.1.0"
    config = sysconfig.get_config_vars()
    library_folder = Path(str(config.get("LIBDIR", "/usr/lib")))
    # Debian keeps the library one folder deeper, under the platform's name.
    for folder in (library_folder, library_folder / str(config.get("MULTIARCH", "")), Path(sys.base_prefix) / "lib"):
        if (folder / name).exists():
            return folder
    raise TritonStartError(
        f"Triton needs {name}, the shared library of this Python ({sys.executable}); on Debian and Ubuntu: "
        f"apt install libpython{version}; a Python of your own must be built with --enable-shared."
    )
