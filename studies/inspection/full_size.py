"""Measure the baselines at the sizes that ``padim`` sees: ``python studies/inspection/full_size.py``, some minutes.

In the sweep they make 64 x 64 of the images, as they do by default. Splits and seeds are those of the sweep, so that
nothing but the size differs. Writes ``full-size.csv`` beside itself.
"""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import numpy as np

from dross.catalog import build
from dross.data.images import as_images
from dross.data.named_images import load_image_dataset
from dross.evaluation.inspection_protocol import inspection
from dross.evaluation.seeding import detector_seed
from dross.evaluation.variants import ClassRoles, subject
from dross.metrics import auroc
from dross.scoring import anomaly_scores

FOLDER = Path(__file__).resolve().parent
KINDS = ("vae", "autoencoder", "pca", "knn", "k-means", "ocsvm-search")
BASELINES = (*(f"descriptor-{kind}" for kind in KINDS), "pixel-pca", "pixel-knn", "pixel-k-means")


def main() -> None:
    """Write one row a data set and detector."""
    sweep = tomllib.loads((FOLDER / "run.toml").read_text(encoding="utf-8"))
    with (FOLDER / "full-size.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["dataset", "height", "width", "detector", "auroc", "std", "n_seeds"])
        for name in sweep["datasets"]:
            height, width = load_image_dataset(name).X.shape[1:3]
            for detector in BASELINES:
                found = [measured(name, detector, seed) for seed in range(sweep["seeds"])]
                mean, std = np.mean(found), np.std(found, ddof=1)
                writer.writerow([name, height, width, detector, f"{mean:.6f}", f"{std:.6f}", len(found)])
                file.flush()


def measured(name: str, detector: str, seed: int) -> float:
    """Return the AUROC of one detector on one split, fitted on images as large as they are."""
    dataset = load_image_dataset(name)
    split = inspection(dataset, 0.0, seed, highest=0.0)
    random_state = detector_seed(subject(dataset.name, ClassRoles("good")), seed)
    fitted = build(detector, training="blind", random_state=random_state)
    fitted.fit(as_images(split.X_train, size=split.X_train.shape[1:3]))
    found = auroc(split.labels_test, anomaly_scores(fitted, split.X_test))
    assert found is not None
    return found


if __name__ == "__main__":
    main()
