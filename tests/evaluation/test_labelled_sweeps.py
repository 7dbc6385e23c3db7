from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dross.errors import DataError, ResultsError
from dross.evaluation.labelled_protocols import labelled, labelled_unseen
from dross.evaluation.live import Tally
from dross.evaluation.plan import DetectorPlan, Sweep
from dross.evaluation.results import RunRow, open_results
from dross.evaluation.run import RunKey, RunResult, RunSpec, execute
from dross.evaluation.split import Split
from dross.evaluation.summary import summarise
from dross.evaluation.summary_table import csv_text, markdown_tables
from dross.evaluation.sweep import run_sweep
from dross.evaluation.variants import ClassRoles
from dross.evaluation.workers import Outcome
from dross.report.run_file_text import run_file_text
from tests.evaluation.image_stand_ins import flat, load, pictures
from tests.evaluation.label_stand_ins import Means, build
from tests.evaluation.run_files import LABELLED, UNSEEN, read


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[RunRow]:
    folder = tmp_path_factory.mktemp("swept")
    outcome = run_sweep(read(folder, UNSEEN, build), folder / "s.sqlite", build=build, load=load)
    assert (outcome.n_done, outcome.n_failed) == (outcome.n_runs, 0)
    with open_results(outcome.path) as results:
        return list(results.rows())


def one(split: Split, detector: str = "means", *, make: Any = build, labels: bool = True, **parameters: Any) -> Any:
    key = RunKey("pictures", "labelled-unseen", detector, "blind", "normal=cat", 0.0, 0)
    spec = RunSpec(key, parameters, ClassRoles("cat"), labels=labels)
    return execute(pictures("pictures"), split, spec, make)


def noting(fitted: list[Any]) -> Any:
    """Return a builder that keeps what it builds."""

    def make(name: str, **parameters: Any) -> Any:
        fitted.append(build(name, **parameters))
        return fitted[-1]

    return make


def test_detectors_are_told_the_labels_or_trained_on_the_normals_alone() -> None:
    split = labelled(pictures("pictures"), "cat", 0.2, 0)
    fitted: list[Any] = []
    told = one(split, make=noting(fitted))
    alone = one(split, make=noting(fitted), labels=False)
    assert [each.n_told_ for each in fitted] == [15, None]
    np.testing.assert_allclose(fitted[0].normal_, fitted[1].normal_)
    np.testing.assert_allclose(fitted[1].normal_, flat(split.X_train[split.labels_train == 0]).mean(axis=0))
    assert [each.details["n_fitted"] for each in (told, alone)] == [75, 60]
    assert [each.details["told_labels"] for each in (told, alone)] == [True, False]
    assert told.details["n_labelled"] == 15
    assert told.details["seen_classes"] == ["dog", "ship"]
    assert told.details["n_contaminants"] == told.details["true_ratio"] == 0
    assert "auroc_unseen" not in told.metrics


def test_the_one_class_line_of_a_study_with_labels_is_that_without() -> None:
    from dross.evaluation.image_protocols import one_vs_rest

    data = pictures("pictures")
    key = RunKey("pictures", "one-vs-rest", "means", "blind", "normal=cat", 0.0, 0)
    clean = execute(data, one_vs_rest(data, "cat", 0.0, 0), RunSpec(key, {}, ClassRoles("cat")), build)
    beside = one(labelled(data, "cat", 0.5, 0), labels=False).metrics
    assert {name: beside[name] for name in clean.metrics} == clean.metrics


def test_unseen_classes_are_measured_against_the_normals_alone() -> None:
    data = pictures("pictures")
    split = labelled_unseen(data, "dog", 0.2, 1, 0)  # dogs lie between cats and ships
    fitted: list[Any] = []
    result = one(split, make=noting(fitted))
    unseen = ({"cat", "ship"} - set(split.seen_classes)).pop()
    kept = np.isin(data.classes[split.test_index], [1, data.class_names.index(unseen)])
    expected = roc_auc_score(split.labels_test[kept], -fitted[0].score_samples(split.X_test[kept]))
    assert result.metrics["auroc_unseen"] == pytest.approx(expected)
    assert result.metrics["auroc_unseen"] != result.metrics["auroc"]
    assert result.details["seen_classes"] == list(split.seen_classes)


def test_mean_errors_are_of_detectors_that_reconstruct() -> None:
    split = labelled(pictures("pictures"), "cat", 0.2, 0)
    fitted: list[Any] = []
    metrics = one(split, make=noting(fitted)).metrics
    scores = -fitted[0].score_samples(split.X_test)
    assert metrics["mean_error_normal"] == pytest.approx(scores[split.labels_test == 0].mean())
    assert metrics["mean_error_anomaly"] == pytest.approx(scores[split.labels_test == 1].mean())
    assert not {"mean_error_normal", "mean_error_anomaly"} & one(split, "supervised").metrics.keys()


def test_findings_are_kept_with_the_run() -> None:
    split = labelled(pictures("pictures"), "cat", 0.2, 0)
    with pytest.warns(UserWarning, match="the code of every image is the same"):
        told = one(split, tell=True)
    assert told.details["findings"] == ["the code of every image is the same"]
    assert "findings" not in one(split).details
    assert json.loads(json.dumps(told.details, allow_nan=False)) == told.details


def test_a_detector_that_needs_labels_says_so_itself() -> None:
    with pytest.raises(DataError, match="there are no labels: give some"):
        one(labelled(pictures("pictures"), "cat", 0.2, 0), "supervised", labels=False)


