"""Made-up sweeps that look like real ones: two thirds of what contamination costs comes back, some tables lose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dross.evaluation.results import RunRow
from dross.evaluation.run import RunKey
from dross.report.runs import SweepRuns

GRID = np.linspace(0.0, 1.0, 101)


def made_up_sweep(
    datasets: Sequence[str] = ("thyroid",),
    detectors: Sequence[str] = ("affine", "isolation-forest", "mcd"),
    ratios: Sequence[float] = (0.0, 0.005, 0.01, 0.015, 0.02, 0.025),
    n_seeds: int = 10,
    *,
    published: str | None = None,
    variants: Sequence[str] = (),
    protocol: str = "controlled",
    n_failed: int = 0,
) -> SweepRuns:
    runs = _runs(datasets, detectors, ratios, n_seeds, variants, protocol)
    for run in runs[:n_failed]:
        runs[runs.index(run)] = _failed(run)
    data = {
        name: {
            "n_samples": 3772,
            "n_features": 6,
            "n_anomalies": 93,
            "checksum": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "source": "ODDS, thyroid.mat",
            "licence": "CC BY 4.0",
            "notes": [],
        }
        for name in datasets
    }
    configuration: dict[str, Any] = {
        "name": "made-up",
        "title": "A made-up sweep",
        "datasets": list(datasets),
        "protocol": protocol,
        "contamination": list(ratios),
        "seeds": list(range(n_seeds)),
        "detectors": [
            {"name": name, "training": ["blind", "refined", "oracle"], "parameters": {}} for name in detectors
        ],
    }
    if published:
        configuration["published"] = published
    environment = {
        "python": "3.11.2",
        "libraries": {"dross": "0.1.0", "numpy": "2.4.6"},
        "commit": "0123456789abcdef0123456789abcdef01234567",
        "platform": "Linux",
        "cpu": "made up",
        "cpus": 2,
        "started": "2024-11-22T09:00:00+00:00",
    }
    return SweepRuns(runs, configuration, [environment], data, len(runs))


def _runs(
    datasets: Sequence[str],
    detectors: Sequence[str],
    ratios: Sequence[float],
    n_seeds: int,
    variants: Sequence[str],
    protocol: str,
) -> list[RunRow]:
    generator = np.random.default_rng(7)
    runs = []
    for dataset_index, dataset in enumerate(datasets):
        slope = generator.normal(0.6, 0.5)
        for detector in detectors:
            base = float(np.clip(0.97 - 0.02 * dataset_index + generator.normal(0, 0.01), 0.55, 0.99))
            for ratio in ratios:
                for training, variant in [
                    ("blind", ""),
                    ("refined", ""),
                    ("oracle", ""),
                    *(("refined", v) for v in variants),
                ]:
                    for seed in range(n_seeds):
                        runs.append(
                            _run(generator, dataset, detector, training, variant, ratio, seed, base, slope, protocol)
                        )
    return runs


def _run(
    generator: np.random.Generator,
    dataset: str,
    detector: str,
    training: str,
    variant: str,
    ratio: float,
    seed: int,
    base: float,
    slope: float,
    protocol: str,
) -> RunRow:
    n_train = 1840
    n_contaminants = round(ratio * n_train)
    cost = 0.17 * ratio / (0.025 + ratio)
    price = 0.004 if training == "refined" else 0.0
    harm = {"blind": cost, "refined": cost * (1 - slope) + price, "oracle": 0.0}[training]
    quality = float(np.clip(base - harm + generator.normal(0, 0.008), 0.3, 0.999))
    metrics: dict[str, float | None] = {
        "auroc": quality,
        "ap": float(np.clip(quality - 0.25, 0, 1)),
        "f1_oracle": float(np.clip(quality - 0.2 - 2 * harm, 0, 1)),
        "f1": float(np.clip(quality - 0.3, 0, 1)),
    }
    reasons = {}
    details: dict[str, Any] = {
        "n_train": n_train,
        "n_test": 1900,
        "n_test_anomalies": 46,
        "n_contaminants": n_contaminants,
        "n_pool": 46,
        "small_pool": False,
        **_curves(generator, quality),
    }
    if training == "refined":
        metrics["lost_normals"] = 0.04 + 0.01 * float(generator.random())
        metrics["dropped_contaminants"] = 0.85 if n_contaminants else None
        if not n_contaminants:
            reasons["dropped_contaminants"] = "the training set has no contaminants"
        details["trace"] = _trace(generator, n_train, n_contaminants, detector)
    details["undefined"] = reasons
    key = RunKey(dataset, protocol, detector, training, variant, ratio, seed)  # type: ignore[arg-type]
    return RunRow(key, "done", metrics, details, 1.5, "2024-11-22T09:00:00.000+00:00", None)


def _failed(run: RunRow) -> RunRow:
    error = "TrainingError: the loss is not finite (nan) in epoch 3 <script>alert(1)</script>"
    return RunRow(run.key, "failed", {}, {}, 0.5, run.started, error)


def _trace(generator: np.random.Generator, n_train: int, n_contaminants: int, detector: str) -> list[dict[str, Any]]:
    rounds = 6 if detector == "affine" else 3
    return [
        {
            "round": index + 1,
            "epoch": (0, 1, 2, 5, 10, 20)[index],
            "kept": int(n_train * (0.88 + 0.01 * index)),
            "dropped_contaminants": 0.5 + 0.07 * index + 0.02 * float(generator.random()) if n_contaminants else None,
            "lost_normals": 0.11 - 0.012 * index,
            "loss": 3.2 / (1 + index) if detector == "affine" else None,
            "rejection": 0.05,
        }
        for index in range(rounds)
    ]


def _curves(generator: np.random.Generator, quality: float) -> dict[str, Any]:
    power = (1 - quality) / quality
    normal = generator.gamma(2.0, 1.0, 1850)
    anomaly = generator.gamma(2.0, 1.0, 46) + 6 * quality
    edges = np.linspace(0.0, 12.0, 41)
    return {
        "roc": {"fpr": GRID.tolist(), "tpr": (GRID**power).tolist()},
        "pr": {"recall": GRID.tolist(), "precision": (1 - (1 - quality) * 3 * GRID**2).clip(0.03).tolist()},
        "histogram": {
            "edges": edges.tolist(),
            "normal": np.histogram(np.minimum(normal, 12), edges)[0].tolist(),
            "anomaly": np.histogram(np.minimum(anomaly, 12), edges)[0].tolist(),
        },
    }
