"""What is told of run files on images that have mistakes in them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import dross.catalog
from tests.evaluation.image_stand_ins import build
from tests.evaluation.run_files import GOOD, PAIRS, mistakes


def test_all_mistakes_about_classes_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('["Cat", 2]', '["cta", "dog", 1, 7]').replace("max_train = 40", "max_train = 61")
    listed = "its classes are 0 cat, 1 dog, 2 ship"
    assert mistakes(tmp_path, text, build) == [
        f"normal: 'cta' is no class of pictures; did you mean 'cat'?; {listed}",
        f"normal: '7' is no class of pictures; {listed}",
        "normal: 'dog' of 'pictures' is given twice",
        "contamination: data set 'pictures', class 'dog': max_train is 61, but the class has 60 training images; give "
        "at most that many",
    ]
    text = PAIRS.replace('[["cat", "dog"], ["ship", 0]]', '[["cat", 0], ["ship", "cow"]]')
    assert mistakes(tmp_path, text, build) == [
        "pairs: 'cat' is given as normal and as anomalous; give two classes",
        f"pairs: 'cow' is no class of pictures; {listed}",
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'normal = ["Cat", 2]',
            'normal = "cat"',
            "normal is 'cat'; it must be a list of classes, such as ['cat'] or [3]",
        ),
        (
            'normal = ["Cat", 2]',
            'pairs = [["cat"]]',
            "pairs is [['cat']]; it must be a list of normal and anomalous class, such as [['cat', 'dog']]",
        ),
        (
            '"one-vs-rest"',
            '"pair"',
            "normal does not go with the pair protocol; it chooses the classes of one-vs-rest, labelled, "
            "labelled-unseen, fixed-split, cross-validation and few-labels",
        ),
        (
            '"one-vs-rest"',
            '"pair"',
            "pairs are missing; give at least one normal and anomalous class, such as [['cat', 'dog']]",
        ),
        (
            'normal = ["Cat", 2]',
            'pairs = [["cat", "dog"]]',
            "pairs do not go with the one-vs-rest protocol; they choose the classes of pair",
        ),
        ("max_test = 45", "max_test = 0", "max_test is 0; it must be a whole number of at least 1"),
        (
            '"one-vs-rest"',
            '"paper"',
            "max_test does not go with the paper protocol, which fixes the test size itself",
        ),
        ('["pictures"]', '["picture"]', "datasets: no data set is called 'picture'; did you mean 'pictures'?"),
        (
            '["pictures"]',
            '["pictures", "toy"]',
            "datasets: 'toy' is a table; it goes with the protocols controlled, paper, adbench, "
            "cross-validation and few-labels",
        ),
        (
            '"one-vs-rest"',
            '"controlled"',
            "datasets: 'pictures' holds images; it goes with the protocols one-vs-rest, pair, inspection, "
            "mixed-inspection, labelled, labelled-unseen, fixed-split, cross-validation and few-labels",
        ),
        (
            "[0, 0.1]",
            "[0.001]",
            "contamination: data set 'pictures', class 'cat': a contamination of 0.001 is less than one of 40 training "
            "images; the smallest above zero is 0.025",
        ),
    ],
)
def test_each_mistake_has_its_message(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    assert message in mistakes(tmp_path, GOOD.replace(old, new), build)


def test_a_detector_of_the_other_kind_of_data_is_refused_with_those_that_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    knn = dross.catalog.CATALOG["knn"]
    known = {"knn": knn, "distance": dataclasses.replace(knn, name="distance", takes="images")}
    monkeypatch.setattr(dross.catalog, "CATALOG", known)
    text = GOOD.replace('name = "far"', 'name = "srr-knn"')
    told = mistakes(tmp_path, text, build)
    assert told[0] == (
        "detectors[1] 'srr-knn': it takes tables, and the data set 'pictures' holds images; those that take images are "
        "distance"
    )
    table = text.replace('"one-vs-rest"\nnormal = ["Cat", 2]', '"controlled"').replace("max_test = 45\n", "")
    assert mistakes(tmp_path, table.replace('"pictures"', '"toy"'), build)[0] == (
        "detectors[0] 'distance': it takes images, and the data set 'toy' is a table; those that take tables are knn"
    )
