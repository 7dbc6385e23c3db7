"""What a detector's own alarms are worth: counts, shares of them, and F1."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dross.metrics.checking import checked
from dross.scoring import ANOMALY


class AlarmMetrics(NamedTuple):
    """Precision, recall and F1 of alarms; ``None`` where undefined."""

    precision: float | None
    recall: float | None
    f1: float | None


class Confusion(NamedTuple):
    """How many samples of each kind raised an alarm, and how many did not."""

    hits: int
    misses: int
    false_alarms: int
    correct_rejections: int


def alarm_metrics(labels: ArrayLike, alarms: ArrayLike) -> AlarmMetrics:
    """Return precision, recall and F1 of a detector's own alarms.

    Parameters
    ----------
    labels : array of shape (n_samples,)
        ``1`` anomaly, ``0`` normal.
    alarms : array of shape (n_samples,), bool
        Where the detector raised an alarm.

    Returns
    -------
    AlarmMetrics
        Precision is ``None`` where there was no alarm, recall and F1 where there is no anomaly.

    Examples
    --------
    >>> alarm_metrics([0, 1, 1], [True, True, False])
    AlarmMetrics(precision=0.5, recall=0.5, f1=0.5)
    >>> alarm_metrics([0, 1, 1], [False, False, False])
    AlarmMetrics(precision=None, recall=0.0, f1=0.0)
    """
    y, raised = checked(labels, np.asarray(alarms, dtype=np.float64))
    flagged = raised > 0
    n_alarms, n_anomalies = int(np.count_nonzero(flagged)), int(np.count_nonzero(y == ANOMALY))
    hits = int(np.count_nonzero(flagged & (y == ANOMALY)))
    if n_anomalies == 0:
        return AlarmMetrics(0.0 if n_alarms else None, None, None)
    precision = hits / n_alarms if n_alarms else None
    return AlarmMetrics(precision, hits / n_anomalies, 2 * hits / (n_alarms + n_anomalies))


def confusion(labels: ArrayLike, alarms: ArrayLike) -> Confusion:
    """Return how many anomalies and normal samples raised an alarm, and how many did not.

    Parameters
    ----------
    labels, alarms : arrays of shape (n_samples,)
        As in `alarm_metrics`.

    Examples
    --------
    >>> confusion([0, 0, 0, 1, 1], [True, False, False, True, False])
    Confusion(hits=1, misses=1, false_alarms=1, correct_rejections=2)
    """
    y, raised = checked(labels, np.asarray(alarms, dtype=np.float64))
    flagged, anomalous = raised > 0, y == ANOMALY
    kinds = (flagged & anomalous, ~flagged & anomalous, flagged & ~anomalous, ~flagged & ~anomalous)
    return Confusion(*(int(np.count_nonzero(kind)) for kind in kinds))


def accuracy(labels: ArrayLike, alarms: ArrayLike) -> float | None:
    """Return the share of samples that are judged rightly.

    Use it to stand beside published accuracies. Where anomalies are rare it says next to nothing: never to raise an
    alarm is right nearly always; read `balanced_accuracy` or F1.

    Parameters
    ----------
    labels, alarms : arrays of shape (n_samples,)
        As in `alarm_metrics`.

    Examples
    --------
    >>> accuracy([0, 0, 0, 1], [False, False, False, False])
    0.75
    """
    found = confusion(labels, alarms)
    return (found.hits + found.correct_rejections) / sum(found) if sum(found) else None


def balanced_accuracy(labels: ArrayLike, alarms: ArrayLike) -> float | None:
    """Return the mean of the shares of anomalies and of normal samples that are judged rightly; 0.5 is guessing.

    Parameters
    ----------
    labels, alarms : arrays of shape (n_samples,)
        As in `alarm_metrics`.

    Examples
    --------
    >>> balanced_accuracy([0, 0, 0, 1], [False, False, False, False])
    0.5
    >>> balanced_accuracy([0, 0], [False, True]) is None
    True
    """
    found = confusion(labels, alarms)
    n_anomalies, n_normals = found.hits + found.misses, found.false_alarms + found.correct_rejections
    if not n_anomalies or not n_normals:
        return None
    return (found.hits / n_anomalies + found.correct_rejections / n_normals) / 2
