"""Isolation forest: how few random splits set a sample apart."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, final

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest as SklearnIsolationForest

from dross.one_class.base import AbstractOneClass
from dross.parameters import count_problems


@final
class IsolationForest(AbstractOneClass):
    """Score samples by how few random axis-parallel splits set them apart.

    Use it on raw tables with features of any scale and with irrelevant ones among them: it needs no scaling. Do not
    use it on learned features where anomalies differ only in how features go together, nor where anomalies lie inside
    a ring of normal samples: axis-parallel splits see neither.

    It assumes only that anomalies are few and different: each tree sees a small random part of the samples, so
    scattered anomalies in the training set harm it little. Clustered ones do.

    Parameters
    ----------
    n_estimators : int, default=200
        The number of trees. With the usual 100, chance moves the AUROC by a point or more on some tables.
    max_samples : int or "auto", default="auto"
        The number of samples that each tree sees; ``"auto"`` is 256, or all where there are fewer.
    contamination : float in (0, 0.5] or "auto", default="auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.
    random_state : int, RandomState or None, default=None
        Chooses the samples and splits of the trees.

    Attributes
    ----------
    forest_ : sklearn.ensemble.IsolationForest
        The fitted forest.

    References
    ----------
    F. T. Liu, K. M. Ting, Z.-H. Zhou, "Isolation forest", ICDM 2008.

    Examples
    --------
    >>> import numpy as np
    >>> from dross.one_class import IsolationForest
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> detector = IsolationForest(contamination=0.05, random_state=0).fit(X)
    >>> detector.predict([[0, 0, 0], [9, 9, 9]]).tolist()
    [1, -1]
    """

    _dtypes: ClassVar[tuple[type[np.floating], ...]] = (np.float64, np.float32)

    forest_: SklearnIsolationForest

    def __init__(
        self,
        *,
        n_estimators: int = 200,
        max_samples: int | Literal["auto"] = "auto",
        contamination: float | Literal["auto"] = "auto",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.contamination = contamination
        self.random_state = random_state

    def _parameter_problems(self) -> list[str]:
        problems = count_problems("n_estimators", self.n_estimators)
        if self.max_samples != "auto":
            problems += count_problems("max_samples", self.max_samples, least=2)
        return problems

    def _fit(self, X: NDArray[Any]) -> None:
        # Forest and scikit-learn disagree on a number of samples above those there are: it warns, and then uses all.
        max_samples = self.max_samples if self.max_samples == "auto" else min(self.max_samples, len(X))
        forest = SklearnIsolationForest(
            n_estimators=self.n_estimators, max_samples=max_samples, random_state=self.random_state
        )
        self.forest_ = forest.fit(_single_precision(X))

    def _normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        return self.forest_.score_samples(_single_precision(X))


def _single_precision(X: NDArray[Any]) -> NDArray[np.float32]:
    """Return the samples in the trees' own number type; values beyond its range go to its ends."""
    limit = np.finfo(np.float32).max
    return X if X.dtype == np.float32 else np.clip(X, -limit, limit).astype(np.float32)
