"""One refinement pass (K = 5, Gaussian) over 1,000,000 x 32 float32: time, peak memory, and growth with the rows.

The other side is the same arithmetic with scikit-learn alone: five ``LedoitWolf`` fits on disjoint fifths, each scoring
all rows with ``mahalanobis``. It neither takes quantiles nor votes, which ours does.

Peak memory is the process's largest resident size at the end minus that after the imports, so it counts the data
themselves, which are drawn straight into one float32 array.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring import MIB, Row, in_child, in_turns, peak_memory

ROWS, COLUMNS, CLASSIFIERS = 1_000_000, 32, 5
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
REPEATS = 5
NAME, MODULE = "refinement-pass", "refinement_pass"


def make_data(n_rows: int) -> NDArray[np.float32]:
    """Return correlated normal rows, every fiftieth of them moved far away, without a copy at any time."""
    rng = np.random.default_rng(0)
    X = np.empty((n_rows, COLUMNS), dtype=np.float32)
    mixing = rng.normal(size=(COLUMNS, COLUMNS)).astype(np.float32) / np.float32(np.sqrt(COLUMNS))
    for start in range(0, n_rows, 10_000):
        part = rng.standard_normal((min(10_000, n_rows - start), COLUMNS), dtype=np.float32)
        X[start : start + 10_000] = part @ mixing
    X[::50] += 5.0
    return X


def ours(X: NDArray[np.float32]) -> None:
    from dross.one_class import GaussianDensity
    from dross.refinement import DataRefiner

    DataRefiner(GaussianDensity(), n_classifiers=CLASSIFIERS, n_rounds=1, random_state=0).fit(X)


def other(X: NDArray[np.float32]) -> None:
    from sklearn.covariance import LedoitWolf

    for subset in np.array_split(np.random.default_rng(0).permutation(len(X)), CLASSIFIERS):
        LedoitWolf().fit(X[subset]).mahalanobis(X)


def run() -> list[Row]:
    """Return the rows of this benchmark."""
    time_ours, time_other = in_turns(MODULE, [("ours", str(ROWS)), ("other", str(ROWS))], REPEATS, "seconds")
    memory = {side: float(in_child(MODULE, side, str(ROWS))["peak_mib"]) for side in ("ours", "other")}
    data_mib = ROWS * COLUMNS * 4 / MIB
    times = in_turns(MODULE, [("ours", str(size)) for size in SIZES], 3, "seconds")
    slope = float(np.polyfit(np.log(SIZES), np.log(times), 1)[0])
    return [
        Row(NAME, time_ours, time_other, "s"),
        Row(f"{NAME}-memory", memory["ours"], memory["other"], "MiB above imports"),
        Row(f"{NAME}-memory-bar", memory["ours"], data_mib + 1024.0, "MiB above imports"),
        Row(f"{NAME}-growth-bar", slope, 1.1, "slope of log time on log rows from 1e4 to 1e6"),
    ]


def main() -> None:
    side, n_rows = {"ours": ours, "other": other}[sys.argv[1]], int(sys.argv[2])
    side(make_data(1_000))  # the imports, and what is set up at the first call
    before = peak_memory()
    X = make_data(n_rows)
    # Small sizes are repeated until the clock can tell them. The best is what the code takes, the rest the machine's.
    repeats = max(1, min(10, 300_000 // n_rows))
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        side(X)
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"seconds": min(seconds), "peak_mib": peak_memory() - before}))


if __name__ == "__main__":
    main()
