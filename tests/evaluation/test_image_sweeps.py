from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dross.catalog
import dross.evaluation.gallery
from dross.errors import DrossError
from dross.evaluation.live import Tally
from dross.evaluation.plan import DetectorPlan, ImageFacts, Sweep
from dross.evaluation.results import RunRow, open_results
from dross.evaluation.run import RunKey, RunResult
from dross.evaluation.summary import summarise
from dross.evaluation.summary_row import SummaryRow
from dross.evaluation.summary_table import csv_text
from dross.evaluation.sweep import run_sweep, shares, usable_cores
from dross.evaluation.variants import ClassRoles
from dross.evaluation.workers import Outcome
from dross.metrics import bootstrap_interval
from dross.report.run_file_text import run_file_text
from tests.evaluation.image_stand_ins import build, load
from tests.evaluation.run_files import GOOD, PAIRS, read

#: What a gallery was asked to show.
Asked = list[dict[str, Any]]


def noting(asked: Asked) -> Any:
    """Return what takes the place of the gallery, and notes what it was asked to show."""

    def gallery_record(X: Any, labels: Any, X_test: Any, labels_test: Any, detector: Any, *, test_scores: Any) -> Any:
        asked.append({"n_train": len(X), "n_test": len(X_test), "scores": test_scores, "labels": labels_test})
        return {"panels": len(asked)}

    return gallery_record


@pytest.fixture(autouse=True)
def _no_gallery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dross.evaluation.gallery, "gallery_record", noting([]))


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[RunRow], Asked]:
    """The rows of one sweep, which several tests look at, and what its galleries were to show."""
    folder = tmp_path_factory.mktemp("swept")
    asked: Asked = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dross.evaluation.gallery, "gallery_record", noting(asked))
        outcome = run_sweep(read(folder, GOOD, build), folder / "s.sqlite", build=build, load=load)
    assert (outcome.n_done, outcome.n_failed) == (outcome.n_runs, 0)
    with open_results(outcome.path) as results:
        return list(results.rows()), asked


@pytest.fixture
def rows(swept: tuple[list[RunRow], Asked]) -> list[RunRow]:
    return swept[0]


def find(summary: list[SummaryRow], training: str, metric: str, ratio: float, variant: str) -> SummaryRow:
    found = [
        row
        for row in summary
        if (row.cell.detector, row.cell.training, row.cell.variant) == ("distance", training, variant)
        and (row.metric, row.cell.contamination) == (metric, ratio)
    ]
    assert len(found) == 1
    return found[0]


def values(rows: list[RunRow], training: str, ratio: float, rest: str = "", metric: str = "auroc") -> dict[Any, float]:
    """Return the values of the detector ``distance`` by class and seed, read straight from the rows."""
    suffix = f";{rest}" if rest else ""
    return {
        (name, row.key.seed): row.metrics[metric] or 0.0
        for row in rows
        for name in ("cat", "ship")
        if (row.key.detector, row.key.training, row.key.contamination) == ("distance", training, ratio)
        and row.key.variant == f"normal={name}{suffix}"
    }


def test_every_class_is_normal_in_turn_and_the_oracle_is_not_run_without_contaminants(tmp_path: Path) -> None:
    plan = read(tmp_path, GOOD, build)
    facts = plan.facts["pictures"]
    assert isinstance(facts, ImageFacts)
    assert facts.roles == (ClassRoles("cat"), ClassRoles("ship"))
    assert (facts.n_samples, facts.shape, facts.n_train, facts.n_pool) == (270, (4, 4, 1), 40, 120)
    of_cats = {
        (spec.key.detector, spec.key.training, spec.key.variant, spec.key.contamination)
        for spec in plan.runs
        if spec.roles == ClassRoles("cat") and spec.key.seed == 1
    }
    both = {
        (*run, ratio)
        for ratio in (0.0, 0.1)
        for run in [
            ("distance", "blind", "normal=cat"),
            ("distance", "refined", "normal=cat"),
            ("distance", "refined", "normal=cat;rejection=0.2"),
            ("far", "blind", "normal=cat"),
        ]
    }
    assert of_cats == both | {("distance", "oracle", "normal=cat", 0.1)}
    assert len({spec.key for spec in plan.runs}) == len(plan.runs) == 2 * 2 * 9
    # Seed by seed: what is stopped has measured all classes equally often.
    assert [spec.key.seed for spec in plan.runs] == [0] * 18 + [1] * 18


def test_a_pair_names_both_classes_and_all_classes_are_the_default(tmp_path: Path) -> None:
    assert {spec.key.variant for spec in read(tmp_path, PAIRS, build).runs if spec.key.detector == "far"} == {
        "anomaly=dog;normal=cat",
        "anomaly=cat;normal=ship",
    }
    every = read(tmp_path, GOOD.replace('normal = ["Cat", 2]\n', ""), build)
    assert {spec.roles for spec in every.runs} == {ClassRoles("cat"), ClassRoles("dog"), ClassRoles("ship")}


