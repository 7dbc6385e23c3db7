from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_fscore_support, roc_auc_score

from dross.errors import DataError
from dross.metrics import (
    SMALLEST_GAP,
    alarm_metrics,
    auroc,
    average_precision,
    average_precision_minority,
    bootstrap_interval,
    f1_at_true_count,
    recovery,
    resampling_weights,
    undefined_reason,
)

Case = tuple[NDArray[np.int64], NDArray[np.float64]]


@st.composite
def cases(draw: st.DrawFn, *, ties: bool = True) -> Case:
    """Return labels of both classes and scores, with many ties or none."""
    size = draw(st.integers(2, 40))
    n_anomalies = draw(st.integers(1, size - 1))
    labels = np.array(draw(st.permutations([1] * n_anomalies + [0] * (size - n_anomalies))))
    if ties:
        scores = np.array(draw(st.lists(st.integers(-4, 4), min_size=size, max_size=size)), dtype=float)
    else:
        scores = np.array(draw(st.permutations(range(size))), dtype=float)
    return labels, scores


@given(cases())
def test_auroc_equals_scikit_learns(case: Case) -> None:
    labels, scores = case
    assert auroc(labels, scores) == pytest.approx(roc_auc_score(labels, scores))


@given(cases())
def test_average_precision_equals_scikit_learns(case: Case) -> None:
    labels, scores = case
    assert average_precision(labels, scores) == pytest.approx(average_precision_score(labels, scores))


@given(cases())
def test_ranking_metrics_do_not_change_with_a_monotone_transform(case: Case) -> None:
    labels, scores = case
    stretched = np.exp(scores / 3) * 7 - 2
    for metric in (auroc, average_precision, average_precision_minority, f1_at_true_count):
        assert metric(labels, stretched) == pytest.approx(metric(labels, scores))


@given(cases())
def test_auroc_of_reversed_scores_is_its_complement(case: Case) -> None:
    labels, scores = case
    assert auroc(labels, -scores) == pytest.approx(1 - (auroc(labels, scores) or 0.0))


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(case: Case, random: object) -> None:
    labels, scores = case
    order = np.arange(labels.size)
    random.shuffle(order)  # type: ignore[attr-defined]
    for metric in (auroc, average_precision, average_precision_minority, f1_at_true_count):
        assert metric(labels[order], scores[order]) == pytest.approx(metric(labels, scores))


def test_auroc_of_a_hand_made_example() -> None:
    # Six pairs: (3 above 1, 2), (3 above 2), (2 above 1, ties 2), ...: 4 wins, 1 tie, 1 loss.
    assert auroc([0, 0, 0, 1, 1], [1, 2, 3, 2, 4]) == pytest.approx((1 + 0.5 + 0 + 3) / 6)


@given(cases(ties=False))
def test_f1_at_true_count_equals_goads_percentile_cut(case: Case) -> None:
    labels, scores = case
    threshold = np.percentile(scores, 100 * np.mean(labels == 0))
    f1 = precision_recall_fscore_support(labels, scores >= threshold, average="binary")[2]
    assert f1_at_true_count(labels, scores) == pytest.approx(f1)


@given(cases())
def test_f1_at_true_count_is_the_mean_over_random_tie_breaks(case: Case) -> None:
    labels, scores = case
    generator = np.random.default_rng(0)
    count = int(labels.sum())
    hits = []
    for _ in range(400):
        order = np.lexsort((generator.random(scores.size), -scores))
        hits.append(labels[order[:count]].mean())
    assert f1_at_true_count(labels, scores) == pytest.approx(np.mean(hits), abs=0.15)


def test_f1_at_true_count_shares_ties_in_proportion() -> None:
    # Two anomalies: one place goes to the score 3 (an anomaly), the other to one of three tied samples, one an anomaly.
    assert f1_at_true_count([1, 0, 0, 1, 0], [3, 2, 2, 2, 1]) == pytest.approx((1 + 1 / 3) / 2)


def test_average_precision_minority_takes_the_normal_class_where_it_is_the_smaller() -> None:
    labels, scores = np.array([0, 0, 1, 1, 1]), np.array([0.1, 0.6, 0.5, 0.8, 0.9])
    assert average_precision_minority(labels, scores) == pytest.approx(average_precision_score(1 - labels, -scores))
    assert average_precision_minority(labels, scores) != pytest.approx(average_precision(labels, scores))
    balanced = labels[1:]
    assert average_precision_minority(balanced[:2], scores[:2]) == average_precision(balanced[:2], scores[:2])


