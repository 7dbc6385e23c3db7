"""Detectors of other libraries in Dross's place: PyOD's need their sign turned, scikit-learn's fit as they are."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from dross.errors import ParameterError
from dross.one_class.base import AbstractOneClass
from dross.scoring import flipped


@final
class PyODDetector(AbstractOneClass):
    """Let a PyOD detector stand wherever a detector of Dross can.

    Use it for a method that PyOD has and Dross has not; for refinement around a PyOD detector; or for a comparison.
    Do not use it for scikit-learn's detectors: they need no adapter. Not all PyOD detectors score a row alone as they
    score it among others (ECOD and COPOD do not).

    It assumes of its training set what the wrapped method assumes; most assume it to be free of anomalies.

    Parameters
    ----------
    detector : pyod.models.base.BaseDetector
        An unfitted PyOD detector; ``fit`` works on a copy. Its own ``contamination``, which must be guessed in PyOD, is
        not used.
    contamination : float in (0, 0.5] or "auto", default="auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.

    Attributes
    ----------
    detector_ : pyod.models.base.BaseDetector
        The fitted copy.

    References
    ----------
    Y. Zhao, Z. Nasrullah, Z. Li, "PyOD: A Python toolbox for scalable outlier detection", JMLR 20 (2019).

    Examples
    --------
    >>> import numpy as np
    >>> from pyod.models.hbos import HBOS
    >>> from dross.one_class import PyODDetector
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> detector = PyODDetector(HBOS(), contamination=0.05).fit(X)
    >>> detector.predict([[0, 0, 0], [9, 9, 9]]).tolist()
    [1, -1]
    """

    detector_: Any

    def __init__(self, detector: Any, *, contamination: float | Literal["auto"] = "auto") -> None:
        self.detector = detector
        self.contamination = contamination

    def _parameter_problems(self) -> list[str]:
        try:
            from pyod.models.base import BaseDetector
        except ImportError as error:
            message = "PyODDetector needs PyOD, which is not installed: run 'pip install pyod'"
            raise ParameterError(message) from error
        if isinstance(self.detector, BaseDetector):
            return []
        return [
            f"detector is {self.detector!r}; it must be an instance of a PyOD detector, such as "
            "pyod.models.hbos.HBOS() (scikit-learn's detectors need no adapter)"
        ]

    def _fit(self, X: NDArray[Any]) -> None:
        self.detector_ = deepcopy(self.detector).fit(X)

    def _normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        return flipped(self.detector_.decision_function(X))
