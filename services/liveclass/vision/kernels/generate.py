"""`make kernels`: the face search as LLVM's intermediate representation, from `face_search.py` by numba.

    python services/liveclass/vision/kernels/generate.py [--check]

The services read it with llvmlite, which makes machine code for the processor at hand in half a second; numba itself
took four, and could keep what it made only where it may write. With `--check`: whether it is up to date.
"""

import argparse
import os
import re
import sys
from pathlib import Path

os.environ.update(NUMBA_OPT="0", NUMBA_LOOP_VECTORIZE="0", NUMBA_SLP_VECTORIZE="0")  # left to the machine that runs it
import face_search
import llvmlite.binding as llvm
from numba import njit

OUT = Path(__file__).parents[1] / "face_search.ll"
HEADER = (
    "; Made by `make kernels` from vision/kernels/face_search.py: LLVM's intermediate representation. Never edited.\n"
)


def generated() -> str:
    llvm.initialize_native_target()
    module = None
    for name, signature in face_search.ENTRIES.items():
        dispatcher = njit(signature, nogil=True, _nrt=False, error_model="numpy", no_cpython_wrapper=True)(
            getattr(face_search, name)
        )
        (compiled,) = dispatcher.overloads.values()
        text = compiled.library.get_llvm_str().replace(compiled.fndesc.llvm_func_name, name)
        other = llvm.parse_assembly(text)
        if module is None:
            module = other
        else:
            module.link_in(other)
    for function in module.functions:
        if not function.is_declaration and function.name not in face_search.ENTRIES:
            function.linkage = "internal"
    for value in module.global_variables:
        if not value.is_declaration:
            value.linkage = "internal"
    optimize(module)
    return HEADER + tidy(str(module))


def optimize(module: llvm.ModuleRef) -> None:
    """Removes what is not called, and what every processor does better without; vector code is made where it runs."""
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu="x86-64", opt=1, codemodel="jitdefault", jit=True
    )
    options = llvm.create_pipeline_tuning_options(speed_level=1)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = options.loop_interleaving = False
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)


def tidy(text: str) -> str:
    """Without what says where it was made; functions by their plain names."""
    for name in sorted(set(re.findall(r"@(_ZN\w+)", text)), key=len, reverse=True):
        text = text.replace(name, plain(name))
    return re.sub(r"^(; ModuleID|source_filename|target ).*\n", "", text, flags=re.MULTILINE)


def plain(name: str) -> str:
    """The function in a name that numba made: `_ZN`, then the length and the text of the module's and its own."""
    rest = name.removeprefix("_ZN")
    for _ in range(2):
        digits = re.match(r"\d+", rest)[0]
        found, rest = rest[len(digits) :][: int(digits)], rest[len(digits) + int(digits) :]
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if the file is not what would be written")
    text = generated()
    if not parser.parse_args().check:
        OUT.write_text(text, "utf-8")
    elif OUT.read_text("utf-8") != text:
        sys.exit(f"{OUT} is not what face_search.py beside this makes; run: make kernels")
