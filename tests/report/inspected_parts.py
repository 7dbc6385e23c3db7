"""Made-up sweeps of inspection: normal scores around 0, defects around as much as a method is worth on a set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dross.evaluation.results import RunRow
from dross.evaluation.run import RunKey
from dross.metrics import alarm_metrics, auroc
from dross.report.runs import SweepRuns
from tests.report.made_up import made_up_sweep

#: Of a set, how many good images and defects test; of the first 73 % are defects, as in all of MVTec AD.
SIZES = {"bottles": (27, 73), "brushes": (60, 40)}

#: How far defects lie from good images, in deviations, by detector and set.
WORTH = {
    "padim": {"bottles": 4.0, "brushes": 2.0},
    "pixel-knn": {"bottles": 1.0, "brushes": 2.0},
    "constant-image": {"bottles": 0.0, "brushes": 0.0},
}


def run_of(
    name: str,
    detector: str,
    worth: float,
    *,
    seed: int = 0,
    training: str = "blind",
    ratio: float = 0.0,
    threshold: float = 2.0,
    details: Mapping[str, Any] | None = None,
) -> RunRow:
    """Return a run whose scores are the same for all seeds, but for a little noise."""
    n_good, n_defects = SIZES[name]
    labels = np.repeat([0, 1], [n_good, n_defects])
    scores = np.random.default_rng(len(name)).normal(worth * labels, 1.0)
    scores = scores + np.random.default_rng(seed).normal(0, 0.05, len(labels))
    alarms = scores > threshold
    found: dict[str, Any] = {
        "n_train": 200,
        "n_test": len(labels),
        "n_test_anomalies": n_defects,
        "n_contaminants": round(200 * ratio),
        "fit_seconds": 2.0,
        "undefined": {},
        "tested": {
            "row": list(range(len(labels))),
            "label": labels.tolist(),
            "score": scores.tolist(),
            "alarm": alarms.astype(int).tolist(),
            "probabilities": False,
        },
    }
    metrics = {"auroc": auroc(labels, scores), "f1": alarm_metrics(labels, alarms).f1}
    if detector == "padim":
        metrics |= {"pixel_auroc": 0.95, "aupro": 0.8 if name == "bottles" else 0.6}
    key = RunKey(name, "inspection", detector, training, "normal=good", ratio, seed)  # type: ignore[arg-type]
    seconds = 2.0 + 0.01 * len(labels)
    return RunRow(key, "done", metrics, found | dict(details or {}), seconds, "2024-11-22T09:00:00.000+00:00", None)


def clean_runs(sets: Sequence[str] = tuple(SIZES), seeds: Sequence[int] = (0, 1, 2)) -> list[RunRow]:
    """Return the runs of three methods, two of them baselines, trained on clean images."""
    return [
        run_of(name, detector, worth[name], seed=seed)
        for detector, worth in WORTH.items()
        for name in sets
        for seed in seeds
    ]


def dirty_runs(costs: Mapping[str, float], detector: str = "padim", ratio: float = 0.1) -> list[RunRow]:
    """Return the runs of a method trained clean and dirty; ``costs`` are what its training costs it, in deviations."""
    runs = [run_of(name, detector, WORTH[detector][name], seed=seed) for name in SIZES for seed in (0, 1)]
    return runs + [
        run_of(name, detector, WORTH[detector][name] - cost, seed=seed, training=training, ratio=ratio)
        for training, cost in costs.items()
        for name in SIZES
        for seed in (0, 1)
    ]


def sweep_of(runs: Sequence[RunRow]) -> SweepRuns:
    """Return a sweep of these runs, as the results file gives it."""
    plain = made_up_sweep(tuple(SIZES), ("padim",), (0.0,), 1, protocol="inspection")
    data = {
        name: {"shape": [8, 8, 3], "class_names": ["good", "cracked"], **facts} for name, facts in plain.data.items()
    }
    return replace(plain, rows=list(runs), data=data, n_planned=len(runs))
