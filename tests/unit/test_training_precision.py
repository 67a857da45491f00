"""bfloat16 only where something calculates with it."""

from pathlib import Path

import pytest

from liveclass.training.precision import for_this_machine
from liveclass.training.recipe import Recipe

RECIPE = Recipe(architecture="dcnn", precision="mixed_bfloat16")


@pytest.mark.parametrize(
    ("cpuinfo", "precision"),
    [
        ("processor\t: 0\nflags\t\t: fpu avx avx2 fma\n", "float32"),
        ("processor\t: 0\nflags\t\t: fpu avx2 avx512_bf16 amx_tile\n", "mixed_bfloat16"),
        ("processor\t: 0\nFeatures\t: fp asimd bf16\n", "mixed_bfloat16"),
        ("processor\t: 0\nFeatures\t: fp asimd\n", "float32"),
        ("processor\t: 0\nflags of another kind\n", "mixed_bfloat16"),
    ],
)
def test_a_processor_without_bfloat16_trains_in_float32(tmp_path: Path, cpuinfo: str, precision: str) -> None:
    (tmp_path / "cpuinfo").write_text(cpuinfo)
    assert for_this_machine(RECIPE, tmp_path / "cpuinfo") == RECIPE.changed({"precision": precision})


def test_where_nothing_is_known_the_recipe_stays(tmp_path: Path) -> None:
    assert for_this_machine(RECIPE, tmp_path / "none") == RECIPE


def test_float32_stays_float32(tmp_path: Path) -> None:
    recipe = RECIPE.changed({"precision": "float32"})
    assert for_this_machine(recipe, tmp_path / "none") == recipe
