"""What a fitted detector tells of itself: what it found wrong with its training, its size, and its errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.scoring import ANOMALY, NORMAL

#: Where a fitted detector keeps the detector or the parts that it is made of, outermost first.
_PARTS = ("detector_", "one_class_", "representation_")


def fitted_record(detector: Any) -> dict[str, Any]:
    """Return what there is to tell of a fitted detector, ready for JSON.

    Parameters
    ----------
    detector : fitted detector
        Its ``findings_``, or those of the detector that it wraps, are sentences; its ``network_`` is counted.

    Returns
    -------
    dict
        ``findings`` (list of str, where there are any) and ``n_parameters`` (of the network, where there is one).

    Examples
    --------
    >>> class Collapsed:
    ...     findings_ = ["the posterior has collapsed"]
    >>> fitted_record(Collapsed())
    {'findings': ['the posterior has collapsed']}
    """
    record: dict[str, Any] = {}
    findings = [str(finding) for part in _parts(detector) for finding in getattr(part, "findings_", ())]
    if findings:
        record["findings"] = list(dict.fromkeys(findings))
    networks = [network for part in _parts(detector) if (network := getattr(part, "network_", None)) is not None]
    if networks:
        record["n_parameters"] = sum(int(values.numel()) for values in networks[0].parameters())
    return record


def reconstruction_errors(
    detector: Any, labels: NDArray[np.int64], scores: NDArray[np.float64]
) -> dict[str, float | None]:
    """Return the mean error of the normals and of the anomalies, where a detector scores by that; else nothing.

    Parameters
    ----------
    detector : fitted detector
        It, or the detector that refinement wraps, has a method ``reconstruct``, and says if ``score_is_error``.
    labels : array of shape (n_samples,)
        ``1`` anomaly, ``0`` normal.
    scores : array of shape (n_samples,)
        Anomaly scores, higher = more anomalous.

    Examples
    --------
    >>> reconstruction_errors(object(), np.array([0, 1]), np.array([0.1, 0.9]))
    {}
    """
    scoring = getattr(detector, "detector_", detector)
    if not hasattr(scoring, "reconstruct") or not getattr(scoring, "score_is_error", True):
        return {}
    return {
        f"mean_error_{name}": float(scores[labels == label].mean()) if (labels == label).any() else None
        for name, label in (("normal", NORMAL), ("anomaly", ANOMALY))
    }


def _parts(detector: Any) -> Iterator[Any]:
    yield detector
    for name in _PARTS:
        part = getattr(detector, name, None)
        if part is not None:
            yield from _parts(part)
