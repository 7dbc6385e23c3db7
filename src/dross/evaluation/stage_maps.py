"""Maps of what each stage of a classifier's network makes of test images, and where its errors lie among them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from dross.evaluation.feature_maps import FEWEST_POINTS, drawn_samples, in_unit_square, tsne_layout, turned

#: A stage of at most that many numbers is drawn as it is: to embed it would only bend it.
_PLAIN: Final = 2

#: Steps of this size fill an interval evenly, however many there are of them.
_GOLDEN: Final = (5**0.5 - 1) / 2


def stage_maps(X: Any, labels: NDArray[np.int64], alarms: NDArray[np.bool_], detector: Any) -> dict[str, Any] | None:
    """Return maps of test samples after each stage, ready for JSON; ``None`` for a detector without stages.

    A sweep stores it in the details of a run as ``"stage_maps"``. Images are not changed at random here, even where
    the training images were.

    Parameters
    ----------
    X : array or Images of shape (n_samples, ...)
        The test samples.
    labels : array of shape (n_samples,)
        ``1`` anomaly, ``0`` normal.
    alarms : array of shape (n_samples,), bool
        Which of them raise an alarm.
    detector : fitted detector
        Its ``stage_features`` returns what each stage makes of samples, by name.

    Returns
    -------
    dict or None
        ``index``, ``label`` and ``alarm`` of the samples drawn, and ``stages``: of each its ``name`` and its maps,
        ``tsne`` and ``pca`` (with ``share``, that of the variance that two components hold), or, of two numbers or
        one, ``plain``. Each map has coordinates ``x`` and ``y`` in [0, 1]. A stage in which all samples are the same
        is left out.

    References
    ----------
    van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 2008.
    """
    if not hasattr(detector, "stage_features") or len(labels) < FEWEST_POINTS:
        return None
    drawn = drawn_samples(~alarms, labels)
    stages: list[dict[str, Any]] = []
    before = None
    for name, features in detector.stage_features(X[drawn]).items():
        values = np.asarray(features, dtype=np.float64).reshape(len(drawn), -1)
        if not np.isfinite(values).all() or np.ptp(values, axis=0).max(initial=0.0) == 0:
            continue
        if values.shape[1] <= _PLAIN:
            stages.append({"name": str(name), "plain": _plain(values)})
            continue
        layout = tsne_layout(values)
        if layout is not None:
            before = layout if before is None else turned(layout, before)
            stages.append({"name": str(name), "tsne": in_unit_square(before), "pca": _components(values)})
    if not stages:
        return None
    return {
        "index": drawn.tolist(),
        "label": labels[drawn].tolist(),
        "alarm": alarms[drawn].tolist(),
        "n_samples": len(labels),
        "stages": stages,
    }


def _components(values: NDArray[np.float64]) -> dict[str, Any]:
    components = PCA(2, svd_solver="full").fit(values)
    share = float(components.explained_variance_ratio_.sum())
    return {**in_unit_square(components.transform(values)), "share": round(share, 4)}


def _plain(values: NDArray[np.float64]) -> dict[str, list[float]]:
    """Return two numbers as they are, and one from left to right, where up and down only keep points apart."""
    if values.shape[1] == _PLAIN:
        return in_unit_square(values)
    across = (values[:, 0] - values.min()) / np.ptp(values)
    return {"x": np.round(across, 3).tolist(), "y": np.round(np.arange(len(values)) * _GOLDEN % 1, 3).tolist()}
