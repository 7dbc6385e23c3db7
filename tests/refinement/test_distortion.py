"""When automatic rejection goes on to a share: contaminants and heavy tails distort, clean data do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.covariance import LedoitWolf

from dross.one_class import GaussianDensity, IsolationForest, NearestNeighbors
from dross.refinement import DataRefiner
from dross.refinement.distortion import _log_volume, distorts, has_samples_for_a_gaussian


def outer_fifth_left_out(X: NDArray[np.float64]) -> NDArray[np.bool_]:
    distances = LedoitWolf().fit(X).mahalanobis(X)
    return distances <= np.quantile(distances, 0.8)


def contaminated(seed: int, share: float) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(600, 4))
    count = int(share * len(X))
    X[:count, :2] = rng.normal(0, 30, size=(count, 2))
    return X


@pytest.mark.parametrize("seed", range(5))
def test_clean_normal_data_are_not_distorted(seed: int) -> None:
    X = contaminated(seed, 0.0)
    assert not distorts(X, outer_fifth_left_out(X), np.random.RandomState(seed))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.1, 0.15])
def test_contaminants_in_a_plane_distort(seed: int, share: float) -> None:
    X = contaminated(seed, share)
    clean = np.arange(len(X)) >= int(share * len(X))
    assert distorts(X, clean & outer_fifth_left_out(X), np.random.RandomState(seed))


@pytest.mark.parametrize("seed", range(5))
def test_contaminants_on_all_sides_are_the_fences(seed: int) -> None:
    X = contaminated(seed, 0.0)
    X[:60] *= 10
    assert not distorts(X, outer_fifth_left_out(X), np.random.RandomState(seed))


def test_the_unit_of_the_features_plays_no_part() -> None:
    X = contaminated(0, 0.1)
    kept = outer_fifth_left_out(X)
    verdicts = [distorts(X * unit, kept, np.random.RandomState(0)) for unit in (1e-6, 1.0, 1e6)]
    assert verdicts == [True, True, True]


def test_a_feature_that_vanishes_among_the_kept_says_nothing() -> None:
    # Its volume would be zero without the few rows that have it: the smallest there is, and no sign of distortion.
    X = np.column_stack([contaminated(0, 0.0), np.repeat([1.0, 0.0], [120, 480])])
    assert not distorts(X, X[:, -1] == 0, np.random.RandomState(0))


def test_volume_is_that_of_the_ellipsoid_that_holds_four_fifths() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, 3)) @ np.diag([1.0, 2.0, 5.0])
    other = LedoitWolf().fit(X)
    radius = np.sqrt(np.quantile(other.mahalanobis(X), 0.8))
    semi_axes = radius * np.sqrt(np.linalg.eigvalsh(other.covariance_))
    assert _log_volume(X, X) == pytest.approx(np.log(semi_axes).sum(), abs=1e-6)


def test_automatic_rejection_goes_on_to_a_fifth_only_where_the_tail_distorts() -> None:
    for share, goes_on in ((0.0, False), (0.1, True)):
        last = DataRefiner(GaussianDensity(), random_state=0).fit(contaminated(1, share)).refinement_trace_[-1]
        assert last.distorted == goes_on
        assert (last.rejection == pytest.approx(0.2, abs=0.01)) == goes_on


@pytest.mark.parametrize("detector", [NearestNeighbors(), IsolationForest(n_estimators=20)], ids=["knn", "forest"])
@pytest.mark.parametrize("seed", range(3))
def test_for_other_classifiers_gaussians_then_reject_a_tenth(detector: Any, seed: int) -> None:
    clean, dirty = contaminated(seed, 0.0), contaminated(seed, 0.1)
    assert not DataRefiner(detector, random_state=0).fit(clean).refinement_trace_[-1].distorted
    found = DataRefiner(detector, random_state=0).fit(dirty)
    assert all(record.distorted for record in found.refinement_trace_)
    assert found.refinement_trace_[-1].rejection == pytest.approx(0.1, abs=0.01)
    assert found.inlier_mask_[:60].sum() < 10


def test_a_forest_by_itself_would_keep_more_of_the_contaminants(monkeypatch: pytest.MonkeyPatch) -> None:
    dirty, forest = contaminated(0, 0.1), IsolationForest(n_estimators=20)
    kept = DataRefiner(forest, random_state=0).fit(dirty).inlier_mask_[:60].sum()
    monkeypatch.setattr("dross.refinement.data_refiner.distorts", lambda *_: False)
    assert kept < DataRefiner(forest, random_state=0).fit(dirty).inlier_mask_[:60].sum()


@pytest.mark.parametrize(
    "X",
    [
        np.zeros((39, 4)),
        np.zeros((400, 2, 2)),
        np.full((40, 4), np.nan),
        np.full((40, 4), 1e200),
        np.full((40, 4), "a"),
        np.zeros((40, 0)),
        [[0.0]] * 9,
        ["a.png"] * 40,
    ],
    ids=["few", "images", "gaps", "huge", "words", "empty", "list", "paths"],
)
def test_no_gaussian_is_asked_about_what_it_cannot_judge(X: Any) -> None:
    assert not has_samples_for_a_gaussian(X)


def test_a_gaussian_is_asked_about_a_table_of_ten_rows_a_column() -> None:
    assert has_samples_for_a_gaussian(np.zeros((40, 4)))
    assert has_samples_for_a_gaussian([[0.0]] * 10)
    assert has_samples_for_a_gaussian(pd.DataFrame(np.zeros((40, 4))))


@pytest.mark.parametrize(("n_samples", "asked"), [(600, 1), (39, 0)])
def test_others_are_asked_about_once_and_only_of_enough_samples(
    n_samples: int, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def counted(features: NDArray[np.float64], *_: Any) -> bool:
        calls.append(len(features))
        return False

    monkeypatch.setattr("dross.refinement.data_refiner.distorts", counted)
    trace = DataRefiner(NearestNeighbors(), random_state=0).fit(contaminated(0, 0.0)[:n_samples]).refinement_trace_
    assert len(trace) >= 3
    assert len(calls) == asked


def test_what_was_bent_stays_bent(monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts = iter([False, True])  # asked a third time it would fail
    monkeypatch.setattr("dross.refinement.data_refiner.distorts", lambda *_: next(verdicts))
    trace = DataRefiner(GaussianDensity(), random_state=0).fit(contaminated(0, 0.05)).refinement_trace_
    assert [record.distorted for record in trace] == [False, True, True]


def test_a_rate_that_was_set_is_done_as_told() -> None:
    last = (
        DataRefiner(NearestNeighbors(), rejection=0.05, random_state=0).fit(contaminated(1, 0.1)).refinement_trace_[-1]
    )
    assert not last.distorted
    assert last.rejection == pytest.approx(0.05, abs=0.01)
