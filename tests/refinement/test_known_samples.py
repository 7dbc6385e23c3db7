"""What is known of a few samples: votes and thresholds obey it, and no more than it is worth."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from dross.errors import DataError
from dross.one_class import GaussianDensity, NearestNeighbors
from dross.refinement import SRR, DataRefiner, Refined
from dross.refinement.known_samples import AS_GOOD_AS, as_known, threshold_by_labels
from dross.representations import Identity
from tests.planted import plant

DIRTY = plant(contamination=0.1)
X = DIRTY.X_train


def few_labels(n_anomalies: int = 3, n_normals: int = 3) -> NDArray[np.int64]:
    labels = np.full(len(X), -1)
    labels[np.flatnonzero(DIRTY.labels_train == 1)[:n_anomalies]] = 1
    labels[np.flatnonzero(DIRTY.labels_train == 0)[:n_normals]] = 0
    return labels


class Spy(BaseEstimator):
    """Scores by the distance from zero, and writes down what it is fitted on."""

    fitted_on: ClassVar[list[NDArray[Any]]] = []
    max_epochs = 3.0
    refine_from = 1.0
    epoch = 0.0

    def __init__(self, random_state: int | None = None) -> None:
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        Spy.fitted_on.append(np.asarray(X))
        return self

    def train_to(self, X: Any, epoch: float) -> float:
        Spy.fitted_on.append(np.asarray(X))
        self.n_features_in_ = X.shape[1]
        self.epoch = epoch
        return 0.0

    def transform(self, X: Any) -> NDArray[np.float64]:
        return np.asarray(X)

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        return -np.linalg.norm(X, axis=1)


@pytest.fixture(autouse=True)
def _forget() -> None:
    Spy.fitted_on.clear()


@pytest.mark.parametrize("refit_on", ["kept", "all"])
@pytest.mark.parametrize("rejection", ["auto", 0.2, 0.0])
def test_known_anomalies_are_never_kept_and_known_normals_never_dropped(refit_on: Any, rejection: Any) -> None:
    labels = few_labels()
    labels[DIRTY.labels_train == 1] = 0  # every anomaly is said to be normal, and as many normals to be anomalies
    labels[np.flatnonzero(DIRTY.labels_train == 0)[:20]] = 1
    refiner = DataRefiner(GaussianDensity(), rejection=rejection, refit_on=refit_on, random_state=0)
    refiner.fit(X, labels=labels)
    for record in refiner.refinement_trace_:
        assert record.kept[labels == 0].all()
        assert not record.kept[labels == 1].any()
    assert (refiner.round_dropped_[labels == 0] == 0).all()


@pytest.mark.parametrize("refit_on", ["kept", "all"])
def test_no_member_and_no_training_sees_a_known_anomaly(refit_on: Any) -> None:
    labels = few_labels(n_anomalies=10)
    SRR(Spy(), Spy(), refit_on=refit_on, random_state=0).fit(X, labels=labels)
    Refined(Spy(), refit_on=refit_on, random_state=0).fit(X, labels=labels)
    known = {row.tobytes() for row in X[labels == 1]}
    assert len(Spy.fitted_on) > 10
    assert not any(row.tobytes() in known for rows in Spy.fitted_on for row in rows)


@pytest.mark.parametrize("one_class", [GaussianDensity(), NearestNeighbors()])
def test_labels_that_say_nothing_change_nothing(one_class: Any) -> None:
    for make in (SRR(Identity(), one_class, random_state=0), Refined(one_class, random_state=0)):
        plain = make.fit(X)
        scores, offset, votes = plain.score_samples(X), plain.offset_, plain.votes_
        told = make.fit(X, labels=np.full(len(X), -1))
        assert told.adjustment_ is None
        np.testing.assert_array_equal(told.score_samples(X), scores)
        np.testing.assert_array_equal(told.votes_, votes)
        assert told.offset_ == offset


def test_normals_alone_move_thresholds_and_leave_the_order() -> None:
    labels = few_labels(n_anomalies=0, n_normals=20)
    fitted = SRR(Identity(), NearestNeighbors(), rejection=0.3, random_state=0).fit(X, labels=labels)
    plain = SRR(Identity(), NearestNeighbors(), rejection=0.3, random_state=0).fit(X)
    assert fitted.adjustment_ is None
    moved, before = (each.refinement_trace_[0].thresholds for each in (fitted, plain))
    assert (moved >= before).all()
    assert (moved > before).any()


@given(seed=st.integers(0, 10_000), n_known=st.integers(1, 12), plain=st.floats(-3, 3))
@settings(max_examples=200, deadline=None)
def test_the_threshold_is_the_best_of_all_that_could_be(seed: int, n_known: int, plain: float) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=40).round(1)  # with ties
    labels = np.full(40, -1)
    labels[:n_known] = rng.integers(0, 2, n_known)
    found = threshold_by_labels(scores, plain, labels)

    def cost(threshold: float) -> float:
        wrong = sum(
            (score > threshold) != (label == 1) for score, label in zip(scores, labels, strict=True) if label >= 0
        )
        return float(wrong / (n_known + AS_GOOD_AS) + abs((scores <= threshold).mean() - (scores <= plain).mean()))

    between = np.unique(scores)[:-1]  # a threshold beyond all samples is none, unless it is the one there was
    assert cost(found) == pytest.approx(min(map(cost, [plain, *between])))


def test_nothing_known_leaves_a_threshold_and_what_is_kept() -> None:
    kept = np.array([True, False])
    assert threshold_by_labels(np.arange(5.0), 2.5, None) == 2.5
    assert as_known(kept, None) is kept


def test_one_label_moves_a_threshold_no_further_than_it_is_worth() -> None:
    labels = np.full(100, -1)
    for row, expected in ((90, 89.5), (50, 97.5)):
        labels[:] = -1
        labels[row] = 1
        assert threshold_by_labels(np.arange(100.0), 97.5, labels) == expected


@pytest.mark.parametrize("make", [DataRefiner, Refined, lambda each, **rest: SRR(Identity(), each, **rest)])
def test_wrong_labels_are_refused(make: Any) -> None:
    with pytest.raises(DataError) as caught:
        make(GaussianDensity(), random_state=0).fit(X, labels=[0, 1])
    assert str(caught.value) == (f"labels have the shape (2,), but there are {len(X)} samples: give one label each")
    with pytest.raises(DataError) as caught:
        make(GaussianDensity(), random_state=0).fit(X, labels=np.full(len(X), 2))
    assert str(caught.value) == (
        "label np.int64(2) at row 0 is not known: use 0 for normal, 1 for an anomaly, -1 for not known"
    )
