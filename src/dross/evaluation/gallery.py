"""What there is to see of one fitted image detector: suspects, mistakes where labels are known, and feature maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dross.evaluation.feature_maps import feature_maps
from dross.evaluation.refinement_record import dropped_shares
from dross.evaluation.thumbnails import thumbnail
from dross.scoring import ANOMALY, NORMAL, UNKNOWN, anomaly_scores, flipped


@final
@dataclass(frozen=True)
class _Shown:
    """The images of one set, with everything that a caption may say of them."""

    X: Any
    scores: NDArray[np.float64]
    labels: NDArray[np.int64]
    kept: NDArray[np.bool_] | None = None
    votes: NDArray[np.int64] | None = None
    round_dropped: NDArray[np.int64] | None = None
    alarms: NDArray[np.bool_] | None = None


def gallery_record(
    X_train: Any,
    labels_train: ArrayLike | None,
    X_test: Any,
    labels_test: ArrayLike | None,
    detector: Any,
    *,
    test_scores: ArrayLike | None,
    train_scores: ArrayLike | None = None,
    n: int = 24,
) -> dict[str, Any]:
    """Return what a gallery shows of one fitted image detector, as one dict ready for JSON, thumbnails in it.

    A sweep stores it in the details of a run as ``"gallery"``. Labels only choose and mark what is shown.

    Parameters
    ----------
    X_train : Images, or array of shape (n_train, height, width, channels), uint8
        What the detector was fitted on, in that order. Names are taken from its ``names``, where it has any.
    labels_train : array of shape (n_train,) or None
        ``1`` anomaly, ``0`` normal, ``-1`` not known; ``None`` where nothing is known.
    X_test, labels_test
        The same of the test set; ``None`` where there is none.
    detector : fitted detector
        A refined one tells what it dropped, when, and by how many votes; of another, what raises an alarm counts as
        dropped.
    test_scores : array of shape (n_test,) or None
        Anomaly scores (higher = more anomalous) of the test set; ``None`` where there is none.
    train_scores : array of shape (n_train,) or None, default None
        Anomaly scores of the training set, where they are at hand; else the detector is asked for them.
    n : int, default 24
        How many images a panel shows at most. The panels of the test set share that number.

    Returns
    -------
    dict
        Counts (``n_train``, ``n_dropped``, ``n_contaminants``, ``dropped_contaminants``, ``lost_normals``,
        ``n_rounds``, ``n_classifiers``, ``undone``), ``image_shape``, ``panels`` in their order and ``maps``.
    """
    scores = anomaly_scores(detector, X_train) if train_scores is None else np.asarray(train_scores, dtype=np.float64)
    train = _training_images(X_train, scores, _known(labels_train, len(scores)), detector)
    panels = _training_panels(train, n)
    if X_test is not None and test_scores is not None:
        panels += _test_panels(X_test, np.asarray(test_scores, dtype=np.float64), labels_test, detector, n)
    labels = None if labels_train is None else train.labels
    kept = np.asarray(train.kept)
    return {
        "image_shape": list(np.asarray(X_train[0]).shape),
        **_counts(train, detector),
        "panels": panels,
        "maps": feature_maps(X_train, kept, labels, detector),
    }


def _known(labels: ArrayLike | None, n_samples: int) -> NDArray[np.int64]:
    return np.full(n_samples, UNKNOWN, dtype=np.int64) if labels is None else np.asarray(labels, dtype=np.int64)


def _training_images(X: Any, scores: NDArray[np.float64], labels: NDArray[np.int64], detector: Any) -> _Shown:
    if not hasattr(detector, "inlier_mask_"):
        return _Shown(X, scores, labels, kept=flipped(scores) >= detector.offset_)
    kept = np.asarray(detector.inlier_mask_, dtype=bool)
    return _Shown(X, scores, labels, kept, np.asarray(detector.votes_), np.asarray(detector.round_dropped_))


def _counts(train: _Shown, detector: Any) -> dict[str, Any]:
    kept = np.asarray(train.kept)
    trace = list(getattr(detector, "refinement_trace_", ()))
    contaminants, normals = dropped_shares(kept, train.labels)
    return {
        "n_train": len(kept),
        "n_dropped": int(np.count_nonzero(~kept)),
        "n_contaminants": int(np.count_nonzero(train.labels == ANOMALY)),
        "dropped_contaminants": contaminants,
        "lost_normals": normals,
        "n_rounds": sum(not entry.undone for entry in trace),
        "n_classifiers": len(trace[-1].thresholds) if trace else None,
        "undone": bool(trace and trace[-1].undone),
    }


def _training_panels(train: _Shown, n: int) -> list[dict[str, Any]]:
    """Return the panels of the training set: mistakes where labels are known, else both ends of the ranking."""
    kept, labels = np.asarray(train.kept), train.labels
    order = np.argsort(-train.scores, kind="stable")
    if (labels == UNKNOWN).all():
        rest = order[kept[order]]
        return [
            _panel("suspects", train, order[~kept[order]], n),
            _panel("kept_anomalous", train, rest, n // 2),
            _panel("kept_normal", train, rest[::-1], n // 2),
        ]
    # Of the contaminants kept, those that look most normal to the detector come first: they are the hardest to find.
    hidden = order[::-1][(kept & (labels == ANOMALY))[order[::-1]]]
    return [
        _panel("most_anomalous", train, order, n),
        _panel("contaminants_kept", train, hidden, n),
        _panel("normals_lost", train, order[(~kept & (labels == NORMAL))[order]], n),
    ]


def _test_panels(
    X: Any, scores: NDArray[np.float64], labels: ArrayLike | None, detector: Any, n: int
) -> list[dict[str, Any]]:
    test = _Shown(X, scores, _known(labels, len(scores)), alarms=flipped(scores) < detector.offset_)
    order = np.argsort(-scores, kind="stable")
    size = max(1, min(n, len(order)) // 3)
    middle = (len(order) - size) // 2
    return [
        _panel("test_highest", test, order, size),
        _panel("test_middle", test, order[middle : middle + size], size, total=len(order)),
        _panel("test_lowest", test, order[::-1], size),
    ]


def _panel(key: str, shown: _Shown, rows: NDArray[np.intp], n: int, total: int | None = None) -> dict[str, Any]:
    """Return one panel: the first ``n`` of these images, and how many there were to choose from."""
    ranks = np.empty(len(shown.scores), dtype=np.int64)
    ranks[np.argsort(-shown.scores, kind="stable")] = np.arange(1, len(ranks) + 1)
    images = [{**_described(shown, int(row)), "rank": int(ranks[row])} for row in rows[:n]]
    return {"key": key, "total": len(rows) if total is None else total, "n_samples": len(ranks), "images": images}


def _described(shown: _Shown, row: int) -> dict[str, Any]:
    names = getattr(shown.X, "names", None)
    label = int(shown.labels[row])
    return {
        "index": row,
        "name": None if names is None else str(names[row]),
        "score": float(shown.scores[row]),
        "label": None if label == UNKNOWN else label,
        "kept": _plain(shown.kept, row),
        "votes": _plain(shown.votes, row),
        "round_dropped": _plain(shown.round_dropped, row),
        "alarm": _plain(shown.alarms, row),
        "image": thumbnail(np.asarray(shown.X[row])),
    }


def _plain(values: NDArray[Any] | None, row: int) -> Any:
    return None if values is None else values[row].item()