def test_a_gallery_is_kept_for_the_first_seed_at_the_highest_ratio_of_what_is_refined(
    swept: tuple[list[RunRow], Asked],
) -> None:
    rows, galleries = swept
    with_gallery = [row for row in rows if "gallery" in row.details]
    assert [(row.key.variant, row.key.training, row.key.contamination, row.key.seed) for row in with_gallery] == [
        ("normal=cat", "refined", 0.1, 0),
        ("normal=ship", "refined", 0.1, 0),
    ]
    assert [(each["n_train"], each["n_test"]) for each in galleries] == [(40, 45), (40, 45)]
    # Anomaly scores: higher for the anomalies.
    first = galleries[0]
    assert first["scores"][first["labels"] == 1].mean() > first["scores"][first["labels"] == 0].mean()


def test_a_gallery_that_cannot_be_made_costs_a_warning_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any, **options: Any) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(dross.evaluation.gallery, "gallery_record", fail)
    outcome = run_sweep(read(tmp_path, GOOD, build), tmp_path / "s.sqlite", build=build, load=load)
    assert outcome.n_failed == 0
    with open_results(outcome.path) as results:
        told = {tuple(row.details["warnings"]) for row in results.rows() if "warnings" in row.details}
    assert told == {("UserWarning: no pictures were kept: MemoryError: no room",)}


def test_means_over_classes_are_over_all_runs_and_gains_are_paired(rows: list[RunRow]) -> None:
    summary = summarise(rows)
    blind, refined = values(rows, "blind", 0.1), values(rows, "refined", 0.1)
    assert len(blind) == len(refined) == 4
    mean = find(summary, "blind", "auroc", 0.1, "")
    runs = np.array(list(blind.values()))
    assert [mean.mean, mean.std] == pytest.approx([runs.mean(), runs.std(ddof=1)])
    assert (mean.low, mean.high) == pytest.approx(bootstrap_interval(runs))
    assert mean.n_seeds == 2
    gains = np.array([refined[run] - blind[run] for run in blind])
    gain = find(summary, "refined", "auroc_gain", 0.1, "")
    assert gain.mean == pytest.approx(gains.mean())
    assert (gain.low, gain.high) == pytest.approx(bootstrap_interval(gains))
    of_cats = find(summary, "refined", "auroc_gain", 0.1, "normal=cat")
    assert of_cats.mean == pytest.approx(np.mean([refined["cat", seed] - blind["cat", seed] for seed in (0, 1)]))
    for metric in ("ap", "ap_minority"):
        before, after = (values(rows, training, 0.1, metric=metric) for training in ("blind", "refined"))
        expected = np.mean([after[run] - before[run] for run in before])
        assert find(summary, "refined", f"{metric}_gain", 0.1, "").mean == pytest.approx(expected)


def test_a_variant_of_the_refinement_is_paired_with_the_blind_run_on_its_own_class(rows: list[RunRow]) -> None:
    blind, varied = values(rows, "blind", 0.1), values(rows, "refined", 0.1, "rejection=0.2")
    summary = summarise(rows)
    expected = np.mean([varied[run] - blind[run] for run in blind])
    assert find(summary, "refined", "auroc_gain", 0.1, "rejection=0.2").mean == pytest.approx(expected)
    of_ships = np.mean([varied["ship", seed] - blind["ship", seed] for seed in (0, 1)])
    found = find(summary, "refined", "auroc_gain", 0.1, "normal=ship;rejection=0.2")
    assert found.mean == pytest.approx(of_ships)


def test_without_contaminants_the_blind_run_stands_for_the_oracle(rows: list[RunRow]) -> None:
    summary = summarise(rows)
    for variant in ("normal=cat", ""):
        blind, oracle = (find(summary, training, "auroc", 0.0, variant) for training in ("blind", "oracle"))
        assert dataclasses.replace(oracle, cell=blind.cell) == blind
        recovered = find(summary, "refined", "recovery", 0.0, variant)
        assert (recovered.mean, recovered.n_seeds) == (None, 0)
    assert find(summary, "oracle", "auroc", 0.1, "").mean == pytest.approx(
        np.mean(list(values(rows, "oracle", 0.1).values()))
    )


