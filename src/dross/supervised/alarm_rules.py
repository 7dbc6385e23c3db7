"""Where an alarm threshold goes: at a score, or by scores of samples that were held out when scoring was learned."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.parameters import choice_problems, contamination_problems
from dross.scoring import ANOMALY

#: The rules by name.
THRESHOLDS = ("half", "contamination", "false-alarms", "validation-f1")


def offset_from(anomaly_score: float) -> float:
    """Return the offset from which on up, this score included, an anomaly score raises an alarm.

    Examples
    --------
    >>> -0.5 < offset_from(0.5), -0.499 < offset_from(0.5)
    (True, False)
    """
    return float(np.nextafter(-anomaly_score, np.inf))


def false_alarm_offset(normals: NDArray[np.float64], rate: float) -> float:
    """Return the highest of the scores of normals below which at most the share ``rate`` of them lies.

    Parameters
    ----------
    normals : array of shape (n_normals,)
        Scores of normal samples, higher = more normal.
    rate : float in (0, 1)
        The share of them that may raise an alarm.

    Examples
    --------
    >>> false_alarm_offset(np.arange(100.0), 0.05)
    5.0
    """
    # The margin keeps a share such as 0.29 of 100 from becoming 28 by rounding.
    allowed = int(np.floor(rate * len(normals) + 1e-9))
    return float(np.sort(normals)[min(allowed, len(normals) - 1)])


def best_f1_offset(scores: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Return the threshold with the highest F1, halfway between two scores; of equally good ones the fewest alarms.

    Parameters
    ----------
    scores : array of shape (n_samples,)
        Higher = more normal.
    labels : array of shape (n_samples,)
        1 anomaly, 0 normal; at least one anomaly.

    Examples
    --------
    >>> best_f1_offset(np.array([0.0, 1.0, 2.0, 3.0]), np.array([1, 0, 1, 0]))
    2.5

    References
    ----------
    Lipton, Elkan and Naryanaswamy, "Optimal Thresholding of Classifiers to Maximize F1 Measure", ECML 2014.
    """
    order = np.argsort(scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(labels[order] == ANOMALY)
    # Samples with one score raise an alarm together, or not.
    ends = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    f1 = 2 * hits[ends] / (ends + 1 + hits[-1])
    end = int(ends[np.argmax(f1)])
    if end == len(ranked) - 1:
        return float(np.nextafter(ranked[-1], np.inf))
    return float((ranked[end] + ranked[end + 1]) / 2)


def outside_problems(scores: NDArray[np.float64], offset: float) -> list[str]:
    """Return what to say of a threshold on training scores (higher = more normal) that parts none of them.

    Examples
    --------
    >>> outside_problems(np.array([-0.1, -0.8]), -0.9)[0][:65]
    'the alarm threshold, 0.9, lies outside the anomaly scores of the '
    """
    n_alarms = np.count_nonzero(scores < offset)
    if 0 < n_alarms < len(scores):
        return []
    threshold = np.round(-offset, 12) + 0.0  # which makes a 0 of the number next to it
    return [
        f"the alarm threshold, {threshold:.4g}, lies outside the anomaly scores of the training samples, "
        f"{-scores.max():.4g} to {-scores.min():.4g}: {'each' if n_alarms else 'none'} raises an alarm"
    ]


def threshold_problems(threshold: Any, contamination: Any, false_alarm_rate: Any) -> list[str]:
    """Return what is wrong with the parameters that say where the threshold goes.

    Examples
    --------
    >>> threshold_problems("halve", "auto", 0.05)[0][:26]
    "threshold is 'halve'; it m"
    """
    problems = contamination_problems(contamination)
    if isinstance(threshold, bool) or not isinstance(threshold, Real):
        problems += choice_problems("threshold", threshold, THRESHOLDS)
    elif not np.isfinite(float(threshold)):
        problems += [f"threshold is {threshold!r}; it must be one of the rules, or a finite number"]
    if not problems and contamination != "auto" and threshold != "contamination":
        problems += [
            f"contamination is {contamination!r}, and threshold is {threshold!r}, which does not go by it: give "
            "threshold = 'contamination', or leave contamination at 'auto'"
        ]
    rate = false_alarm_rate
    if isinstance(rate, bool) or not isinstance(rate, Real) or not 0 < float(rate) < 1:
        problems += [f"false_alarm_rate is {rate!r}; it must be a share in (0, 1)"]
    return problems
