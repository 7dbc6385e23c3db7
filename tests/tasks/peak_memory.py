"""The peak memory of scoring a file, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# The peak of the process's own memory: what `getrusage` says starts from that of the process which started it.
_CODE = """
import re, sys
from pathlib import Path
from dross.tasks import score_file, scoring_images, scoring_tables
scoring_tables.CHUNK_ROWS = 10_000
scoring_images.CHUNK_BYTES = 1 << 20
scored = score_file(*sys.argv[1:])
print(scored.n_rows, re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def peak_of_scoring(model: Path, data: Path, out: Path) -> tuple[int, int]:
    """Return how many rows or images were scored, and the peak memory in bytes."""
    done = subprocess.run([sys.executable, "-c", _CODE, model, data, out], capture_output=True, text=True, check=True)
    n_rows, kilobytes = map(int, done.stdout.split())
    return n_rows, 1024 * kilobytes


def is_told() -> bool:
    """Return whether this system tells a process the peak of its own memory."""
    return Path("/proc/self/status").exists()
