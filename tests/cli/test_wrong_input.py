"""Wrong input: one message that names file, row or column and the remedy, exit code 2, nothing written or lost."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dross.cli.main import main
from tests.cli.failing import Fails
from tests.tasks.dirty_tables import dirty_table

FILES = [
    ("none.csv", None, "there is no file none.csv"),
    ("prats.csv", None, "there is no file prats.csv; did you mean 'parts.csv'?"),
    ("empty.csv", b"", "empty.csv is empty: it must have a line of column names and rows below it"),
    ("blank.csv", b"\n\n", "blank.csv is empty: it must have a line of column names and rows below it"),
    (
        "header.csv",
        b"a,b\n",
        "header.csv has a header but no rows: there is nothing to read below its first line",
    ),
    (
        "latin.csv",
        "a,b\n1,gr\u00fcn\n".encode("latin-1"),
        "latin.csv, line 2: byte 0xfc is not UTF-8: save the file as UTF-8, such as with iconv -f LATIN1 -t UTF-8",
    ),
    (
        "ragged.csv",
        b"a,b\n1,2\n3\n",
        "ragged.csv, line 3: 1 cell where the header has 2 columns: mend the line (a ',' inside a cell needs "
        '"quotes" around it)',
    ),
    (
        "twice.csv",
        b"a,b,a\n1,2,3\n4,5,6\n",
        "twice.csv has duplicated column names: 'a' names columns 1 and 3: give each column its own name",
    ),
    (
        "infinite.csv",
        b"a\n1\ninf\n2\n",
        "infinite.csv: column 'a', row 1: the number is infinite: correct it, or leave the cell empty",
    ),
    (
        "constant.csv",
        b"a,b\n1,x\n1,x\n",
        "constant.csv has no usable column: 'a' is left out (constant: always 1); 'b' is left out (constant: always "
        "'x'): add a column of numbers, words or dates that varies",
    ),
    ("photo.jpg", b"\xff\xd8", None),
    ("damaged.parquet", b"PAR1 and no more", None),
    ("damaged.npz", b"PK and no more", None),
    ("damaged.mat", b"MATLAB and no more", None),
    ("nul.csv", b"a,b\n1,\x00\n", None),
]


@pytest.mark.parametrize(("name", "content", "message"), FILES, ids=[name for name, _, _ in FILES])
@pytest.mark.parametrize("command", ["fit", "clean", "score"])
def test_a_file_that_is_no_table(
    name: str, content: bytes | None, message: str | None, command: str, here: Path, fails: Fails
) -> None:
    if content is not None:
        (here / name).write_bytes(content)
    argv = {"fit": ["fit", name], "clean": ["clean", name], "score": ["score", "m", name]}[command]
    said = fails(*argv, "--out", "out.csv" if command != "fit" else "out")
    if command == "score" and name in ("infinite.csv", "constant.csv"):
        assert f"{name}: column 'size' of the training data is missing: add it (its cells may be empty)" in said
    elif name == "nul.csv":
        assert "nul.csv" in said
    elif message is not None:
        assert said == message
    else:
        assert name in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--label", "defct"],
            "parts.csv has no column 'defct' to take as the label; did you mean 'defect'?; its columns are 'part', "
            "'made', 'size', 'weight', 'colour', 'unit', 'defect'",
        ),
        (
            ["--label", "unit"],
            "parts.csv: the label column 'unit' has values that are not known: 'mm' (first in row 0), rows counted "
            "from 0: use 0 or normal, 1 or anomaly, or leave the cell empty where nobody knows",
        ),
        (
            ["--label", "part", "--id", "part"],
            "parts.csv: column 'part' is named as both the label and the id: it can be one of them",
        ),
        (["--detector", "knm"], "there is no detector 'knm'; did you mean 'knn'?"),
        (
            ["--detector", "knn", "--set", "n_neighbours=3", "--set", "contaminatoin=0.1"],
            "2 mistakes:\n"
            "  - the detector 'knn' has no parameter 'n_neighbours'; did you mean 'n_neighbors'?\n"
            "  - the detector 'knn' has no parameter 'contaminatoin'; did you mean 'contamination'?",
        ),
        (
            ["--detector", "gaussian", "--set", "contamination=0.9"],
            "contamination is 0.9; it must be 'auto' or a share in (0, 0.5]",
        ),
    ],
)
def test_options_that_the_table_or_the_detector_does_not_have(options: list[str], message: str, fails: Fails) -> None:
    assert fails("fit", "parts.csv", "--out", "out", *options) == message


def test_a_label_with_one_value(here: Path, fails: Fails) -> None:
    dirty_table().assign(defect="no").to_csv("clean.csv", index=False)
    assert fails("fit", "clean.csv", "--label", "defect", "--out", "out") == (
        "clean.csv: the label column 'defect' has one value, 'no': leave the label out, or give a column that tells "
        "normal rows from anomalies"
    )


def test_too_few_rows_for_the_ensemble(here: Path, fails: Fails) -> None:
    dirty_table(8, bad=(1,)).to_csv("few.csv", index=False)
    assert fails("fit", "few.csv", "--id", "part", "--out", "out") == (
        "few.csv: refinement with 5 classifiers needs at least 10 samples, found 8 samples: give more samples, or "
        "lower n_classifiers"
    )


def test_all_that_differs_from_the_training_table_is_told_at_once(here: Path, fails: Fails) -> None:
    new = dirty_table(20, bad=()).rename(columns={"weight": "Weight"}).drop(columns="made")
    new["size"] = "large"
    new.loc[7, "colour"] = "mauve"
    new["shape"] = "round"
    new.to_csv("new.csv", index=False)
    assert fails("score", "m", "new.csv", "--out", "scores.csv") == (
        "5 mistakes:\n"
        "  - new.csv: column 'made' of the training data is missing: add it (its cells may be empty)\n"
        "  - new.csv: column 'weight' is missing, and column 'Weight' is not in the training data: rename it to "
        "'weight' if it is the same\n"
        "  - new.csv: column 'shape' is not in the training data: leave it out, or name it as the label or the id "
        "column\n"
        "  - new.csv: column 'size' must hold numbers, as in the training data, but row 0 has 'large': correct it, or "
        "leave the cell empty\n"
        "  - new.csv: column 'colour', row 7: the category 'mauve' was not in the training data (known: 'blue', "
        "'green', 'red'): correct it, leave the cell empty, or fit again with rows that have it"
    )


def test_a_ratio_that_the_data_cannot_give(fails: Fails) -> None:
    said = fails("evaluate", "breast-cancer", "--contamination", "0.6")
    assert said == "contamination: dataset 'breast-cancer': contamination is 0.6; it must be in [0, 0.5]"


def test_an_unknown_data_set(fails: Fails) -> None:
    assert fails("evaluate", "brest-cancer") == (
        "no data set is called 'brest-cancer'; did you mean 'breast-cancer'?; `dross datasets` lists those there are"
    )


@pytest.mark.parametrize("command", ["validate", "sweep"])
def test_a_run_file_with_unknown_keys(command: str, here: Path, fails: Fails) -> None:
    (here / "run.toml").write_text(
        'name = "x"\ndatasets = ["breast-cancer"]\nprotocol = "controled"\ncontamination = [0]\nsedes = 3\nseeds = 1\n'
        '[[detectors]]\nname = "gaussian"\ntrainings = ["blind"]\n'
    )
    said = fails(command, "run.toml")
    assert said.startswith("3 mistakes:\n")
    for mistake in (
        "run.toml: unknown key 'sedes'; did you mean 'seeds'?",
        "run.toml: protocol is 'controled'; it must be one of controlled, paper, adbench, one-vs-rest, pair, labelled, "
        "labelled-unseen, fixed-split, cross-validation, few-labels, inspection, "
        "mixed-inspection; did you mean 'controlled'?",
        "unknown key 'trainings'; did you mean 'training'?",
    ):
        assert mistake in said


def test_a_run_file_that_is_none(here: Path, fails: Fails) -> None:
    assert fails("validate", "none.toml") == "there is no run file none.toml: check the path"
    (here / "run.toml").write_text("name = ")
    assert fails("sweep", "run.toml").startswith("run.toml is not valid TOML: ")


def test_results_of_another_sweep(here: Path, fails: Fails) -> None:
    run = (
        'name = "x"\ndatasets = ["breast-cancer"]\nprotocol = "controlled"\ncontamination = [0]\nseeds = 1\n'
        '[[detectors]]\nname = "gaussian"\ntraining = ["blind"]\n'
    )
    (here / "run.toml").write_text(run)
    assert main(["sweep", "run.toml"]) == 0
    (here / "run.toml").write_text(run.replace("seeds = 1", "seeds = 2"))
    assert fails("sweep", "run.toml", "--resume") == (
        "x.sqlite holds the results of another sweep; what differs: seeds\n"
        "  - seeds: the file has [0], asked is [0, 1]\n"
        "Give another results file, remove this one to start afresh, or restore the run file"
    )


def test_results_that_are_none(here: Path, fails: Fails) -> None:
    assert fails("report", "none.sqlite") == (
        "there is no results file none.sqlite: run the sweep first, or check the path"
    )
    assert "parts.csv" in fails("report", "parts.csv")


def test_a_model_that_is_none_or_damaged_or_newer(here: Path, fails: Fails) -> None:
    assert fails("score", "n", "parts.csv", "--out", "scores.csv") == (
        "there is no model n: check the path, or make one with `dross fit DATA --out n`"
    )
    description = json.loads((here / "m" / "model.json").read_text())
    (here / "m" / "model.json").write_text(json.dumps({**description, "format_version": 99}))
    assert fails("score", "m", "parts.csv", "--out", "scores.csv") == (
        "the model m cannot be used: it was written by a newer version of Dross (format 99, this one reads up to 1): "
        "install that version, or fit the model again"
    )
    (here / "m" / "arrays.safetensors").unlink()
    (here / "m" / "model.json").write_text(json.dumps(description))
    assert fails("score", "m", "parts.csv", "--out", "scores.csv") == (
        "the model m is damaged: arrays.safetensors is missing; copy it again from where it came from, or fit it again"
    )


def test_numbers_that_are_none_in_arrays(here: Path, fails: Fails) -> None:
    X = np.random.default_rng(0).normal(size=(30, 2))
    X[4, 1] = np.inf
    np.savez("array.npz", X=X)
    said = fails("fit", "array.npz", "--out", "out")
    assert said == ("array.npz: column 'x1', row 4: the number is infinite: correct it, or leave the cell empty")


def test_a_parquet_column_of_lists_is_left_out_or_told(here: Path, fails: Fails) -> None:
    pd.DataFrame({"a": [[1], [2, 3]]}).to_parquet("lists.parquet")
    assert fails("fit", "lists.parquet", "--out", "out").startswith(
        "lists.parquet has no usable column: 'a' is left out"
    )
