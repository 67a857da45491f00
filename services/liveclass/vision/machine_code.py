"""Functions of `face_search.ll` as machine code for the processor at hand, made at the start in half a second by LLVM.

The file is made of `kernels/face_search.py` by `make kernels`. Nothing is kept on disk.
"""

import ctypes
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Argument = int | float | Array
Function = Callable[..., int]

_SOURCE = Path(__file__).with_name("face_search.ll")
_INTEGER, _REAL, _ARRAY = (
    (ctypes.c_int64,),
    (ctypes.c_double,),
    (ctypes.c_void_p,) * 2
    + (ctypes.c_int64,) * 2
    + (
        ctypes.c_void_p,
        ctypes.c_int64,
        ctypes.c_int64,
    ),
)
"""How numba passes a number, and an array of one dimension: two pointers of its own, the number and size of its items,
its data, and again its length and the distance between its items."""


class MachineCode:
    """Compiled functions, for as long as this lives. Any thread may call them; others go on."""

    def __init__(self, source: Path = _SOURCE) -> None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        target = llvm.Target.from_default_triple()
        machine = target.create_target_machine(
            cpu=llvm.get_host_cpu_name(),
            features=llvm.get_host_cpu_features().flatten(),
            opt=3,
            codemodel="jitdefault",
            jit=True,
        )
        module = llvm.parse_assembly(source.read_text("utf-8"))
        module.triple, module.data_layout = target.triple, str(machine.target_data)
        options = llvm.create_pipeline_tuning_options(speed_level=3)
        options.loop_vectorization = True
        # As fast without, and made in half of the time.
        options.loop_unrolling = options.loop_interleaving = False
        passes = llvm.create_pass_builder(machine, options)
        passes.getModulePassManager().run(module, passes)
        self._engine = llvm.create_mcjit_compiler(module, machine)
        self._engine.finalize_object()

    def function(self, name: str, kinds: str) -> Function:
        """The function `name`, whose arguments are of these `kinds`: i for whole numbers, f for others, a for arrays.

        Arrays are contiguous and of one dimension.
        """
        types: list[Any] = [each for kind in kinds for each in {"i": _INTEGER, "f": _REAL, "a": _ARRAY}[kind]]
        native = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, *types)(
            self._engine.get_function_address(name)
        )

        def call(*arguments: Argument) -> int:
            result, error = ctypes.c_int64(), ctypes.c_void_p()
            native(ctypes.addressof(result), ctypes.addressof(error), *_expanded(arguments))
            return result.value

        return call


@functools.cache
def face_search() -> MachineCode:
    """The one of this process."""
    return MachineCode()


def _expanded(arguments: tuple[Argument, ...]) -> list[Any]:
    expanded: list[Any] = []
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            data, size, item = argument.ctypes.data, argument.size, argument.itemsize
            expanded += (None, None, size, item, data, size, item)
        else:
            expanded.append(argument)
    return expanded
