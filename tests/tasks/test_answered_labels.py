"""Files of answers: what they say of samples, and what is said of those that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dross.errors import DataError, ParameterError
from dross.tasks import fit
from dross.tasks.answered_labels import labels_of_file, labels_of_files

IDS = ["a", "b", "c", "c"]
ROWS = pd.DataFrame({"a": np.random.default_rng(0).normal(size=300), "part": [f"p{row}" for row in range(300)]})


def test_files_that_contradict_each_other_are_told() -> None:
    yes, no = (pd.DataFrame({"id": ["a", "b"], "label": [word, "normal"]}) for word in ("anomaly", "normal"))
    assert labels_of_files([yes, yes], IDS).tolist() == [1, 0, -1, -1]
    with pytest.raises(DataError) as caught:
        labels_of_files([yes, no], IDS)
    assert str(caught.value) == (
        "labels: id 'a' is called an anomaly in table 1 of labels and normal in table 2 of labels: decide, or leave "
        "it empty in one"
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [("a", "maybe")],
            "labels: label 'maybe' (first of id 'a') is not known: use normal or anomaly, or leave it empty",
        ),
        ([("z", "normal")], "labels: id 'z' is not in the data: check the id column (--id)"),
        (
            [("a", "normal"), ("a", "1")],
            "labels: id 'a' is called normal in row 0 and an anomaly in row 1 (counted from 0): decide, or leave it "
            "empty",
        ),
        ([("c", "normal")], "labels: id 'c' names several samples: give the data an id of its own"),
        ([("a", ""), ("b", None)], "labels: no row has a label: write normal or anomaly into the column label"),
        (
            [("z", "maybe"), ("y", "no"), ("a", "yes"), ("a", "0")],
            "3 mistakes:\n"
            "  - labels: label 'maybe' (first of id 'z') is not known: use normal or anomaly, or leave it empty\n"
            "  - labels: id 'a' is called normal in row 3 and an anomaly in row 2 (counted from 0): decide, or leave "
            "it empty\n"
            "  - labels: id 'y' is not in the data: check the id column (--id)",
        ),
        (
            [(str(number), "no") for number in range(7)],
            "6 mistakes:\n"
            + "\n".join(
                f"  - labels: id '{number}' is not in the data: check the id column (--id)" for number in range(5)
            )
            + "\n  - labels: and 2 more like that",
        ),
    ],
)
def test_answers_that_cannot_be_used_are_all_named(rows: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(DataError) as caught:
        labels_of_file(pd.DataFrame(rows, columns=["id", "label"]), IDS)
    assert str(caught.value) == message


def test_the_file_of_answers_needs_its_two_columns(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("row,lable\n1,normal\n")
    with pytest.raises(DataError) as caught:
        labels_of_file(file, IDS)
    assert str(caught.value) == (
        f"2 mistakes:\n"
        f"  - {file}: there is no column 'id'; it needs id and label, and its columns are 'row', 'lable'\n"
        f"  - {file}: there is no column 'label'; did you mean 'lable'?; it needs id and label, and its columns are "
        "'row', 'lable'"
    )


@pytest.mark.parametrize("other", ["part", "ID"])
def test_the_id_may_be_called_as_in_the_data_or_in_capitals(other: str) -> None:
    with pytest.raises(DataError) as caught:
        labels_of_file(pd.DataFrame({other: ["p1"], "label": ["no"]}), ROWS["part"])
    assert str(caught.value) == (
        f"labels: there is no column 'id'; did you mean '{other}'?; it needs id and label, and its columns are "
        f"'{other}', 'label'"
    )


def test_two_files_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    files = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for file, word in zip(files, ("normal", "anomaly"), strict=True):
        file.write_text(f"id,label\na,{word}\n")
    with pytest.raises(DataError) as caught:
        labels_of_files(files, IDS)
    assert str(caught.value) == (
        f"labels: id 'a' is called normal in {files[0]} and an anomaly in {files[1]}: decide, or leave it empty in one"
    )


@pytest.mark.parametrize(
    ("ids", "remedy"),
    [
        (range(300), "rows are named by their numbers, 0 to 299, unless --id names a column"),
        (("a/1.png", "a/2.png"), "images are named by their files, such as 'a/1.png'"),
        (ROWS["part"], "check the id column (--id)"),
    ],
)
def test_the_remedy_for_a_strange_id_is_that_of_the_data(ids: Any, remedy: str) -> None:
    with pytest.raises(DataError) as caught:
        labels_of_file(pd.DataFrame({"id": ["z"], "label": ["no"]}), ids)
    assert str(caught.value) == f"labels: id 'z' is not in the data: {remedy}"


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (np.zeros(300), "a ndarray"),
        ({"p1": "normal"}, "a dict"),
        ([0, 1], "a list with a int in it"),
    ],
)
def test_what_labels_may_be_is_said(labels: Any, found: str) -> None:
    with pytest.raises(ParameterError) as caught:
        fit(ROWS, id="part", labels=labels)
    assert str(caught.value) == (
        f"labels is {found}; it must be a table with the columns id and label (a file or a DataFrame), or a list of "
        "them; a label for each row goes into a column of the data: give label=COLUMN, use_labels=True"
    )
