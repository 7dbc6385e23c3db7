"""How the benchmarks measure: children with a clean memory, both sides in turn, and one row a figure.

Each measurement runs in a process of its own, so that none inherits the memory or the warm caches of another. The two
sides take turns (ours, other, ours, other, ...), so that whatever else the machine does meets both; the figure is the
median of each side.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, final

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024.0 * 1024.0


@final
@dataclass(frozen=True)
class Row:
    """One line of ``results.csv``.

    ``ratio`` says how many times better than ``other`` ours is: above 1 is better, whether less or more is good.
    ``other`` is another implementation measured in the same run or, where ``name`` ends in ``-bar``, a fixed limit.
    """

    name: str
    ours: float
    other: float | None
    unit: str

    @property
    def ratio(self) -> float | None:
        """Other through ours: every figure with an ``other`` is a time, a memory or a slope, where less is better."""
        return None if self.other is None else self.other / self.ours


def peak_memory() -> float:
    """Return the most memory this process has had resident so far, in MiB."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage would count what the parent had when it started this process
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MIB if sys.platform == "darwin" else peak / 1024.0


def in_child(module: str, *words: str) -> dict[str, Any]:
    """Run ``python -m benchmarks.MODULE words`` and return what it prints: one JSON object."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *words]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def in_turns(module: str, sides: Sequence[Sequence[str]], repeats: int, key: str) -> list[float]:
    """Return the median of ``key`` for each side, measured in children that take turns."""
    found: list[list[float]] = [[] for _ in sides]
    for _ in range(repeats):
        for values, words in zip(found, sides, strict=True):
            values.append(float(in_child(module, *words)[key]))
    for words, values in zip(sides, found, strict=True):
        print(f"  {' '.join(words)}: {', '.join(f'{value:.4g}' for value in values)}", file=sys.stderr)
    return [median(values) for values in found]
