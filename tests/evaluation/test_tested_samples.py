"""Intervals and tests over test samples and folds, from made-up runs whose decisions are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dross.evaluation.results import RunRow
from dross.evaluation.run import RunKey
from dross.evaluation.summary import summarise
from dross.evaluation.summary_row import SummaryRow
from dross.evaluation.tested_samples import paired_test
from dross.metrics import alarm_metrics, auroc, corrected_t, mcnemar_exact, resampling_weights

LABELS = np.repeat([0, 1], [40, 20])


def run(detector: str, scores: NDArray[Any], seed: int = 0, protocol: str = "fixed-split", keep: bool = True) -> RunRow:
    """Return a run whose alarms are the scores above 0.5."""
    alarms = scores > 0.5
    own = alarm_metrics(LABELS, alarms)
    metrics = {"auroc": auroc(LABELS, scores), "accuracy": float(np.mean(alarms == LABELS)), "f1": own.f1}
    tested = {
        "row": list(range(60)),
        "label": LABELS.tolist(),
        "score": scores.tolist(),
        "alarm": alarms.astype(int).tolist(),
    }
    details: dict[str, Any] = {"n_train": 240, "n_test": 60, **({"tested": tested} if keep else {})}
    key = RunKey("animals", protocol, detector, "blind", "normal=normal", 0.0, seed)  # type: ignore[arg-type]
    return RunRow(key, "done", metrics, details, 1.0, "", None)


def scores(quality: float, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0.2 + quality * LABELS, 0.3)


def found(rows: list[RunRow], metric: str) -> SummaryRow:
    (row,) = (row for row in summarise(rows) if row.metric == metric)  # and no second one for the mean over one class
    return row


def test_one_run_on_a_fixed_split_has_an_interval_over_its_test_samples() -> None:
    one = run("svm", scores(0.6))
    row = found([one], "accuracy")
    right = (scores(0.6) > 0.5) == LABELS
    expected = np.quantile(resampling_weights(60) @ right, [0.025, 0.975])
    assert row.mean == pytest.approx(right.mean())
    assert row.n_seeds == 1
    assert [row.low, row.high] == pytest.approx(expected.tolist())
    exact = 1.96 * np.sqrt(right.mean() * (1 - right.mean()) / 60)  # the normal approximation, as a check of its size
    assert row.high is not None
    assert row.low is not None
    assert row.high - row.low == pytest.approx(2 * exact, rel=0.15)
    assert found([run("svm", scores(0.6), keep=False)], "accuracy").low is None
    assert found([one], "seconds").low is None


def test_several_seeds_on_a_fixed_split_share_its_test_samples() -> None:
    # The same decisions again and again: more seeds say nothing new, and the interval does not shrink.
    same = found([run("svm", scores(0.6), seed) for seed in range(8)], "auroc")
    once = found([run("svm", scores(0.6))], "auroc")
    assert [same.low, same.high] == pytest.approx([once.low, once.high])
    assert same.n_seeds == 8


def test_folds_have_the_corrected_interval_which_stays_within_a_share() -> None:
    rows = [run("svm", scores(0.6, seed), seed, "cross-validation") for seed in range(10)]
    row = found(rows, "accuracy")
    expected = corrected_t([each.metrics["accuracy"] or 0.0 for each in rows], 0.25)
    assert [row.low, row.high] == pytest.approx([expected.low, expected.high])
    perfect = [run("svm", scores(1.2, seed), seed, "cross-validation") for seed in range(3)]
    high = found(perfect, "auroc").high
    assert high is not None
    assert high <= 1.0 < (corrected_t([each.metrics["auroc"] or 0.0 for each in perfect], 0.25).high or 0.0) + 1e-9


def test_accuracies_of_two_decisions_are_put_to_mcnemar_and_rankings_to_the_bootstrap() -> None:
    one, other = run("svm", scores(0.8)), run("knn", scores(0.3, 1))
    accuracy, ranking = paired_test([one], [other], "accuracy"), paired_test([one], [other], "auroc")
    assert accuracy is not None
    assert ranking is not None
    assert accuracy.test == "McNemar, exact"
    right = [(values > 0.5) == LABELS for values in (scores(0.8), scores(0.3, 1))]
    assert accuracy.difference.p == pytest.approx(mcnemar_exact(*right))
    assert accuracy.difference.mean == pytest.approx(right[0].mean() - right[1].mean())
    assert ranking.test == "paired bootstrap over test samples"
    assert (ranking.difference.p or 1.0) < 0.01 < (ranking.difference.low or 0.0)
    mirrored = paired_test([other], [one], "auroc")
    assert mirrored is not None
    assert mirrored.difference.low == pytest.approx(-(ranking.difference.high or 0.0))


def test_seeds_and_folds_are_paired_with_themselves() -> None:
    ours = [run("svm", scores(0.8, seed), seed, "cross-validation") for seed in range(6)]
    theirs = [run("knn", scores(0.4, seed), seed, "cross-validation") for seed in range(1, 9)]
    test = paired_test(ours, theirs, "f1")
    assert test is not None
    shared = [(ours[seed].metrics["f1"] or 0.0) - (theirs[seed - 1].metrics["f1"] or 0.0) for seed in range(1, 6)]
    assert test.test == "corrected resampled t"
    assert test.difference == pytest.approx(corrected_t(shared, 0.25))
    several = paired_test([run("a", scores(0.8), 0), run("a", scores(0.8), 1)], [run("b", scores(0.3), 1)], "accuracy")
    assert several is not None
    assert several.test == "McNemar, exact"  # they share one seed
    seeds = [[run(name, scores(quality, seed), seed) for seed in (0, 1)] for name, quality in (("a", 0.8), ("b", 0.3))]
    resampled = paired_test(seeds[0], seeds[1], "accuracy")
    assert resampled is not None
    assert resampled.test == "paired bootstrap over test samples"
    alike = [[run(name, scores(quality), seed) for seed in (0, 1)] for name, quality in (("a", 0.8), ("b", 0.3))]
    exact = paired_test(alike[0], alike[1], "accuracy")
    assert exact is not None
    assert exact.test == "McNemar, exact"
    assert paired_test(ours, [run("knn", scores(0.4), 99, "cross-validation")], "f1") is None
    assert paired_test([run("a", scores(0.8), keep=False)], [run("b", scores(0.3))], "auroc") is None


def test_inspection_has_intervals_over_test_images_and_keeps_those_of_pixels() -> None:
    rows = [run("padim", scores(0.6), seed, "inspection") for seed in range(3)]
    of_split = [run("padim", scores(0.6), seed) for seed in range(3)]
    row, expected = found(rows, "auroc"), found(of_split, "auroc")
    assert row.low is not None
    assert (row.low, row.high) == (expected.low, expected.high)
    assert row.low < row.mean < (row.high or 0.0)  # type: ignore[operator]
    for each, value in zip(rows, (0.90, 0.92, 0.94), strict=True):
        each.metrics["pixel_auroc"] = value
    pixels = found(rows, "pixel_auroc")
    assert pixels.mean == pytest.approx(0.92)
    assert pixels.low is not None
    assert pixels.low >= 0.90
