"""Paired tests and resampled metrics against other implementations, and where nothing is to be found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk

from dross.errors import DataError
from dross.metrics import (
    RESAMPLED,
    bootstrap_difference,
    corrected_t,
    holm,
    mcnemar_exact,
    resampled_metrics,
    resampling_weights,
)


def test_resampled_metrics_are_those_of_the_samples_drawn() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], [30, 12])
    scores = np.round(rng.normal(labels, 1.0), 1)  # with ties
    alarms = scores > 0.7
    weights = resampling_weights(len(labels), 20, seed=3)
    found = resampled_metrics(labels, scores, alarms, weights)
    assert tuple(found) == RESAMPLED
    for number, counts in enumerate(np.rint(weights * len(labels)).astype(int)):
        y, s, a = (np.repeat(values, counts) for values in (labels, scores, alarms))
        expected = {
            "auroc": sk.roc_auc_score(y, s),
            "ap": sk.average_precision_score(y, s),
            "accuracy": sk.accuracy_score(y, a),
            "balanced_accuracy": sk.balanced_accuracy_score(y, a),
            "precision": sk.precision_score(y, a),
            "recall": sk.recall_score(y, a),
            "f1": sk.f1_score(y, a),
        }
        for name, value in expected.items():
            assert found[name][number] == pytest.approx(value), name


def test_what_a_resample_does_not_define_is_not_a_number() -> None:
    weights = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    found = resampled_metrics([0, 0, 1], [0.1, 0.2, 0.3], [False, False, False], weights)
    assert np.isnan(found["auroc"]).all()
    assert np.isnan(found["precision"]).all()
    assert found["accuracy"].tolist() == [1.0, 0.0]
    np.testing.assert_array_equal(found["f1"], [np.nan, 0.0])


def test_the_corrected_t_test_is_that_of_the_paper() -> None:
    values = np.random.default_rng(1).normal(0.02, 0.03, 15)
    plain = corrected_t(values, 0.0)  # without the correction: the ordinary t-test
    expected = stats.ttest_1samp(values, 0.0)
    assert plain.p == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval()
    assert plain.low == pytest.approx(interval.low)
    assert plain.high == pytest.approx(interval.high)
    corrected = corrected_t(values, 0.25)
    t = values.mean() / np.sqrt((1 / 15 + 60 / 240) * values.var(ddof=1))  # n2 / n1 in the paper
    assert corrected.p == pytest.approx(2 * stats.t.sf(abs(t), 14))
    assert corrected_t([0.0, 0.0], 0.25) == (0.0, 0.0, 0.0, 1.0)
    assert corrected_t([0.5, 0.5], 0.25).p == 0.0
    assert corrected_t([0.5], 0.25) == (0.5, None, None, None)


def test_the_correction_keeps_what_a_test_promises_where_folds_overlap() -> None:
    # Two classifiers that are equally good: differences of folds share the luck of what they train on.
    rng = np.random.default_rng(2)
    found = []
    for _ in range(400):
        shared = rng.normal(0, 0.02)  # the part that all folds have in common
        found.append(corrected_t(shared + rng.normal(0, 0.04, 10), 0.25).p or 0.0)
    plain = [corrected_t(rng.normal(0, 0.02) + rng.normal(0, 0.04, 10), 0.0).p or 0.0 for _ in range(400)]
    assert np.mean(np.array(found) < 0.05) < 0.06 < np.mean(np.array(plain) < 0.05)


def test_a_paired_bootstrap_sees_a_difference_that_the_single_intervals_hide() -> None:
    rng = np.random.default_rng(4)
    hard = rng.random(200) < 0.4
    first, second = ~hard, ~hard & (rng.random(200) > 0.08)  # the second is wrong wherever the first is, and more
    weights = resampling_weights(200)
    found = bootstrap_difference(weights @ first, weights @ second, first.mean() - second.mean())
    assert found.mean == pytest.approx(first.mean() - second.mean())
    assert (found.low or 0.0) > 0
    assert (found.p or 1.0) < 0.01
    assert np.quantile(weights @ first, 0.025) < np.quantile(weights @ second, 0.975)
    nothing = bootstrap_difference(weights @ first, weights @ first, 0.0)
    assert (nothing.low, nothing.high, nothing.p) == (0.0, 0.0, 1.0)
    undefined = bootstrap_difference(np.array([np.nan, 1.0]), np.array([1.0, 1.0]), 0.0)
    assert (undefined.low, undefined.p) == (None, None)


def test_mcnemar_is_the_sign_test_of_the_samples_that_differ() -> None:
    rng = np.random.default_rng(5)
    one, other = rng.random(60) < 0.8, rng.random(60) < 0.6
    b, c = int((one & ~other).sum()), int((other & ~one).sum())
    tail = stats.binom.cdf(min(b, c), b + c, 0.5)
    assert mcnemar_exact(one, other) == pytest.approx(min(1.0, 2 * tail))
    assert mcnemar_exact(other, one) == pytest.approx(mcnemar_exact(one, other))
    assert mcnemar_exact(one, one) == 1.0
    with pytest.raises(DataError) as caught:
        mcnemar_exact([True], [True, False])
    assert str(caught.value) == "one method has 1 samples and the other 2: give both the same"


def test_holm_never_says_less_than_bonferroni_at_the_smallest_and_keeps_the_order() -> None:
    p = np.random.default_rng(6).random(9) ** 2
    adjusted = holm(p)
    assert adjusted[p.argmin()] == pytest.approx(9 * p.min())
    assert (adjusted >= p).all()
    assert (adjusted <= np.minimum(9 * p, 1)).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()
    assert holm([]).size == 0
