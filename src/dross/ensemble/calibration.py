"""Scores of different detectors brought to one scale, by what each says of samples it was not fitted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np
from numpy.typing import NDArray

Scale = Literal["rank", "z"]
SCALES: Final = ("rank", "z")


@final
@dataclass(frozen=True)
class Calibration:
    """Where anomaly scores lie among those of held-out training samples.

    ``"rank"`` is the share of held-out scores below, which no outlier among them disturbs; between two of them it is
    interpolated. Beyond the largest and the smallest, where ranks have nothing more to say, it goes on in units of what
    lies between these and the median, so that anomalies are still told apart. ``"z"`` is the distance from their mean
    in standard deviations.

    Parameters
    ----------
    scale : {"rank", "z"}
        Which.
    held_out : array of shape (n,)
        Anomaly scores of samples that the detector was not fitted on, sorted.

    Examples
    --------
    >>> Calibration.of(np.array([3.0, 1.0, 2.0, 4.0, 5.0]), "rank").apply(np.array([1.0, 3.0, 3.5, 5.0, 9.0])).tolist()
    [0.0, 0.5, 0.625, 1.0, 3.0]
    >>> Calibration.of(np.array([1.0, 3.0]), "z").apply(np.array([4.0])).tolist()
    [2.0]
    """

    scale: Scale
    held_out: NDArray[np.float64]

    @classmethod
    def of(cls, scores: NDArray[np.float64], scale: Scale) -> Calibration:
        """Return the calibration by these held-out scores."""
        return cls(scale, np.sort(scores))

    def apply(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where ``scores`` lie, one number each, of which each depends on its own score alone."""
        if self.scale == "z":
            deviation = float(self.held_out.std())
            return (scores - self.held_out.mean()) / (deviation if deviation > 0 else 1.0)
        values, first = np.unique(self.held_out, return_index=True)
        # Equal scores share the middle of their places.
        places = (first + np.append(first[1:], len(self.held_out)) - 1) / 2 / max(1, len(self.held_out) - 1)
        middle = float(np.median(values))
        beyond = np.maximum(scores - values[-1], 0.0) / ((values[-1] - middle) or 1.0)
        short = np.maximum(values[0] - scores, 0.0) / ((middle - values[0]) or 1.0)
        return np.asarray(np.interp(scores, values, places) + beyond - short)
