"""Everything at once on a real stack, for `SECONDS` (600): cameras, watchers, nonsense, kills, hung peers, a full disk.

Prints what was felt of each fault, and whether a frame was lost or counted twice; exits 1 where one was.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import cv2
from rich.console import Console
from rich.table import Table
from skimage import data

sys.path.insert(0, str(Path(__file__).parent))
from faults import DATABASE, LEAST_SECONDS, MOST_SECONDS, Effect, Parts, Probe, faults, small_disk
from load import Load

from liveclass.stack import Ports

START_SECONDS = 240.0
SETTLE_SECONDS = 3.0


def main() -> int:
    seconds = float(os.environ.get("SECONDS", "600"))
    stopped_seconds = float(os.environ.get("STOPPED_SECONDS", "20"))
    only = os.environ.get("ONLY", "")
    image = cv2.imencode(".jpg", cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR))[1].tobytes()
    with tempfile.TemporaryDirectory(prefix="liveclass-soak-") as folder, small_disk(Path(folder) / "disk") as disk:
        if disk is None:
            Console().print("no full disk: this process may not mount a small one")
        ports = Ports.free()
        up = Up(ports, Path(folder), disk)
        try:
            return soak(up, ports, image, (seconds, stopped_seconds, only), disk)
        finally:
            up.end()


class Up:
    """`liveclass up` as a process. What it says is printed as it comes."""

    def __init__(self, ports: Ports, folder: Path, disk: Path | None) -> None:
        """Returns when everything serves."""
        database = f"sqlite+aiosqlite:///{(disk or folder) / DATABASE}"
        environment = {**os.environ, **ports.environment(), "LIVECLASS_DATABASE_URL": database}
        command = [sys.executable, "-m", "liveclass.cli", "up", "--directory", str(folder / "up")]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self._serves = threading.Event()
        threading.Thread(target=self._print, daemon=True).start()
        if not self._serves.wait(START_SECONDS) or self.process.poll() is not None:
            raise SystemExit(f"liveclass up does not serve: {self.process.poll()}")

    def _print(self) -> None:
        for line in self.process.stdout:
            Console(width=200).print("up:", line, end="", markup=False)
            if "Ctrl-C stops" in line:
                self._serves.set()
        self._serves.set()

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)


def soak(up: Up, ports: Ports, image: bytes, settings: tuple[float, float, str], disk: Path | None) -> int:
    seconds, stopped_seconds, only = settings
    detection, session = f"127.0.0.1:{ports.detection}", f"127.0.0.1:{ports.session}"
    parts, load = Parts(up.process.pid), Load(detection, session, image)
    probe = Probe(detection, image, Load(detection, session, image).session)
    load.start()
    time.sleep(SETTLE_SECONDS)
    at_start, end, effects = parts.memory(), time.monotonic() + seconds, []
    while time.monotonic() < end:
        for name, bring_about in faults(parts, stopped_seconds, disk):
            if only not in name:
                continue
            if time.monotonic() > end:
                break
            effects.append(Effect(name))
            lasts = bring_about()
            began = time.monotonic()
            probe.watch(effects[-1], began + max(lasts, LEAST_SECONDS), began + lasts + MOST_SECONDS)
            Console(width=200).print(str(effects[-1]), markup=False)
            time.sleep(SETTLE_SECONDS)
    load.end()
    missing = load.send_again()
    counted = load.counted()
    report(effects, load, at_start, parts.memory(), missing, counted)
    lost, doubled = max(0, load.figures.sent - counted), max(0, counted - load.figures.sent)
    return int(bool(lost or doubled or load.figures.wrong))


def report(
    effects: list[Effect], load: Load, at_start: dict[str, int], at_end: dict[str, int], missing: int, counted: int
) -> None:
    console, figures = Console(width=200), load.figures
    table = Table(
        "fault", "answered again", "recorded again", "answers meanwhile", "recording meanwhile", "health meanwhile"
    )
    for each in effects:
        table.add_row(
            each.name,
            *("not" if after is None else f"{after} s" for after in (each.answered_after, each.recorded_after)),
            *(
                " ".join(f"{name} {count}" for name, count in said.most_common())
                for said in (each.answers, each.recording, each.health)
            ),
        )
    console.print(table)
    console.print(
        f"frames sent {figures.sent}, answered {figures.answered}, recorded {figures.recorded}, "
        f"skipped in streams {figures.skipped}; refused: {dict(figures.codes)}; buckets watched {figures.watched}"
    )
    console.print(
        f"after sending again what was not recorded: not recorded {missing}, counted {counted}, "
        f"lost {max(0, figures.sent - counted)}, doubled {max(0, counted - figures.sent)}; "
        f"nonsense answered wrongly: {dict(figures.wrong)}"
    )
    console.print(f"memory at the start {at_start}, at the end {at_end} (MB)")


if __name__ == "__main__":
    sys.exit(main())
