"""Sum up the gains of refinement over the tables, ``http`` left out: ``python studies/no-harm/without_http.py``.

On ``http`` nearly all anomalies equal some normal row, and kNN alone gains or loses tens of points there: a mean with
it says little about the rest. Reads ``summary.csv`` beside it, writes ``without-http.csv``. A loss counts as beyond two
points where its whole 95 % interval lies there; those are looked for on all tables, ``http`` included.
"""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import fmean

FOLDER = Path(__file__).resolve().parent
LEFT_OUT = "http"
COLUMNS = ["detector", "contamination", "mean_gain", "n_tables", "worst_table", "worst_gain", "beyond_2_points"]


def gains() -> dict[tuple[str, float], dict[str, tuple[float, float]]]:
    """Return gain and upper bound of its interval by table, for each detector and contamination."""
    found: dict[tuple[str, float], dict[str, tuple[float, float]]] = {}
    with (FOLDER / "summary.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["metric"] == "auroc_gain" and row["mean"] and not row["dataset"].startswith("mean over"):
                key = row["detector"], float(row["contamination"])
                found.setdefault(key, {})[row["dataset"]] = float(row["mean"]), float(row["high"])
    return found


def main() -> None:
    """Write one row a detector and contamination."""
    with (FOLDER / "without-http.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for (detector, contamination), tables in sorted(gains().items()):
            counted = {name: gain for name, (gain, _) in tables.items() if name != LEFT_OUT}
            worst = min(tables, key=lambda name: tables[name][0])
            beyond = [name for name, (_, high) in tables.items() if high < -0.02]
            writer.writerow(
                [
                    detector,
                    contamination,
                    f"{fmean(counted.values()):.4f}",
                    len(counted),
                    worst,
                    f"{tables[worst][0]:.4f}",
                    " ".join(beyond),
                ]
            )


if __name__ == "__main__":
    main()
