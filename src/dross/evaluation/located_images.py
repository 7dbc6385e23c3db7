"""What there is to see of a detector's score maps: what it found, what it missed, and what it took for a defect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from dross.evaluation.localisation_record import maps_of_images
from dross.evaluation.thumbnails import thumbnail
from dross.inspection.overlay import outlined, overlay
from dross.scoring import ANOMALY, NORMAL

if TYPE_CHECKING:
    from dross.data.named_images import ImageDataset
    from dross.evaluation.split import Split

#: Images a panel, and the longer side of each picture in a strip, in pixels.
SHOWN, MOST_PIXELS = 4, 160
#: Pixels between the pictures of a strip: black and then white, of which one is to be seen beside any picture.
_GAP = 4
#: Colour is strongest from what the highest point of one map in ten exceeds.
_STRONGEST = 0.9

#: The panels: what is shown, and whether the highest scores come first.
PANELS: Final = (("hits", ANOMALY, True), ("misses", ANOMALY, False), ("false_alarms", NORMAL, True))


def located_record(
    dataset: ImageDataset,
    split: Split,
    detector: Any,
    scores: NDArray[np.float64],
    alarms: NDArray[np.bool_],
    n: int = SHOWN,
) -> dict[str, Any] | None:
    """Return strips of test images with their score maps and masks, ready for JSON; ``None`` without score maps.

    A sweep stores it in the details of a run as ``"located"``. Labels and scores alone choose what is shown: of the
    anomalies the highest and the lowest scores, of the normal images the highest.

    Parameters
    ----------
    dataset : ImageDataset
        For the names of the classes, and the masks, where it has any.
    split : Split
        Which of its images test.
    detector : fitted detector
        With ``score_maps``.
    scores : array of shape (n_test,)
        Anomaly scores of the test images, higher = more anomalous.
    alarms : array of shape (n_test,), bool
        Where the detector raised an alarm.
    n : int, default 4
        Images a panel.

    Returns
    -------
    dict or None
        ``masked`` (whether strips show masks), ``n_test`` and ``panels``: of each its ``key``, ``total`` (how many
        there were to choose from) and ``images`` with ``index`` (row of the data set), ``kind`` (name of the class),
        ``score``, ``rank`` (1 = most anomalous), ``alarm``, and ``strip``: the image, its map over it and, of masks,
        the outline of the defect, side by side, as a ``data:`` URI.
    """
    if not hasattr(detector, "score_maps"):
        return None
    maps, labels = maps_of_images(detector, split.X_test), split.labels_test
    low, high = _scale(maps, labels)
    order = np.argsort(-scores, kind="stable")
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    rows_of = {(label, first): _ranked(order, labels, label, highest_first=first) for _, label, first in PANELS}

    def described(row: int) -> dict[str, Any]:
        index = int(split.test_index[row])
        mask = None if dataset.masks is None else dataset.masks[index]
        return {
            "index": index,
            "kind": dataset.class_names[int(dataset.classes[index])],
            "score": float(f"{scores[row]:.7g}"),
            "rank": int(ranks[row]),
            "alarm": bool(alarms[row]),
            "strip": strip(split.X_test[row], maps[row], mask, low, high),
        }

    panels = []
    for key, label, first in PANELS:
        rows = rows_of[label, first]
        # Where defects are few, none is shown among those missed that is among those found.
        count = n if label == NORMAL else min(n, (len(rows) + first) // 2)
        panels.append({"key": key, "total": len(rows), "images": [described(int(row)) for row in rows[:count]]})
    return {"masked": dataset.masks is not None, "n_test": len(order), "panels": panels}


def strip(
    image: NDArray[np.uint8], score_map: NDArray[Any], mask: NDArray[np.bool_] | None, low: float, high: float
) -> str:
    """Return an image, its score map over it, and the outline of its mask side by side, as a ``data:`` URI.

    Parameters
    ----------
    image : array of shape (h, w, c), uint8
        Of one channel or three.
    score_map : array of shape (h, w)
        Higher = more anomalous.
    mask : array of shape (h, w), bool, or None
        What is a defect; ``None`` where that is not known: then there are two pictures.
    low, high : float
        Where colour begins, and from where on it is strongest.

    Examples
    --------
    >>> strip(np.zeros((8, 8, 1), dtype=np.uint8), np.zeros((8, 8)), None, 0.0, 1.0)[:22]
    'data:image/png;base64,'
    """
    pictures = [np.broadcast_to(image, (*image.shape[:2], 3)), overlay(image, score_map, low, high)]
    if mask is not None:
        pictures.append(outlined(image, mask, round(_shrunk(image))))
    half = np.zeros((image.shape[0], round(_GAP / 2 * _shrunk(image)), 3), dtype=np.uint8)
    gap = np.concatenate([half, half + np.uint8(255)], axis=1)
    spaced = [part for picture in pictures for part in (gap, picture)][1:]
    joined = np.concatenate(spaced, axis=1)
    return thumbnail(joined, most_pixels=max(1, round(max(joined.shape[:2]) / _shrunk(image))))


def _shrunk(image: NDArray[np.uint8]) -> float:
    """Return how many pixels of an image become one of its picture."""
    return max(1.0, max(image.shape[:2]) / MOST_PIXELS)


def _scale(maps: NDArray[Any], labels: NDArray[np.int64]) -> tuple[float, float]:
    """Return where colour begins, the highest point of a usual normal image, and where it is strongest."""
    highest = maps.reshape(len(maps), -1).max(axis=1).astype(np.float64)
    normal = highest[labels == NORMAL]
    return float(np.median(normal if len(normal) else highest)), float(np.quantile(highest, _STRONGEST))


def _ranked(order: NDArray[np.intp], labels: NDArray[np.int64], label: int, *, highest_first: bool) -> NDArray[np.intp]:
    found = order[labels[order] == label]
    return found if highest_first else found[::-1]
