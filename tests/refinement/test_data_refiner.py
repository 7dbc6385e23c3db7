"""The vote of the ensemble against Algorithm 1 written out, and what must hold of any vote."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator
from sklearn.ensemble import IsolationForest as SklearnIsolationForest

from dross.errors import DataError, TooFewSamplesError
from dross.one_class import GaussianDensity, IsolationForest, NearestNeighbors
from dross.refinement import SRR, DataRefiner
from dross.representations import Identity
from tests.planted import plant

DIRTY = plant(contamination=0.1)
X, LABELS = DIRTY.X_train, DIRTY.labels_train


class Recorder(BaseEstimator):
    """Scores by the first column, and writes down what it is fitted on and how it is seeded."""

    fitted_on: ClassVar[list[NDArray[Any]]] = []
    seeds: ClassVar[list[int]] = []

    def __init__(self, scale: float = 1.0, shift: float = 0.0, random_state: int | None = None) -> None:
        self.scale = scale
        self.shift = shift
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        Recorder.fitted_on.append(np.asarray(X))
        assert self.random_state is not None
        Recorder.seeds.append(self.random_state)
        self.centre_ = np.mean(np.asarray(X)[:, 0])
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        return np.asarray(self.shift - self.scale * np.abs(np.asarray(X)[:, 0] - self.centre_))


@pytest.fixture(autouse=True)
def _forget() -> None:
    Recorder.fitted_on.clear()
    Recorder.seeds.clear()


def algorithm_1(
    X: NDArray[np.float64], k: int, gamma: float, n_rounds: int, seed: int
) -> list[tuple[NDArray[np.bool_], NDArray[np.int64], list[float]]]:
    """Return (kept, votes, thresholds) of each refinement of Algorithm 1, one Gaussian a subset, line by line.

    The random numbers are those of the code under test: one permutation a refinement. A Gaussian takes no seed.
    """
    rng = np.random.RandomState(seed)
    n, results = len(X), []
    for _ in range(n_rounds):
        order = [int(i) for i in rng.permutation(np.arange(n))]
        sizes = [n // k + (1 if part < n % k else 0) for part in range(k)]
        votes, etas, start = [0] * n, [], 0
        for size in sizes:
            subset = order[start : start + size]
            start += size
            centre = X[subset].mean(axis=0)
            inverse = np.linalg.inv(np.cov(X[subset], rowvar=False, bias=True))
            f = [float((x - centre) @ inverse @ (x - centre)) for x in X]  # higher = more anomalous
            eta = float(np.quantile(f, 1 - gamma))  # over ALL samples
            etas.append(eta)
            for i in range(n):
                if f[i] > eta:
                    votes[i] += 1
        results.append((np.array([vote == 0 for vote in votes]), np.array(votes), etas))
    return results


@pytest.mark.parametrize("n_classifiers", [1, 3, 5])
@pytest.mark.parametrize("gamma", [0.05, 0.2])
def test_a_vote_is_the_papers_algorithm_1(n_classifiers: int, gamma: float) -> None:
    ours = DataRefiner(
        GaussianDensity(shrinkage="none"),
        n_classifiers=n_classifiers,
        rejection=gamma,
        n_rounds=3,
        refit_on="all",
        random_state=7,
    ).fit(X)
    expected = algorithm_1(X, n_classifiers, gamma, 3, 7)
    assert len(ours.refinement_trace_) == len(expected)
    for record, (kept, votes, _) in zip(ours.refinement_trace_, expected, strict=True):
        np.testing.assert_array_equal(record.kept, kept)
        np.testing.assert_array_equal(record.votes, votes)
        assert record.rejection == pytest.approx(gamma, abs=0.005)
        assert len(record.thresholds) == n_classifiers
    np.testing.assert_array_equal(ours.inlier_mask_, expected[-1][0])
    np.testing.assert_array_equal(ours.votes_, expected[-1][1])


@pytest.mark.parametrize("refit_on", ["kept", "all"])
def test_subsets_are_disjoint_and_cover_what_is_learned_from(refit_on: Any) -> None:
    serial = np.column_stack([X[:, 0], np.arange(len(X))])
    refiner = DataRefiner(Recorder(), n_classifiers=4, rejection=0.1, refit_on=refit_on, random_state=0).fit(serial)
    assert len(Recorder.fitted_on) == 12
    kept = np.ones(len(X), dtype=bool)
    for i, record in enumerate(refiner.refinement_trace_):
        subsets = Recorder.fitted_on[4 * i : 4 * i + 4]
        members = np.concatenate([subset[:, 1] for subset in subsets]).astype(int)
        learned_from = np.flatnonzero(kept) if refit_on == "kept" else np.arange(len(X))
        assert sorted(members) == learned_from.tolist()  # each once
        assert max(map(len, subsets)) - min(map(len, subsets)) <= 1
        assert members.tolist() != learned_from.tolist()  # shuffled
        kept = record.kept


def test_each_classifier_has_a_seed_of_its_own_and_each_round_other_subsets() -> None:
    DataRefiner(Recorder(), n_classifiers=3, rejection=0, n_rounds=2, random_state=0).fit(X)
    assert len(set(Recorder.seeds)) == 6
    assert not np.array_equal(Recorder.fitted_on[0], Recorder.fitted_on[3])


def test_the_same_seed_gives_the_same_votes_and_another_seed_other_subsets() -> None:
    votes = []
    for seed in (3, 3, 4):
        votes.append(DataRefiner(Recorder(), rejection=0.1, random_state=seed).fit(X).votes_)
    np.testing.assert_array_equal(votes[0], votes[1])
    np.testing.assert_array_equal(Recorder.fitted_on[0], Recorder.fitted_on[15])
    assert not np.array_equal(Recorder.fitted_on[0], Recorder.fitted_on[30])


@pytest.mark.parametrize("rejection", ["auto", 0.1])
def test_votes_do_not_depend_on_the_units_of_scores(rejection: Any) -> None:
    plain, changed = (
        DataRefiner(Recorder(scale, shift), rejection=rejection, random_state=0).fit(X)
        for scale, shift in ((1.0, 0.0), (4.0, 0.0))
    )
    np.testing.assert_array_equal(plain.votes_, changed.votes_)
    shifted = DataRefiner(Recorder(1.0, 1024.0), rejection=rejection, random_state=0).fit(X)
    assert (plain.votes_ != shifted.votes_).mean() < 0.01  # a shift may round the last digit


def test_a_larger_rejection_keeps_no_more() -> None:
    refiners = [
        DataRefiner(GaussianDensity(), rejection=rejection, n_rounds=1, random_state=0).fit(X)
        for rejection in (0.0, 0.02, 0.1, 0.3)
    ]
    for less, more in pairwise(refiners):
        assert (more.refinement_trace_[0].thresholds <= less.refinement_trace_[0].thresholds).all()
        assert (more.votes_ >= less.votes_).all()
        assert not (more.inlier_mask_ & ~less.inlier_mask_).any()


def test_the_more_must_agree_to_keep_the_less_is_kept() -> None:
    refiners = [
        DataRefiner(GaussianDensity(), rejection=0.2, agreement=agreement, n_rounds=1, random_state=0).fit(X)
        for agreement in (1, 2, 3, 4, 5)
    ]
    for m, refiner in enumerate(refiners, start=1):
        np.testing.assert_array_equal(refiner.inlier_mask_, 5 - refiner.votes_ >= m)
    shares = [refiner.inlier_mask_.mean() for refiner in refiners]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]
    unanimous = DataRefiner(GaussianDensity(), rejection=0.2, n_rounds=1, random_state=0).fit(X)
    np.testing.assert_array_equal(unanimous.inlier_mask_, refiners[-1].inlier_mask_)


def test_no_rejection_keeps_everything() -> None:
    refiner = DataRefiner(GaussianDensity(), rejection=0, random_state=0).fit(X)
    assert refiner.inlier_mask_.all()
    assert not refiner.votes_.any()
    assert not refiner.round_dropped_.any()
    assert np.isposinf(refiner.refinement_trace_[0].thresholds).all()
    assert [record.rejection for record in refiner.refinement_trace_] == [0, 0, 0]


def test_one_classifier_learns_from_all_and_judges_all() -> None:
    refiner = DataRefiner(GaussianDensity(), n_classifiers=1, rejection=0.1, n_rounds=1, random_state=0).fit(X)
    scores = -GaussianDensity().fit(X).score_samples(X)
    np.testing.assert_array_equal(refiner.inlier_mask_, scores <= np.quantile(scores, 0.9))


def test_samples_that_were_dropped_can_return() -> None:
    refiner = DataRefiner(GaussianDensity(), rejection=0.15, n_rounds=6, random_state=0).fit(X)
    kept = np.array([record.kept for record in refiner.refinement_trace_])
    returned = (~kept[:-1] & kept[1:]).any(axis=0)
    assert returned.any()
    assert (refiner.round_dropped_[kept[-1]] == 0).all()
    assert (refiner.round_dropped_[~kept[-1]] > 0).all()


@pytest.mark.parametrize("one_class", [GaussianDensity(), NearestNeighbors(), IsolationForest(n_estimators=30)])
@pytest.mark.parametrize("rejection", ["auto", 0.2])
def test_anomalies_are_dropped_before_normal_samples(one_class: Any, rejection: Any) -> None:
    refiner = DataRefiner(one_class, rejection=rejection, random_state=0).fit(X)
    dropped = ~refiner.inlier_mask_
    assert dropped[LABELS == 1].mean() > 0.6
    assert dropped[LABELS == 0].mean() < dropped[LABELS == 1].mean() / 2


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("one_class", [GaussianDensity(), NearestNeighbors()])
def test_little_of_a_clean_cloud_is_dropped(one_class: Any, seed: int) -> None:
    clean = plant(contamination=0.0, n_train=1000, seed=seed)
    refiner = DataRefiner(one_class, random_state=seed).fit(clean.X_train)
    assert (~refiner.inlier_mask_).mean() < 0.03


def test_frames_lists_and_sparse_tables_are_cut_as_they_are() -> None:
    frame = pd.DataFrame(X, columns=list("abcd"), index=np.arange(len(X)) + 1000)
    array = DataRefiner(GaussianDensity(), random_state=0).fit(X).votes_
    for same in (frame, X.tolist()):
        np.testing.assert_array_equal(DataRefiner(GaussianDensity(), random_state=0).fit(same).votes_, array)
    forest = SklearnIsolationForest(n_estimators=10)
    sparse = DataRefiner(forest, rejection=0.1, random_state=0).fit(csr_array(X))
    np.testing.assert_array_equal(sparse.votes_, DataRefiner(forest, rejection=0.1, random_state=0).fit(X).votes_)


def test_a_late_round_on_a_small_table_learns_from_all_where_the_kept_are_too_few() -> None:
    small = X[:12]
    refiner = DataRefiner(GaussianDensity(), rejection=0.2, random_state=0).fit(small)
    assert refiner.refinement_trace_[0].kept.sum() < 10
    assert len(refiner.refinement_trace_) == 3


@pytest.mark.parametrize(("n", "found"), [(1, "1 sample"), (9, "9 samples")])
def test_fewer_rows_than_the_ensemble_needs(n: int, found: str) -> None:
    with pytest.raises(TooFewSamplesError) as caught:
        DataRefiner(GaussianDensity()).fit(X[:n])
    assert str(caught.value) == (
        f"refinement with 5 classifiers needs at least 10 samples, found {found}: give more samples, or lower "
        "n_classifiers"
    )


def test_fewer_rows_than_its_classifiers_need() -> None:
    with pytest.raises(TooFewSamplesError) as caught:
        DataRefiner(NearestNeighbors()).fit(X[:25])
    assert str(caught.value) == (
        "each of the 5 classifiers of the ensemble gets 5 samples, too few: NearestNeighbors needs at least 6 samples "
        "to fit, found 5 samples: give it more samples, or lower n_neighbors, or lower n_classifiers"
    )


class Contrary(Recorder):
    """Each finds other samples anomalous than the others do."""

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        return np.asarray(np.random.RandomState(self.random_state).permutation(len(X)), dtype=np.float64)


def test_an_ensemble_that_keeps_nothing_is_told() -> None:
    with pytest.raises(DataError) as caught:
        DataRefiner(Contrary(), n_classifiers=20, rejection=0.45, random_state=0).fit(X[:100])
    assert str(caught.value) == (
        "refinement kept 0 of 100 samples, which leaves nothing to learn from: lower rejection, or let fewer "
        "classifiers agree (agreement)"
    )


@pytest.mark.parametrize("detector", [DataRefiner(GaussianDensity()), SRR(Identity(), GaussianDensity())])
def test_labels_of_scikit_learns_signs_are_told_as_known_anomalies(detector: Any) -> None:
    X = np.random.default_rng(0).normal(size=(200, 2))
    signs = np.where(np.arange(200) < 191, 1, -1)
    for labels, known, found in ((signs, 191, "9 samples"), (np.ones(200, dtype=int), 200, "0 samples")):
        with pytest.raises(TooFewSamplesError) as caught:
            detector.fit(X, labels=labels)
        assert str(caught.value) == (
            f"refinement with 5 classifiers needs at least 10 samples, found {found}: give more samples, or lower "
            f"n_classifiers; {known} of the 200 samples are labelled 1, a known anomaly, which nothing is fitted on: "
            "labels are 0 for normal, 1 for an anomaly and -1 for not known, unlike scikit-learn's 1 for an inlier and "
            "-1 for an outlier"
        )
