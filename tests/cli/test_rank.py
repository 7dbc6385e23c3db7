from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from dross.cli.main import main
from tests.planted_parts import plant_parts
from tests.tasks.test_inspecting import write

QUICK = ["--detectors", "constant-image", "padim", "--size", "32", "--repeats", "2"]


@pytest.fixture(autouse=True)
def _parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("parts"), plant_parts(n_train=40).X_train)


def test_the_best_is_first_and_its_command_is_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rank", "parts", *QUICK, "--out", "ranking.csv"]) == 0
    said = capsys.readouterr()
    header, *rows = (line.split("\t") for line in said.out.splitlines())
    assert header == ["detector", "AUROC", "std", "pasted piece", "scar", "blot", "blended patch"]
    assert [row[0] for row in rows] == ["padim", "constant-image"]
    assert said.err.splitlines()[-2:] == [
        "Table written to ranking.csv",
        "Next: dross inspect parts NEW_IMAGES --detector padim --out scores.csv",
    ]
    with Path("ranking.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    kinds = ["piece", "scar", "perlin", "blended"]
    for row, printed in zip(table, rows, strict=True):
        assert float(row["auroc"]) == pytest.approx(np.mean([float(row[kind]) for kind in kinds]))
        assert printed[1:] == [f"{float(row[name]):.3f}" for name in ("auroc", "std", *kinds)]
    assert float(table[0]["auroc"]) > float(table[1]["auroc"]) + 0.2


def test_images_in_a_folder_of_anomalies_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    parts = plant_parts(n_train=40)
    Path("sorted").mkdir()
    write(Path("sorted/good"), parts.X_train)
    write(Path("sorted/defect"), 255 - parts.X_test[parts.labels_test == 1])
    assert main(["rank", "parts", *QUICK]) == 0
    alone = capsys.readouterr().out
    assert main(["rank", "sorted", *QUICK]) == 0
    assert capsys.readouterr().out == alone


def test_all_wrong_detectors_are_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["rank", "parts", "--detectors", "padin", "gaussian", "descriptor-svm", "--out", "t.csv"]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "did you mean 'padim'?" in said
    assert "the detector 'gaussian' takes tables" in said
    assert "the detector 'descriptor-svm' learns from labels, and here there are none: leave it out" in said
    assert not Path("t.csv").exists()


def test_what_cannot_be_ranked_on_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("few"), plant_parts(n_train=6).X_train)
    assert main(["rank", "few", *QUICK]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("dross: few: of 6 images, held_out=0.2 leaves 5 to")
    Path("table.csv").write_text("a,b\n1,2\n3,4\n")
    assert main(["rank", "table.csv"]) == 2
    assert "table.csv holds a table, but defects are made in images" in capsys.readouterr().err
    assert main(["rank", "partz"]) == 2
    assert "did you mean 'parts'?" in capsys.readouterr().err
