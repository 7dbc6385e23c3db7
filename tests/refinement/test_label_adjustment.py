"""What labels add to scores: the formula against NumPy written out, and what must hold of any labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from dross.errors import DataError
from dross.one_class import GaussianDensity, KMeansDistance, NearestNeighbors, TwoStage
from dross.persistence import load, save
from dross.reconstruction import PCAReconstruction
from dross.refinement import SRR, LabelAdjustment, Refined
from dross.representations import Identity, Pixels
from dross.scoring import anomaly_scores
from tests.planted_pictures import plant_defects


def clustered(n: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return normals around zero, and a tenth of anomalies in a cluster not far out: what refinement cannot find."""
    rng = np.random.default_rng(seed)
    labels = np.repeat([0, 1], [n - n // 10, n // 10])
    X = rng.normal(size=(n, 5))
    X[labels == 1] = 0.3 * X[labels == 1] + np.array([2.5, 0.0, 0.0, 0.0, 0.0])
    return X, labels


def some(labels: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    given = np.full(len(labels), -1)
    given[np.flatnonzero(labels == 1)[: (n + 1) // 2]] = 1
    given[np.flatnonzero(labels == 0)[: n // 2]] = 0
    return given


X, LABELS = clustered(300, 0)
X_TEST, LABELS_TEST = clustered(300, 1)


def written_out(features: Any, normality: Any, kept: Any, labels: Any, X_new: Any, new: Any) -> NDArray[np.float64]:
    """Return the adjusted scores, by loops and scikit-learn's parts."""
    mean, deviation = features[kept].mean(0), features[kept].std(0)

    def draw_in(values: Any) -> Any:
        return np.sign(values) * np.log(1 + np.abs(values))

    def view(rows: Any) -> Any:
        return draw_in((rows - mean) / deviation)

    inner, anomalies, normals, seen_new = (
        view(each) for each in (features[kept], features[labels == 1], features[labels == 0], view_of(X_new))
    )
    covariance = np.cov(inner.T, bias=True)
    shrunken = covariance + 0.3 * np.diag(np.full(5, np.trace(covariance) / 5))

    def nearest(row: Any, others: Any) -> float:
        return float(min(((row - other) ** 2).sum() for other in others))

    def likeness(known: Any, rows: Any) -> Any:
        direction = np.linalg.solve(shrunken, known.mean(0) - inner.mean(0))
        unit = np.median([nearest(row, known) for row in inner])

        def both(row: Any) -> tuple[float, float]:
            near = -np.log(1 + 4 * nearest(row, known) / unit) + np.log(1 + 4 * nearest(row, normals) / unit) / 2
            return float((row - inner.mean(0)) @ direction), near

        usual = np.array([both(row) for row in inner])
        return ((np.array([both(row) for row in rows]) - usual.mean(0)) / usual.std(0)).mean(1)

    ranks = []
    for out in range(len(anomalies)):
        others = np.delete(anomalies, out, axis=0)
        ranks.append((likeness(others, inner) < likeness(others, anomalies[[out]])).mean())
    weight = 2 * len(ranks) / (len(ranks) + 4) * (2 * (sum(ranks) + 2 * 0.75) / (len(ranks) + 2) - 1)
    low, middle, high = np.percentile(normality[kept], [25, 50, 75])
    drawn = draw_in((normality[kept] - middle) / ((high - low) / 1.349))
    base = draw_in((new - middle) / ((high - low) / 1.349)) / drawn.std()
    return base - weight * likeness(anomalies, seen_new)


def view_of(rows: Any) -> Any:
    return rows


def test_it_is_the_formula_written_out() -> None:
    labels = some(LABELS, 8)
    kept = (np.arange(300) % 7 > 0) & (labels != 1)
    scores, new = (-np.linalg.norm(each, axis=1) for each in (X, X_TEST))
    adjusted = LabelAdjustment().fit(X, scores, kept, labels).adjust(X_TEST, new)
    np.testing.assert_allclose(adjusted, written_out(X, scores, kept, labels, X_TEST, new), rtol=1e-9)


@pytest.mark.parametrize("one_class", [GaussianDensity(), NearestNeighbors(), KMeansDistance(random_state=0)])
def test_ten_labels_find_the_cluster_that_refinement_misses(one_class: Any) -> None:
    for make in (SRR(Identity(), one_class, random_state=0), Refined(one_class, random_state=0)):
        blind = roc_auc_score(LABELS_TEST, anomaly_scores(make.fit(X), X_TEST))
        told = roc_auc_score(LABELS_TEST, anomaly_scores(make.fit(X, labels=some(LABELS, 10)), X_TEST))
        assert blind < 0.5
        assert told > blind + 0.35


def test_labels_without_information_get_next_to_no_weight() -> None:
    rng = np.random.default_rng(0)
    weights = []
    for _ in range(20):
        labels = np.full(300, -1)
        labels[rng.permutation(300)[:10]] = 1
        weights.append(LabelAdjustment().fit(X, -np.linalg.norm(X, axis=1), labels != 1, labels).weight_)
    informed = LabelAdjustment().fit(X, -np.linalg.norm(X, axis=1), LABELS == 0, some(LABELS, 20)).weight_
    assert np.mean(weights) < 0.3 * informed


def test_more_labels_weigh_more_and_all_of_them_bounded() -> None:
    scores = -np.linalg.norm(X, axis=1)
    weights = [LabelAdjustment().fit(X, scores, LABELS == 0, some(LABELS, n)).weight_ for n in (1, 4, 20, 100)]
    assert sorted(weights) == weights
    assert 0 < weights[0] < weights[-1] <= 2


def test_the_order_and_the_unit_of_columns_and_scores_do_not_matter() -> None:
    labels, kept = some(LABELS, 10), LABELS == 0
    scores = -np.linalg.norm(X, axis=1)
    plain = LabelAdjustment().fit(X, scores, kept, labels).adjust(X_TEST, scores)
    columns, factors = [3, 1, 0, 4, 2], np.array([1e4, 1.0, 1e-4, 5.0, 2.0])
    other = LabelAdjustment().fit(X[:, columns] * factors + 7, 5 * scores - 3, kept, labels)
    np.testing.assert_allclose(
        other.adjust(X_TEST[:, columns] * factors + 7, 5 * scores - 3), plain, rtol=1e-6, atol=1e-9
    )


def test_columns_that_do_not_vary_and_wide_features_are_managed() -> None:
    labels, scores = some(LABELS, 10), -np.linalg.norm(X, axis=1)
    constant = np.column_stack([X, np.ones(300)])
    wide = np.column_stack([X, np.random.default_rng(0).normal(0, 0.1, size=(300, 70))])
    for features in (constant, wide, np.zeros((300, 2)), wide.astype(np.float32)):
        adjusted = LabelAdjustment().fit(features, scores, LABELS == 0, labels).adjust(features, scores)
        assert np.isfinite(adjusted).all()
        assert roc_auc_score(LABELS, -adjusted) > (0.9 if features.std() else 0.4)


def test_known_anomalies_are_scored_as_if_unknown_where_thresholds_are_set() -> None:
    labels, scores = some(LABELS, 10), -np.linalg.norm(X, axis=1)
    adjustment = LabelAdjustment().fit(X, scores, LABELS == 0, labels)
    plain, honest = adjustment.adjust(X, scores), adjustment.adjust_training(X, scores, labels)
    np.testing.assert_array_equal(plain[labels != 1], honest[labels != 1])
    assert (honest[labels == 1] > plain[labels == 1]).all()


def test_what_it_cannot_learn_from_is_said() -> None:
    with pytest.raises(DataError) as caught:
        LabelAdjustment().fit(X, np.zeros(300), LABELS == 0, np.zeros(300, dtype=int))
    assert str(caught.value) == "there are 0 known anomalies and 270 kept samples: give at least 1 and 2"


def test_labels_raise_alarms_on_what_is_like_them() -> None:
    labels = some(LABELS, 20)
    blind = SRR(Identity(), GaussianDensity(), random_state=0).fit(X).predict(X_TEST)
    told = SRR(Identity(), GaussianDensity(), random_state=0).fit(X, labels=labels).predict(X_TEST)
    assert not (blind[LABELS_TEST == 1] == -1).any()
    assert (told[LABELS_TEST == 1] == -1).mean() > 0.5
    assert (told[LABELS_TEST == 0] == -1).mean() < 0.1


def test_models_with_labels_come_back_from_disk(tmp_path: Path) -> None:
    pictures = plant_defects(n_train=60, contamination=0.2, channels=1)
    told: list[tuple[SRR | Refined, Any, NDArray[np.int64]]] = [
        (SRR(Identity(), GaussianDensity(), random_state=0), X, some(LABELS, 10)),
        (Refined(NearestNeighbors(), random_state=0), X, some(LABELS, 10)),
        (SRR(Pixels(), PCAReconstruction(n_components=3)), pictures.X_train, some(pictures.labels_train, 6)),
        (Refined(TwoStage(Pixels(), NearestNeighbors())), pictures.X_train, some(pictures.labels_train, 6)),
    ]
    for number, (detector, samples, labels) in enumerate(told):
        fitted = detector.fit(samples, labels=labels)
        back = load(save(tmp_path / str(number), fitted)).detector
        np.testing.assert_array_equal(back.score_samples(samples), fitted.score_samples(samples))
        assert back.offset_ == fitted.offset_


def test_a_fit_without_labels_forgets_those_of_the_fit_before() -> None:
    detector = SRR(Identity(), GaussianDensity(), random_state=0)
    plain = detector.fit(X).score_samples(X)
    detector.fit(X, labels=some(LABELS, 10))
    np.testing.assert_array_equal(detector.fit(X).score_samples(X), plain)
