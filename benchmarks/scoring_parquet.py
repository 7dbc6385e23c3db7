"""``dross score`` on 10,000,000 rows x 16 in a Parquet file: peak memory, time, and whether every row is there.

The model is the default detector, fitted on 20,000 rows. The peak is the largest resident size of the whole process,
its imports included. The output is read back part by part: its ids must be those of the input, in order.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet as pq

from benchmarks.measuring import Row

ROWS, COLUMNS, PART = 10_000_000, 16, 250_000
TRAINING_ROWS = 20_000
NAME = "score-parquet"


def make_part(start: int, n_rows: int) -> pa.Table:
    """Return rows with ids that are not their numbers, so that an output in another order would be seen."""
    X: NDArray[np.float32] = np.random.default_rng(start).standard_normal((n_rows, COLUMNS), dtype=np.float32)
    columns = {f"x{i}": X[:, i] for i in range(COLUMNS)}
    return pa.table({"part": ids_of(start, n_rows), **columns})


def ids_of(start: int, n_rows: int) -> NDArray[np.int64]:
    """Return the ids of rows: distinct, and not in the order of size."""
    numbers = np.arange(start, start + n_rows, dtype=np.int64)
    return numbers * 7_919 % (1 << 31)


def write_data(path: Path, n_rows: int) -> None:
    """Write the rows part by part."""
    with pq.ParquetWriter(path, make_part(0, 1).schema) as writer:
        for start in range(0, n_rows, PART):
            writer.write_table(make_part(start, min(PART, n_rows - start)))


def check_output(path: Path) -> None:
    """Raise unless the output has every row, in order, with a score."""
    with pq.ParquetFile(path) as file:
        row = 0
        for batch in file.iter_batches(batch_size=PART):
            if not np.array_equal(batch.column("id").to_numpy(), ids_of(row, len(batch))):
                raise SystemExit(f"the scores of rows {row} to {row + len(batch)} are not those of their rows")
            if not np.isfinite(batch.column("anomaly_score").to_numpy()).all():
                raise SystemExit(f"a score in rows {row} to {row + len(batch)} is not finite")
            row += len(batch)
    if row != ROWS:
        raise SystemExit(f"{row} rows were scored of {ROWS}")


def run() -> list[Row]:
    """Return the rows of this benchmark."""
    dross = str(Path(sys.executable).parent / "dross")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_data(folder / "train.parquet", TRAINING_ROWS)
        write_data(folder / "data.parquet", ROWS)
        fit = [dross, "fit", str(folder / "train.parquet"), "--id", "part", "--out", str(folder / "model")]
        subprocess.run(fit, check=True, capture_output=True)
        started = time.perf_counter()
        words = ("score", str(folder / "model"), str(folder / "data.parquet"), "--out", str(folder / "scores.parquet"))
        child = subprocess.Popen([dross, *words])
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"dross score failed with the exit code {child.returncode}")
        check_output(folder / "scores.parquet")
    peak = usage.ru_maxrss / (1024.0 * 1024.0 if sys.platform == "darwin" else 1024.0)
    return [
        Row(f"{NAME}-memory-bar", peak, 2048.0, "MiB in all"),
        Row(f"{NAME}-time", seconds, None, f"s for {ROWS // 1_000_000} million rows x {COLUMNS}"),
    ]
