from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from dross.evaluation.results import RunRow
from dross.evaluation.run import RunKey
from dross.report.runs import SweepRuns
from dross.report.summarize import summarize_runs
from tests.report.made_up import made_up_sweep


def run(training: str, seed: int, auroc: float | None, **changes: Any) -> RunRow:
    place = {
        "dataset": "a",
        "detector": "knn",
        "variant": "",
        "contamination": 0.1,
        "protocol": "controlled",
        **changes,
    }
    key = RunKey(training=training, seed=seed, **place)  # type: ignore[arg-type]
    undefined = {} if auroc is not None else {"auroc": "the test set has no anomalies"}
    return RunRow(key, "done", {"auroc": auroc}, {"undefined": undefined, "n_pool": 40}, 1.0, "", None)


def sweep_of(rows: list[RunRow], **changes: Any) -> SweepRuns:
    plain = SweepRuns(rows, {"name": "x", "datasets": [], "detectors": []}, [], {}, len(rows))
    return dataclasses.replace(plain, **changes)


def pair(blind: float, refined: float, seed: int = 0, **changes: Any) -> list[RunRow]:
    return [run("blind", seed, blind, **changes), run("refined", seed, refined, **changes)]


def test_the_summary_is_plain_json() -> None:
    summary = summarize_runs(made_up_sweep(n_seeds=2, variants=("rejection=0.1",), published="thyroid"))
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary


def test_gains_are_paired_by_seed_and_their_direction_is_refined_minus_blind() -> None:
    rows = pair(0.5, 0.7, 0) + pair(0.9, 0.92, 1) + [run("blind", 2, 0.1)]
    gain = summarize_runs(sweep_of(rows))["gains"][0]
    assert (gain["n_seeds"], gain["verdict"]) == (2, "gain")
    assert gain["gain"] == pytest.approx(0.11)
    assert (gain["blind"], gain["refined"]) == (pytest.approx(0.7), pytest.approx(0.81))
    assert (gain["low"], gain["high"]) == (pytest.approx(0.02), pytest.approx(0.2))


@pytest.mark.parametrize(
    ("differences", "verdict"), [((0.01, 0.02), "gain"), ((-0.01, -0.02), "loss"), ((-0.01, 0.02), "level")]
)
def test_a_verdict_needs_the_whole_interval_on_one_side(differences: tuple[float, float], verdict: str) -> None:
    rows = [row for seed, change in enumerate(differences) for row in pair(0.8, 0.8 + change, seed)]
    summary = summarize_runs(sweep_of(rows))
    assert summary["gains"][0]["verdict"] == verdict
    assert len(summary["losses"]) == (verdict == "loss")


def test_one_seed_gives_no_interval_and_no_verdict() -> None:
    gain = summarize_runs(sweep_of(pair(0.5, 0.9)))["gains"][0]
    assert (gain["low"], gain["high"], gain["verdict"]) == (None, None, "level")
    assert summarize_runs(sweep_of(pair(0.5, 0.9)))["headline"]["sentences"][0] == (
        "At 10 % contamination, refinement moved the mean AUROC of knn from 50.0 to 90.0: +40.0 points (no interval: "
        "too few runs)."
    )


def test_a_variant_of_the_refinement_is_compared_with_the_default_blind_run() -> None:
    rows = [run("blind", 0, 0.5), run("refined", 0, 0.6), run("refined", 0, 0.8, variant="rejection=0.1")]
    gains = {gain["variant"]: gain["gain"] for gain in summarize_runs(sweep_of(rows))["gains"]}
    assert gains == {"": pytest.approx(0.1), "rejection=0.1": pytest.approx(0.3)}


