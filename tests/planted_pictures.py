"""Pictures with anomalies planted in them: what any image detector must rank below the normal ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from dross.scoring import anomaly_scores

#: Pixels a side.
SIDE = 16


@dataclass(frozen=True)
class Pictures:
    """A training set whose labels a detector does not see, and a labelled test set; bytes, (n, 16, 16, c)."""

    X_train: NDArray[np.uint8]
    labels_train: NDArray[np.int64]
    X_test: NDArray[np.uint8]
    labels_test: NDArray[np.int64]


def plant_pictures(
    *,
    n_train: int = 96,
    n_test: int = 60,
    contamination: float = 0.0,
    brightness: int = 0,
    channels: int = 3,
    side: int = SIDE,
    seed: int = 0,
) -> Pictures:
    """Return noisy pictures of an upright T anywhere and of any colour, and among them of fallen ones.

    So nothing tells an anomaly but which way up it is. ``contamination`` is the share of fallen ones in the training
    set; a third of the test set has fallen. ``brightness`` is added to all pixels, so that no detector may rely on how
    bright pictures are.
    """
    rng = np.random.default_rng(seed)

    def draw(n: int, share: float) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        labels = np.zeros(n, dtype=np.int64)
        labels[: round(share * n)] = 1
        rng.shuffle(labels)
        pictures = np.stack([_picture(rng, side, channels, fallen=bool(label)) for label in labels])
        return np.clip(pictures + brightness, 0, 255).astype(np.uint8), labels

    return Pictures(*draw(n_train, contamination), *draw(n_test, 1 / 3))


def _picture(rng: np.random.Generator, side: int, channels: int, *, fallen: bool) -> NDArray[np.float64]:
    strokes = np.zeros((side, side))
    length = 5 * side // 8
    top, left = rng.integers(1, side - length, size=2)
    middle = left + length // 2
    strokes[top : top + 2, left : left + length] = 1
    strokes[top : top + length, middle - 1 : middle + 1] = 1
    if fallen:
        strokes = np.rot90(strokes, int(rng.integers(1, 4)))
    paper, ink = rng.uniform(20, 90, size=channels), rng.uniform(50, 100, size=channels)
    return paper + strokes[:, :, None] * ink + rng.normal(0, 8, size=(side, side, channels))


def plant_defects(
    *, n_train: int = 96, n_test: int = 60, contamination: float = 0.0, channels: int = 3, seed: int = 0
) -> Pictures:
    """Return noisy pictures of one T in one place, brighter or darker, and among them some with a piece missing.

    So a detector that reconstructs has something to learn, which is the brightness, and something to miss: the piece.
    ``contamination`` is the share of these in the training set; a third of the test set has a piece missing.
    """
    rng = np.random.default_rng(seed)
    strokes = np.zeros((SIDE, SIDE, 1))
    strokes[3:6, 2:14] = strokes[3:14, 6:10] = 1

    def draw(n: int, share: float) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        labels = np.zeros(n, dtype=np.int64)
        labels[: round(share * n)] = 1
        rng.shuffle(labels)
        pictures = []
        for label in labels:
            left = strokes.copy()
            if label:
                top, side = rng.integers(2, 5), rng.integers(2, 9)
                left[top : top + 8, side : side + 5] = 0
            pictures.append(50 + left * rng.uniform(80, 160) + rng.normal(0, 8, size=(SIDE, SIDE, channels)))
        return np.clip(np.stack(pictures), 0, 255).astype(np.uint8), labels

    return Pictures(*draw(n_train, contamination), *draw(n_test, 1 / 3))


def picture_auroc(detector: Any, pictures: Pictures) -> float:
    """Return the AUROC of a fitted detector on the test set."""
    return float(roc_auc_score(pictures.labels_test, anomaly_scores(detector, pictures.X_test)))
