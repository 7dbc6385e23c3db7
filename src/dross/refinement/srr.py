"""Self-supervise, refine, repeat: the core of Dross."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any, Literal, Self, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.utils import Tags, _safe_indexing, check_random_state, get_tags, indexable
from sklearn.utils.validation import _num_samples, check_is_fitted

from dross.detector import AbstractDetector
from dross.errors import raise_gathered
from dross.parameters import contamination_problems, estimator_problems
from dross.refinement.data_refiner import DataRefiner
from dross.refinement.known_samples import known_anomalies, known_labels
from dross.refinement.label_adjustment import LabelAdjustment, learn_from_labels
from dross.refinement.parameters import Agreement, RefitOn, Rejection, refinement_problems
from dross.refinement.saved_training import SavedTraining
from dross.refinement.schedule import (
    Schedule,
    first_refinement,
    first_stretches,
    has_converged,
    refinement_epochs,
    schedule_problems,
)
from dross.refinement.trace import RefinementRound, record_trace
from dross.scoring import ANOMALY, finite_scores
from dross.seeding import set_random_states


@final
class SRR(AbstractDetector):
    """Learn a representation and a one-class classifier from dirty data: self-supervise, refine, repeat.

    1. Refine: an ensemble of one-class classifiers, each fitted on its own part of the samples as the representation
       shows them, votes on all samples; those that all keep are the refined set.
    2. Update: train the representation on the refined set until the next point of the schedule, from the weights it
       has.
    3. Repeat until the self-supervised loss stops improving or the epochs are used up.
    4. Refine once more, and fit ONE classifier on what is kept. It alone scores.

    Use it on unlabelled data. Automatic rejection was measured to hold up to ten per cent of anomalies that bend a
    Gaussian, less well with other classifiers than with a ``GaussianDensity``; where five or ten are expected of
    another kind, or on learned features of images, say ``rejection=0.2``. Do not expect it to find anomalies that form
    a tight cluster: to the ensemble that is one more kind of normal, until a few of them are labelled:
    ``fit(X, labels=...)``.

    Where the guard finds that dropping did harm, the classifier is fitted on all samples, but a trained representation
    stays as it was trained.

    Parameters
    ----------
    representation : representation
        Trained (it has ``train_to``) or not (``fit``); any transformer of scikit-learn can stand in.
    one_class : estimator with ``fit`` and ``score_samples``
        The one-class classifier on the features, of the ensemble and of the end.
    n_classifiers, rejection, agreement, refit_on
        As for :class:`~dross.refinement.DataRefiner`.
    n_rounds : int, default 3
        How often to refine where the representation is not trained; it is then fitted once, on all samples.
    schedule : "auto" or sequence of float, default "auto"
        Epochs after which a trained representation is refined again; the last step repeats. ``"auto"`` takes the
        representation's own, by default 1, 2, 5, 10, 20, 50, 100, 500 and then every 500.
    refine_from : "auto" or float, default "auto"
        Epochs to train on all samples before the first refinement. ``"auto"`` takes the representation's own, by
        default 0, as in the paper: the first refinement then looks through random weights. No more than ``max_epochs``.
    max_epochs : float or None, default None
        When to stop training; ``None`` takes the representation's own ``max_epochs``.
    patience : float or None, default None
        Stop when the loss has not improved for so many epochs; ``None``: train to the end.
    contamination : "auto" or float in (0, 0.5], default "auto"
        What the alarm threshold ``offset_`` assumes of the training set, dropped samples included. It does not change
        what is dropped: that is ``rejection``.
    checkpoint : path or None, default None
        A file that the state of training is written to, after every epoch before the first refinement and after each
        round, and that ``fit`` goes on from where it is there; it is removed when ``fit`` has ended. For
        representations of images, whose training lasts. A training that was stopped and goes on gives the scores of
        one that was not.
    random_state : int, RandomState or None, default None
        Seeds everything whose own ``random_state`` is not set.

    Attributes
    ----------
    representation_, one_class_ : estimator
        The representation, trained on the kept samples where it is trained, and the classifier fitted on them.
    inlier_mask_, votes_, round_dropped_, refinement_trace_
        As for :class:`~dross.refinement.DataRefiner`.
    adjustment_ : LabelAdjustment or None
        What labelled anomalies add to the classifier's scores; ``None`` without any.
    offset_ : float
        The alarm threshold on ``score_samples``.

    Examples
    --------
    >>> from dross.one_class import GaussianDensity
    >>> from dross.representations import Identity
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(190, 2)), rng.normal(9, 1, size=(10, 2))])
    >>> detector = SRR(Identity(), GaussianDensity(), random_state=0).fit(X)
    >>> int((~detector.inlier_mask_[190:]).sum())
    10

    References
    ----------
    Yoon, Sohn, Li, Arik, Lee and Pfister, "Self-supervise, Refine, Repeat: Improving Unsupervised Anomaly Detection",
    TMLR 2022, arXiv:2106.06115, Algorithm 1.
    """

    representation_: Any
    one_class_: Any
    inlier_mask_: NDArray[np.bool_]
    votes_: NDArray[np.int64]
    round_dropped_: NDArray[np.int64]
    refinement_trace_: list[RefinementRound]
    adjustment_: LabelAdjustment | None

    def __init__(
        self,
        representation: Any,
        one_class: Any,
        *,
        n_classifiers: int = 5,
        rejection: Rejection = "auto",
        agreement: Agreement = "unanimous",
        n_rounds: int = 3,
        refit_on: RefitOn = "kept",
        schedule: Schedule = "auto",
        refine_from: float | Literal["auto"] = "auto",
        max_epochs: float | None = None,
        patience: float | None = None,
        contamination: float | Literal["auto"] = "auto",
        checkpoint: str | os.PathLike[str] | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.representation = representation
        self.one_class = one_class
        self.n_classifiers = n_classifiers
        self.rejection = rejection
        self.agreement = agreement
        self.n_rounds = n_rounds
        self.refit_on = refit_on
        self.schedule = schedule
        self.refine_from = refine_from
        self.max_epochs = max_epochs
        self.patience = patience
        self.contamination = contamination
        self.checkpoint = checkpoint
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, *, labels: ArrayLike | None = None) -> Self:
        """Learn representation and classifier from dirty samples.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            Training samples, anomalies among them.
        y : None
            Ignored.
        labels : array of shape (n_samples,) or None, default None
            What is known of a few: 0 normal, 1 an anomaly, -1 not known. Known anomalies are never kept and known
            normal samples never dropped, both move the thresholds, and what is like the known anomalies scores lower.
            A trained representation whose ``anomaly_weight`` is above 0 is trained away from known anomalies too.

        Raises
        ------
        ParameterError
            If parameters are out of their range; all are named at once.
        TooFewSamplesError
            If there are fewer samples for each classifier than it needs.
        DataError
            If refinement leaves fewer than two samples, or the labels are not one for each sample.
        """
        raise_gathered(self._parameter_problems())
        (X,) = indexable(X)
        rng = check_random_state(self.random_state)
        known = known_labels(labels, _num_samples(X))
        features = self._refine(X, rng, known)
        one_class = set_random_states(clone(self.one_class), rng, only_unset=True)
        self.one_class_ = one_class.fit(features[self.inlier_mask_])
        scores = finite_scores(self.one_class_.score_samples, features)
        self.adjustment_, self.offset_ = learn_from_labels(
            features, scores, self.inlier_mask_, known, self.contamination
        )
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return the classifier's scores on the representation, shape (n_samples,): higher = more normal."""
        check_is_fitted(self)
        features = self.representation_.transform(X)
        scores = finite_scores(self.one_class_.score_samples, features)
        adjustment = getattr(self, "adjustment_", None)  # models from before there were labels have none
        return scores if adjustment is None else adjustment.adjust(features, scores)

    def _parameter_problems(self) -> list[str]:
        return [
            *estimator_problems("representation", self.representation, ["fit", "transform"]),
            *estimator_problems("one_class", self.one_class, ["fit", "score_samples"]),
            *refinement_problems(self),
            *schedule_problems(self),
            *contamination_problems(self.contamination),
        ]

    def _refine(self, X: Any, rng: np.random.RandomState, labels: NDArray[np.int64] | None) -> NDArray[np.float64]:
        """Fit the representation, refine, and return the features of all samples."""
        # A seed that the representation has is kept: with it, one trained blindly starts from the same weights.
        representation = set_random_states(clone(self.representation), rng, only_unset=True)
        if self.max_epochs is not None and hasattr(representation, "train_to"):
            representation.max_epochs = self.max_epochs  # its learning-rate schedule ends where training does
        refiner = self._refiner()
        trace: list[RefinementRound] = []
        if hasattr(representation, "train_to"):
            epoch = self._self_supervise(X, representation, refiner, trace, rng, labels)
            features = representation.transform(X)
            trace.append(refiner.vote(features, trace, rng, epoch=epoch, labels=labels))
        else:
            # What is not trained is fitted once, on everything: refitting a scaler on the kept samples was measured to
            # harm more tables than it helps, because columns that are constant among the kept blow up.
            features = representation.fit(X).transform(X)
            for _ in range(self.n_rounds):
                trace.append(refiner.vote(features, trace, rng, labels=labels))
        refiner.stand_down_if_harmful(features, trace, rng, labels=labels)
        self.representation_ = representation
        record_trace(self, trace)
        return np.asarray(features)

    def _self_supervise(
        self,
        X: Any,
        representation: Any,
        refiner: DataRefiner,
        trace: list[RefinementRound],
        rng: np.random.RandomState,
        labels: NDArray[np.int64] | None,
    ) -> float:
        """Refine and train in turn until training ends, and return its last epoch: the one way back to training."""
        settings = repr(self.get_params() | {"checkpoint": None})
        saved = SavedTraining(self.checkpoint, settings if labels is None else f"{settings} {labels.tolist()}")
        unrefined = X if labels is None else _safe_indexing(X, np.flatnonzero(labels != ANOMALY))
        known = known_anomalies(representation, X, labels)
        if not saved.restore(X, representation, trace, rng):
            representation.train_to(unrefined, 0)
        start = min(first_refinement(representation, self.refine_from), representation.max_epochs)
        for stretch in first_stretches(representation, start, saved=self.checkpoint is not None):
            representation.train_to(unrefined, stretch, **known)
            saved.save(X, representation, trace, rng)
        epoch = representation.epoch if trace else start
        for target in refinement_epochs(representation, self.schedule, None):
            if target <= epoch:
                continue
            record = refiner.vote(representation.transform(X), trace, rng, epoch=epoch, labels=labels)
            loss = representation.train_to(_safe_indexing(X, np.flatnonzero(record.kept)), target, **known)
            trace.append(replace(record, loss=None if np.isnan(loss) else loss))
            saved.save(X, representation, trace, rng)
            epoch = target
            if self.patience is not None and has_converged(trace, self.patience):
                break
        saved.discard()
        return epoch

    def _refiner(self) -> DataRefiner:
        return DataRefiner(
            self.one_class,
            n_classifiers=self.n_classifiers,
            rejection=self.rejection,
            agreement=self.agreement,
            refit_on=self.refit_on,
        )

    @property
    def n_features_in_(self) -> int:
        """Number of features seen in ``fit``."""
        return self._fitted_representation().n_features_in_

    @property
    def feature_names_in_(self) -> NDArray[Any]:
        """Names of the features seen in ``fit``, where they had names."""
        return self._fitted_representation().feature_names_in_

    def _fitted_representation(self) -> Any:
        if not hasattr(self, "representation_"):
            raise AttributeError(f"this {type(self).__name__} is not fitted yet: call fit first")
        return self.representation_

    def __sklearn_tags__(self) -> Tags:
        """Take what the representation takes."""
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.representation).input_tags
        # A representation that lets missing values through does not help a classifier that refuses them.
        tags.input_tags.allow_nan &= get_tags(self.one_class).input_tags.allow_nan
        return tags
