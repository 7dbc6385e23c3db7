"""The curves that the SRR paper published, to be drawn beside ours.

The numbers were read off the figures of arXiv:2106.06115, with an error of about 0.3 points. They are facts to compare
with, not results of this library: every plot draws them dashed and says "published".
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources
from typing import final

from dross.errors import ParameterError, did_you_mean

SOURCE = "read off the figures of arXiv:2106.06115, error about 0.3"

#: The metric's name in the file -> ours. The paper's AP takes the minority class as positive, its F1 the true count.
_METRIC = {"f1": "f1_oracle", "ap": "ap_minority", "auroc": "auroc"}


@final
@dataclass(frozen=True)
class PublishedCurve:
    """One line of one published figure.

    Parameters
    ----------
    dataset, metric, method : str
        What the line shows; ``metric`` in our vocabulary (``auroc``, ``ap_minority``, ``f1_oracle``).
    detector : str
        The detector of the catalogue that comes nearest, beside which the line is drawn; empty for every one.
    refined : bool
        Whether the line is SRR's, and not that of a detector trained blind.
    contamination : tuple of float
        Fractions, ascending.
    values : tuple of float
        1 = perfect.
    """

    dataset: str
    metric: str
    method: str
    detector: str
    refined: bool
    contamination: tuple[float, ...]
    values: tuple[float, ...]


def published_datasets() -> list[str]:
    """Return the names of the data sets that the paper has curves for.

    Examples
    --------
    >>> "thyroid" in published_datasets()
    True
    """
    return sorted({row["dataset"] for row in _rows()})


def published_curves(dataset: str) -> list[PublishedCurve]:
    """Return the paper's curves on one data set.

    Parameters
    ----------
    dataset : str
        One of `published_datasets`.

    Raises
    ------
    ParameterError
        If the paper has no curve on it.

    Examples
    --------
    >>> [(curve.method, curve.values[-1]) for curve in published_curves("thyroid")]
    [('GOAD + GDE; no refinement', 0.394), ('SRR (GOAD + GDE)', 0.624)]
    """
    points: dict[tuple[str, str], list[tuple[float, float]]] = {}
    detectors: dict[str, str] = {}
    for row in _rows():
        if row["dataset"] == dataset:
            point = (float(row["contamination_percent"]) / 100.0, float(row["value"]) / 100.0)
            detectors[row["method"]] = row["detector"]
            points.setdefault((_METRIC[row["metric"]], row["method"]), []).append(point)
    if not points:
        known = published_datasets()
        raise ParameterError(
            f"no curve is published on {dataset!r}{did_you_mean(dataset, known)}; known are {', '.join(known)}"
        )
    return [
        PublishedCurve(
            dataset=dataset,
            metric=metric,
            method=method,
            detector=detectors[method],
            refined=method.startswith("SRR"),
            contamination=tuple(round(ratio, 6) for ratio, _ in sorted(found)),
            values=tuple(round(value, 6) for _, value in sorted(found)),
        )
        for (metric, method), found in points.items()
    ]


def _rows() -> list[dict[str, str]]:
    text = resources.files("dross.report").joinpath("published", "srr_curves.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