def test_runs_are_told_apart_by_class_and_variant_and_are_blind_unless_asked(tmp_path: Path) -> None:
    plan = read(tmp_path, UNSEEN, build)
    of_cats = {
        (spec.key.detector, spec.key.training, spec.key.variant): (spec.labels, dict(spec.parameters))
        for spec in plan.runs
        if spec.roles == ClassRoles("cat") and spec.key.seed == 1
    }
    assert of_cats == {
        ("means", "blind", "normal=cat"): (True, {"tell": True}),
        ("means", "blind", "normal=cat;weight=2.0"): (True, {"tell": True, "weight": 2.0}),
        ("means", "blind", "labels=false;normal=cat"): (False, {"tell": True}),
        ("supervised", "blind", "normal=cat"): (True, {}),
        ("distance", "blind", "normal=cat"): (False, {}),
    }
    assert {(spec.key.protocol, spec.key.contamination) for spec in plan.runs} == {("labelled-unseen", 0.0)}
    assert (len(plan.runs), plan.facts["pictures"].n_train) == (2 * 2 * 5, 40)
    assert str(plan.runs[0].key) == "pictures labelled-unseen means blind normal=cat seed 0"


@pytest.mark.parametrize("text", [UNSEEN, LABELLED, LABELLED.replace("seeds = 2", "seeds = 2\ncontamination = [0]")])
def test_the_configuration_is_a_run_file_of_the_same_sweep(tmp_path: Path, text: str) -> None:
    sweep = read(tmp_path, text, build).sweep
    assert sweep.contamination == (0.0,)
    assert read(tmp_path, run_file_text(sweep.configuration()), build).sweep == sweep


def test_sweeps_without_labels_have_the_configuration_that_they_had(tmp_path: Path) -> None:
    detectors = Sweep("s", ("toy",), "controlled", (0.0,), (0,), (DetectorPlan("knn"),)).configuration()
    assert {"labelled", "seen_classes"} & detectors.keys() == set()
    assert set(detectors["detectors"][0]) == {"name", "training", "parameters", "variants"}


def test_the_summary_has_means_over_classes_of_what_only_labels_have(rows: list[RunRow]) -> None:
    summary = summarise(rows)
    lines = csv_text(summary).splitlines()
    start = "pictures,labelled-unseen,means,blind"
    for metric in ("auroc", "auroc_unseen", "mean_error_normal", "mean_error_anomaly", "seconds"):
        for variant in ("normal=cat", "normal=dog", "", "weight=2.0", "labels=false"):
            assert sum(line.startswith(f"{start},{variant},0,{metric},") for line in lines) == 1
    (mean,) = [
        row for row in summary if (row.cell.detector, row.cell.variant, row.metric) == ("means", "", "auroc_unseen")
    ]
    values = [
        row.metrics["auroc_unseen"]
        for row in rows
        if row.key.detector == "means" and row.key.variant in ("normal=cat", "normal=dog")
    ]
    assert len(values) == 4
    assert mean.mean == pytest.approx(np.mean([value or 0.0 for value in values]))
    assert not [line for line in lines if ",distance," in line and "mean_error" in line]
    error = next(row for row in summary if row.metric == "mean_error_normal")
    assert f"{error.mean:.3g}" in markdown_tables([error])


def test_the_protocols_are_never_averaged_with_one_another(rows: list[RunRow], tmp_path: Path) -> None:
    outcome = run_sweep(read(tmp_path, LABELLED, build), tmp_path / "s.sqlite", build=build, load=load)
    with open_results(outcome.path) as results:
        both = [*rows, *results.rows()]
    together = summarise(both)
    assert {row.cell.protocol for row in together} == {"labelled", "labelled-unseen"}
    apart = [*summarise(rows), *summarise(both[len(rows) :])]
    assert sorted(map(repr, together)) == sorted(map(repr, apart))


def test_results_under_other_labels_are_not_gone_on_with(tmp_path: Path) -> None:
    run_sweep(read(tmp_path, LABELLED, build), tmp_path / "s.sqlite", build=build, load=load)
    other = read(tmp_path, LABELLED.replace("labelled = 0.2", "labelled = 0.3"), build)
    with pytest.raises(ResultsError) as error:
        run_sweep(other, tmp_path / "s.sqlite", build=build, load=load, resume=True)
    assert "what differs: labelled\n  - labelled: the file has 0.2, asked is 0.3\n" in str(error.value)


def test_the_live_table_does_not_speak_of_contamination(tmp_path: Path) -> None:
    plan = read(tmp_path, UNSEEN, build)
    tally = Tally(plan, set())
    spec = next(spec for spec in plan.runs if spec.key.variant == "labels=false;normal=cat")
    tally.count(Outcome(spec, RunResult({"auroc": 0.75}, {}, 0.1), None, 0.1, "now"))
    assert tally.of_subject == {"pictures: cat": [1, 10], "pictures: dog": [0, 10]}
    assert tally.best("pictures: cat") == "means blind labels=false: AUROC 75.0"


def test_the_stand_in_scores_by_what_it_was_told() -> None:
    X = np.zeros((40, 2, 2, 1), dtype=np.uint8)
    X[30:] = 200
    labels = np.repeat([0, 1], [30, 10])
    scores = Means().fit(X, labels=labels).score_samples(X)
    assert scores[:30].min() > scores[30:].max()
