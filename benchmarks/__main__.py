"""Run the benchmarks and write ``benchmarks/results.csv``: ``python -m benchmarks [NAME ...]``.

Columns: ``name,ours,other,ratio,unit``. ``ratio`` is ``other / ours``: above 1, ours is better. A name that ends in
``-bar`` compares with a limit instead of another implementation. Rows of benchmarks that are not asked for stay.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    goad_training,
    help_time,
    image_input,
    image_training,
    reconstruction_streaming,
    reconstruction_training,
    refinement_pass,
    scoring_parquet,
    self_made_defects,
)
from benchmarks.measuring import Row
from dross.files import write_text

RESULTS = Path(__file__).parent / "results.csv"
HEADER = ("name", "ours", "other", "ratio", "unit")
BENCHMARKS: dict[str, Callable[[], list[Row]]] = {
    "refinement_pass": refinement_pass.run,
    "goad_training": goad_training.run,
    "help_time": help_time.run,
    "scoring_parquet": scoring_parquet.run,
    "image_training": image_training.run,
    "image_training_gpu": image_training.run_on_gpu,
    "image_input": image_input.run,
    "self_made_defects": self_made_defects.run,
    "reconstruction_training": reconstruction_training.run,
    "reconstruction_streaming": reconstruction_streaming.run,
}


def main() -> None:
    asked = sys.argv[1:] or list(BENCHMARKS)
    if unknown := [name for name in asked if name not in BENCHMARKS]:
        raise SystemExit(f"there is no benchmark {', '.join(unknown)}: there are {', '.join(BENCHMARKS)}")
    for name in asked:
        print(f"{name} ...", file=sys.stderr)
        rows = BENCHMARKS[name]()
        store(rows)
        for row in rows:
            print(",".join(cells(row)))


def store(rows: list[Row]) -> None:
    """Put new rows in the place of those of the same name, and the others behind."""
    known = {}
    if RESULTS.exists():
        with RESULTS.open(encoding="utf-8", newline="") as file:
            known = {line[0]: tuple(line) for line in list(csv.reader(file))[1:]}
    known.update({row.name: cells(row) for row in rows})
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *known.values()])
    write_text(RESULTS, text.getvalue())


def cells(row: Row) -> tuple[str, ...]:
    """Return a row as text."""
    other, ratio = ("" if value is None else f"{value:.4g}" for value in (row.other, row.ratio))
    return row.name, f"{row.ours:.4g}", other, ratio, row.unit


if __name__ == "__main__":
    main()
