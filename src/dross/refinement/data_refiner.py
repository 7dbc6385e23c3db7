"""Data refinement: an ensemble of one-class classifiers votes on which samples to keep."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import _safe_indexing, check_random_state, indexable
from sklearn.utils.validation import _num_samples

from dross.errors import DataError, TooFewSamplesError, raise_gathered
from dross.one_class import GaussianDensity
from dross.parameters import estimator_problems
from dross.refinement.ballot import Ballot, take_ballots
from dross.refinement.distortion import distorts, has_samples_for_a_gaussian
from dross.refinement.guard import harms
from dross.refinement.known_samples import as_known, known_labels
from dross.refinement.parameters import Agreement, RefitOn, Rejection, refinement_problems
from dross.refinement.trace import RefinementRound, record_trace
from dross.scoring import ANOMALY

#: What ``rejection="auto"`` goes on to where the outermost samples distort a Gaussian: the share that Gaussians then
#: reject for a Gaussian, and for all others, which are not bent by a tail and lose by going without so much of it.
GAUSSIAN_SHARE, OTHERS_SHARE = 0.2, 0.1


@final
class DataRefiner(BaseEstimator):
    """Find the samples that an ensemble of one-class classifiers agrees to keep.

    The training set is cut at random into K disjoint subsets; a clone of the classifier is fitted on each, scores ALL
    samples and rejects those beyond its threshold; a sample is kept only if all K keep it. Since a contaminant is in
    one subset only, at least K - 1 classifiers judge it without having learned from it.

    Use it alone to clean features before anything else is fitted on them. To get a detector as well, use
    :class:`~dross.refinement.Refined` or :class:`~dross.refinement.SRR`.

    Parameters
    ----------
    one_class : estimator with ``fit`` and ``score_samples``
        Any detector: of Dross, scikit-learn, or PyOD through its adapter.
    n_classifiers : int, default 5
        Size of the ensemble, K.
    rejection : "auto" or float in [0, 0.5), default "auto"
        The share of all samples that each classifier rejects (the paper's gamma). ``"auto"`` needs no ratio: it rejects
        what lies beyond a fence (:func:`~dross.refinement.rejection.rejection_threshold`). Where the outermost samples
        distort a Gaussian (:func:`~dross.refinement.distortion.distorts`), Gaussians vote, and reject a tenth; a fifth
        where ``one_class`` is a ``GaussianDensity``. It keeps everything after all where dropping did more harm than
        good (:func:`~dross.refinement.guard.harms`). 0 keeps everything.
    agreement : "unanimous" or int, default "unanimous"
        How many of the K classifiers must keep a sample for it to be kept.
    n_rounds : int, default 3
        How often to vote.
    refit_on : {"kept", "all"}, default "kept"
        What later rounds cut into subsets: the samples kept so far (all, where those are too few for the ensemble), or
        all of them anew (the paper's Algorithm 1). All samples are voted on either way, so one dropped earlier can
        return.
    random_state : int, RandomState or None, default None
        Cuts the subsets and seeds the classifiers.

    Attributes
    ----------
    inlier_mask_ : array of shape (n_samples,), bool
        The samples kept in the end.
    votes_ : array of shape (n_samples,), int
        How many classifiers rejected each sample in the last round.
    round_dropped_ : array of shape (n_samples,), int
        The round since which a sample has been out; 0 = kept.
    refinement_trace_ : list of RefinementRound
        Every round with its votes.

    Examples
    --------
    >>> from dross.one_class import GaussianDensity
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(190, 2)), rng.normal(9, 1, size=(10, 2))])
    >>> refiner = DataRefiner(GaussianDensity(), random_state=0).fit(X)
    >>> int(refiner.inlier_mask_[190:].sum())
    0

    References
    ----------
    Yoon, Sohn, Li, Arik, Lee and Pfister, "Self-supervise, Refine, Repeat: Improving Unsupervised Anomaly Detection",
    TMLR 2022, arXiv:2106.06115, Algorithm 1.
    """

    inlier_mask_: NDArray[np.bool_]
    votes_: NDArray[np.int64]
    round_dropped_: NDArray[np.int64]
    refinement_trace_: list[RefinementRound]

    def __init__(
        self,
        one_class: Any,
        *,
        n_classifiers: int = 5,
        rejection: Rejection = "auto",
        agreement: Agreement = "unanimous",
        n_rounds: int = 3,
        refit_on: RefitOn = "kept",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.one_class = one_class
        self.n_classifiers = n_classifiers
        self.rejection = rejection
        self.agreement = agreement
        self.n_rounds = n_rounds
        self.refit_on = refit_on
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, *, labels: ArrayLike | None = None) -> Self:
        """Vote ``n_rounds`` times on the samples ``X`` (n_samples, n_features).

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            All samples.
        y : None
            Ignored.
        labels : array of shape (n_samples,) or None, default None
            What is known of a few: 0 normal, 1 an anomaly, -1 not known. Known anomalies are never kept, nor is any
            classifier fitted on them; known normal samples are never dropped; and both move the thresholds.

        Raises
        ------
        ParameterError
            If parameters are out of their range; all are named at once.
        TooFewSamplesError
            If there are fewer samples for each classifier than it needs.
        DataError
            If fewer than two samples are kept, or the labels are not one for each sample.
        """
        raise_gathered(
            [*estimator_problems("one_class", self.one_class, ["fit", "score_samples"]), *refinement_problems(self)]
        )
        (X,) = indexable(X)
        known = known_labels(labels, _num_samples(X))
        rng = check_random_state(self.random_state)
        trace: list[RefinementRound] = []
        for _ in range(self.n_rounds):
            trace.append(self.vote(X, trace, rng, labels=known))
        self.stand_down_if_harmful(X, trace, rng, labels=known)
        record_trace(self, trace)
        return self

    def vote(
        self,
        X: Any,
        trace: list[RefinementRound],
        rng: np.random.RandomState,
        *,
        epoch: float = 0.0,
        labels: NDArray[np.int64] | None = None,
    ) -> RefinementRound:
        """Let a new ensemble vote on all samples once, given the rounds so far, and return the record.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            All samples, as the representation shows them now.
        trace : list of RefinementRound
            The rounds so far; empty before the first.
        rng : RandomState
            Cuts the subsets and seeds the classifiers.
        epoch : float, default 0
            Goes into the record.
        labels : array of shape (n_samples,) or None, default None
            As for ``fit``.
        """
        everything = np.arange(_num_samples(X)) if labels is None else np.flatnonzero(labels != ANOMALY)
        if not trace or self.refit_on == "all" or trace[-1].kept.sum() == len(everything):
            try:
                ballot, distorted = self._ballot(X, everything, trace, rng, labels)
            except TooFewSamplesError as error:
                raise TooFewSamplesError(f"{error}{_beside_known_anomalies(labels)}") from error
        else:
            try:
                ballot, distorted = self._ballot(X, np.flatnonzero(trace[-1].kept), trace, rng, labels)
            except TooFewSamplesError:  # on a small table the kept may not do for a whole ensemble; all of them did
                ballot, distorted = self._ballot(X, everything, trace, rng, labels)
        kept = self._kept(ballot, labels)
        if kept.sum() < 2:
            raise DataError(
                f"refinement kept {kept.sum()} of {len(kept)} samples, which leaves nothing to learn from: lower "
                "rejection, or let fewer classifiers agree (agreement)"
            )
        return RefinementRound(
            round=len(trace) + 1,
            epoch=epoch,
            kept=kept,
            votes=ballot.votes,
            thresholds=ballot.thresholds,
            rejection=float(ballot.votes.mean() / self.n_classifiers),
            distorted=distorted,
        )

    def _kept(self, ballot: Ballot, labels: NDArray[np.int64] | None) -> NDArray[np.bool_]:
        needed = self.n_classifiers if self.agreement == "unanimous" else int(self.agreement)
        return as_known(self.n_classifiers - ballot.votes >= needed, labels)

    def stand_down_if_harmful(
        self,
        X: Any,
        trace: list[RefinementRound],
        rng: np.random.RandomState,
        *,
        labels: NDArray[np.int64] | None = None,
    ) -> None:
        """Where ``rejection="auto"`` did harm, end the trace with a round that keeps all but the known anomalies.

        A rate that the user has set is done as told; and where the tail distorts, there is no doubt that dropping it
        helps.
        """
        last = trace[-1]
        if self.rejection == "auto" and not last.distorted and self._did_harm(X, last.kept, rng, labels):
            everything = as_known(np.ones_like(last.kept), labels)
            trace.append(replace(last, round=last.round + 1, kept=everything, rejection=0.0, loss=None, undone=True))

    def _did_harm(
        self, X: Any, kept: NDArray[np.bool_], rng: np.random.RandomState, labels: NDArray[np.int64] | None
    ) -> bool:
        if labels is not None:  # known anomalies stay out either way
            unsure = np.flatnonzero(labels != ANOMALY)
            X, kept = _safe_indexing(X, unsure), kept[unsure]
        try:
            return harms(self.one_class, X, kept, rng)
        except TooFewSamplesError:  # halves of what was dropped, or kept, are too little for this classifier to judge
            return False

    def _ballot(
        self,
        X: Any,
        learned_from: NDArray[np.intp],
        trace: list[RefinementRound],
        rng: np.random.RandomState,
        labels: NDArray[np.int64] | None,
    ) -> tuple[Ballot, bool]:
        """Return how the ensemble votes, and whether that is on a share because the outermost samples distort."""

        def take(one_class: Any, *rejections: Rejection) -> list[Ballot]:
            return take_ballots(
                one_class, X, learned_from, rejections, n_classifiers=self.n_classifiers, rng=rng, labels=labels
            )

        if self.rejection != "auto":
            return take(self.one_class, self.rejection)[0], False
        # What distorts once is still there: near the limit, chance would have every other round forget it.
        found = bool(trace) and trace[-1].distorted
        if isinstance(self.one_class, GaussianDensity):
            fence, fifth = take(self.one_class, "auto", GAUSSIAN_SHARE)
            distorted = found or distorts(np.asarray(X), self._kept(fifth, labels), rng)
            return (fifth if distorted else fence), distorted
        # Not every tail that bends a Gaussian is better dropped for others: chance gets no second time to find one.
        if found or (not trace and has_samples_for_a_gaussian(X)):
            fifth, tenth = take(GaussianDensity(), GAUSSIAN_SHARE, OTHERS_SHARE)
            if found or distorts(np.asarray(X), self._kept(fifth, labels), rng):
                return tenth, True
        return take(self.one_class, "auto")[0], False


def _beside_known_anomalies(labels: NDArray[np.int64] | None) -> str:
    """Return how many samples no classifier is fitted on, since they are labelled; scikit-learn's signs are others."""
    known = 0 if labels is None else int(np.count_nonzero(labels == ANOMALY))
    if labels is None or not known:
        return ""
    are = "sample is" if known == 1 else "samples are"
    return (
        f"; {known} of the {len(labels)} {are} labelled 1, a known anomaly, which nothing is fitted on: labels are 0 "
        "for normal, 1 for an anomaly and -1 for not known, unlike scikit-learn's 1 for an inlier and -1 for an outlier"
    )
