"""Rank the detectors of the sweep by defects made of good parts: ``python studies/inspection/self_made_ranking.py``.

What somebody would choose by who has no defect to look at: of the training images, all good, four in five are learned
from, and the others are scored as they are and with a defect made in each, of four published kinds. No test image is
looked at. Writes ``self-made-ranking.csv`` beside itself, in half an hour on one core, then ``self-made-agreement.csv``:
how the order agrees with that of the test images in ``summary.csv`` (``compare`` as an argument: this alone).
"""

from __future__ import annotations

import csv
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr

from dross.augmentations import BlendedPatches, CutPaste, CutPasteScar, PerlinPatches
from dross.augmentations.defects import AbstractDefects
from dross.catalog import build
from dross.data.named_images import load_image_dataset
from dross.evaluation.inspection_protocol import inspection
from dross.metrics import auroc
from dross.scoring import anomaly_scores

FOLDER: Final = Path(__file__).resolve().parent
HELD_OUT: Final = 0.2


def kinds() -> dict[str, AbstractDefects]:
    """Return what makes defects, each as its paper has it."""
    return {"piece": CutPaste(), "scar": CutPasteScar(), "perlin": PerlinPatches(), "blended": BlendedPatches()}


def measure() -> None:
    """Write one row a data set, seed, detector and kind of defect."""
    sweep = tomllib.loads((FOLDER / "run.toml").read_text(encoding="utf-8"))
    with (FOLDER / "self-made-ranking.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["dataset", "seed", "detector", "defects", "auroc"])
        for name in sweep["datasets"]:
            images = inspection(load_image_dataset(name), 0.0, 0, highest=0.0).X_train
            for seed in range(sweep["seeds"]):
                learned, held = divided(images, seed)
                made = {kind: damaged(held, defects, seed) for kind, defects in kinds().items()}
                for entry in sweep["detectors"]:
                    parameters = entry.get("parameters", {})
                    detector = build(entry["name"], training="blind", random_state=seed, **parameters).fit(learned)
                    normal = anomaly_scores(detector, held)
                    for kind, odd in made.items():
                        found = told_apart(normal, anomaly_scores(detector, odd))
                        writer.writerow([name, seed, entry["name"], kind, f"{found:.6f}"])
                    file.flush()


def divided(images: NDArray[Any], seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the images to learn from, and those held out."""
    order = np.random.default_rng(seed).permutation(len(images))
    n_held = round(HELD_OUT * len(images))
    return images[order[n_held:]], images[order[:n_held]]


def damaged(images: NDArray[Any], defects: AbstractDefects, seed: int) -> NDArray[np.uint8]:
    """Return the images with a defect in each."""
    batch = torch.from_numpy(images).permute(0, 3, 1, 2) / 255
    made = defects(batch, torch.Generator().manual_seed(seed)).permute(0, 2, 3, 1)
    found: NDArray[np.uint8] = (made.numpy() * 255).round().clip(0, 255).astype(np.uint8)
    return found


def told_apart(normal: NDArray[np.float64], odd: NDArray[np.float64]) -> float:
    """Return the AUROC of scores of images and of the same images with defects."""
    found = auroc(np.repeat([0, 1], [len(normal), len(odd)]), np.concatenate([normal, odd]))
    assert found is not None
    return found


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
