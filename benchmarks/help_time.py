"""``dross --help``: wall time of the whole process."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.measuring import Row

REPEATS = 11
NAME = "help-bar"


def run() -> list[Row]:
    """Return the row of this benchmark."""
    command = [str(Path(sys.executable).parent / "dross"), "--help"]
    seconds = []
    for _ in range(1 + REPEATS):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    print(f"  {', '.join(f'{value:.3f}' for value in seconds)}", file=sys.stderr)
    return [Row(NAME, median(seconds[1:]), 0.5, "s")]  # the first one reads the files from disk
