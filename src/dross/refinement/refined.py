"""Refinement around any detector."""

from __future__ import annotations

from typing import Any, Literal, Self, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.utils import Tags, _safe_indexing, check_random_state, get_tags, indexable
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import _num_samples, check_is_fitted

from dross.detector import AbstractDetector
from dross.errors import raise_gathered
from dross.parameters import contamination_problems, estimator_problems
from dross.refinement.data_refiner import DataRefiner
from dross.refinement.known_samples import known_labels
from dross.refinement.label_adjustment import LabelAdjustment, learn_from_labels
from dross.refinement.parameters import Agreement, RefitOn, Rejection, refinement_problems
from dross.refinement.trace import RefinementRound, record_trace
from dross.representations import Identity, Pixels
from dross.scoring import ANOMALY, finite_scores
from dross.seeding import set_random_states


@final
class Refined(AbstractDetector):
    """Fit a detector on what an ensemble of its clones agrees to keep.

    Use it around a detector that assumes clean training data when the data is not clean. Do not use it around one
    that is robust already (MCD): there is little left to win. For a representation that is to be
    trained on the refined set, use :class:`~dross.refinement.SRR`.

    Parameters
    ----------
    detector : estimator with ``fit`` and ``score_samples``
        Any detector: of Dross, scikit-learn, or PyOD through its adapter.
    n_classifiers, rejection, agreement, n_rounds, refit_on
        As for :class:`~dross.refinement.DataRefiner`.
    contamination : "auto" or float in (0, 0.5], default "auto"
        What the alarm threshold ``offset_`` assumes of the training set, dropped samples included. It does not change
        what is dropped: that is ``rejection``.
    random_state : int, RandomState or None, default None
        Cuts the subsets and seeds the clones.

    Attributes
    ----------
    detector_ : estimator
        The one detector fitted on the kept samples; it alone scores.
    inlier_mask_, votes_, round_dropped_, refinement_trace_
        As for :class:`~dross.refinement.DataRefiner`.
    adjustment_ : LabelAdjustment or None
        What labelled anomalies add to the detector's scores, by the columns of a table or the pixels of images;
        ``None`` without any.
    view_ : Identity or Pixels
        What shows it the samples.
    offset_ : float
        The alarm threshold on ``score_samples``.

    Examples
    --------
    >>> from dross.one_class import NearestNeighbors
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(190, 2)), rng.normal(9, 1, size=(10, 2))])
    >>> detector = Refined(NearestNeighbors(), random_state=0).fit(X)
    >>> detector.predict([[0.0, 0.0], [9.0, 9.0]]).tolist()
    [1, -1]

    References
    ----------
    Yoon, Sohn, Li, Arik, Lee and Pfister, "Self-supervise, Refine, Repeat", TMLR 2022, arXiv:2106.06115.
    """

    detector_: Any
    inlier_mask_: NDArray[np.bool_]
    votes_: NDArray[np.int64]
    round_dropped_: NDArray[np.int64]
    refinement_trace_: list[RefinementRound]
    adjustment_: LabelAdjustment | None
    view_: Identity | Pixels

    def __init__(
        self,
        detector: Any,
        *,
        n_classifiers: int = 5,
        rejection: Rejection = "auto",
        agreement: Agreement = "unanimous",
        n_rounds: int = 3,
        refit_on: RefitOn = "kept",
        contamination: float | Literal["auto"] = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.detector = detector
        self.n_classifiers = n_classifiers
        self.rejection = rejection
        self.agreement = agreement
        self.n_rounds = n_rounds
        self.refit_on = refit_on
        self.contamination = contamination
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, *, labels: ArrayLike | None = None) -> Self:
        """Refine, then fit the detector on the kept samples.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            Training samples, anomalies among them.
        y : None
            Ignored.
        labels : array of shape (n_samples,) or None, default None
            What is known of a few, as for :meth:`SRR.fit <dross.refinement.SRR.fit>`.

        Raises
        ------
        ParameterError
            If parameters are out of their range; all are named at once.
        TooFewSamplesError
            If there are fewer samples for each classifier than it needs.
        DataError
            If refinement leaves fewer than two samples, or the labels are not one for each sample.
        """
        problems = [*refinement_problems(self), *contamination_problems(self.contamination)]
        raise_gathered([*estimator_problems("detector", self.detector, ["fit", "score_samples"]), *problems])
        (X,) = indexable(X)
        known = known_labels(labels, _num_samples(X))
        rng = check_random_state(self.random_state)
        refiner = DataRefiner(
            self.detector,
            n_classifiers=self.n_classifiers,
            rejection=self.rejection,
            agreement=self.agreement,
            n_rounds=self.n_rounds,
            refit_on=self.refit_on,
            random_state=rng,
        ).fit(X, labels=known)
        record_trace(self, refiner.refinement_trace_)
        final_detector = set_random_states(clone(self.detector), rng, only_unset=True)
        self.detector_ = final_detector.fit(_safe_indexing(X, np.flatnonzero(self.inlier_mask_)))
        scores = finite_scores(self.detector_.score_samples, X)
        self.view_ = Identity() if np.ndim(X) == 2 else Pixels()
        learns = known is not None and (known == ANOMALY).any()
        features = self.view_.fit(X).transform(X) if learns else X
        self.adjustment_, self.offset_ = learn_from_labels(
            features, scores, self.inlier_mask_, known, self.contamination
        )
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return the final detector's scores, shape (n_samples,): higher = more normal."""
        check_is_fitted(self)
        scores = finite_scores(self.detector_.score_samples, X)
        adjustment = getattr(self, "adjustment_", None)  # models from before there were labels have none
        return scores if adjustment is None else adjustment.adjust(self.view_.transform(X), scores)

    @available_if(lambda self: hasattr(self.detector, "score_maps"))  # type: ignore[untyped-decorator]
    def score_maps(self, X: Any) -> NDArray[np.float32]:
        """Return the final detector's score maps of images, shape (n, h, w); there only where it makes any."""
        check_is_fitted(self)
        return self.detector_.score_maps(X)

    @property
    def _takes_labels(self) -> Literal["no", "optional"]:
        # Members are fitted on samples of which nothing is known: what cannot be so fitted cannot be refined.
        return "no" if getattr(self.detector, "_takes_labels", "no") == "needed" else "optional"

    @property
    def n_features_in_(self) -> int:
        """Number of features seen in ``fit``."""
        return _fitted(self).n_features_in_

    @property
    def feature_names_in_(self) -> NDArray[Any]:
        """Names of the features seen in ``fit``, where they had names."""
        return _fitted(self).feature_names_in_

    def __sklearn_tags__(self) -> Tags:
        """Take what the wrapped detector takes."""
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.detector).input_tags
        return tags


def _fitted(estimator: Refined) -> Any:
    """Return the fitted detector; ``AttributeError`` before ``fit``, as scikit-learn's tools expect of a property."""
    if not hasattr(estimator, "detector_"):
        raise AttributeError(f"this {type(estimator).__name__} is not fitted yet: call fit first")
    return estimator.detector_
