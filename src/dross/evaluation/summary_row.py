"""What one row of a summary is: a metric of a cell, and a cell is what the seeds of a row have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, final

#: Metrics of a summary, in its order. Gains are refined minus blind, paired by seed; those of AP are images' alone.
#: Accuracies are of protocols with labels; mean errors of detectors that reconstruct; and only ``labelled-unseen`` has
#: classes that were not seen. Those of pixels are of detectors with score maps, where there are masks; those within
#: categories, and of clusters, of mixed parts.
METRICS = (
    "auroc",
    "auroc_unseen",
    "auroc_within",
    "auroc_pooling",
    "adjusted_rand",
    "adjusted_rand_test",
    "n_clusters",
    "pixel_auroc",
    "aupro",
    "ap",
    "ap_minority",
    "f1_oracle",
    "accuracy",
    "balanced_accuracy",
    "f1",
    "precision",
    "recall",
    "recovery",
    "auroc_gain",
    "ap_gain",
    "ap_minority_gain",
    "f1_oracle_gain",
    "dropped_contaminants",
    "lost_normals",
    "mean_error_normal",
    "mean_error_anomaly",
    "seconds",
    "fit_seconds",
    "scoring_seconds",
)

#: Those that measure no detection: what a run took, and of that to fit, and to score all test samples.
TIMES = ("seconds", "fit_seconds", "scoring_seconds")


class Cell(NamedTuple):
    """What the seeds of a summary row have in common."""

    dataset: str
    protocol: str
    detector: str
    training: str
    variant: str
    contamination: float


@final
@dataclass(frozen=True)
class SummaryRow:
    """One metric of one cell over its seeds; 1 = perfect, and ``None`` where nothing is defined.

    Attributes
    ----------
    cell : Cell
        Data set (or `OVER_TABLES`), protocol, detector, training, variant, contamination.
    metric : str
        One of `METRICS`.
    mean, std : float or None
        Over seeds, or over the runs of all classes; ``std`` with n - 1, ``None`` for one run.
    low, high : float or None
        95 % bootstrap interval of the mean over seeds, or over the runs of all classes; ``None`` for one run.
    n_seeds : int
        Seeds for which the metric is defined.
    """

    cell: Cell
    metric: str
    mean: float | None
    std: float | None
    low: float | None
    high: float | None
    n_seeds: int


#: By cell, by metric, by seed.
Values = dict[Cell, dict[str, dict[int, float | None]]]
