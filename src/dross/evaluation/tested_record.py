"""What became of each test sample of a run, kept so that methods can be compared sample by sample afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.evaluation.category_metrics import rounded, tested_categories
from dross.evaluation.split import Split
from dross.metrics import confusion

#: The scores of a larger test set are not kept: means over seeds are certain enough there.
MOST_KEPT = 2_000

#: What a fitted detector says of how it chose its parameters, and where it keeps the parts that may say so.
_CHOICE = "choice_"
_PARTS = ("detector_", "one_class_", "best_detector_")


def tested_record(
    dataset: Any, split: Split, scores: NDArray[np.float64], alarms: NDArray[np.bool_], detector: Any
) -> dict[str, Any]:
    """Return the confusion counts of a run, its test samples one by one, and how the detector chose, ready for JSON.

    Parameters
    ----------
    dataset : Dataset or ImageDataset
        For the sets that a mixed one is of.
    split : Split
        For the rows that test, and their labels.
    scores : array of shape (n_test,)
        Anomaly scores, higher = more anomalous.
    alarms : array of shape (n_test,), bool
        Where the detector raised an alarm.
    detector : fitted detector
        It may say that its scores are probabilities (``score_is_probability_``), and what it chose among (``choice_``).

    Returns
    -------
    dict
        ``confusion`` (counts by name); ``tested`` (``row``, ``label``, ``score``, ``alarm``, one each a test sample,
        whether scores are ``probabilities``, and what `dross.evaluation.category_metrics.tested_categories` returns),
        unless there are more than 2,000; ``choice``, where there is one.
    """
    record: dict[str, Any] = {"confusion": confusion(split.labels_test, alarms)._asdict()}
    if len(scores) <= MOST_KEPT:
        record["tested"] = {
            "row": split.test_index.tolist(),
            "label": split.labels_test.tolist(),
            "score": rounded(scores),
            "alarm": alarms.astype(int).tolist(),
            "probabilities": bool(said_by(detector, "score_is_probability_")),
            **tested_categories(dataset, split, detector),
        }
    if (choice := said_by(detector, _CHOICE)) is not None:
        record["choice"] = choice
    return record


def said_by(detector: Any, name: str) -> Any:
    """Return an attribute of a fitted detector or of the part that it hands its samples to; ``None`` without one.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> said_by(SimpleNamespace(one_class_=SimpleNamespace(choice_={"chosen": 3})), "choice_")
    {'chosen': 3}
    """
    if hasattr(detector, name):
        return getattr(detector, name)
    parts = (getattr(detector, part, None) for part in _PARTS)
    return next((found for part in parts if part is not None and (found := said_by(part, name)) is not None), None)
