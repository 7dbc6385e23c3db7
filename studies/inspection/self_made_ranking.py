"""Rank the detectors of the sweep by defects made of good parts: ``python studies/inspection/self_made_ranking.py``.

What somebody would choose by who has no defect to look at: of the training images, all good, four in five are learned
from, and the others are scored as they are and with a defect made in each, of four published kinds. No test image is
looked at. Writes ``self-made-ranking.csv`` beside itself, in half an hour on one core, and ``self-made-agreement.csv``,
how the order agrees with that of the test images in ``summary.csv`` (``compare`` as an argument: this alone).
"""

from __future__ import annotations

import csv
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Final

import numpy as np
from scipy.stats import spearmanr

from dross.catalog import build
from dross.data.named_images import load_image_dataset
from dross.evaluation.inspection_protocol import inspection
from dross.evaluation.self_made_ranking import self_made_ranking

FOLDER: Final = Path(__file__).resolve().parent


def measure() -> None:
    """Write one row a data set, seed, detector and kind of defect."""
    sweep = tomllib.loads((FOLDER / "run.toml").read_text(encoding="utf-8"))
    with (FOLDER / "self-made-ranking.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["dataset", "seed", "detector", "defects", "auroc"])
        for name in sweep["datasets"]:
            images = inspection(load_image_dataset(name), 0.0, 0, highest=0.0).X_train
            for seed in range(sweep["seeds"]):
                detectors = {
                    each["name"]: build(each["name"], training="blind", random_state=seed, **each.get("parameters", {}))
                    for each in sweep["detectors"]
                }
                for found in self_made_ranking(images, detectors, n_repeats=1, seed=seed):
                    writer.writerow([name, seed, found.detector, found.defects, f"{found.auroc:.6f}"])
                    file.flush()


def compare() -> None:
    """Write how the order of the detectors agrees with that by test images, and which one comes first."""
    made, tested = defaultdict(list), {}
    for row in rows("self-made-ranking.csv"):
        made[row["dataset"], row["detector"]].append(float(row["auroc"]))
    for row in rows("summary.csv"):
        if row["metric"] == "auroc":
            tested[row["dataset"], row["detector"]] = float(row["mean"])
    with (FOLDER / "self-made-agreement.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["dataset", "n_detectors", "spearman", "first", "self_made_auroc", "test_auroc"])
        for name in dict.fromkeys(name for name, _ in made):
            means = {detector: float(np.mean(found)) for (of, detector), found in made.items() if of == name}
            agreement = spearmanr(list(means.values()), [tested[name, detector] for detector in means]).statistic
            first = max(means, key=lambda detector: means[detector])
            figures = (agreement, first, means[first], tested[name, first])
            writer.writerow([name, len(means), *(f"{x:.4f}" if isinstance(x, float) else x for x in figures)])


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file beside this one."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    if sys.argv[1:] != ["compare"]:
        measure()
    compare()
