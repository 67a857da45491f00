"""Which arithmetic a recipe is trained in on this machine."""

from pathlib import Path

import keras

from liveclass.training.recipe import Recipe

_CPUINFO = Path("/proc/cpuinfo")
_BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}
"""As Linux names them: of x86 the first two, of Arm the last."""


def for_this_machine(recipe: Recipe, cpuinfo: Path = _CPUINFO) -> Recipe:
    """The recipe, in float32 where it asks for bfloat16 and nothing here calculates with it.

    A processor without such instructions emulates them: an epoch then takes two to ten times as long as in float32.
    """
    if recipe.precision == "float32" or has_bfloat16(cpuinfo):
        return recipe
    return recipe.changed({"precision": "float32"})


def has_bfloat16(cpuinfo: Path = _CPUINFO) -> bool:
    """Whether a GPU, or a processor by its flags in `cpuinfo`, calculates with bfloat16. Unknown counts as yes."""
    if not cpuinfo.is_file() or keras.distribution.list_devices("gpu"):
        return True
    lines = (line.partition(":") for line in cpuinfo.read_text("utf-8").splitlines())
    flags = {flag for key, _, value in lines if key.strip() in {"flags", "Features"} for flag in value.split()}
    return not flags or bool(flags & _BFLOAT16_FLAGS)
