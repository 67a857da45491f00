"""Lays the server of the installed package nvidia-pytriton out as NVIDIA's image has it, and removes the package.

python arrange_triton.py /opt/tritonserver
"""

import shutil
import sys
import sysconfig
from pathlib import Path


def arrange(packages: Path, folder: Path) -> None:
    """Moves the program, its libraries, the python backend and the stub for this Python into `folder`."""
    server = packages / "pytriton" / "tritonserver"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    shutil.move(server / "bin", folder / "bin")
    shutil.move(packages / "nvidia_pytriton.libs", folder / "lib")
    python = folder / "backends" / "python"
    shutil.move(server / "backends" / "python", python)
    shutil.move(server / "python_backend_stubs" / version / "triton_python_backend_stub", python)
    shutil.rmtree(packages / "pytriton")


if __name__ == "__main__":
    arrange(Path(sysconfig.get_path("purelib")), Path(sys.argv[1]))
