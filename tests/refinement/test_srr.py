"""Self-supervise, refine, repeat: the loop, its schedule, and what stands in for its parts."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from pyod.models.hbos import HBOS
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest as SklearnIsolationForest
from sklearn.preprocessing import StandardScaler

from dross.errors import ParameterError, TooFewSamplesError
from dross.one_class import GaussianDensity, NearestNeighbors, PyODDetector, TwoStage
from dross.refinement import SRR, Refined, data_refiner
from dross.representations import Identity, PrincipalComponents
from tests.planted import plant, planted_auroc
from tests.table_detectors import tiny_affine

DIRTY = plant(contamination=0.1)
X, LABELS = DIRTY.X_train, DIRTY.labels_train


class Trainee(BaseEstimator):
    """Shows rows as they are, and writes down on how many it was trained until when."""

    calls: ClassVar[list[tuple[int, float]]] = []
    max_epochs = 12

    def __init__(self, losses: tuple[float, ...] = (), random_state: int | None = None) -> None:
        self.losses = losses
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        raise AssertionError("a trained representation is trained by train_to alone")

    def train_to(self, X: Any, epoch: float) -> float:
        self.n_features_in_ = X.shape[1]
        Trainee.calls.append((len(X), epoch))
        trained = sum(stop > 0 for _, stop in Trainee.calls)
        return self.losses[trained - 1] if 0 < trained <= len(self.losses) else float("nan" if epoch == 0 else 1)

    def transform(self, X: Any) -> NDArray[np.float64]:
        return np.asarray(X)


@pytest.fixture(autouse=True)
def _forget() -> None:
    Trainee.calls.clear()


def test_it_refines_then_trains_on_the_kept_until_each_point_of_the_schedule() -> None:
    fitted = SRR(Trainee(), GaussianDensity(), rejection=0.1, random_state=0).fit(X)
    assert [epoch for _, epoch in Trainee.calls] == [0, 1, 2, 5, 10, 12]
    trace = fitted.refinement_trace_
    assert [record.epoch for record in trace] == [0, 1, 2, 5, 10, 12]  # the last refinement comes after all training
    assert [record.round for record in trace] == [1, 2, 3, 4, 5, 6]
    assert [record.loss for record in trace] == [1, 1, 1, 1, 1, None]
    n_kept = [int(record.kept.sum()) for record in trace]
    assert [n for n, _ in Trainee.calls] == [len(X), *n_kept[:-1]]
    assert n_kept[0] < len(X)
    np.testing.assert_array_equal(fitted.inlier_mask_, trace[-1].kept)


def test_every_refinement_votes_on_all_samples() -> None:
    fitted = SRR(Trainee(), GaussianDensity(), rejection=0.1, refit_on="all", random_state=0).fit(X)
    assert all(len(record.votes) == len(X) for record in fitted.refinement_trace_)
    assert all(record.rejection == pytest.approx(0.1, abs=0.01) for record in fitted.refinement_trace_)


def test_schedule_and_epochs_can_be_set() -> None:
    SRR(Trainee(), GaussianDensity(), schedule=(2, 3), max_epochs=7, random_state=0).fit(X)
    assert [epoch for _, epoch in Trainee.calls] == [0, 2, 3, 6, 7]


def test_training_may_come_before_the_first_refinement() -> None:
    fitted = SRR(Trainee(), GaussianDensity(), rejection=0.1, refine_from=8, random_state=0).fit(X)
    assert [(n == len(X), epoch) for n, epoch in Trainee.calls] == [(True, 0), (True, 8), (False, 10), (False, 12)]
    assert [record.epoch for record in fitted.refinement_trace_] == [8, 10, 12]


def test_training_before_refinement_ends_where_training_does() -> None:
    SRR(Trainee(), GaussianDensity(), refine_from=50, max_epochs=7, random_state=0).fit(X)
    assert max(epoch for _, epoch in Trainee.calls) == 7


def test_training_stops_when_the_loss_has_not_improved_for_so_long() -> None:
    losses = (3.0, 2.0, 2.5, 2.4, 1.0)
    fitted = SRR(Trainee(losses), GaussianDensity(), patience=4, random_state=0).fit(X)
    # The best loss, 2.0, is that of the round at epoch 1; the one at epoch 5 is four epochs later.
    assert [epoch for _, epoch in Trainee.calls] == [0, 1, 2, 5, 10]
    assert fitted.refinement_trace_[-1].epoch == 10


def test_without_training_there_is_no_loss() -> None:
    fitted = SRR(Trainee((float("nan"),)), GaussianDensity(), max_epochs=0, patience=1, random_state=0).fit(X)
    assert [(record.epoch, record.loss) for record in fitted.refinement_trace_] == [(0.0, None)]


@pytest.mark.parametrize("n_rounds", [1, 2, 4])
def test_what_is_not_trained_is_refined_a_stated_number_of_times(n_rounds: int) -> None:
    fitted = SRR(Identity(), GaussianDensity(), n_rounds=n_rounds, rejection=0.1, patience=1, random_state=0).fit(X)
    assert [record.round for record in fitted.refinement_trace_] == list(range(1, n_rounds + 1))
    assert {record.epoch for record in fitted.refinement_trace_} == {0.0}


def test_on_features_as_they_are_it_is_refined_around_the_classifier() -> None:
    srr = SRR(Identity(scaling="none"), GaussianDensity(), random_state=0).fit(X)
    refined = Refined(GaussianDensity(), random_state=0).fit(X)
    np.testing.assert_array_equal(srr.votes_, refined.votes_)
    np.testing.assert_array_equal(srr.score_samples(DIRTY.X_test), refined.score_samples(DIRTY.X_test))
    assert srr.offset_ == refined.offset_


@pytest.mark.parametrize("representation", [Identity(), PrincipalComponents(n_components=3)])
def test_without_rejection_it_scores_as_the_blind_detector_does(representation: Any) -> None:
    srr = SRR(representation, GaussianDensity(), rejection=0, random_state=0).fit(X)
    blind = TwoStage(representation, GaussianDensity()).fit(X)
    np.testing.assert_array_equal(srr.score_samples(DIRTY.X_test), blind.score_samples(DIRTY.X_test))
    assert srr.offset_ == blind.offset_
    assert srr.inlier_mask_.all()


def test_what_the_guard_undoes_scores_as_the_blind_detector_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_refiner, "harms", lambda *_: True)
    srr = SRR(Identity(), GaussianDensity(), random_state=0).fit(X)
    assert srr.refinement_trace_[-1].undone
    blind = TwoStage(Identity(), GaussianDensity()).fit(X)
    np.testing.assert_array_equal(srr.score_samples(DIRTY.X_test), blind.score_samples(DIRTY.X_test))


def test_one_classifier_fitted_on_the_kept_scores_alone() -> None:
    srr = SRR(tiny_affine(), GaussianDensity(), rejection=0.1, random_state=0).fit(X)
    features = srr.representation_.transform(X)
    alone = GaussianDensity().fit(features[srr.inlier_mask_])
    np.testing.assert_array_equal(srr.score_samples(X), alone.score_samples(features))
    assert srr.refinement_trace_[-1].loss is None
    assert all(record.loss is not None and record.loss > 0 for record in srr.refinement_trace_[:-1])


def test_a_trained_representation_is_trained_on_the_kept() -> None:
    srr = SRR(tiny_affine(), GaussianDensity(), rejection=0.1, random_state=0).fit(X)
    kept = [int(record.kept.sum()) for record in srr.refinement_trace_[:-1]]
    assert [record["n_samples"] for record in srr.representation_.history_] == kept
    assert max(kept) < len(X)


@pytest.mark.parametrize("representation", [tiny_affine(), Identity()])
def test_a_seed_fixes_everything(representation: Any) -> None:
    same, again, other = (
        SRR(representation, NearestNeighbors(), rejection=0.1, random_state=seed).fit(X) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(same.score_samples(X), again.score_samples(X))
    np.testing.assert_array_equal(same.votes_, again.votes_)
    first, second = same.refinement_trace_[0].thresholds, other.refinement_trace_[0].thresholds
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(
    ("representation", "one_class"),
    [
        (StandardScaler(), GaussianDensity()),
        (PCA(3), NearestNeighbors()),
        (Identity(), SklearnIsolationForest(n_estimators=20)),
        (Identity(scaling="robust"), PyODDetector(HBOS())),
        (PCA(3), SklearnIsolationForest(n_estimators=20)),
    ],
)
def test_parts_of_others_can_stand_in(representation: Any, one_class: Any) -> None:
    srr = SRR(representation, one_class, rejection=0.15, random_state=0)
    assert planted_auroc(srr, DIRTY) > 0.95
    dropped = ~srr.inlier_mask_
    assert dropped[LABELS == 1].mean() > 2 * dropped[LABELS == 0].mean()


@pytest.mark.parametrize("representation", [Identity(), tiny_affine(), StandardScaler()])
def test_frames_are_scored_as_arrays_are_and_their_columns_are_checked(representation: Any) -> None:
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"], index=np.arange(len(X)) + 7)
    srr = SRR(representation, GaussianDensity(), random_state=0).fit(frame)
    assert srr.feature_names_in_.tolist() == ["a", "b", "c", "d"]
    array = SRR(representation, GaussianDensity(), random_state=0).fit(X)
    np.testing.assert_allclose(srr.score_samples(frame), array.score_samples(X), rtol=1e-9)
    assert not hasattr(array, "feature_names_in_")
    with pytest.raises(ValueError, match="feature names should match"):
        srr.score_samples(frame.rename(columns={"a": "z"}))


def test_a_representation_that_speaks_pandas_can_stand_in() -> None:
    scaler = StandardScaler().set_output(transform="pandas")
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"])
    srr = SRR(scaler, NearestNeighbors(), random_state=0).fit(frame)
    plain = SRR(StandardScaler(), NearestNeighbors(), random_state=0).fit(X)
    np.testing.assert_array_equal(srr.votes_, plain.votes_)


def test_contamination_moves_the_alarm_and_not_what_is_dropped() -> None:
    automatic, fixed = (
        SRR(Identity(), GaussianDensity(), contamination=contamination, random_state=0).fit(X)
        for contamination in ("auto", 0.2)
    )
    np.testing.assert_array_equal(automatic.inlier_mask_, fixed.inlier_mask_)
    np.testing.assert_array_equal(automatic.score_samples(X), fixed.score_samples(X))
    assert automatic.offset_ != fixed.offset_
    assert (fixed.predict(X) == -1).mean() == pytest.approx(0.2, abs=0.005)


def test_too_few_rows() -> None:
    with pytest.raises(TooFewSamplesError) as caught:
        SRR(Identity(), GaussianDensity(), n_classifiers=20).fit(X[:39])
    assert str(caught.value) == (
        "refinement with 20 classifiers needs at least 40 samples, found 39 samples: give more samples, or lower "
        "n_classifiers"
    )


def test_all_wrong_parameters_are_told_at_once() -> None:
    wrong: dict[str, Any] = {
        "n_classifiers": 0,
        "rejection": 1.0,
        "agreement": 0,
        "n_rounds": 0,
        "refit_on": "",
        "schedule": (2, 1),
        "max_epochs": -1,
        "patience": "long",
        "contamination": 0,
    }
    with pytest.raises(ParameterError) as caught:
        SRR(None, "gaussian", **wrong).fit(X)
    assert str(caught.value) == (
        "11 mistakes:\n"
        "  - representation is None; it must be an unfitted estimator with fit and transform\n"
        "  - one_class is 'gaussian'; it must be an unfitted estimator with fit and score_samples\n"
        "  - n_classifiers is 0; it must be a whole number of at least 1\n"
        "  - n_rounds is 0; it must be a whole number of at least 1\n"
        "  - rejection is 1.0; it must be 'auto' or a share in [0, 0.5)\n"
        "  - agreement is 0; it must be 'unanimous' or a number of classifiers\n"
        "  - refit_on is ''; it must be 'kept' or 'all'\n"
        '  - schedule is (2, 1); it must be "auto" or epochs above 0 that increase\n'
        "  - max_epochs is -1; it must be a number of at least 0\n"
        "  - patience is 'long'; it must be a number of at least 0\n"
        "  - contamination is 0; it must be 'auto' or a share in (0, 0.5]"
    )
