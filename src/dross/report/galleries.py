"""The galleries of a sweep: which run each is from, and what it is called in the page, in files and in the text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dross.evaluation.results import RunRow
from dross.report.averages import percent
from dross.report.findings import named
from dross.report.plot_panels import slug


def gallery_rows(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    """Return the galleries that runs recorded, each with its run and a name that is safe in a file name.

    Parameters
    ----------
    runs : iterable of RunRow
        Those whose details have a ``"gallery"``, which `dross.evaluation.gallery.gallery_record` made, give one each.
    """
    rows: list[dict[str, Any]] = []
    for run in runs:
        record = run.details.get("gallery")
        if run.status == "done" and record:
            key = run.key
            row = {
                "dataset": key.dataset,
                "detector": key.detector,
                "training": key.training,
                "variant": key.variant,
                "contamination": key.contamination,
                "seed": key.seed,
            }
            name = slug(f"{key.dataset} {named(row)} {percent(key.contamination)} seed {key.seed}")
            taken = sum(other["name"].startswith(name) for other in rows)
            rows.append({**row, "name": f"{name}-{taken + 1}" if taken else name, "record": record})
    return rows
