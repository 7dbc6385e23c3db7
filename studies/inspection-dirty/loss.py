"""What dirty training costs, with intervals: ``python studies/inspection-dirty/loss.py`` after the sweep.

AUROC on clean training images less that at 10 % of defects, of each detector blind and refined, paired: the test images
of a seed are the same at every ratio, and are resampled together, those of each label for themselves, in every seed.
Reads ``inspection-dirty.sqlite`` beside it or the file that is named, writes ``loss.csv`` beside itself.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from dross.evaluation.results import open_results

FOLDER = Path(__file__).resolve().parent
CLEAN, DIRTY, N_RESAMPLES = 0.0, 0.1, 2000

Scores = dict[float, np.ndarray]


def main(results: Path) -> None:
    """Write one row a data set, detector and training, and one a detector and training of the mean over data sets."""
    tested: dict[tuple[str, str, str], dict[int, tuple[np.ndarray, Scores]]] = {}
    with open_results(results) as rows:
        for row in rows.rows():
            if row.key.training != "oracle" and row.key.contamination in (CLEAN, DIRTY):
                key = row.key.detector, row.key.training, row.key.dataset
                told = row.details["tested"]
                _, scores = tested.setdefault(key, {}).setdefault(row.key.seed, (np.array(told["label"]), {}))
                scores[row.key.contamination] = np.array(told["score"])
    rng = np.random.default_rng(0)
    found = {key: losses(list(seeds.values()), rng) for key, seeds in sorted(tested.items())}
    for detector, training in dict.fromkeys(key[:2] for key in found):
        both = [drawn for key, drawn in found.items() if key[:2] == (detector, training)]
        found[detector, training, "mean"] = np.mean(both, axis=0)
    with (FOLDER / "loss.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["detector", "training", "dataset", "loss", "low", "high"])
        for key, drawn in found.items():
            low, high = np.quantile(drawn[1:], [0.025, 0.975])
            writer.writerow([*key, *(f"{value:.4f}" for value in (drawn[0], low, high))])


def losses(seeds: list[tuple[np.ndarray, Scores]], rng: np.random.Generator) -> np.ndarray:
    """Return the mean loss over seeds, and then that of each resample of seeds and of their test images."""
    whole = [np.arange(len(labels)) for labels, _ in seeds]
    found = [np.mean([loss(*seed, rows) for seed, rows in zip(seeds, whole, strict=True)])]
    for _ in range(N_RESAMPLES):
        drawn = [seeds[number] for number in rng.integers(len(seeds), size=len(seeds))]
        found.append(np.mean([loss(*seed, resampled(seed[0], rng)) for seed in drawn]))
    return np.array(found)


def resampled(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return rows drawn with replacement, as many of each label as there are."""
    return np.concatenate([rng.choice(np.flatnonzero(labels == label), (labels == label).sum()) for label in (0, 1)])


def loss(labels: np.ndarray, scores: Scores, rows: np.ndarray) -> float:
    """Return by how much the AUROC of some rows is higher after clean training than after dirty."""
    clean, dirty = (float(roc_auc_score(labels[rows], scores[ratio][rows])) for ratio in (CLEAN, DIRTY))
    return clean - dirty


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER / "inspection-dirty.sqlite")
