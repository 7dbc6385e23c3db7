"""What a report reads: the finished and failed runs of one sweep, and how they were made."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from dross.errors import ResultsError
from dross.evaluation.results import RunRow, open_results
from dross.evaluation.summary_row import Cell


@final
@dataclass(frozen=True)
class SweepRuns:
    """All runs of one sweep, with what is needed to repeat them.

    Parameters
    ----------
    rows : list of RunRow
        In the order of their keys.
    configuration : mapping
        The resolved run file.
    environments : list of mapping
        Versions, commit and processor, one for each start of the sweep.
    data : mapping of str to mapping
        For each data set: size, checksum, source, licence.
    n_planned : int
        How many runs the sweep asks for.
    """

    rows: list[RunRow]
    configuration: Mapping[str, Any]
    environments: list[Mapping[str, Any]]
    data: Mapping[str, Mapping[str, Any]]
    n_planned: int


def read_runs(results_path: str | os.PathLike[str]) -> SweepRuns:
    """Return the runs in a results file.

    Parameters
    ----------
    results_path : path
        The SQLite file that a sweep wrote.

    Raises
    ------
    ResultsError
        If there is none, it is damaged, or no run has ended yet.
    """
    with open_results(Path(results_path)) as results:
        metadata = results.metadata
        rows = list(results.rows())
    if not rows:
        raise ResultsError(f"{results_path} has no run in it yet: let the sweep end at least one, then report")
    return SweepRuns(
        rows=rows,
        configuration=metadata["configuration"],
        environments=metadata["environments"],
        data=metadata["data"],
        n_planned=int(metadata.get("n_runs", len(rows))),
    )


def cell_of(row: RunRow) -> Cell:
    """Return everything of a run but its seed: what is averaged."""
    key = row.key
    return Cell(key.dataset, key.protocol, key.detector, key.training, key.variant, key.contamination)


def by_cell(rows: Iterable[RunRow]) -> dict[Cell, list[RunRow]]:
    """Return the runs that ended well, grouped by cell."""
    cells: dict[Cell, list[RunRow]] = defaultdict(list)
    for row in rows:
        if row.status == "done":
            cells[cell_of(row)].append(row)
    return dict(cells)
