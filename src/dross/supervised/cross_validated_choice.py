"""A parameter of a detector that learns from labels, chosen by cross-validation on the training samples."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final, Literal, Self, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.utils import Tags, get_tags
from sklearn.utils.validation import _num_samples, check_is_fitted

from dross.detector import AbstractDetector
from dross.errors import ThresholdWarning, did_you_mean, raise_gathered
from dross.metrics import alarm_metrics, auroc
from dross.parameters import choice_problems, count_problems, estimator_problems
from dross.scoring import flipped
from dross.seeding import integer_seed, set_random_states
from dross.supervised.classifier_detector import ClassifierDetector
from dross.supervised.known_rows import known_rows
from dross.supervised.labelled_samples import takeable, taken
from dross.supervised.stratified_folds import Fold, stratified_folds, told_of_folds

#: What is measured in each fold; all but the last at the detector's own threshold.
METRICS: Final = ("accuracy", "precision", "recall", "f1", "auroc")


@final
class CrossValidatedChoice(AbstractDetector):
    """Choose the parameters of a detector that learns from labels by stratified cross-validation, and fit it on all.

    Use it where nobody can say how many neighbours, or how much regularisation, the data want; and for what the figures
    of the folds show of how sure that is. Do not report the chosen figure as the detector's quality: it is the best of
    several, and so flattered. Measure that on samples that were no part of the choice.

    It assumes of its training set what the detector assumes.

    Parameters
    ----------
    detector : estimator with ``fit(X, labels=...)``, ``score_samples`` and ``predict``
        What is chosen for.
    parameter : str or tuple of str
        The parameter to choose, by the name that ``set_params`` takes; or several that are chosen together.
    values : sequence
        What to choose from; of several parameters tuples, one value each. Where values are equally good, the first is
        taken: begin with the simplest.
    n_folds : int, default 5
        Parts of the labelled samples; each is held out once, and holds its share of both kinds.
    n_repeats : int, default 1
        How often the parts are drawn anew; the figures are means over all.
    metric : {"accuracy", "precision", "recall", "f1", "auroc"}, default "f1"
        What the chosen value is the best by.
    random_state : int, RandomState or None, default None
        Draws the folds, and seeds the parts that have no seed of their own.

    Attributes
    ----------
    choice_ : dict
        ``parameter``, ``values``, ``chosen``, ``metric``, ``n_folds``, ``n_repeats``, and for each of the five metrics
        a list with ``mean`` and ``sd`` (standard deviation over the folds) for each value; ``None`` where undefined.
    detector_ : estimator
        The detector with the chosen parameters, fitted on all samples.
    offset_ : float
        Its alarm threshold on ``score_samples``.

    References
    ----------
    Stone, "Cross-Validatory Choice and Assessment of Statistical Predictions", J. Royal Statistical Society B 1974;
    Cawley and Talbot, "On Over-fitting in Model Selection and Subsequent Selection Bias", JMLR 2010.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from dross.supervised import ClassifierDetector
    >>> X = np.random.default_rng(0).normal(size=(60, 2))
    >>> labels = (np.linalg.norm(X, axis=1) > 1.3).astype(int)
    >>> knn = ClassifierDetector(KNeighborsClassifier())
    >>> choice = CrossValidatedChoice(knn, "classifier__n_neighbors", [1, 3, 25], random_state=0).fit(X, labels=labels)
    >>> choice.choice_["chosen"], len(choice.choice_["f1"])
    (1, 3)
    """

    _takes_labels: ClassVar[Literal["no", "optional", "needed"]] = "needed"

    choice_: dict[str, Any]
    detector_: Any

    def __init__(
        self,
        detector: Any,
        parameter: str | tuple[str, ...],
        values: Sequence[Any],
        *,
        n_folds: int = 5,
        n_repeats: int = 1,
        metric: Literal["accuracy", "precision", "recall", "f1", "auroc"] = "f1",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.detector = detector
        self.parameter = parameter
        self.values = values
        self.n_folds = n_folds
        self.n_repeats = n_repeats
        self.metric = metric
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, *, labels: ArrayLike | None = None) -> Self:
        """Measure every value in every fold, and fit the detector with the best one on all samples.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            Training samples, as the detector takes them.
        y : None
            Ignored.
        labels : array of shape (n_samples,)
            What is known: 0 normal, 1 an anomaly, -1 not known; the folds are parts of what is known.

        Raises
        ------
        ParameterError
            If parameters are out of their range; all are named at once.
        DataError
            If there are no labels, or of one kind only, or fewer of one kind than folds.
        """
        raise_gathered(self._parameter_problems())
        samples, seed = takeable(X, self.detector), integer_seed(self.random_state)
        rows, known = known_rows(labels, _num_samples(samples), "left out", type(self).__name__)
        folds = stratified_folds(known, self.n_folds, self.n_repeats, seed)
        candidates = [self._candidate(value, seed) for value in self.values]
        measured = [
            _measured(candidate, features, known, folds, self.n_folds)
            for candidate, features in _described_once(candidates, taken(samples, rows))
        ]
        means = [_summary(measures)[self.metric]["mean"] for measures in measured]
        best = int(np.argmax([-np.inf if mean is None else mean for mean in means]))
        self.choice_ = self._record(best, measured)
        self.detector_ = self._candidate(self.values[best], seed).fit(samples, labels=labels)
        self.offset_ = self.detector_.offset_
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return the scores by the detector with the chosen parameters, shape (n_samples,): higher = more normal."""
        check_is_fitted(self)
        scores: NDArray[np.float64] = self.detector_.score_samples(X)
        return scores

    def _candidate(self, value: Any, seed: int) -> Any:
        detector = clone(self.detector).set_params(**self._parameters(value))
        return set_random_states(detector, np.random.RandomState(seed), only_unset=True)

    def _parameters(self, value: Any) -> dict[str, Any]:
        return dict(zip(self._names(), [value] if isinstance(self.parameter, str) else value, strict=True))

    def _names(self) -> list[str]:
        return [self.parameter] if isinstance(self.parameter, str) else list(self.parameter)

    def _record(self, best: int, measured: list[dict[str, list[float | None]]]) -> dict[str, Any]:
        one = isinstance(self.parameter, str)
        names = [name.split("__")[-1] for name in self._names()]
        summaries = [_summary(measures) for measures in measured]
        values = [value if one else list(value) for value in self.values]
        return {
            "parameter": names[0] if one else names,
            "values": values,
            "chosen": values[best],
            "metric": self.metric,
            "n_folds": self.n_folds,
            "n_repeats": self.n_repeats,
            **{metric: [summary[metric] for summary in summaries] for metric in METRICS},
        }

    def _parameter_problems(self) -> list[str]:
        problems = count_problems("n_folds", self.n_folds, least=2) + count_problems("n_repeats", self.n_repeats)
        problems += choice_problems("metric", self.metric, METRICS)
        of_detector = estimator_problems("detector", self.detector, ["fit", "score_samples", "predict"])
        if not hasattr(self.detector, "get_params"):
            return problems + of_detector
        known = list(self.detector.get_params())
        names = self._names()
        problems += [
            f"parameter names {name!r}, which {type(self.detector).__name__} does not have{did_you_mean(name, known)}"
            for name in names
            if name not in known
        ]
        problems += self._value_problems(len(names)) + of_detector
        # Each value is tried on the detector only where all else is right: what it says is then of the value.
        return problems or [each for value in self.values for each in self._refusals(value)]

    def _refusals(self, value: Any) -> list[str]:
        candidate = clone(self.detector).set_params(**self._parameters(value))
        return estimator_problems("detector", candidate, ["fit", "score_samples", "predict"])

    def _value_problems(self, n_names: int) -> list[str]:
        if isinstance(self.values, (str, bytes)) or not isinstance(self.values, (Sequence, np.ndarray)):
            return [f"values is {self.values!r}; it must be a sequence of what to choose from"]
        if len(self.values) == 0:
            return ["values is empty; give at least one value to choose from"]
        if isinstance(self.parameter, str):
            return []
        return [
            f"values has {value!r}; each must be a tuple of {n_names} values, one for each parameter"
            for value in self.values
            if not isinstance(value, (tuple, list)) or len(value) != n_names
        ]

    @property
    def n_features_in_(self) -> int:
        """The number of features seen in ``fit``."""
        return self._fitted_detector().n_features_in_

    @property
    def feature_names_in_(self) -> NDArray[Any]:
        """The names of the features seen in ``fit``, where they had names."""
        return self._fitted_detector().feature_names_in_

    def _fitted_detector(self) -> Any:
        # Raises AttributeError before fit, which is how scikit-learn's tools ask whether there is such an attribute.
        return vars(self).get("detector_", object())

    def __sklearn_tags__(self) -> Tags:
        """Say that what the detector takes is taken."""
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.detector).input_tags
        return tags


