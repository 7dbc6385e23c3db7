"""One-class support vector machine: the smallest smooth region that holds most samples."""

from __future__ import annotations

from typing import Any, Final, Literal, final

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import SGDOneClassSVM
from sklearn.svm import OneClassSVM as SklearnOneClassSVM
from sklearn.utils import check_random_state

from dross.one_class.base import AbstractOneClass
from dross.parameters import choice_or_positive_problems, choice_problems, count_problems, share_problems

Kernel = Literal["linear", "rbf", "poly", "sigmoid"]
KERNELS: Final[tuple[Kernel, ...]] = ("linear", "rbf", "poly", "sigmoid")
#: What is added to products before the polynomial is taken of them.
ADDED: Final[dict[Kernel, float]] = {"linear": 0.0, "rbf": 0.0, "poly": 1.0, "sigmoid": 0.0}

_CHUNK_ROWS = 16_384  # rows mapped by the approximation at a time


@final
class OneClassSVM(AbstractOneClass):
    """Score samples by a one-class support vector machine, with a Gaussian (RBF) kernel or another.

    Use it on some thousand samples of one scale whose normal region is smooth and may have several parts; above
    ``exact_below`` samples an approximation keeps it linear in their number. Do not use it where the kernel's width
    matters and nobody can say it: :class:`~dross.one_class.OneClassSVMSearch` looks for one.

    It assumes that at most about a share ``nu`` of its training set is anomalous; those outside the region do not
    shape it further. A large ``nu`` therefore bears contamination better, and describes the normal samples less
    closely.

    Parameters
    ----------
    nu : float in (0, 1], default=0.5
        An upper bound on the share of training samples left outside, and a lower bound on the share that shape the
        region.
    gamma : "scale" or float, default="scale"
        What squared distances, or products, are multiplied by in the kernel; ``"scale"`` is 1 over the sum of the
        features' variances, of products 1 over the mean squared length of a sample.
    kernel : {"linear", "rbf", "poly", "sigmoid"}, default="rbf"
        ``x . y``, ``exp(-gamma * squared distance)``, ``(gamma * x . y + 1) ** degree`` or ``tanh(gamma * x . y)``.
    degree : int, default=3
        Of the polynomial.
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
        The mean of the training samples, which is subtracted first: the Gaussian kernel does not see it, and digits
        are saved. The others see where the origin is, and for them it is 0.
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
        kernel: Kernel = "rbf",
        degree: int = 3,
        exact_below: int = 10_000,
        n_components: int = 256,
        contamination: float | Literal["auto"] = "auto",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.nu = nu
        self.gamma = gamma
        self.kernel = kernel
        self.degree = degree
        self.exact_below = exact_below
        self.n_components = n_components
        self.contamination = contamination
        self.random_state = random_state

    def _parameter_problems(self) -> list[str]:
        return [
            *share_problems("nu", self.nu),
            *choice_or_positive_problems("gamma", self.gamma, ["scale"]),
            *choice_problems("kernel", self.kernel, KERNELS),
            *count_problems("degree", self.degree),
            *count_problems("exact_below", self.exact_below, least=0),
            *count_problems("n_components", self.n_components),
        ]

    def _fit(self, X: NDArray[Any]) -> None:
        self.location_ = X[0] + (X - X[0]).mean(axis=0) if self.kernel == "rbf" else np.zeros(X.shape[1])
        centred = X - self.location_
        gamma = kernel_scale(X, self.kernel) if isinstance(self.gamma, str) else float(self.gamma)
        added = ADDED[self.kernel]
        if len(X) < self.exact_below:
            self.kernel_map_ = None
            machine = exact_machine(kernel=self.kernel, nu=self.nu, gamma=gamma, degree=self.degree, coef0=added)
            self.machine_ = machine.fit(centred)
            return
        random_state = check_random_state(self.random_state)
        self.kernel_map_ = Nystroem(
            self.kernel,
            gamma=gamma,
            degree=self.degree,
            coef0=added,
            n_components=min(self.n_components, len(X)),
            random_state=random_state,
        ).fit(centred)
        self.machine_ = SGDOneClassSVM(nu=self.nu, random_state=random_state).fit(self.kernel_map_.transform(centred))

    def _normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        if self.kernel_map_ is None:
            return self.machine_.score_samples(X - self.location_)
        scores = np.empty(len(X))
        for start in range(0, len(X), _CHUNK_ROWS):
            rows = slice(start, start + _CHUNK_ROWS)
            scores[rows] = self.machine_.score_samples(self.kernel_map_.transform(X[rows] - self.location_))
        return scores


def exact_machine(**parameters: Any) -> SklearnOneClassSVM:
    """Return scikit-learn's unfitted machine with these parameters, which leaves NumPy's global generator alone.

    Examples
    --------
    >>> exact_machine(nu=0.1).random_state
    0
    """
    machine = SklearnOneClassSVM(**parameters)
    # No parameter of it, since its solver draws nothing: but it would draw the seed that it hands on from all of NumPy.
    machine.random_state = 0
    return machine


def kernel_scale(X: NDArray[Any], kernel: Kernel) -> float:
    """Return the ``gamma`` that suits the scale of samples: squared distances, or products, become about 1.

    Parameters
    ----------
    X : array of shape (n_samples, n_features)
        Training samples.
    kernel : {"linear", "rbf", "poly", "sigmoid"}
        The Gaussian looks at distances, the others at products.

    Examples
    --------
    >>> X = np.array([[3.0, 0.0], [5.0, 0.0]])
    >>> kernel_scale(X, "rbf"), round(1 / kernel_scale(X, "poly"))
    (1.0, 17)
    """
    if kernel == "rbf":
        centred = X - (X[0] + (X - X[0]).mean(axis=0))
        size = float(centred.var(axis=0).sum())
    else:
        size = float(np.square(X).sum(axis=1).mean())
    return 1.0 / size if size > 0 else 1.0
