"""Scores of different categories brought to one scale: how rarely a normal image of its own category scores as high."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np
from numpy.typing import NDArray

from dross.ensemble import Calibration

CategoryScale = Literal["tail", "rank", "z", "none"]
CATEGORY_SCALES: Final[tuple[CategoryScale, ...]] = ("tail", "rank", "z", "none")
#: Share of the held-out scores that the tail is fitted to, and how many of them it is fitted to at least.
TAIL_SHARE, LEAST_TAIL = 0.25, 5
#: The heaviest tail that is believed of so few scores: beyond it, anomalies would hardly differ from one another.
HEAVIEST: Final = 0.5


@final
@dataclass(frozen=True)
class TailCalibration:
    """How many powers of ten rarer than one in one held-out training samples score as high, by an extreme-value tail.

    Use it before scores of several detectors, each with its own samples, are ranked together: 2 then means one normal
    sample in a hundred for each of them, and beyond what was held out it goes on by the shape of its own tail, where
    ranks would all be the same. Do not use it on scores of the samples that a detector was fitted on, which are too
    low.

    Up to the threshold it is minus the logarithm of the share of held-out scores above, interpolated between two; the
    excesses beyond have a generalised Pareto distribution, whose shape is that of an exponential or heavier: one that
    ended somewhere would call all anomalies beyond its end equal.

    Parameters
    ----------
    held_out : array of shape (n,)
        Anomaly scores of samples that the detector was not fitted on, sorted.
    threshold : float
        The score at which the tail begins.
    shape, scale : float
        Of the tail: 0 is exponential.

    References
    ----------
    Balkema and de Haan, "Residual Life Time at Great Age", Annals of Probability 2 (1974); Pickands, "Statistical
    Inference Using Extreme Order Statistics", Annals of Statistics 3 (1975); Hosking and Wallis, "Parameter and
    Quantile Estimation for the Generalized Pareto Distribution", Technometrics 29 (1987).

    Examples
    --------
    >>> calibration = TailCalibration.of(np.arange(100.0))
    >>> calibration.apply(np.array([50.0, 90.0, 200.0])).round(1).tolist()
    [0.3, 1.1, 4.8]
    """

    held_out: NDArray[np.float64]
    threshold: float
    shape: float
    scale: float

    @classmethod
    def of(cls, scores: NDArray[np.float64]) -> TailCalibration:
        """Return the calibration by these held-out scores, at least one."""
        held_out = np.sort(np.asarray(scores, dtype=np.float64))
        n_tail = min(len(held_out) - 1, max(LEAST_TAIL, round(TAIL_SHARE * len(held_out))))
        threshold = float(held_out[len(held_out) - 1 - n_tail])
        excesses = held_out[held_out > threshold] - threshold
        return cls(held_out, threshold, *generalised_pareto(excesses))

    def apply(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how rare ``scores`` are, one number each, of which each depends on its own score alone."""
        values, first = np.unique(self.held_out, return_index=True)
        # Equal scores share the middle of their places, and half of a sample lies above the highest.
        above = 1.0 - (first + np.append(first[1:], len(self.held_out))) / 2 / len(self.held_out)
        rarity = np.interp(np.minimum(scores, self.threshold), values, -np.log10(above))
        lowest = values[0]
        short = np.maximum(lowest - scores, 0.0) / (self.threshold - lowest or self.scale)
        return np.asarray(rarity - short + self._tail(np.maximum(scores - self.threshold, 0.0)))

    def _tail(self, excesses: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return minus the logarithm, to base 10, of the share of the tail that lies beyond."""
        relative = excesses / self.scale
        decay = relative if self.shape == 0 else np.log1p(self.shape * relative) / self.shape
        return np.asarray(decay / np.log(10.0))


def generalised_pareto(excesses: NDArray[np.float64]) -> tuple[float, float]:
    """Return the shape, from 0 to a half, and the scale of the tail that excesses over a threshold come from.

    By probability-weighted moments, which of a few dozen excesses err less than the largest likelihood. Of fewer than
    five, and where the shape would be below 0, the tail is exponential with their mean.

    Parameters
    ----------
    excesses : array of shape (n,)
        Above 0; may be empty.

    Examples
    --------
    >>> generalised_pareto(np.array([1.0, 3.0]))
    (0.0, 2.0)
    """
    if len(excesses) == 0:
        return 0.0, 1.0
    mean = float(excesses.mean())
    if len(excesses) < LEAST_TAIL:
        return 0.0, mean
    ordered = np.sort(excesses)
    below = (np.arange(1, len(ordered) + 1) - 0.35) / len(ordered)
    weighted = float((ordered * (1.0 - below)).mean())
    shape = 2.0 - mean / (mean - 2.0 * weighted) if mean > 2.0 * weighted else 0.0
    if shape <= 0:
        return 0.0, mean
    shape = min(shape, HEAVIEST)
    return shape, mean * (1.0 - shape)


@final
@dataclass(frozen=True)
class Uncalibrated:
    """Scores as they are: what pooling without calibration comes to.

    Use it to see what calibration is worth; not to rank images of several categories.

    Examples
    --------
    >>> Uncalibrated().apply(np.array([3.0])).tolist()
    [3.0]
    """

    def apply(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scores."""
        return scores


CategoryCalibration = TailCalibration | Calibration | Uncalibrated


def category_calibration(scores: NDArray[np.float64], scale: CategoryScale) -> CategoryCalibration:
    """Return what brings anomaly scores of one category to a scale that all categories share.

    Parameters
    ----------
    scores : array of shape (n,)
        Anomaly scores of held-out training samples of the category.
    scale : {"tail", "rank", "z", "none"}
        :class:`TailCalibration`; see :class:`~dross.ensemble.Calibration` for rank and z; or scores as they are.

    Examples
    --------
    >>> category_calibration(np.array([1.0, 3.0]), "z").apply(np.array([4.0])).tolist()
    [2.0]
    """
    if scale == "none":
        return Uncalibrated()
    return TailCalibration.of(scores) if scale == "tail" else Calibration.of(scores, scale)