def _described_once(candidates: list[Any], samples: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each candidate and its samples; a representation that learns nothing describes them once for all folds."""
    known: dict[str, Any] = {}
    for candidate in candidates:
        representation = getattr(candidate, "representation", None)
        if (
            not isinstance(candidate, ClassifierDetector)
            or candidate.augment
            or getattr(representation, "learns", True)
        ):
            yield candidate, samples
            continue
        if repr(representation) not in known:
            known[repr(representation)] = clone(representation).fit_transform(samples)
        yield candidate.set_params(representation=None), known[repr(representation)]


def _measured(
    detector: Any, samples: Any, known: NDArray[np.int64], folds: Sequence[Fold], n_folds: int
) -> dict[str, list[float | None]]:
    """Return each metric in each fold."""
    measures: dict[str, list[float | None]] = {metric: [] for metric in METRICS}
    for learned, held_out in folds:
        with warnings.catch_warnings(), told_of_folds(n_folds):
            warnings.simplefilter("ignore", ThresholdWarning)  # what it does is seen in the figures
            fitted = clone(detector).fit(taken(samples, learned), labels=known[learned])
        normality = fitted.score_samples(taken(samples, held_out))
        truth, alarms = known[held_out], normality < fitted.offset_
        own = alarm_metrics(truth, alarms)
        measures["accuracy"].append(float(np.mean(alarms == truth)))
        measures["precision"].append(own.precision)
        measures["recall"].append(own.recall)
        measures["f1"].append(own.f1)
        measures["auroc"].append(auroc(truth, flipped(normality)))
    return measures


def _summary(measures: dict[str, list[float | None]]) -> dict[str, dict[str, float | None]]:
    """Return mean and standard deviation over the folds where a metric is defined."""
    summary: dict[str, dict[str, float | None]] = {}
    for metric, found in measures.items():
        defined = np.array([value for value in found if value is not None])
        summary[metric] = {
            "mean": float(defined.mean()) if len(defined) else None,
            "sd": float(defined.std(ddof=1)) if len(defined) > 1 else None,
        }
    return summary
