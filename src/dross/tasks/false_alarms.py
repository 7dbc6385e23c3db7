"""The alarm threshold by a target false-alarm rate, on the training samples that count as normal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from dross.detector import AbstractDetector
from dross.errors import ParameterError
from dross.scoring import ANOMALY
from dross.supervised.alarm_rules import false_alarm_offset

#: What else says where the threshold goes, among a detector's parameters.
_OTHER_RULES = ("contamination", "threshold", "false_alarm_rate")


@final
@dataclass(frozen=True)
class FalseAlarms:
    """What a threshold by a target false-alarm rate was set on, and what it does there.

    Parameters
    ----------
    rate : float
        The target.
    n_normal, n_false : int
        The training samples that count as normal, and how many of them raise an alarm.
    n_all, n_alarms : int
        All training samples, and how many of them raise an alarm.
    """

    rate: float
    n_normal: int
    n_false: int
    n_all: int
    n_alarms: int


def check_false_alarms(rate: object, parameters: Mapping[str, Any]) -> None:
    """Raise if a target false-alarm rate is no such rate, or not the only thing that is said of the threshold.

    Raises
    ------
    ParameterError
        With the value found, or the other parameter.

    Examples
    --------
    >>> check_false_alarms(0.01, {"rejection": 0.1})
    """
    if rate is None:
        return
    if isinstance(rate, bool) or not isinstance(rate, Real) or not 0 < float(rate) < 1:
        raise ParameterError(f"false_alarms is {rate!r}; it must be a share in (0, 1), such as 0.01")
    for name in _OTHER_RULES:
        if name in parameters:
            raise ParameterError(
                f"false_alarms is {rate!r} and {name} is {parameters[name]!r}: both say where the alarm threshold "
                "goes, so give one of them"
            )


def parameters_for(rate: float | None, detector: AbstractDetector, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with the target rate among them, where a detector sets its threshold by one itself.

    Those are the classifiers, which hold out labelled samples for it.
    """
    if rate is None or not takes_rate(detector):
        return dict(parameters)
    return {**parameters, "threshold": "false-alarms", "false_alarm_rate": float(rate)}


def takes_rate(detector: AbstractDetector) -> bool:
    """Return whether a detector sets its threshold by a false-alarm rate itself."""
    return any(name.split("__")[-1] == "false_alarm_rate" for name in detector.get_params())


def set_false_alarms(
    detector: AbstractDetector, X: Any, rate: float, labels: NDArray[np.int64] | None = None
) -> FalseAlarms:
    """Put the alarm threshold of a fitted detector where the share ``rate`` of the normal training samples lies beyond.

    Normal are those that refinement kept, or where nothing was refined all of them, less known anomalies. So the rate
    among new normal samples is another one: higher by those that refinement dropped although they are normal, and
    lower by the anomalies that are left among the training samples.

    Parameters
    ----------
    detector : fitted detector
        Its ``offset_`` is replaced.
    X : array of shape (n_samples, ...)
        What it was fitted on.
    rate : float in (0, 1)
        The share.
    labels : array of shape (n_samples,) or None, default None
        What was known: 0 normal, 1 an anomaly, -1 not known.

    Examples
    --------
    >>> from dross.one_class import GaussianDensity
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> set_false_alarms(GaussianDensity().fit(X), X, 0.05).n_false
    10
    """
    scores = detector.score_samples(X)
    normal = np.array(getattr(detector, "inlier_mask_", np.ones(len(scores), dtype=bool)))
    if labels is not None:
        normal &= labels != ANOMALY
    detector.offset_ = false_alarm_offset(scores[normal], float(rate))
    alarms = scores < detector.offset_
    return FalseAlarms(float(rate), int(normal.sum()), int(alarms[normal].sum()), len(scores), int(alarms.sum()))


def threshold_by_rate(
    detector: AbstractDetector, X: Any, rate: float | None, labels: NDArray[np.int64] | None
) -> FalseAlarms | None:
    """Set the threshold as :func:`set_false_alarms` does, unless no rate is asked for or the detector has done so."""
    return None if rate is None or takes_rate(detector) else set_false_alarms(detector, X, rate, labels)
