from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix

from dross.errors import ParameterError, RunFileError
from dross.evaluation.plan import DetectorPlan, Plan, Sweep
from dross.evaluation.planning import make_plan
from dross.evaluation.results import RunRow, open_results
from dross.evaluation.runfile import read_run_file
from dross.evaluation.split import Split
from dross.evaluation.supervised_protocols import cross_validation, fixed_split
from dross.evaluation.sweep import run_sweep
from tests.evaluation import stand_ins
from tests.evaluation.image_stand_ins import load, pictures
from tests.evaluation.label_stand_ins import build

FIXED = """
name = "told"
datasets = ["pictures"]
protocol = "fixed-split"
normal = ["cat"]
seeds = 1

[[detectors]]
name = "means"
[[detectors.variants]]
labels = false

[[detectors]]
name = "supervised"

[[detectors]]
name = "distance"
labels = false
"""
FOLDS = FIXED.replace('"fixed-split"', '"cross-validation"\nfolds = 3').replace("seeds = 1", "seeds = 6")


def read(folder: Path, text: str) -> Plan:
    path = folder / "run.toml"
    path.write_text(text, encoding="utf-8")
    return read_run_file(path, build=build, load=load)


def swept(folder: Path, text: str) -> list[RunRow]:
    outcome = run_sweep(read(folder, text), folder / "s.sqlite", build=build, load=load)
    assert (outcome.n_done, outcome.n_failed) == (outcome.n_runs, 0)
    with open_results(outcome.path) as results:
        return list(results.rows())


def all_told(split: Split) -> None:
    """Check that labels are those of the rows, all told, and that nobody trains on a test row."""
    assert split.labels_given is not None
    np.testing.assert_array_equal(split.labels_given, split.labels_train)
    assert not set(split.train_index) & set(split.test_index)
    assert (split.n_contaminants, split.contamination) == (0, 0.0)


def test_the_fixed_split_is_the_official_one() -> None:
    data = pictures("pictures")
    split = fixed_split(data, "dog")
    all_told(split)
    np.testing.assert_array_equal(split.test_index, np.flatnonzero(data.test))
    np.testing.assert_array_equal(split.train_index, np.flatnonzero(~data.test))
    np.testing.assert_array_equal(split.labels_test, data.classes[data.test] != 1)
    np.testing.assert_array_equal(split.X_train, data.X[~data.test])
    assert (split.n_labelled, split.n_pool) == (120, 120)


def test_a_split_without_one_of_the_kinds_cannot_be_used() -> None:
    data = pictures("pictures")
    cats = dataclasses.replace(data, test=data.test & (data.classes == 0))
    for name, message in (
        ("cat", "its test split has no anomalies: use another class, or cross-validation"),
        ("dog", "its test split has no normal images: use another class, or cross-validation"),
    ):
        with pytest.raises(ParameterError) as caught:
            fixed_split(cats, name)
        assert str(caught.value) == f"data set 'pictures', class '{name}': {message}"


@pytest.mark.parametrize("images", [True, False])
def test_folds_part_the_samples_and_repetitions_draw_them_anew(images: bool) -> None:
    data = pictures("pictures") if images else stand_ins.load("toy")
    normal = "cat" if images else None
    labels = np.array([0] * 90 + [1] * 180 if images else [0] * 400 + [1] * 60)
    tests = []
    for seed in range(8):
        split = cross_validation(data, seed, folds=4, normal=normal)
        all_told(split)
        assert split.n_train + len(split.test_index) == len(labels)
        np.testing.assert_array_equal(split.labels_test, labels[split.test_index])
        tests.append(split.test_index)
    for repetition in (tests[:4], tests[4:]):
        np.testing.assert_array_equal(np.sort(np.concatenate(repetition)), np.arange(len(labels)))
        anomalies = [int(labels[rows].sum()) for rows in repetition]
        assert max(anomalies) - min(anomalies) <= 1
    assert set(tests[0]) != set(tests[4])
    again = cross_validation(data, 5, folds=4, normal=normal)
    np.testing.assert_array_equal(again.test_index, tests[5])


def test_more_folds_than_samples_of_a_kind() -> None:
    with pytest.raises(ParameterError) as caught:
        cross_validation(stand_ins.load("few"), 0, folds=11)
    assert str(caught.value) == (
        "data set 'few': folds is 11, and there are 10 labelled anomalies, of which each fold must have one: give at "
        "most 10"
    )


