"""Maps of what a representation makes of its training samples, stage by stage: t-SNE of a few hundred of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import orthogonal_procrustes
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.utils import _safe_indexing
from threadpoolctl import threadpool_limits

#: More points than this make a map slower and no clearer.
MOST_POINTS = 600

#: Of each group (kept or dropped, normal or contaminant) at least this many points are drawn, where it has them.
LEAST_OF_A_GROUP = 60

#: t-SNE looks at this many principal components.
_COMPONENTS = 50

#: Fewer samples make no map.
FEWEST_POINTS = 8


def feature_maps(
    X: Any, kept: NDArray[np.bool_], labels: NDArray[np.int64] | None, detector: Any
) -> dict[str, Any] | None:
    """Return maps of the features of training samples, ready for JSON; ``None`` where the detector has no stages.

    Parameters
    ----------
    X : array or Images of shape (n_samples, ...)
        The training samples.
    kept : array of shape (n_samples,), bool
        Which of them refinement kept.
    labels : array of shape (n_samples,) or None
        ``1`` anomaly, ``0`` normal, ``-1`` not known; ``None`` where nothing is known.
    detector : fitted detector
        Its ``representation_`` (or that of the detector it wraps) may have ``stage_features``, which returns the
        features after each stage by name.

    Returns
    -------
    dict or None
        ``index``, ``kept`` and ``label`` of the samples drawn, and ``stages``: the name of each with its coordinates
        ``x`` and ``y`` in [0, 1]. A stage in which all samples are the same is left out.

    References
    ----------
    van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 2008.
    """
    stage_features = _stage_features_of(detector)
    if stage_features is None or len(kept) < FEWEST_POINTS:
        return None
    known = np.full(len(kept), -1, dtype=np.int64) if labels is None else labels
    drawn = drawn_samples(kept, known)
    stages: list[dict[str, Any]] = []
    before = None
    for name, features in stage_features(_safe_indexing(X, drawn)).items():
        layout = tsne_layout(np.asarray(features).reshape(len(drawn), -1))
        if layout is not None:
            before = layout if before is None else turned(layout, before)
            stages.append({"name": str(name), **in_unit_square(before)})
    if not stages:
        return None
    return {
        "index": drawn.tolist(),
        "kept": kept[drawn].tolist(),
        "label": known[drawn].tolist(),
        "n_samples": len(kept),
        "stages": stages,
    }


def _stage_features_of(detector: Any) -> Any:
    for owner in (detector, getattr(detector, "detector_", None)):
        found = getattr(getattr(owner, "representation_", None), "stage_features", None)
        if found is not None:
            return found
    return None


def drawn_samples(kept: NDArray[np.bool_], labels: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return which samples are drawn: some of each group, the others at random; always the same.

    Parameters
    ----------
    kept : array of shape (n_samples,), bool
        What became of each sample, which together with its label makes the groups.
    labels : array of shape (n_samples,)
        ``1`` anomaly, ``0`` normal, ``-1`` not known.

    Examples
    --------
    >>> drawn_samples(np.array([True, False]), np.array([0, 1])).tolist()
    [0, 1]
    """
    if len(kept) <= MOST_POINTS:
        return np.arange(len(kept))
    rng = np.random.default_rng(0)
    groups = [rng.permutation(np.flatnonzero((kept == k) & (labels == v))) for k in (True, False) for v in (-1, 0, 1)]
    first = np.concatenate([group[:LEAST_OF_A_GROUP] for group in groups])
    rest = rng.permutation(np.concatenate([group[LEAST_OF_A_GROUP:] for group in groups]))
    return np.sort(np.concatenate([first, rest[: MOST_POINTS - len(first)]]))


def tsne_layout(features: NDArray[Any]) -> NDArray[np.float64] | None:
    """Return a t-SNE of features, shape (n_samples, 2); ``None`` where there is nothing to tell samples apart by.

    Parameters
    ----------
    features : array of shape (n_samples, k)
        Of eight samples or more.

    Examples
    --------
    >>> tsne_layout(np.ones((9, 3))) is None
    True
    """
    values = np.asarray(features, dtype=np.float64)
    if not np.isfinite(values).all() or np.ptp(values, axis=0).max(initial=0.0) == 0:
        return None
    n_components = min(_COMPONENTS, *values.shape)
    components = PCA(n_components, random_state=0).fit_transform(values)
    # Scale is of no meaning to t-SNE's perplexity, but tiny numbers are to its arithmetic.
    components /= components[:, 0].std()
    start = np.zeros((len(values), 2), dtype=np.float32)
    start[:, : min(2, n_components)] = 1e-4 * components[:, :2]
    perplexity = min(30.0, (len(values) - 1) / 3)
    tsne = TSNE(perplexity=perplexity, init=start, learning_rate="auto", max_iter=500, random_state=0)
    with threadpool_limits(1):  # more threads gain nothing on so few points, and crawl where the machine is busy
        return np.asarray(tsne.fit_transform(components), dtype=np.float64)


def turned(layout: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a map turned, and mirrored if need be, to lie like the one before: t-SNE has no directions of its own.

    Parameters
    ----------
    layout, before : array of shape (n_samples, 2)
        Two maps of the same samples.

    Examples
    --------
    >>> turned(np.array([[0.0, -1.0], [0.0, 1.0]]), np.array([[-1.0, 0.0], [1.0, 0.0]])).round(6).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    centred = layout - layout.mean(axis=0)
    rotation, _ = orthogonal_procrustes(centred, before - before.mean(axis=0))
    return np.asarray(centred @ rotation)


def in_unit_square(layout: NDArray[np.float64]) -> dict[str, list[float]]:
    """Return a map as coordinates in [0, 1], with one scale for both directions.

    Examples
    --------
    >>> in_unit_square(np.array([[0.0, 0.0], [4.0, 2.0]]))
    {'x': [0.0, 1.0], 'y': [0.25, 0.75]}
    """
    low, high = layout.min(axis=0), layout.max(axis=0)
    placed = 0.5 + (layout - (low + high) / 2) / float((high - low).max())
    return {"x": [round(float(v), 3) for v in placed[:, 0]], "y": [round(float(v), 3) for v in placed[:, 1]]}
