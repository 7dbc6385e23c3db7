"""One-class SVM whose kernel and parameters are searched for without a label."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final, Literal, final

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.metrics import euclidean_distances
from sklearn.model_selection import KFold
from sklearn.utils import Tags, check_random_state, get_tags

from dross.metrics import auroc
from dross.one_class.base import AbstractOneClass
from dross.one_class.one_class_svm import ADDED, KERNELS, Kernel, OneClassSVM, exact_machine, kernel_scale
from dross.one_class.self_made_anomalies import self_made_anomalies
from dross.parameters import choice_problems, count_problems, estimator_problems, positive_problems, share_problems
from dross.representations.image_input import images_to_use
from dross.scoring import flipped
from dross.seeding import LARGEST_SEED

#: What is chosen, in the order in which each candidate names it.
PARAMETERS: Final = ("kernel", "nu", "gamma", "degree")

_Candidate = tuple[Kernel, float, float, int]


@final
class OneClassSVMSearch(AbstractOneClass):
    """Score samples by the one-class support vector machine that best tells held-out samples from self-made anomalies.

    Use it where a one-class SVM is wanted and nobody can say its kernel, its width or ``nu``: no label takes part in
    the search. Do not use it where anomalies are of another kind than those that can be made: the choice is then no
    better than the default, and nothing in the search shows it.

    Parts of the training set are held out in turn; each candidate learns from the rest, and is measured by how well it
    ranks what was held out before anomalies that were made of it: images with defects planted in them, rows drawn from
    the box that holds all, and rows whose columns come from different ones. Where candidates do equally well the first
    is taken, which is the Gaussian kernel with the default parameters.

    It assumes a training set nearly free of anomalies; those that are in it are held out as normal too.

    Parameters
    ----------
    representation : transformer of images or None, default None
        What describes images, such as :class:`~dross.representations.ColourAndGradients` or
        :class:`~dross.representations.Pixels`; it is fitted within each fold. ``None``: samples are rows of features.
    kernels : tuple of str, default ("rbf", "linear", "poly", "sigmoid")
        The kernels to try; see :class:`~dross.one_class.OneClassSVM`.
    nus : tuple of float, default (0.5, 0.2, 0.05)
        The values of ``nu`` to try.
    gammas : tuple of float, default (1.0, 0.1, 0.3, 3.0, 10.0)
        The values of ``gamma`` to try, in units of what is the scale of the samples.
    degrees : tuple of int, default (2, 3)
        The degrees of the polynomial to try.
    n_folds : int, default 3
        Parts of the training set, each held out once.
    n_search : int, default 500
        Of more training samples than this, so many are drawn for the search; the machine is then fitted on all.
    contamination : float in (0, 0.5] or "auto", default "auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.
    random_state : int, RandomState or None, default None
        Draws the folds and what anomalies are made of.

    Attributes
    ----------
    choice_ : dict
        ``parameter`` (kernel, nu, gamma in units of the scale, degree), ``values`` (all that was tried), ``chosen``,
        ``metric`` ("auroc"), ``n_folds``, ``n_repeats``, and ``auroc`` with ``mean`` and ``sd`` over the folds of each.
    detector_ : OneClassSVM
        The machine with the chosen parameters, fitted on all training samples.
    representation_ : estimator or None
        What describes images, fitted on all of them.

    References
    ----------
    B. Scholkopf et al., "Estimating the support of a high-dimensional distribution", Neural Computation 13 (2001);
    D. Tax, R. Duin, "Uniform object generation for optimizing one-class classifiers", JMLR 2 (2001), for choosing by
    made anomalies; S. Wang et al., "Hyperparameter selection of one-class support vector machine by self-adaptive data
    shifting", Pattern Recognition 74 (2018), for those near the normal samples.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(60, 2))
    >>> detector = OneClassSVMSearch(kernels=("rbf", "linear"), random_state=0).fit(X)
    >>> detector.choice_["chosen"][0], len(detector.choice_["auroc"])
    ('rbf', 18)
    >>> detector.predict([[0.0, 0.0], [9.0, 9.0]]).tolist()
    [1, -1]
    """

    choice_: dict[str, Any]
    detector_: OneClassSVM
    representation_: Any
    image_shape_: tuple[int, int, int]

    def __init__(
        self,
        representation: Any = None,
        *,
        kernels: tuple[Kernel, ...] = ("rbf", "linear", "poly", "sigmoid"),
        nus: tuple[float, ...] = (0.5, 0.2, 0.05),
        gammas: tuple[float, ...] = (1.0, 0.1, 0.3, 3.0, 10.0),
        degrees: tuple[int, ...] = (2, 3),
        n_folds: int = 3,
        n_search: int = 500,
        contamination: float | Literal["auto"] = "auto",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.representation = representation
        self.kernels = kernels
        self.nus = nus
        self.gammas = gammas
        self.degrees = degrees
        self.n_folds = n_folds
        self.n_search = n_search
        self.contamination = contamination
        self.random_state = random_state

    def _fit(self, X: Any) -> None:
        rng = check_random_state(self.random_state)
        candidates = list(self._candidates())
        measured = np.array([[fold.auroc(each) for each in candidates] for fold in self._folds(X, rng)])
        means, deviations = measured.mean(axis=0), measured.std(axis=0, ddof=1)
        best = candidates[int(np.argmax(means))]
        self.choice_ = {
            "parameter": list(PARAMETERS),
            "values": [list(candidate) for candidate in candidates],
            "chosen": list(best),
            "metric": "auroc",
            "n_folds": self.n_folds,
            "n_repeats": 1,
            "auroc": [{"mean": float(mean), "sd": float(sd)} for mean, sd in zip(means, deviations, strict=True)],
        }
        self.representation_ = None if self.representation is None else clone(self.representation).fit(X)
        features = self._described(self.representation_, X)
        kernel, nu, gamma, degree = best
        gamma = gamma * kernel_scale(features, kernel)
        seed = int(rng.randint(LARGEST_SEED))
        self.detector_ = OneClassSVM(kernel=kernel, nu=nu, gamma=gamma, degree=degree, random_state=seed).fit(features)

    def _normality(self, X: Any) -> NDArray[np.float64]:
        return self.detector_.score_samples(self._described(self.representation_, X))

    def _candidates(self) -> Iterator[_Candidate]:
        """Yield what is tried: each parameter with the kernels that see it, the others at the first value."""
        for kernel in self.kernels:
            for gamma in self.gammas if kernel != "linear" else (1.0,):
                for degree in self.degrees if kernel == "poly" else (1,):
                    for nu in self.nus:
                        yield kernel, float(nu), float(gamma), int(degree)

    def _folds(self, X: Any, rng: RandomState) -> Iterator[_Fold]:
        rows = rng.permutation(len(X))[: max(self.n_search, 2 * self.n_folds)]
        samples = np.asarray(X[rows])
        made = self_made_anomalies(samples, rng)
        for learned, held_out in KFold(self.n_folds).split(rows):
            representation = None if self.representation is None else clone(self.representation).fit(samples[learned])
            parts = (samples[learned], samples[held_out], made[held_out])
            yield _Fold(*(self._described(representation, part) for part in parts))

    @staticmethod
    def _described(representation: Any, samples: Any) -> NDArray[np.float64]:
        described = samples if representation is None else representation.transform(samples)
        return np.asarray(described, dtype=np.float64)

    def _validated(self, X: Any, *, reset: bool) -> Any:
        if self.representation is None:
            return super()._validated(X, reset=reset)
        images = images_to_use(X, None if reset else self.image_shape_)
        if reset:
            self.image_shape_ = images.shape[1:]
            self.n_features_in_ = int(np.prod(self.image_shape_))
        return images

    def _least_samples(self) -> tuple[int, str]:
        return 2 * self.n_folds, "give it more samples, or lower n_folds"

    def _parameter_problems(self) -> list[str]:
        problems = count_problems("n_folds", self.n_folds, least=2) + count_problems("n_search", self.n_search)
        for name, check in (
            ("kernels", partial(choice_problems, choices=KERNELS)),
            ("nus", share_problems),
            ("gammas", positive_problems),
            ("degrees", count_problems),
        ):
            values = getattr(self, name)
            if not isinstance(values, (tuple, list)) or len(values) == 0:
                problems.append(f"{name} is {values!r}; it must be a tuple of one or more values to try")
            else:
                problems += [problem for value in values for problem in check(name, value)]
        if self.representation is not None:
            problems += estimator_problems("representation", self.representation, ["fit", "transform"])
        return problems

    def __sklearn_tags__(self) -> Tags:
        """Say that what the representation takes is taken."""
        tags = super().__sklearn_tags__()
        if self.representation is not None:
            tags.input_tags = get_tags(self.representation).input_tags
        return tags


class _Fold:
    """A part of the samples held out, anomalies made of it, and what all kernels are made of: computed once."""

    def __init__(self, learned: NDArray[np.float64], held_out: NDArray[np.float64], made: NDArray[np.float64]) -> None:
        self._labels = np.repeat([0, 1], [len(held_out), len(made)])
        self._scales = {kernel: kernel_scale(learned, kernel) for kernel in KERNELS}
        new = np.concatenate([held_out, made])
        self._products = learned @ learned.T, new @ learned.T
        # Moved, so that digits are not lost where the mean is far from 0.
        centre = learned.mean(axis=0)
        self._distances = tuple(
            euclidean_distances(part - centre, learned - centre, squared=True) for part in (learned, new)
        )

    def auroc(self, candidate: _Candidate) -> float:
        """Return how well a candidate, which learns from one part, ranks the other before the anomalies, 0 to 1."""
        kernel, nu, gamma, degree = candidate
        within, across = (
            _kernel_values(values, kernel, gamma * self._scales[kernel], degree)
            for values in (self._distances if kernel == "rbf" else self._products)
        )
        machine = exact_machine(kernel="precomputed", nu=nu).fit(within)
        found = auroc(self._labels, flipped(machine.score_samples(across)))
        return 0.5 if found is None else found


def _kernel_values(values: NDArray[np.float64], kernel: Kernel, gamma: float, degree: int) -> NDArray[np.float64]:
    """Return a kernel of squared distances, if it is the Gaussian, else of products."""
    if kernel == "linear":
        return values
    if kernel == "rbf":
        return np.asarray(np.exp(-gamma * values))
    if kernel == "poly":
        return np.asarray((gamma * values + ADDED["poly"]) ** degree)
    return np.asarray(np.tanh(gamma * values))