def test_losses_are_listed_worst_first_and_told_in_the_verdict() -> None:
    rows = []
    for dataset, change in (("a", -0.01), ("b", -0.05), ("c", 0.1)):
        rows += pair(0.8, 0.8 + change, 0, dataset=dataset) + pair(0.8, 0.8 + change, 1, dataset=dataset)
    summary = summarize_runs(sweep_of(rows))
    assert [loss["dataset"] for loss in summary["losses"]] == ["b", "a"]
    assert summary["headline"]["sentences"] == [
        "At 10 % contamination, refinement moved, within the noise, the mean AUROC of knn over 3 data sets from 80.0 "
        "to 81.3: +1.3 points (95 % interval −5.0 to +10.0).",
        "In 2 of 3 comparisons refinement lost by more than the noise of the seeds; the worst is knn on b at 10 %: "
        "−5.0 points (95 % interval −5.0 to −5.0).",
    ]


def test_the_verdict_says_when_nothing_can_be_compared() -> None:
    headline = summarize_runs(sweep_of([run("blind", 0, 0.5)]))["headline"]
    assert headline == {
        "sentences": ["No refined run has a blind run beside it, so there is no gain to report."],
        "figures": [],
    }


def test_the_price_on_clean_data_is_told() -> None:
    rows = pair(0.9, 0.88, contamination=0.0) + pair(0.7, 0.8, contamination=0.1)
    sentences = summarize_runs(sweep_of(rows))["headline"]["sentences"]
    assert "With nothing to remove (0 %), refinement changed AUROC by: knn −2.0 points." in sentences


@pytest.mark.parametrize(
    ("refined", "words"),
    [
        (0.85, " It won back 50 % of the AUROC that contamination had cost."),
        (0.92, " It won back all of the AUROC that contamination had cost (recovery 1.20)."),
        (0.75, " It won back none of the AUROC that contamination had cost."),
    ],
)
def test_recovery_is_told_in_words(refined: float, words: str) -> None:
    rows = [*pair(0.8, refined), run("oracle", 0, 0.9)]
    assert summarize_runs(sweep_of(rows))["headline"]["sentences"][0].endswith(words)


def test_an_undefined_mean_keeps_its_reason() -> None:
    summary = summarize_runs(sweep_of([run("blind", 0, None), run("blind", 1, None)]))
    mean = next(row for row in summary["means"] if row["metric"] == "auroc")
    assert (mean["mean"], mean["n_seeds"], mean["reason"]) == (None, 0, "the test set has no anomalies")
    assert summary["undefined"] == [
        {"metric": "auroc", "label": "AUROC", "reason": "the test set has no anomalies", "count": 1}
    ]


def test_tables_with_a_small_pool_are_shown_but_not_averaged() -> None:
    rows = pair(0.5, 0.6, dataset="a") + pair(0.5, 0.6, dataset="b") + pair(0.5, 1.0, dataset="tiny")
    rows = [
        dataclasses.replace(row, details={**row.details, "n_pool": 4, "small_pool": row.key.dataset == "tiny"})
        for row in rows
    ]
    summary = summarize_runs(sweep_of(rows))
    assert summary["left_out"] == [
        {"dataset": "tiny", "detector": None, "reason": "its pool of contaminants has 4 anomalies, fewer than 20"}
    ]
    assert (summary["pooled"][0]["n_datasets"], summary["pooled"][0]["gain"]) == (2, pytest.approx(0.1))
    assert len(summary["gains"]) == 3


def test_pooled_gains_agree_with_the_means_over_tables_of_the_summary() -> None:
    summary = summarize_runs(made_up_sweep(("a", "b", "c"), ("knn",), (0.05, 0.1), 3))
    over = {row["contamination"]: row["mean"] for row in summary["over_tables"] if row["metric"] == "auroc_gain"}
    pooled = {row["contamination"]: row["gain"] for row in summary["pooled"] if row["metric"] == "auroc"}
    assert pooled == {ratio: pytest.approx(mean) for ratio, mean in over.items()}


