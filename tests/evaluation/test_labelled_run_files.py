"""What is told of run files with labelled anomalies that have mistakes in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dross.errors import ParameterError
from dross.evaluation.plan import DetectorPlan, Sweep
from dross.evaluation.planning import make_plan
from tests.evaluation.image_stand_ins import load
from tests.evaluation.label_stand_ins import build
from tests.evaluation.run_files import UNSEEN, mistakes


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "labelled = 0.2\n",
            "",
            "labelled is missing; give the share of the training set to be labelled anomalies, such as 0.5",
        ),
        (
            "labelled = 0.2",
            "labelled = 1",
            "labelled is 1; it must be a share in (0, 1), such as 0.5 for as many as normals",
        ),
        (
            "labelled = 0.2",
            "labelled = [0.2]",
            "labelled is [0.2]; it must be a share in (0, 1), such as 0.5 for as many as normals",
        ),
        (
            "seen_classes = 1\n",
            "",
            "seen_classes is missing; give how many anomalous classes the labelled anomalies are of, such as 1",
        ),
        ("seen_classes = 1", "seen_classes = 0", "seen_classes is 0; it must be a whole number of at least 1"),
        (
            "seen_classes = 1",
            "seen_classes = 2",
            "labelled: data set 'pictures', class 'cat': seen_classes is 2, but it has 2 anomalous classes, one of "
            "which at least must stay unseen: give 1",
        ),
        (
            '"labelled-unseen"',
            '"labelled"',
            "seen_classes does not go with the labelled protocol; it says of how many classes the labelled anomalies "
            "of labelled-unseen are",
        ),
        (
            '"labelled-unseen"',
            '"one-vs-rest"',
            "labelled does not go with the one-vs-rest protocol; it is the share of labelled anomalies under labelled "
            "and labelled-unseen",
        ),
        (
            '"labelled-unseen"',
            '"one-vs-rest"',
            "detectors[2] 'distance': labels does not go with the one-vs-rest protocol, which has none: leave it out",
        ),
        (
            '"labelled-unseen"',
            '"one-vs-rest"',
            "detectors[1] 'supervised': it needs labelled anomalies to learn from, and would get none: use it under "
            "labelled, labelled-unseen, fixed-split or cross-validation, without labels = false",
        ),
        (
            "seeds = 2",
            "seeds = 2\ncontamination = [0, 0.1]",
            "contamination is [0, 0.1]; under labelled-unseen it must be [0] or left out: the labelled anomalies are "
            "the only ones in the training set",
        ),
        (
            "seeds = 2",
            'seeds = 2\npairs = [["cat", "dog"]]',
            "pairs do not go with the labelled-unseen protocol; they choose the classes of pair",
        ),
        (
            'name = "distance"\nlabels = false',
            'name = "distance"',
            "detectors[2] 'distance': it takes no labels; give it labels = false, and it is trained on the normal "
            "samples alone",
        ),
        (
            'name = "supervised"',
            'name = "supervised"\ntraining = ["blind", "refined"]',
            "detectors[1] 'supervised': refined, it takes no labels; give it training = ['blind'], or labels = false",
        ),
        (
            'name = "supervised"',
            'name = "supervised"\nlabels = false',
            "detectors[1] 'supervised': it needs labelled anomalies to learn from, and would get none: use it under "
            "labelled, labelled-unseen, fixed-split or cross-validation, without labels = false",
        ),
        (
            'name = "supervised"',
            'name = "supervised"\nlabels = "no"',
            "detectors[1] 'supervised': labels is 'no'; it must be true or false",
        ),
        (
            "labels = false\n\n[[detectors]]\nname",
            "labels = 0\n\n[[detectors]]\nname",
            "detectors[0] 'means': labels is 0; it must be true or false",
        ),
        (
            "labelled = 0.2",
            "labelled = 0.9",
            "labelled: data set 'pictures', class 'cat' cannot give labelled = 0.9: beside 40 normal images it takes "
            "360 labelled anomalies, and there are 60 in the smallest of its 2 anomalous classes; the largest is 0.6",
        ),
        ("labelled = 0.2", "labeled = 0.2", "unknown key 'labeled'; did you mean 'labelled'?"),
        (
            '["pictures"]',
            '["toy"]',
            "datasets: 'toy' is a table; it goes with the protocols controlled, paper, adbench, "
            "cross-validation and few-labels",
        ),
    ],
)
def test_each_mistake_has_its_message(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in UNSEEN
    assert message in mistakes(tmp_path, UNSEEN.replace(old, new), build)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = UNSEEN.replace("labelled = 0.2", "labelled = 2").replace("seen_classes = 1", "seen_classes = 1.5")
    assert mistakes(
        tmp_path, text.replace("max_train = 40", "max_train = 61").replace('["cat", "dog"]', '["cat"]'), build
    ) == [
        "labelled is 2; it must be a share in (0, 1), such as 0.5 for as many as normals",
        "seen_classes is 1.5; it must be a whole number of at least 1",
        "labelled: data set 'pictures', class 'cat': max_train is 61, but the class has 60 training images; give at "
        "most that many",
    ]


def test_a_sweep_made_in_python_is_checked_like_a_file() -> None:
    sweep = Sweep("s", ("pictures",), "labelled", (0.1,), (0,), (DetectorPlan("means"),), labelled=0.0, seen_classes=1)
    with pytest.raises(ParameterError) as error:
        make_plan(sweep, build=build, load=load)
    assert str(error.value).splitlines() == [
        "3 mistakes:",
        "  - contamination is 0.1; under labelled it must be [0] or left out: the labelled anomalies are the only ones "
        "in the training set",
        "  - labelled is 0.0; it must be a share in (0, 1), such as 0.5 for as many as normals",
        "  - seen_classes does not go with the labelled protocol; it says of how many classes the labelled anomalies "
        "of labelled-unseen are",
    ]
    good = Sweep("s", ("pictures",), "labelled", (), (0,), (DetectorPlan("means", ("blind",)),), labelled=0.5)
    assert len(make_plan(good, build=build, load=load).runs) == 3