def test_a_run_keeps_what_became_of_each_test_sample(tmp_path: Path) -> None:
    rows = swept(tmp_path, FIXED)
    assert {(row.key.detector, row.key.variant) for row in rows} == {
        ("means", "normal=cat"),
        ("means", "labels=false;normal=cat"),
        ("supervised", "normal=cat"),
        ("distance", "normal=cat"),
    }
    for row in rows:
        tested: dict[str, Any] = row.details["tested"]
        label, alarm = np.array(tested["label"]), np.array(tested["alarm"])
        np.testing.assert_array_equal(tested["row"], np.flatnonzero(pictures("pictures").test))
        assert row.metrics["accuracy"] == pytest.approx(accuracy_score(label, alarm))
        assert row.metrics["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(label, alarm))
        (rejected, false), (missed, hits) = confusion_matrix(label, alarm).tolist()
        counts = {"hits": hits, "misses": missed, "false_alarms": false, "correct_rejections": rejected}
        assert row.details["confusion"] == counts
        assert row.details["told_labels"] is (row.key.detector != "distance" and "labels=false" not in row.key.variant)
        assert not tested["probabilities"]
        assert not row.details["small_pool"]


def test_every_sample_is_tested_once_a_repetition(tmp_path: Path) -> None:
    rows = [row for row in swept(tmp_path, FOLDS) if row.key.detector == "supervised"]
    assert [row.key.seed for row in rows] == list(range(6))
    for repetition in (rows[:3], rows[3:]):
        assert sorted(sample for row in repetition for sample in row.details["tested"]["row"]) == list(range(270))
    assert json.loads(json.dumps(read(tmp_path, FOLDS).sweep.configuration()))["folds"] == 3


def test_tables_have_folds_but_no_fixed_split(tmp_path: Path) -> None:
    text = 'name = "t"\ndatasets = ["toy"]\nprotocol = "cross-validation"\nseeds = 2\n[[detectors]]\nname = "far"\n'
    text += "labels = false\n"
    path = tmp_path / "run.toml"
    path.write_text(text)
    plan = read_run_file(path, build=stand_ins.build, load=load)
    assert [(spec.key.training, spec.key.contamination) for spec in plan.runs] == [("blind", 0.0)] * 2
    facts = plan.facts["toy"]
    assert (facts.n_train, facts.n_pool) == (368, 48)
    path.write_text(text.replace("cross-validation", "fixed-split"))
    with pytest.raises(RunFileError) as caught:
        read_run_file(path, build=stand_ins.build, load=load)
    assert str(caught.value) == (
        "run.toml: datasets: 'toy' is a table; it goes with the protocols controlled, paper, adbench, "
        "cross-validation and few-labels"
    )
    path.write_text(text.replace("seeds", 'normal = ["cat"]\nseeds'))
    with pytest.raises(RunFileError) as caught:
        read_run_file(path, build=stand_ins.build, load=load)
    assert str(caught.value) == "run.toml: normal does not go with the table 'toy', whose labels say what is normal"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("folds = 3", "folds = 1", "folds is 1; it must be a whole number of at least 2"),
        ("folds = 3", "folds = true", "folds is True; it must be a whole number of at least 2"),
        (
            '"cross-validation"',
            '"fixed-split"',
            "folds does not go with the fixed-split protocol; it is the number of parts under cross-validation",
        ),
        (
            "folds = 3",
            "folds = 91",
            "datasets: data set 'pictures', class 'cat': folds is 91, and there are 90 labelled normal samples, of "
            "which each fold must have one: give at most 90",
        ),
        ("folds = 3", "max_test = 9", "max_test does not go with the cross-validation protocol, which fixes the test"),
        ("folds = 3", "labelled = 0.5", "labelled does not go with the cross-validation protocol; it is the share of"),
        (
            'name = "distance"\nlabels = false',
            'name = "distance"',
            "detectors[2] 'distance': it takes no labels; give it labels = false, and it is trained on the normal "
            "samples alone",
        ),
    ],
)
def test_each_mistake_has_its_message(old: str, new: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(RunFileError) as caught:
        read(tmp_path, FOLDS.replace(old, new))
    assert str(caught.value).startswith(f"run.toml: {message}")


def test_a_sweep_made_in_python_is_checked_too() -> None:
    detectors = (DetectorPlan("supervised", ("blind",)),)
    sweep = Sweep("s", ("pictures",), "fixed-split", (), (0,), detectors, normal=("cat",), folds=4)
    with pytest.raises(ParameterError) as caught:
        make_plan(sweep, build=build, load=load)
    assert str(caught.value) == (
        "folds does not go with the fixed-split protocol; it is the number of parts under cross-validation"
    )
    sound = make_plan(dataclasses.replace(sweep, folds=None), build=build, load=load)
    assert [spec.key.contamination for spec in sound.runs] == [0.0]
