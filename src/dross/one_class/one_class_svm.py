"""One-class support vector machine: the smallest smooth region that holds most samples."""

from __future__ import annotations

from typing import Any, Literal, final

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import SGDOneClassSVM
from sklearn.svm import OneClassSVM as SklearnOneClassSVM
from sklearn.utils import check_random_state

from dross.one_class.base import AbstractOneClass
from dross.parameters import choice_or_positive_problems, count_problems, share_problems

_CHUNK_ROWS = 16_384  # rows mapped by the approximation at a time


@final
class OneClassSVM(AbstractOneClass):
    """Score samples by a one-class support vector machine with a Gaussian (RBF) kernel.

    Use it on some thousand samples of one scale whose normal region is smooth and may have several parts; above
    ``exact_below`` samples an approximation keeps it linear in their number. Do not use it where the kernel's width
    matters and cannot be chosen: without labels there is no sound way to tune ``gamma``.

    It assumes that at most about a share ``nu`` of its training set is anomalous; those outside the region do not
    shape it further. A large ``nu`` therefore bears contamination better, and describes the normal samples less
    closely.

    Parameters
    ----------
    nu : float in (0, 1], default=0.5
        An upper bound on the share of training samples left outside, and a lower bound on the share that shape the
        region.
    gamma : "scale" or float, default="scale"
        The kernel is ``exp(-gamma * squared distance)``; ``"scale"`` is 1 over the sum of the features' variances.
    exact_below : int, default=10000
        With fewer samples than this, the exact solution (time grows with their square); otherwise the Nystroem
        approximation of the kernel with ``n_components`` samples, and a linear machine trained by stochastic gradient
        descent.
    n_components : int, default=256
        The number of samples that the approximation rests on.
    contamination : float in (0, 0.5] or "auto", default="auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.
    random_state : int, RandomState or None, default=None
        Chooses the samples of the approximation and the order of its training; the exact solution is not random.

    Attributes
    ----------
    location_ : array of shape (n_features,)
        The mean of the training samples, which is subtracted first: the kernel does not see it, and digits are saved.
    kernel_map_ : sklearn.kernel_approximation.Nystroem or None
        The approximation's map; ``None`` for the exact solution.
    machine_ : sklearn.svm.OneClassSVM or sklearn.linear_model.SGDOneClassSVM
        The fitted machine.

    References
    ----------
    B. Scholkopf, J. Platt, J. Shawe-Taylor, A. Smola, R. Williamson, "Estimating the support of a high-dimensional
    distribution", Neural Computation 13 (2001); C. Williams, M. Seeger, "Using the Nystrom method to speed up kernel
    machines", NIPS 2000.

    Examples
    --------
    >>> import numpy as np
    >>> from dross.one_class import OneClassSVM
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> detector = OneClassSVM(nu=0.1, contamination=0.05).fit(X)
    >>> detector.predict([[0, 0], [9, 9]]).tolist()
    [1, -1]
    """

    location_: NDArray[np.float64]
    kernel_map_: Nystroem | None
    machine_: SklearnOneClassSVM | SGDOneClassSVM

    def __init__(
        self,
        *,
        nu: float = 0.5,
        gamma: float | Literal["scale"] = "scale",
        exact_below: int = 10_000,
        n_components: int = 256,
        contamination: float | Literal["auto"] = "auto",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.nu = nu
        self.gamma = gamma
        self.exact_below = exact_below
        self.n_components = n_components
        self.contamination = contamination
        self.random_state = random_state

    def _parameter_problems(self) -> list[str]:
        return [
            *share_problems("nu", self.nu),
            *choice_or_positive_problems("gamma", self.gamma, ["scale"]),
            *count_problems("exact_below", self.exact_below, least=0),
            *count_problems("n_components", self.n_components),
        ]

    def _fit(self, X: NDArray[Any]) -> None:
        self.location_ = X[0] + (X - X[0]).mean(axis=0)
        centred = X - self.location_
        gamma = self._gamma(centred)
        if len(X) < self.exact_below:
            self.kernel_map_ = None
            self.machine_ = SklearnOneClassSVM(nu=self.nu, gamma=gamma).fit(centred)
            return
        random_state = check_random_state(self.random_state)
        n_components = min(self.n_components, len(X))
        self.kernel_map_ = Nystroem(gamma=gamma, n_components=n_components, random_state=random_state).fit(centred)
        machine = SGDOneClassSVM(nu=self.nu, random_state=random_state)
        self.machine_ = machine.fit(self.kernel_map_.transform(centred))

    def _gamma(self, centred: NDArray[Any]) -> float:
        if not isinstance(self.gamma, str):
            return float(self.gamma)
        variance = float(centred.var(axis=0).sum())
        return 1.0 / variance if variance > 0 else 1.0

    def _normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        if self.kernel_map_ is None:
            return self.machine_.score_samples(X - self.location_)
        scores = np.empty(len(X))
        for start in range(0, len(X), _CHUNK_ROWS):
            rows = slice(start, start + _CHUNK_ROWS)
            scores[rows] = self.machine_.score_samples(self.kernel_map_.transform(X[rows] - self.location_))
        return scores
