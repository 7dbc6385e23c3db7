"""Several detectors as one: their scores on one scale, weighted without a label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self, final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.base import clone
from sklearn.utils import Tags, _safe_indexing, check_random_state, get_tags, indexable
from sklearn.utils.validation import _num_samples, check_is_fitted

from dross.data.images import as_images, holds_images
from dross.detector import AbstractDetector
from dross.ensemble.calibration import SCALES, Calibration, Scale
from dross.ensemble.synthetic_anomalies import synthetic_anomalies
from dross.errors import TooFewSamplesError, raise_gathered
from dross.metrics import auroc
from dross.parameters import choice_problems, contamination_problems, estimator_problems, share_problems
from dross.scoring import anomaly_scores, finite_scores, threshold_offset
from dross.seeding import set_random_states

Weights = Literal["equal", "synthetic"]
WEIGHTS: tuple[Weights, ...] = ("equal", "synthetic")


@final
class ScoreEnsemble(AbstractDetector):
    """Average the scores of several detectors, each brought to the scale of its own held-out training samples.

    Use it over detectors that err differently, which ``correlation_`` shows: nothing is gained by a second one that
    ranks as the first does. Do not use it where one member is far better than the
    others and nobody can know: the average is worse than the best.

    Members are fitted on most of the training set, and the rest calibrates them. Their weights never see a label: with
    ``weights="synthetic"`` a member counts by how well it tells held-out samples from anomalies made of them, and one
    that ranks these the wrong way round counts with the opposite sign.

    Parameters
    ----------
    members : sequence of (str, detector)
        Names, and unfitted detectors with ``fit`` and ``score_samples``.
    combine : {"rank", "z"}, default "rank"
        The scale; see :class:`~dross.ensemble.Calibration`.
    weights : {"equal", "synthetic"}, default "equal"
        How much each member counts.
    held_out : float in (0, 1), default 0.2
        Share of the training set that members are calibrated on, and not fitted on.
    contamination : float in (0, 0.5] or "auto", default "auto"
        The share of the training set to raise an alarm on, which sets ``offset_``.
    random_state : int, RandomState or None, default None
        Draws what is held out, the made anomalies, and the seeds of members that have none.

    Attributes
    ----------
    members_ : list of detector
        The fitted ones, in order.
    weights_ : array of shape (n_members,)
        What each counts, the sign included; their sizes add up to 1.
    correlation_ : array of shape (n_members, n_members)
        Spearman's correlation of their scores on held-out samples and on anomalies made of them.
    synthetic_auroc_ : array of shape (n_members,)
        How well each tells these two apart, from 0 to 1.

    References
    ----------
    Aggarwal and Sathe, "Theoretical Foundations and Algorithms for Outlier Ensembles", SIGKDD Explorations 17 (2015).

    Examples
    --------
    >>> from dross.one_class import GaussianDensity, NearestNeighbors
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> members = [("gaussian", GaussianDensity()), ("neighbours", NearestNeighbors())]
    >>> detector = ScoreEnsemble(members, random_state=0).fit(X)
    >>> detector.predict([[0.0, 0.0, 0.0], [9.0, 9.0, 9.0]]).tolist(), detector.weights_.tolist()
    ([1, -1], [0.5, 0.5])
    """

    members_: list[Any]
    calibrations_: list[Calibration]
    weights_: NDArray[np.float64]
    correlation_: NDArray[np.float64]
    synthetic_auroc_: NDArray[np.float64]

    def __init__(
        self,
        members: Sequence[tuple[str, Any]],
        *,
        combine: Scale = "rank",
        weights: Weights = "equal",
        held_out: float = 0.2,
        contamination: float | Literal["auto"] = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.members = members
        self.combine = combine
        self.weights = weights
        self.held_out = held_out
        self.contamination = contamination
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fit every member on the same samples, and calibrate it on the others.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            Training samples, of the kind that the members take.
        y : None
            Ignored.

        Raises
        ------
        ParameterError
            If parameters are out of their range; all are named at once.
        TooFewSamplesError
            If fewer than two samples would be held out, or be left.
        """
        raise_gathered(self._parameter_problems())
        (X,) = indexable(as_images(X) if holds_images(X) else X)
        rng = check_random_state(self.random_state)
        order = rng.permutation(_num_samples(X))
        n_held = round(self.held_out * len(order))
        if min(n_held, len(order) - n_held) < 2:
            raise TooFewSamplesError(
                f"of {len(order)} samples, held_out={self.held_out:g} leaves {len(order) - n_held} to fit on and "
                f"{n_held} to calibrate on: give more samples, at least two for each"
            )
        held, fitted_on = _safe_indexing(X, np.sort(order[:n_held])), _safe_indexing(X, np.sort(order[n_held:]))
        self.members_ = [
            set_random_states(clone(member), rng, only_unset=True).fit(fitted_on) for _, member in self.members
        ]
        normal = [anomaly_scores(member, held) for member in self.members_]
        made = synthetic_anomalies(np.asarray(held), rng)
        odd = [anomaly_scores(member, made) for member in self.members_]
        self.calibrations_ = [Calibration.of(scores, self.combine) for scores in normal]
        self._weigh(normal, odd)
        self.offset_ = threshold_offset(finite_scores(self._normality, X), self.contamination)
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return minus the weighted mean of the members' places, shape (n_samples,): higher = more normal."""
        check_is_fitted(self)
        return finite_scores(self._normality, X)

    def correlation_table(self) -> str:
        """Return the members with their weights and correlations as a table of text.

        Examples
        --------
        >>> from dross.one_class import GaussianDensity
        >>> X = np.random.default_rng(0).normal(size=(50, 2))
        >>> print(ScoreEnsemble([("gaussian", GaussianDensity())], random_state=0).fit(X).correlation_table())
        member    weight  gaussian
        gaussian   1.000      1.00
        """
        check_is_fitted(self)
        names = [name for name, _ in self.members]
        first = max(map(len, ["member", *names]))
        lines = [f"{'member':<{first}}  weight  " + "  ".join(names)]
        for name, weight, row in zip(names, self.weights_, self.correlation_, strict=True):
            cells = (f"{value:.2f}".rjust(len(other)) for value, other in zip(row, names, strict=True))
            lines.append(f"{name:<{first}}  {weight:6.3f}  " + "  ".join(cells))
        return "\n".join(lines)

    def _normality(self, X: Any) -> NDArray[np.float64]:
        places = [
            calibration.apply(anomaly_scores(member, X))
            for member, calibration in zip(self.members_, self.calibrations_, strict=True)
        ]
        return np.asarray(-(self.weights_ @ np.stack(places)))

    def _weigh(self, normal: list[NDArray[np.float64]], odd: list[NDArray[np.float64]]) -> None:
        scores = np.stack([np.concatenate(pair) for pair in zip(normal, odd, strict=True)])
        labels = np.repeat([0, 1], [len(normal[0]), len(odd[0])])
        self.synthetic_auroc_ = np.array([auroc(labels, row) for row in scores], dtype=np.float64)
        self.correlation_ = np.eye(len(scores))
        for i, j in zip(*np.triu_indices(len(scores), 1), strict=True):
            # A member that says the same of everything has no correlation with any other: none is shown as 0.
            constant = min(np.ptp(scores[i]), np.ptp(scores[j])) == 0
            self.correlation_[i, j] = self.correlation_[j, i] = 0.0 if constant else spearmanr(scores[i], scores[j])[0]
        told = 2.0 * self.synthetic_auroc_ - 1.0
        weights = np.ones(len(scores)) if self.weights == "equal" or not told.any() else told
        self.weights_ = weights / np.abs(weights).sum()

    def _parameter_problems(self) -> list[str]:
        problems = choice_problems("combine", self.combine, SCALES) + choice_problems("weights", self.weights, WEIGHTS)
        problems += share_problems("held_out", self.held_out) + contamination_problems(self.contamination)
        members = self.members if isinstance(self.members, (list, tuple)) else []
        pairs = [member for member in members if isinstance(member, (list, tuple)) and len(member) == 2]
        if not pairs or len(pairs) < len(members):
            problems.append(f"members is {self.members!r}; it must be pairs of a name and a detector, one or more")
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        problems += [f"there are two members named {name!r}" for name in twice]
        for name, member in pairs:
            problems += estimator_problems(str(name), member, ["fit", "score_samples"])
        return problems

    def __sklearn_tags__(self) -> Tags:
        """Take what the first member takes."""
        tags = super().__sklearn_tags__()
        if self.members:
            tags.input_tags = get_tags(self.members[0][1]).input_tags
        return tags

    @property
    def n_features_in_(self) -> int:
        """Number of features seen in ``fit``; ``AttributeError`` before it, as scikit-learn's tools expect."""
        return self._first().n_features_in_

    @property
    def feature_names_in_(self) -> NDArray[Any]:
        """Names of the features seen in ``fit``, where they had names."""
        return self._first().feature_names_in_

    def _first(self) -> Any:
        if not hasattr(self, "members_"):
            raise AttributeError(f"this {type(self).__name__} is not fitted yet: call fit first")
        return self.members_[0]
