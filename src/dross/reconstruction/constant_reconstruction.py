"""Reconstruction by a constant: the anchor that shows what a data set gives away for nothing."""

from __future__ import annotations

from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from dross.one_class.base import AbstractOneClass
from dross.parameters import at_least_problems


@final
class ConstantReconstruction(AbstractOneClass):
    """Score samples by their squared distance from one and the same constant in every feature.

    It learns nothing, and so is the line that every detector has to beat: where it scores well, anomalies are brighter,
    darker or richer in contrast than normal samples, and an autoencoder that has collapsed to one output looks like a
    detector. Do not use it for anything else.

    It assumes nothing of its training set, which only sets the alarm threshold.

    Parameters
    ----------
    value : float, default=0.5
        The constant: mid-grey, for pixels in [0, 1].
    contamination : float in (0, 0.5] or "auto", default="auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.

    Examples
    --------
    >>> import numpy as np
    >>> from dross.reconstruction import ConstantReconstruction
    >>> ConstantReconstruction().fit(np.zeros((2, 2))).score_samples([[0.5, 0.5], [1.0, 0.5]]).tolist()
    [-0.0, -0.125]
    """

    def __init__(self, *, value: float = 0.5, contamination: float | Literal["auto"] = "auto") -> None:
        self.value = value
        self.contamination = contamination

    def _parameter_problems(self) -> list[str]:
        return at_least_problems("value", self.value)

    def _fit(self, X: NDArray[Any]) -> None:
        """Nothing is learned."""

    def _normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        return -np.square(X - self.value).mean(axis=1)
