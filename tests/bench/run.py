"""`make bench`: every figure of docs/benchmarks.md, most of them ratios, measured in one run, and whether it holds.

Each module `bench_*.py` beside this file has a `run()` that returns a list of {name, figure, unit, bar, holds}; a
`bar` begins with the comparison that must hold, such as ">= 0.85".
"""

import argparse
import importlib.util
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

FOLDER = Path(__file__).parent
RESULTS = Path("build", "bench.json")

Figure = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("benches", nargs="*", help="names such as 'triton'; all when none is given")
    chosen = parser.parse_args().benches
    modules = sorted(FOLDER.glob("bench_*.py"))
    if unknown := set(chosen) - {name_of(module) for module in modules}:
        parser.error(f"no bench {', '.join(sorted(unknown))}; there are: {', '.join(map(name_of, modules))}")
    console = Console()
    figures: list[Figure] = []
    for module in modules:
        if not chosen or name_of(module) in chosen:
            with console.status(f"measuring {name_of(module)} …"):
                figures += run(module)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    console.print(table(figures))
    console.print(", ".join(f"{key} {value}" for key, value in machine().items()), style="dim")
    console.print(f"written to {RESULTS}")
    return 0 if all(figure["holds"] for figure in figures) else 1


def name_of(module: Path) -> str:
    return module.stem.removeprefix("bench_")


def run(module: Path) -> list[Figure]:
    """The figures of one bench, with the seconds that it took."""
    spec = importlib.util.spec_from_file_location(module.stem, module)
    assert spec, module
    assert spec.loader, module
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[module.stem] = loaded  # dataclasses look their module up
    spec.loader.exec_module(loaded)
    start = time.perf_counter()
    figures: list[Figure] = loaded.run()
    seconds = round(time.perf_counter() - start, 1)
    return [{"bench": name_of(module), **figure, "bench_seconds": seconds} for figure in figures]


def table(figures: list[Figure]) -> Table:
    shown = Table("bench", "figure", "measured", "bar", "", title="liveclass bench")
    for figure in figures:
        mark = "[green]holds[/]" if figure["holds"] else "[red]falls short[/]"
        measured = f"{figure['figure']:.3g} {figure['unit']}"
        shown.add_row(figure["bench"], figure["name"], measured, str(figure["bar"]), mark)
    return shown


def machine() -> dict[str, str]:
    """What it was measured on."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        "system": platform.system(),
    }


if __name__ == "__main__":
    sys.exit(main())
