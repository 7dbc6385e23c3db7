"""What is wrong with the detectors of a sweep is told when it is validated, not by its runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dross.catalog import build
from dross.data.dataset import Dataset, make_dataset
from dross.errors import ParameterError, RunFileError
from dross.evaluation.few_labels import count_problems
from dross.evaluation.runfile import read_run_file
from dross.tasks.evaluating import evaluate

HEAD = """
name = "checked"
datasets = ["toys"]
protocol = "few-labels"
contamination = [0.05]
n_labels = [10]
seeds = [1000]
[[detectors]]
"""
BLIND = 'name = "knn-classifier"\ntraining = ["blind"]\n'


def toys(name: str) -> Dataset:
    rng = np.random.default_rng(0)
    return make_dataset(name, rng.normal(size=(400, 3)), np.repeat([0, 1], [350, 50]))


def problems_of(folder: Path, detector: str) -> list[str]:
    file = folder / "run.toml"
    file.write_text(HEAD + detector)
    with pytest.raises(RunFileError) as caught:
        read_run_file(file, build=build, load=toys)
    lines = [line.removeprefix("  - ").removeprefix("run.toml: ") for line in str(caught.value).splitlines()]
    return [line for line in lines if not line.endswith("mistakes:")]


REFINED = (
    "in a sweep the way of training says what is refined: write the name without srr-, and training = ['refined'] (on "
    "the command line --training refined)"
)


def test_a_refined_name_would_be_plain_and_is_refused(tmp_path: Path) -> None:
    found = problems_of(tmp_path, 'name = "srr-gaussian"\ntraining = ["blind"]\n')
    assert found == [f"detectors[0] 'srr-gaussian': {REFINED}"]
    assert problems_of(tmp_path, 'name = "srr-gausian"\ntraining = ["blind"]\n') == [
        f"detectors[0] 'srr-gausian': {REFINED}",
        "detectors[0] 'srr-gausian': there is no detector 'gausian'; did you mean 'gaussian'?",
    ]


def test_evaluate_refuses_refined_names() -> None:
    with pytest.raises(ParameterError) as caught:
        evaluate("breast-cancer", detectors=["gaussian", "srr-gaussian"], training=["blind"], seeds=1)
    assert str(caught.value) == f"detectors[1] 'srr-gaussian': {REFINED}"


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ('smote = "yes"', "smote is 'yes'; it must be true or false"),
        ("n_neighbors = 0", "n_neighbors is 0; it must be a whole number of at least 1"),
        ("n_components = 1.5", "n_components is 1.5; it must be a whole number of at least 1"),
        ("smote_neighbors = 0", "smote_neighbors is 0; it must be a whole number of at least 1"),
        (
            "random_state = 3",
            "random_state is no parameter to set: that of each run follows from its seed, so give seeds (on the "
            "command line --seeds)",
        ),
        (
            'name = "knn"',
            "name is no parameter to set: it is what names the detector (on the command line --detectors)",
        ),
        (
            'training = "refined"',
            "training is no parameter to set: say it beside the name of the detector, such as training = ['refined'] "
            "(on the command line --training refined)",
        ),
    ],
)
@pytest.mark.parametrize("key", ["parameters = {{ {} }}", "variants = [{{ {} }}]"])
def test_values_that_fit_would_refuse_are_refused_at_once(
    tmp_path: Path, key: str, variant: str, expected: str
) -> None:
    found = problems_of(tmp_path, BLIND + key.format(variant))
    assert found == [f"detectors[0] 'knn-classifier': {expected}"]


def test_settings_of_a_machine_are_checked_together(tmp_path: Path) -> None:
    lines = 'name = "svm"\ntraining = ["blind"]\nparameters = { C = -3 }\nvariants = [{ gamma = -1 }]\n'
    assert problems_of(tmp_path, lines) == [
        "detectors[0] 'svm': C is -3; it must be a positive number",
        "detectors[0] 'svm': gamma is -1; it must be one of 'auto', 'scale' or a number of at least 0",
    ]


@pytest.mark.parametrize(
    ("training", "untold"), [("", "refined and oracle"), ('training = ["blind", "oracle"]\n', "oracle")]
)
def test_what_needs_labels_is_told_some_only_where_it_is_blind(tmp_path: Path, training: str, untold: str) -> None:
    assert problems_of(tmp_path, f'name = "svm"\n{training}') == [
        f"detectors[0] 'svm': it needs labels to learn from, and is told none under training {untold}: give it "
        "training = ['blind']"
    ]


def test_no_contamination_above_a_half_is_offered() -> None:
    [told] = count_problems("data set 'toys'", [4000], [0.05], 920)
    assert told == (
        "data set 'toys' cannot give 4000 labels: half of them are on anomalies, of which there are 46 among 920 "
        "training samples at 0.05; give at most 92"
    )