@given(cases())
def test_alarm_metrics_equal_scikit_learns(case: Case) -> None:
    labels, scores = case
    alarms = scores > 0
    expected = precision_recall_fscore_support(labels, alarms, average="binary", zero_division=0)
    found = alarm_metrics(labels, alarms)
    assert found.recall == pytest.approx(expected[1])
    assert found.f1 == pytest.approx(expected[2])
    if alarms.any():
        assert found.precision == pytest.approx(expected[0])
    else:
        assert found.precision is None


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ([], "the test set is empty"),
        ([0, 0], "the test set has no anomalies"),
        ([1, 1], "the test set has no normal samples"),
    ],
)
def test_what_is_undefined_is_none_with_a_reason(labels: list[int], reason: str) -> None:
    scores = np.arange(len(labels), dtype=float)
    assert undefined_reason(labels) == reason
    for metric in (auroc, average_precision, average_precision_minority, f1_at_true_count):
        assert metric(np.array(labels, dtype=int), scores) is None


@pytest.mark.parametrize(
    ("labels", "scores", "message"),
    [
        ([0, 1], [1.0], "labels have the shape (2,) and scores (1,): give one label and one score a sample"),
        ([0, -1], [1.0, 2.0], "label -1 at row 1: metrics need 0 (normal) or 1 (anomaly) for every sample"),
        ([0, 1], [1.0, np.nan], "score nan at row 1 is not finite, so the samples cannot be ranked"),
    ],
)
def test_wrong_input_is_refused(labels: list[int], scores: list[float], message: str) -> None:
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        auroc(labels, scores)


def test_bootstrap_interval_equals_a_plain_loop() -> None:
    values = np.random.default_rng(3).normal(0.8, 0.05, 10)
    generator = np.random.default_rng(0)
    means = [generator.choice(values, values.size).mean() for _ in range(20_000)]
    low, high = bootstrap_interval(values, n_resamples=20_000) or (0.0, 0.0)
    assert low == pytest.approx(np.quantile(means, 0.025), abs=0.002)
    assert high == pytest.approx(np.quantile(means, 0.975), abs=0.002)


def test_bootstrap_interval_covers_the_mean_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(1)
    covered = 0
    for _ in range(500):
        low, high = bootstrap_interval(generator.normal(size=30)) or (0.0, 0.0)
        covered += low <= 0.0 <= high
    assert 0.89 <= covered / 500 <= 0.98


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=30), st.floats(-5, 5))
def test_bootstrap_interval_holds_the_mean_and_shifts_with_the_values(values: list[float], shift: float) -> None:
    low, high = bootstrap_interval(values) or (0.0, 0.0)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9
    moved = bootstrap_interval(np.array(values) + shift) or (0.0, 0.0)
    assert moved == pytest.approx((low + shift, high + shift), abs=1e-9)


def test_one_value_has_no_interval_and_weights_are_read_only() -> None:
    assert bootstrap_interval([0.5]) is None
    assert bootstrap_interval([]) is None
    assert not resampling_weights(4).flags.writeable


@pytest.mark.parametrize(
    ("refined", "blind", "oracle", "expected"),
    [
        (0.9, 0.8, 0.9, 1.0),
        (0.8, 0.8, 0.9, 0.0),
        (0.7, 0.8, 0.9, -1.0),
        (1.0, 0.8, 0.9, 2.0),
        (0.75, 0.8, 0.7, 0.5),  # contamination can help the blind one: the formula holds all the same
        (0.30, 0.28, 0.30, 1.0),  # a gap of exactly 0.02 counts, whatever binary fractions make of it
        (0.9, 0.89, 0.909, None),
        (None, 0.8, 0.9, None),
        (0.9, None, 0.9, None),
        (0.9, 0.8, None, None),
    ],
)
def test_recovery(refined: float | None, blind: float | None, oracle: float | None, expected: float | None) -> None:
    found = recovery(refined, blind, oracle)
    assert found is None if expected is None else found == pytest.approx(expected)
    assert SMALLEST_GAP == 0.02


def test_auroc_of_the_worked_example_of_five_scores() -> None:
    # Of the six pairs of an anomaly (256676, 862365) and a normal sample, five are in order: 848171 is above 256676.
    scores = np.array([11383.0, 256676.0, 862365.0, 152435.0, 848171.0])
    value = auroc(np.array([0, 1, 1, 0, 0]), scores)
    assert value == pytest.approx(5 / 6)
    assert f"{value:.4f}" == "0.8333"
