"""The guard: dropping the scattered tail of the normal samples is undone, dropping a cluster is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dross.errors import TooFewSamplesError
from dross.one_class import GaussianDensity, NearestNeighbors
from dross.refinement import DataRefiner, Refined, data_refiner
from dross.refinement.guard import harms
from tests.planted import plant


def scattered_tail(seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return normal samples, a sixth of which have a value in one of six columns that are else 0, and who has none."""
    rng = np.random.default_rng(seed)
    rare = np.where(rng.random((1000, 6)) < 0.03, 5 * rng.normal(size=(1000, 6)), 0)
    return np.column_stack([rng.normal(size=(1000, 3)), rare]), (rare == 0).all(axis=1)


def cluster(seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return normal samples and a cluster of anomalies, and who is normal."""
    rng = np.random.default_rng(seed)
    X = np.concatenate([rng.normal(size=(920, 4)), rng.normal(6, 0.5, size=(80, 4))])
    return X, np.arange(1000) < 920


@pytest.mark.parametrize("seed", range(3))
def test_dropping_a_scattered_tail_is_harmful(seed: int) -> None:
    X, kept = scattered_tail(seed)
    assert harms(NearestNeighbors(), X, kept, np.random.RandomState(seed))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("one_class", [GaussianDensity(), NearestNeighbors()])
def test_dropping_a_cluster_is_not(one_class: GaussianDensity | NearestNeighbors, seed: int) -> None:
    X, kept = cluster(seed)
    assert not harms(one_class, X, kept, np.random.RandomState(seed))


@pytest.mark.parametrize("seed", range(3))
def test_dropping_scattered_anomalies_that_widen_the_model_is_not(seed: int) -> None:
    # They have no shape of their own either, but without them the data fills less room.
    dirty = plant(contamination=0.06, n_train=1000, seed=seed)
    assert not harms(GaussianDensity(), dirty.X_train, dirty.labels_train == 0, np.random.RandomState(seed))


def test_what_cannot_be_judged_is_let_pass() -> None:
    X, kept = scattered_tail(0)
    rng = np.random.RandomState(0)
    assert not harms(NearestNeighbors(), X, np.ones(1000, dtype=bool), rng)  # nothing was dropped
    few = np.ones(1000, dtype=bool)
    few[np.flatnonzero(~kept)[:5]] = False
    assert not harms(NearestNeighbors(), X, few, rng)  # too few were dropped
    assert not harms(NearestNeighbors(), X.reshape(1000, 3, 3), kept, rng)  # no table
    assert not harms(NearestNeighbors(), X.astype(str), kept, rng)  # no numbers


def always(answer: bool) -> object:
    return lambda *_: answer


@pytest.mark.parametrize("rejection", ["auto", 0.1])
def test_only_automatic_refinement_is_undone(monkeypatch: pytest.MonkeyPatch, rejection: Any) -> None:
    monkeypatch.setattr(data_refiner, "harms", always(True))
    X, _ = cluster(0)
    fitted = Refined(GaussianDensity(), rejection=rejection, random_state=0).fit(X)
    *rounds, last = fitted.refinement_trace_
    assert len(rounds) >= 2
    if rejection == "auto":
        assert last.undone
        assert (last.round, last.rejection, last.loss) == (4, 0.0, None)
        assert fitted.inlier_mask_.all()
        assert not fitted.round_dropped_.any()
        assert not rounds[-1].kept.all()  # the record says what would have been dropped
        np.testing.assert_array_equal(fitted.score_samples(X), GaussianDensity().fit(X).score_samples(X))
    else:
        assert not last.undone
        assert not fitted.inlier_mask_.all()


def test_a_classifier_that_cannot_be_fitted_on_what_was_dropped_is_no_reason_to_fail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def too_few(*_: object) -> bool:
        raise TooFewSamplesError("NearestNeighbors needs at least 31 samples to fit, found 12 samples")

    monkeypatch.setattr(data_refiner, "harms", too_few)
    X, normal = cluster(0)
    refiner = DataRefiner(GaussianDensity(), random_state=0).fit(X)
    assert not refiner.inlier_mask_[~normal].any()
    assert not refiner.refinement_trace_[-1].undone
