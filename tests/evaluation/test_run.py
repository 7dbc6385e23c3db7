from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve, roc_auc_score, roc_curve

from dross.detector import AbstractDetector
from dross.errors import TrainingError
from dross.evaluation.curves import GRID, score_curves
from dross.evaluation.protocols import controlled
from dross.evaluation.refinement_record import dropped_shares
from dross.evaluation.run import RunKey, RunResult, RunSpec, Training, execute, resolve_true_ratio
from dross.scoring import anomaly_scores
from tests.evaluation.stand_ins import Distance, RefinedDistance, build, load


def run(training: Training, ratio: float = 0.1, *, make: Any = build, **parameters: Any) -> RunResult:
    data = load("toy")
    key = RunKey("toy", "controlled", "distance", training, "", ratio, 3)
    return execute(data, controlled(data, ratio, 3, highest=0.1), RunSpec(key, parameters), make)


def test_a_run_measures_the_detector_on_the_test_rows() -> None:
    data = load("toy")
    split = controlled(data, 0.1, 3, highest=0.1)
    detector = Distance().fit(split.X_train)
    result = run("blind")
    assert result.metrics["auroc"] == pytest.approx(
        roc_auc_score(split.labels_test, anomaly_scores(detector, split.X_test))
    )
    alarms = detector.predict(split.X_test) == -1
    hits = (alarms & (split.labels_test == 1)).sum()
    assert result.metrics["precision"] == pytest.approx(hits / alarms.sum())
    assert result.metrics["recall"] == pytest.approx(hits / 30)
    assert list(result.metrics) == ["auroc", "ap", "ap_minority", "f1_oracle", "f1", "precision", "recall"]
    assert result.seconds > 0


def test_an_oracle_is_the_blind_detector_without_the_contaminants() -> None:
    blind, oracle = run("blind"), run("oracle")
    assert blind.details["n_fitted"] == blind.details["n_train"] == 200
    assert oracle.details["n_fitted"] == 180
    assert oracle.details["n_contaminants"] == 20
    assert (oracle.metrics["auroc"] or 0) > (blind.metrics["auroc"] or 0)
    assert run("oracle", 0.0).metrics == run("blind", 0.0).metrics


def test_blind_refined_and_oracle_get_the_same_random_state() -> None:
    states = []

    def noting(name: str, *, training: Any, random_state: Any = None, **parameters: Any) -> AbstractDetector:
        states.append((training, random_state))
        return build(name, training=training, random_state=random_state, **parameters)

    for training in ("blind", "refined", "oracle"):
        run(training, make=noting)
    assert [training for training, _ in states] == ["blind", "refined", "blind"]
    assert len({state for _, state in states}) == 1
    assert isinstance(states[0][1], int)


def test_a_refined_run_counts_what_was_dropped() -> None:
    data = load("toy")
    split = controlled(data, 0.1, 3, highest=0.1)
    kept = RefinedDistance(rejection=0.2).fit(split.X_train).inlier_mask_
    result = run("refined", rejection="2x-true-ratio")
    anomalies = split.labels_train == 1
    assert result.details["parameters"] == {"rejection": pytest.approx(0.2)}
    assert result.metrics["dropped_contaminants"] == pytest.approx(1 - kept[anomalies].mean())
    assert result.metrics["lost_normals"] == pytest.approx(1 - kept[~anomalies].mean())
    assert result.details["trace"] == [
        {
            "round": 0,
            "epoch": 0,
            "kept": int(kept.sum()),
            "dropped_contaminants": result.metrics["dropped_contaminants"],
            "lost_normals": result.metrics["lost_normals"],
            "loss": None,
            "rejection": pytest.approx(0.2),
        }
    ]


def test_without_contaminants_their_share_is_undefined_with_a_reason() -> None:
    result = run("refined", 0.0)
    assert result.metrics["dropped_contaminants"] is None
    assert result.details["undefined"] == {"dropped_contaminants": "the training set has no contaminants"}
    assert dropped_shares(np.array([], dtype=bool), np.array([], dtype=int)) == (None, None)


def test_a_run_is_ready_for_json_and_repeats() -> None:
    first, second = run("refined"), run("refined")
    told = [json.loads(json.dumps(result.details, allow_nan=False)) for result in (first, second)]
    assert all(
        0 < details.pop("fit_seconds") <= result.seconds for details, result in zip(told, (first, second), strict=True)
    )
    assert told[0] == told[1]
    assert first.metrics == second.metrics


def test_scores_that_are_not_finite_end_the_run() -> None:
    with pytest.raises(TrainingError) as error:
        run("blind", act="nan")
    assert str(error.value) == (
        "toy 0.1 distance blind seed 3: 230 of 230 test scores are not finite, so they cannot be ranked; the detector "
        "is unsound on this data"
    )


@pytest.mark.parametrize(
    ("given", "ratio", "expected"),
    [
        ("2x-true-ratio", 0.025, 0.05),
        ("0.5x-true-ratio", 0.1, 0.05),
        ("4x-true-ratio", 0.0, 0.005),
        ("auto", 0.1, "auto"),
        (0.1, 0.3, 0.1),
    ],
)
def test_the_true_ratio_becomes_a_number(given: Any, ratio: float, expected: Any) -> None:
    assert resolve_true_ratio({"rejection": given}, ratio) == {"rejection": expected}


def test_curves_follow_scikit_learns() -> None:
    generator = np.random.default_rng(0)
    labels = np.repeat([0, 1], [900, 100])
    scores = np.round(generator.normal(labels * 1.5), 1)  # rounded: ties
    curves = score_curves(labels, scores)
    false_rate, true_rate, _ = roc_curve(labels, scores, drop_intermediate=False)
    for x, y in zip(curves["roc"]["fpr"], curves["roc"]["tpr"], strict=True):
        lower, upper = true_rate[false_rate <= x + 1e-9].max(), true_rate[false_rate >= x - 1e-9].min()
        assert min(lower, upper) - 1e-4 <= y <= max(lower, upper) + 1e-4
    area = np.trapezoid(curves["roc"]["tpr"], GRID)
    assert area == pytest.approx(roc_auc_score(labels, scores), abs=0.01)
    precision, recall, _ = precision_recall_curve(labels, scores)
    shortest = [precision[np.flatnonzero(recall >= r - 1e-9).max()] for r in GRID[1:]]
    np.testing.assert_allclose(curves["pr"]["precision"][1:], shortest, atol=1e-4)


def test_a_histogram_counts_every_sample_once_and_is_not_squeezed_by_one_far_point() -> None:
    labels = np.repeat([0, 1], [1000, 20])
    scores = np.concatenate([np.linspace(0, 1, 1000), np.linspace(1, 3, 19), [1e9]])
    histogram = score_curves(labels, scores)["histogram"]
    assert (sum(histogram["normal"]), sum(histogram["anomaly"])) == (1000, 20)
    assert len(histogram["edges"]) == len(histogram["normal"]) + 1 == 41
    assert histogram["edges"][-1] < 10


def test_curves_of_one_class_are_left_out() -> None:
    assert list(score_curves(np.zeros(5, dtype=int), np.arange(5.0))) == ["histogram"]
    constant = score_curves(np.array([0, 1]), np.zeros(2))
    assert constant["roc"]["tpr"] == [round(x, 4) for x in GRID]
