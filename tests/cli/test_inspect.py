from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dross.cli.main import main
from tests.cli.failing import Fails
from tests.inspection.made_products import mixed, products
from tests.tasks.test_inspecting import write

KNN = ["--detector", "pixel-knn", "--size", "32"]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(Path("train"), mixed((40, 30))[0])
    write(Path("test"), np.concatenate([mixed((8, 8), defective=0.5, seed=1)[0], products(2, 1)[0]]))
    return tmp_path


def test_everything_in_one_command(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["inspect", "train", "test", "--out", "submission.csv", "--preset", "id-prediction", "--rows", "17", *KNN]
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.out == ""
    lines = [line for line in said.err.splitlines() if " done after " not in line and ": ended" not in line]
    assert lines[0].startswith("Found 2 categories: random halves of the images agree on 2")
    assert lines[1] == "Fitted pixel-knn on 70 images: 40, 30"
    assert lines[2].startswith("Scored 17 images: ")
    assert ", as high as one normal image in " in lines[2]
    assert lines[3:] == [
        "1 image of no known category: scored by the nearest, with 0 in the column known",
        "Categories shown in submission-categories.html",
        "Scores written to submission.csv",
        "Next: hand it in; a higher score is a more anomalous one",
    ]
    assert Path("submission.csv").read_text().splitlines()[0] == "id,prediction"
    assert Path("submission-categories.html").is_file()


def test_binary_says_what_is_lost_by_it(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["inspect", "train", "test", "--out", "s.csv", "--columns", "ID,y", "--binary", "--audit", "a.html"]
    assert main([*words, *KNN, "--categories", "2", "--calibration", "z", "--no-download"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert "Found as many categories as were asked for" in said
    assert said[-1] == "Next: look whether what is asked for is a ranking: then hand in scores, without --binary"
    assert {line.split(",")[1] for line in Path("s.csv").read_text().splitlines()[1:]} == {"0", "1"}
    assert Path("a.html").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--preset", "ID-scores"],
            "there is no preset 'ID-scores'; it must be id-prediction or ID-score; did you mean 'ID-score'?",
        ),
        (
            ["--categories", "0"],
            "argument --categories: it is 0; it must be a whole number of at least 1; `dross inspect --help` shows how "
            "it is done",
        ),
        (
            ["--set", "weights=resnet18.pth", "--detector", "pretrained"],
            "weights would be loaded from resnet18.pth, which is not allowed here: take a detector that learns from "
            "your images alone, or allow it (download=True, --download)",
        ),
    ],
)
def test_wrong_words_get_one_message(here: Path, fails: Fails, words: list[str], message: str) -> None:
    write(Path("train"), products(0, 25)[0])
    said = fails("inspect", "train", "train", "--out", "s.csv", "--categories", "1", *words)
    assert said.splitlines()[-1] == message