def test_natural_contaminations_are_one_level() -> None:
    rows = pair(0.5, 0.6, dataset="a", protocol="adbench", contamination=0.1)
    rows += pair(0.5, 0.8, dataset="b", protocol="adbench", contamination=0.3)
    summary = summarize_runs(sweep_of(rows))
    assert summary["levels"] == ["natural"]
    assert [(row["level"], row["n_datasets"], row["gain"]) for row in summary["pooled"]] == [
        ("natural", 2, pytest.approx(0.2))
    ]


def test_failed_and_missing_runs_are_counted_and_take_no_part() -> None:
    rows = pair(0.5, 0.6)
    failed = dataclasses.replace(
        run("blind", 7, 0.0), status="failed", metrics={}, details={}, error="TrainingError: no"
    )
    summary = summarize_runs(sweep_of([*rows, failed], n_planned=10))
    assert summary["counts"] == {"planned": 10, "done": 2, "failed": 1, "seconds": 3.0}
    assert [(row["seed"], row["error"]) for row in summary["failures"]] == [(7, "TrainingError: no")]
    assert summary["gains"][0]["n_seeds"] == 1


def test_the_headline_is_the_published_metric_where_curves_stand_beside_ours() -> None:
    summary = summarize_runs(made_up_sweep(n_seeds=2, published="thyroid"))
    assert summary["headline_metric"] == "f1_oracle"
    assert [curve["method"] for curve in summary["published"]] == ["GOAD + GDE; no refinement", "SRR (GOAD + GDE)"]
    assert summarize_runs(made_up_sweep(n_seeds=2))["headline_metric"] == "auroc"


def test_curves_that_nobody_published_are_said_to_be_missing() -> None:
    summary = summarize_runs(made_up_sweep(n_seeds=1, published="thyriod"))
    assert summary["published"] == []
    assert summary["published_missing"] == (
        "The run file asks for the curves published on 'thyriod', but there are none; did you mean 'thyroid'?; known "
        "are arrhythmia, cifar10, dogs-vs-cats, fashion-mnist, kddcup99, kddcup99-rev, mvtec, thyroid."
    )


def test_rounds_are_averaged_over_the_seeds_that_reached_them() -> None:
    def refined(seed: int, kept: list[int]) -> RunRow:
        trace = [
            {"round": i + 1, "epoch": i, "kept": n, "dropped_contaminants": None, "lost_normals": 0.1, "loss": None}
            for i, n in enumerate(kept)
        ]
        row = run("refined", seed, 0.9)
        return dataclasses.replace(row, details={**row.details, "n_train": 100, "trace": trace})

    rounds = summarize_runs(sweep_of([refined(0, [80, 90]), refined(1, [90])]))["refinement"][0]["rounds"]
    assert [(step["round"], step["kept_share"], step["n_seeds"]) for step in rounds] == [
        (1, pytest.approx(0.85), 2),
        (2, pytest.approx(0.9), 1),
    ]
    assert rounds[0]["dropped_contaminants"] is None


def test_what_is_left_to_win_is_the_gap_to_the_oracle_widest_first() -> None:
    rows = [*pair(0.5, 0.6, dataset="a"), run("oracle", 0, 0.7, dataset="a")]
    rows += [*pair(0.5, 0.6, dataset="b"), run("oracle", 0, 0.95, dataset="b")]
    rows += [*pair(0.5, 0.99, dataset="c"), run("oracle", 0, 0.95, dataset="c")]
    hard = summarize_runs(sweep_of(rows))["hard"]
    assert [(row["dataset"], row["gap"]) for row in hard] == [("b", pytest.approx(0.35)), ("a", pytest.approx(0.1))]


def test_the_minority_s_precision_is_compared_only_where_it_differs() -> None:
    rows = pair(0.5, 0.6)
    same = [dataclasses.replace(row, metrics={"ap": 0.5, "ap_minority": 0.5}) for row in rows]
    other = [dataclasses.replace(row, metrics={"ap": 0.5, "ap_minority": 0.6}) for row in rows]
    assert "ap_minority" not in summarize_runs(sweep_of(same))["compared"]
    assert "ap_minority" in summarize_runs(sweep_of(other))["compared"]