def test_a_seed_counts_in_the_mean_only_where_every_class_has_it(rows: list[RunRow]) -> None:
    failed = dataclasses.replace(
        next(row for row in rows if values([row], "refined", 0.1) and row.key.variant == "normal=cat"),
        status="failed",
        metrics={},
    )
    damaged = [failed if row.key == failed.key else row for row in rows]
    left = {run: value for run, value in values(rows, "refined", 0.1).items() if run[1] != failed.key.seed}
    mean = find(summarise(damaged), "refined", "auroc", 0.1, "")
    assert mean.mean == pytest.approx(np.mean(list(left.values())))
    assert mean.n_seeds == 1
    both = [dataclasses.replace(row, status="failed") if row.key.variant == "normal=cat" else row for row in rows]
    assert not [row for row in summarise(both) if row.cell.variant == ""]


def test_the_summary_has_rows_of_each_class_and_of_all(rows: list[RunRow]) -> None:
    lines = csv_text(summarise(rows)).splitlines()
    starts = ["pictures,one-vs-rest,far,blind,normal=ship,0.1,auroc,", "pictures,one-vs-rest,far,blind,,0.1,auroc,"]
    assert [sum(line.startswith(start) for line in lines) for start in starts] == [1, 1]
    assert not [line for line in lines if line.startswith("mean over tables")]


def test_several_workers_and_a_resumed_sweep_change_nothing(tmp_path: Path, rows: list[RunRow]) -> None:
    plan = read(tmp_path, GOOD.replace("seeds = 2", "seeds = [1]"), build)
    started = dataclasses.replace(plan, runs=plan.runs[:3])
    path = tmp_path / "two.sqlite"
    run_sweep(started, path, build=build, load=load)
    run_sweep(plan, path, build=build, load=load, workers=2, resume=True)
    with open_results(path) as results:
        again = {row.key: row.metrics for row in results.rows()}
    assert again == {row.key: row.metrics for row in rows if row.key.seed == 1}


def test_image_sweeps_share_the_cores_and_a_gpu_is_not_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = read(tmp_path, GOOD, build)
    of_a_table: Any = {"toy": None}  # facts of another kind than those of images
    monkeypatch.setattr("dross.evaluation.sweep.usable_cores", lambda: 6)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert [shares(plan, workers) for workers in (1, 2, 4, 9)] == [(1, 6), (2, 3), (4, 1), (9, 1)]
    assert shares(dataclasses.replace(plan, facts=of_a_table), 4) == (4, 1)
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert shares(plan, 4) == (1, 6)
    assert usable_cores() >= 1


def test_the_live_table_has_a_row_for_each_class(tmp_path: Path) -> None:
    plan = read(tmp_path, PAIRS, build)
    tally = Tally(plan, set())
    dirty = [spec for spec in plan.runs if spec.key.contamination == 0.1 and spec.roles == ClassRoles("cat", "dog")]
    varied = next(spec for spec in dirty if spec.key.variant.endswith("rejection=0.2"))
    tally.count(Outcome(varied, RunResult({"auroc": 0.75}, {}, 0.1), None, 0.1, "now"))
    assert tally.of_subject == {"pictures: cat against dog": [1, 18], "pictures: ship against cat": [0, 18]}
    assert tally.best("pictures: cat against dog") == "distance refined rejection=0.2: AUROC 75.0 at 10 %"


def test_the_configuration_holds_what_was_asked_and_tables_know_nothing_of_classes(tmp_path: Path) -> None:
    told = json.loads(json.dumps(read(tmp_path, PAIRS, build).sweep.configuration()))
    assert (told["pairs"], told["max_test"]) == ([["cat", "dog"], ["ship", 0]], 45)
    assert "normal" not in told
    table = Sweep("s", ("toy",), "controlled", (0.0,), (0,), (DetectorPlan("knn"),))
    assert {"normal", "pairs", "max_test"} & table.configuration().keys() == set()


@pytest.mark.parametrize("text", [GOOD, PAIRS])
def test_the_configuration_is_a_run_file_of_the_same_sweep(tmp_path: Path, text: str) -> None:
    sweep = read(tmp_path, text, build).sweep
    assert read(tmp_path, run_file_text(sweep.configuration()), build).sweep == sweep


def test_results_of_other_classes_are_not_gone_on_with(tmp_path: Path) -> None:
    plan = read(tmp_path, GOOD, build)
    run_sweep(dataclasses.replace(plan, runs=plan.runs[:1]), tmp_path / "s.sqlite", build=build, load=load)
    other = read(tmp_path, GOOD.replace('["Cat", 2]', '["cat"]'), build)
    with pytest.raises(DrossError) as error:
        run_sweep(other, tmp_path / "s.sqlite", build=build, load=load, resume=True)
    assert "what differs: normal\n  - normal: the file has ['Cat', 2], asked is ['cat']" in str(error.value)


def test_keys_of_image_runs_read_well() -> None:
    key = RunKey("cifar10", "one-vs-rest", "rotation", "refined", "normal=cat", 0.1, 2)
    assert str(key) == "cifar10 0.1 rotation refined normal=cat seed 2"
