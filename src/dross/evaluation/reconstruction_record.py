"""What there is to see of one fitted detector that reconstructs: images, losses, edits of codes."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from dross.evaluation.thumbnails import thumbnail
from dross.reconstruction.latent_edits import default_edits
from dross.scoring import ANOMALY, NORMAL

#: Images of each kind that are shown, and images that an untrained network is made with.
SHOWN, _FEW = 6, 64
#: Training images that are watched while a network learns, and the epochs that are shown of them.
WATCHED, _EPOCHS = 8, 6
#: How much differences are brightened, so that they can be seen.
_GAIN = 2
#: Generated images that are shown.
_SAMPLES = 12


def reconstruction_record(
    X_train: NDArray[np.uint8],
    labels_given: NDArray[np.int64] | None,
    X_test: NDArray[np.uint8],
    labels_test: NDArray[np.int64],
    detector: Any,
    scores: NDArray[np.float64],
) -> dict[str, Any]:
    """Return what a report shows of a detector that reconstructs images, as one dict ready for JSON.

    A sweep stores it in the details of a run as ``"reconstruction"``. Of each kind, images are shown whose scores are
    spread evenly over its ranking: none is chosen for looking good.

    Parameters
    ----------
    X_train : array of shape (n_train, height, width, channels), uint8
        What the detector was fitted on.
    labels_given : array of shape (n_train,) or None
        What it was told of these.
    X_test, labels_test
        Test images, and ``1`` for anomalies, ``0`` for normals.
    detector : fitted detector
        With ``reconstruct``.
    scores : array of shape (n_test,)
        Anomaly scores of the test images.

    Returns
    -------
    dict
        ``network`` (name of the class), ``columns`` (one an image: ``label``, ``score`` and thumbnails ``image``,
        ``before``, ``after``, ``difference``), ``history`` (loss and its terms by epoch), ``edits`` (name and thumbnail
        each; empty without a code), ``samples`` (thumbnails of generated images; empty where it generates none) and
        ``snapshots`` (``epoch``, and thumbnails of what training images that were watched looked like after it).
    """
    index = np.concatenate([_spread(labels_test == label, scores) for label in (NORMAL, ANOMALY)])
    shown = np.asarray(X_test[index])
    before = _untrained(detector, X_train, labels_given).reconstruct(shown)
    after = detector.reconstruct(shown)
    columns = [
        {
            "label": int(labels_test[row]),
            "score": float(scores[row]),
            "image": thumbnail(image),
            "before": thumbnail(old),
            "after": thumbnail(new),
            "difference": thumbnail(_difference(image, new)),
        }
        for row, image, old, new in zip(index, shown, before, after, strict=True)
    ]
    return {
        "network": type(detector).__name__,
        "columns": columns,
        "history": [dict(record) for record in detector.history_],
        "edits": _edits(detector, shown),
        "snapshots": _snapshots(detector),
        "samples": [thumbnail(image) for image in detector.sample(_SAMPLES)] if hasattr(detector, "sample") else [],
    }


def watches(detector: Any) -> bool:
    """Return whether a detector can keep what images look like while it learns.

    Examples
    --------
    >>> from dross.one_class import GaussianDensity
    >>> watches(GaussianDensity())
    False
    """
    return "watch" in inspect.signature(detector.fit).parameters


def _snapshots(detector: Any) -> list[dict[str, Any]]:
    """Return what was watched after a few epochs, the first and the last among them."""
    pictures = getattr(detector, "snapshots_", None)
    if pictures is None:
        return []
    shown = np.unique(np.linspace(0, len(pictures) - 1, _EPOCHS).round().astype(int))
    epochs = detector.snapshot_epochs_
    return [{"epoch": int(epochs[at]), "images": [thumbnail(image) for image in pictures[at]]} for at in shown]


def _spread(of_kind: NDArray[np.bool_], scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return images of a kind, from the lowest score to the highest in even steps."""
    rows = np.flatnonzero(of_kind)
    places = np.linspace(0, len(rows) - 1, min(SHOWN, len(rows))).round().astype(int)
    return np.asarray(rows[np.argsort(scores[rows], kind="stable")][places], dtype=np.int64)


def _untrained(detector: Any, X: NDArray[np.uint8], labels: NDArray[np.int64] | None) -> Any:
    """Return the detector with the weights it began with: its seed draws them again."""
    few = np.arange(min(_FEW, len(X)))
    if labels is None:
        return clone(detector).set_params(max_epochs=0).fit(X[few])
    few = np.concatenate([np.flatnonzero(labels != ANOMALY)[:_FEW], np.flatnonzero(labels == ANOMALY)[:_FEW]])
    return clone(detector).set_params(max_epochs=0).fit(X[few], labels=labels[few])


def _difference(image: NDArray[np.uint8], rebuilt: NDArray[np.uint8]) -> NDArray[np.uint8]:
    gap = np.abs(image.astype(np.int16) - rebuilt.astype(np.int16)).max(axis=-1, keepdims=True)
    return np.minimum(_GAIN * gap, 255).astype(np.uint8)


def _edits(detector: Any, shown: NDArray[np.uint8]) -> list[dict[str, str]]:
    """Return edits of the first image's code, where a code can be decoded on its own."""
    if not all(hasattr(detector, verb) for verb in ("encode", "decode")):
        return []
    codes = detector.encode(shown)
    edits = default_edits(codes)
    changed = np.stack([edit.apply(codes[0], codes[-1]) for edit in edits])
    pictures = [("image", shown[0]), ("reconstruction", detector.reconstruct(shown[:1])[0])]
    pictures += [(str(edit), picture) for edit, picture in zip(edits, detector.decode(changed), strict=True)]
    return [{"name": name, "image": thumbnail(picture)} for name, picture in pictures]
