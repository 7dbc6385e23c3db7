"""Each command on a small folder of images: what it writes, what it says, and what it says to do next."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dross.cli.main import main
from dross.persistence import load
from dross.representations import RotationPrediction
from tests.tasks.dirty_images import BAD, dirty_images, name_of, write_folder

KNN = ["--detector", "srr-pixel-knn"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_folder(tmp_path / "photos", dirty_images())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)


def test_fit_then_score(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", "photos", *KNN, "--out", "m"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert lines[0] == "Fitted srr-pixel-knn on photos: 60 images as 8 x 8 pixels, grey"
    assert lines[2:] == ["Model written to m", "Next: dross score m NEW_DATA --out scores.csv"]
    assert main(["score", "m", "photos", "--out", "scores.csv"]) == 0
    scores = pd.read_csv("scores.csv")
    n_alarms = int(scores["alarm"].sum())
    assert capsys.readouterr().err.splitlines() == [
        f"Scored 60 images: {n_alarms} alarms ({n_alarms / 60:.2%})",
        "These are the images the model was fitted on: round_dropped and votes say what refinement made of each",
        "Scores written to scores.csv",
        "Next: sort them by anomaly_score, highest first, and look at the top images",
    ]
    dropped = int((scores["round_dropped"] > 0).sum())
    assert lines[1] == f"Refinement dropped {dropped} of 60 images; the detector learned from the rest"
    assert sorted(file.name for file in here.iterdir()) == ["m", "photos", "scores.csv"]


def test_what_was_chosen_without_a_label_is_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", "photos", "--detector", "pixel-ocsvm-search", "--set", "n_folds=2", "--out", "m"]) == 0
    chosen = capsys.readouterr().err.splitlines()[1]
    assert re.fullmatch(
        r"Chosen of 63 candidates: kernel=\w+, nu=0\.\d+, gamma=\d+\.\d, degree=\d, by auroc [01]\.\d{3} over 2 folds "
        r"of held-out samples against anomalies made of them",
        chosen,
    )
    choice = load("m").detector.choice_
    assert f"kernel={choice['chosen'][0]}, nu={choice['chosen'][1]}" in chosen
    assert f"auroc {max(each['mean'] for each in choice['auroc']):.3f}" in chosen


def test_the_default_is_a_small_network_where_there_is_no_gpu(
    here: Path, no_gpu: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fit", "photos", "--set", "max_epochs=1", "--set", "width=2", "--out", "m"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Fitted srr-rotation on photos: 60 images as 8 x 8 pixels, grey"
    assert lines[1].startswith("There is no GPU here: srr-rotation took its preset for CPUs (stem=strided, ")
    assert lines[1].endswith("); --set changes each")
    assert main(["score", "m", "photos", "--out", "scores.csv"]) == 0
    assert pd.read_csv("scores.csv").columns.tolist() == ["id", "anomaly_score", "alarm", "round_dropped", "votes"]


def test_clean_copies_what_is_kept_and_saves_the_model(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clean", "photos", *KNN, "--out", "clean", "--model", "m"]) == 0
    suspects = pd.read_csv("clean/suspects.csv")
    n_kept = 60 - len(suspects)
    assert capsys.readouterr().err.splitlines()[-4:] == [
        f"{n_kept} images kept, copied to clean/kept",
        f"{len(suspects)} suspects, most anomalous first, written to clean/suspects.csv",
        "Model written to m",
        "Next: dross score m NEW_DATA --out scores.csv",
    ]
    assert {name_of(number) for number in BAD} <= set(suspects["id"])
    assert sum(path.is_file() for path in (here / "clean" / "kept").rglob("*")) == n_kept
    assert main(["score", "m", "clean/kept", "--out", "scores.csv"]) == 0
    assert len(pd.read_csv("scores.csv")) == n_kept


def test_clean_says_to_look_at_the_page(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save("photos.npy", dirty_images())
    assert main(["clean", "photos.npy", *KNN, "--out", "clean"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Fitted srr-pixel-knn on photos.npy: 60 images as 8 x 8 pixels, grey"
    assert lines[-3].endswith("images kept, copied to clean/kept.npy")
    assert lines[-1] == "Next: open clean/gallery.html in a browser; put back what is normal"
    assert len(np.load("clean/kept.npy")) == int(lines[-3].split()[0])


def test_skipped_files_are_listed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "photos" / "7.png").write_bytes(b"")
    (here / "photos" / "8.png").write_bytes(b"words")
    listed = [
        "2 files are left out:",
        "  7.png is empty (0 bytes): copy it again",
        "  8.png is no PNG file, whatever its name says: its first bytes are b'words'",
    ]
    commands = [
        ["fit", "photos", *KNN, "--out", "m"],
        ["score", "m", "photos", "--out", "scores.csv"],
        ["clean", "photos", *KNN, "--out", "clean"],
    ]
    for argv in commands:
        assert main([*argv, "--skip-bad"]) == 0
        lines = capsys.readouterr().err.splitlines()
        place = lines.index(listed[0])
        assert lines[place : place + 3] == listed
    scores = pd.read_csv("scores.csv")
    assert len(scores) == 58
    assert "votes" in scores


def test_size_is_that_of_the_images_seen(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", "photos", *KNN, "--size", "16", "--out", "m"]) == 0
    assert "60 images as 16 x 16 pixels, grey" in capsys.readouterr().err


def test_a_fit_that_was_stopped_goes_on(
    here: Path, no_gpu: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = ["--set", "max_epochs=3", "--set", "width=2"]
    command = ["fit", "photos", *tiny, "--out", "m", "--resume"]
    assert main(["fit", "photos", *tiny, "--out", "whole"]) == 0
    train_to, calls = RotationPrediction.train_to, iter(range(100))

    def interrupted(self: RotationPrediction, X: Any, epoch: float) -> float:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return train_to(self, X, epoch)

    with monkeypatch.context() as patch:
        patch.setattr(RotationPrediction, "train_to", interrupted)
        capsys.readouterr()
        assert main(command) == 130
    assert "run the same command again, and it goes on where it was" in capsys.readouterr().err
    assert Path("m.training").is_file()
    assert main(command) == 0
    assert not Path("m.training").exists()
    for model in ("whole", "m"):
        assert main(["score", model, "photos", "--out", f"{model}.csv"]) == 0
    assert Path("m.csv").read_bytes() == Path("whole.csv").read_bytes()
