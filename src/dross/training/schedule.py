"""The learning rate over the course of training."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, final

Schedule = Literal["constant", "cosine"]

SCHEDULES: tuple[Schedule, ...] = ("constant", "cosine")


@final
@dataclass(frozen=True)
class LearningRate:
    """The learning rate at any epoch: a linear warm-up, then constant or half a cosine down to 0.

    It depends on the epoch alone, not on how training got there, so that training goes on where it stopped.

    Parameters
    ----------
    peak : float
        The learning rate after the warm-up.
    schedule : {"constant", "cosine"}, default "constant"
        What follows the warm-up.
    warmup_epochs : float, default 0
        Epochs over which it rises from 0.
    max_epochs : float or None, default None
        Where the cosine reaches 0, and stays.

    Examples
    --------
    >>> rate = LearningRate(0.1, "cosine", warmup_epochs=2, max_epochs=12)
    >>> [round(rate.at(epoch), 3) for epoch in (0, 1, 2, 7, 12, 20)]
    [0.0, 0.05, 0.1, 0.05, 0.0, 0.0]

    References
    ----------
    Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017, arXiv:1608.03983.
    """

    peak: float
    schedule: Schedule = "constant"
    warmup_epochs: float = 0.0
    max_epochs: float | None = None

    def at(self, epoch: float) -> float:
        """Return the learning rate at an epoch, which may be a fraction."""
        if epoch < self.warmup_epochs:
            return self.peak * epoch / self.warmup_epochs
        if self.schedule == "constant" or self.max_epochs is None:
            return self.peak
        length = self.max_epochs - self.warmup_epochs
        done = min(1.0, (epoch - self.warmup_epochs) / length)
        return self.peak * 0.5 * (1.0 + math.cos(math.pi * done))
