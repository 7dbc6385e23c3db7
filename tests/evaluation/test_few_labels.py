"""The protocol with a few labels: which rows are told, what is said of them, and what a run file may ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dross.catalog import build
from dross.data.dataset import Dataset, make_dataset
from dross.errors import ParameterError, RunFileError
from dross.evaluation.few_labels import FewLabels, few_label_variants
from dross.evaluation.plan import DetectorPlan, Sweep
from dross.evaluation.planning import make_plan
from dross.evaluation.protocols import controlled
from dross.evaluation.results import open_results
from dross.evaluation.run import execute
from dross.evaluation.runfile import read_run_file
from dross.evaluation.sweep import run_sweep
from tests.evaluation import image_stand_ins

TRUE = np.repeat([0, 1], [380, 20])


def planted(name: str = "toys") -> Dataset:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(900, 3))
    X[800:, 0] += 3.0
    return make_dataset(name, X, np.repeat([0, 1], [800, 100]))


RUN_FILE = """
name = "few"
datasets = ["toys"]
protocol = "few-labels"
contamination = [0.05]
n_labels = [0, 1, 10]
seeds = [1000]

[[detectors]]
name = "knn"
training = ["blind", "refined"]
variants = [{ label_noise = 0.2 }, { random_labels = true }]

[[detectors]]
name = "knn-classifier"
training = ["blind"]
"""


@given(n=st.integers(0, 40), seed=st.integers(0, 100))
def test_half_of_the_labels_are_of_anomalies_and_all_of_them_are_right(n: int, seed: int) -> None:
    told = FewLabels(n).draw(TRUE, "toys", seed)
    assert np.count_nonzero(told == 1) == (n + 1) // 2
    assert np.count_nonzero(told == 0) == n // 2
    assert (told[told >= 0] == TRUE[told >= 0]).all()


@given(n=st.integers(1, 39), seed=st.integers(0, 100))
def test_fewer_labels_are_among_more_and_seeds_draw_anew(n: int, seed: int) -> None:
    fewer, more = (FewLabels(each).draw(TRUE, "toys", seed) for each in (n, n + 1))
    assert (more[fewer >= 0] == fewer[fewer >= 0]).all()
    assert not np.array_equal(FewLabels(20).draw(TRUE, "toys", seed), FewLabels(20).draw(TRUE, "toys", seed + 1))


@pytest.mark.parametrize(("n", "wrong"), [(1, 0), (2, 0), (5, 1), (10, 2), (20, 4)])
def test_a_fifth_of_the_labels_on_the_same_rows_is_flipped(n: int, wrong: int) -> None:
    right, flipped = (FewLabels(n, share).draw(TRUE, "toys", 0) for share in (0.0, 0.2))
    np.testing.assert_array_equal(right >= 0, flipped >= 0)
    assert np.count_nonzero(right != flipped) == wrong


def test_random_labels_are_as_many_and_know_nothing() -> None:
    shares = []
    for seed in range(50):
        told = FewLabels(20, random=True).draw(TRUE, "toys", seed)
        assert [int((told == each).sum()) for each in (0, 1)] == [10, 10]
        shares.append(TRUE[told == 1].mean())
    assert abs(np.mean(shares) - TRUE.mean()) < 0.04


def test_each_number_of_labels_is_a_variant_and_none_is_the_default() -> None:
    asked = [(variant, told.n) for variant, told in few_label_variants([0, 1, 10], {}, "optional")]
    assert asked == [({}, 0), ({"n_labels": 1}, 1), ({"n_labels": 10}, 10)]
    assert [told.n for _, told in few_label_variants([0, 1, 10], {}, "no")] == [0]
    assert [told.n for _, told in few_label_variants([0, 1, 10], {}, "needed")] == [10]
    assert [told.n for _, told in few_label_variants([0, 1, 10], {"random_labels": True}, "optional")] == [1, 10]
    assert not list(few_label_variants([0, 1, 10], {"label_noise": 0.2}, "no"))


def test_a_sweep_runs_every_number_and_labels_help(tmp_path: Path) -> None:
    file = tmp_path / "few.toml"
    file.write_text(RUN_FILE)
    plan = read_run_file(file, build=build, load=planted)
    variants = [(spec.key.detector, spec.key.training, spec.key.variant) for spec in plan.runs]
    assert variants == [
        ("knn", "blind", ""),
        ("knn", "refined", ""),
        ("knn", "refined", "n_labels=1"),
        ("knn", "refined", "n_labels=10"),
        ("knn", "refined", "label_noise=0.2;n_labels=1"),
        ("knn", "refined", "label_noise=0.2;n_labels=10"),
        ("knn", "refined", "n_labels=1;random_labels=true"),
        ("knn", "refined", "n_labels=10;random_labels=true"),
        ("knn-classifier", "blind", "n_labels=10"),
    ]
    run_sweep(plan, tmp_path / "few.sqlite", build=build, load=planted)
    with open_results(tmp_path / "few.sqlite") as results:
        rows = {(row.key.detector, row.key.training, row.key.variant): row for row in results.rows()}
    assert {row.status for row in rows.values()} == {"done"}
    told = rows["knn", "refined", "n_labels=10"].metrics["auroc"]
    assert told is not None
    assert told > (rows["knn", "refined", ""].metrics["auroc"] or 1.0)


def test_the_rows_are_those_of_the_controlled_protocol_whatever_is_told() -> None:
    sweep = Sweep("few", ("toys",), "few-labels", (0.05,), (0,), (DetectorPlan("knn", ("refined",)),), n_labels=(0, 10))
    plan = make_plan(sweep, build=build, load=planted)
    split = controlled(planted(), 0.05, 0, highest=0.05)
    for spec in plan.runs:
        result = execute(planted(), split, spec, build)
        assert result.details["n_fitted"] == split.n_train == plan.facts["toys"].n_train
        assert result.details["n_contaminants"] == split.n_contaminants


def test_images_of_which_a_few_are_known() -> None:
    sweep = Sweep(
        "few",
        ("pictures",),
        "few-labels",
        (0.2,),
        (0,),
        (DetectorPlan("pixel-knn", ("refined",)),),
        max_train=40,
        normal=("cat",),
        n_labels=(0, 4),
    )
    plan = make_plan(sweep, build=build, load=image_stand_ins.load)
    assert [spec.key.variant for spec in plan.runs] == ["normal=cat", "n_labels=4;normal=cat"]


def problems_of(tmp_path: Path, *changes: tuple[str, str]) -> str:
    text = RUN_FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "few.toml"
    file.write_text(text)
    with pytest.raises(RunFileError) as caught:
        read_run_file(file, build=build, load=planted)
    return str(caught.value)


COUNTS = "n_labels = [0, 1, 10]"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            (COUNTS, ""),
            "few.toml: n_labels is missing; give how many training rows are labelled, such as [0, 1, 2, 5, 10, 20, 50]",
        ),
        (
            (COUNTS, "n_labels = [-1]"),
            "few.toml: n_labels is [-1]; it must be a list of whole numbers of at least 0, such as [0, 1, 10]",
        ),
        ((COUNTS, "n_labels = [1, 1]"), "few.toml: n_labels: 1 is given twice"),
        (
            (COUNTS, "n_labels = [50]"),
            "few.toml: n_labels: data set 'toys' cannot give 50 labels: half of them are on anomalies, of which there "
            "are 20 among 400 training samples at 0.05; give at most 40, or a contamination of at least 0.0625",
        ),
        (
            ("label_noise = 0.2", "label_noise = 2.0"),
            "few.toml: detectors[0] 'knn': label_noise is 2.0; it must be a share in [0, 1], such as 0.2",
        ),
        (
            ("random_labels = true", "random_labels = 1"),
            "few.toml: detectors[0] 'knn': random_labels is 1; it must be true or false",
        ),
        (
            ('name = "knn"\n', 'name = "knn"\nlabels = false\n'),
            "few.toml: detectors[0] 'knn': labels does not go with few-labels; n_labels = [0] tells none",
        ),
    ],
)
def test_wrong_keys_are_named(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    assert problems_of(tmp_path, change) == message


def test_the_keys_go_with_this_protocol_alone(tmp_path: Path) -> None:
    found = problems_of(tmp_path, ('protocol = "few-labels"', 'protocol = "controlled"'))
    assert (
        "n_labels does not go with the controlled protocol; it is how many labels there are under few-labels" in found
    )
    assert "detectors[0] 'knn': label_noise does not go with the controlled protocol, but with few-labels" in found


def test_a_sweep_made_by_hand_is_checked_too() -> None:
    detectors: Any = (DetectorPlan("knn", ("refined",)),)
    with pytest.raises(ParameterError) as caught:
        make_plan(Sweep("few", ("toys",), "few-labels", (0.05,), (0,), detectors), build=build, load=planted)
    assert str(caught.value).startswith("n_labels is missing")
