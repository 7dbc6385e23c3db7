"""Each command on a small table: what it writes, what it prints, and what it says to do next."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dross.cli.main import main
from tests.tasks.dirty_tables import BAD, dirty_table


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    dirty_table().to_csv(tmp_path / "parts.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_fit_then_score(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", "parts.csv", "--label", "defect", "--id", "part", "--detector", "gaussian", "--out", "m"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "Fitted gaussian on parts.csv: 120 rows, 4 columns as 10 features",
        "Column 'unit' is left out: constant: always 'mm'",
        "Column 'defect' is the label, which fitting does not use",
        "Model written to m",
        "Next: dross score m NEW_DATA --out scores.csv",
    ]
    assert main(["score", "m", "parts.csv", "--out", "scores.csv"]) == 0
    scores = pd.read_csv("scores.csv")
    n_alarms = int(scores["alarm"].sum())
    assert capsys.readouterr().err.splitlines() == [
        f"Scored 120 rows: {n_alarms} alarms ({n_alarms / 120:.2%})",
        "Scores written to scores.csv",
        "Next: sort them by anomaly_score, highest first, and look at the top rows",
    ]
    assert scores["id"].tolist() == dirty_table()["part"].tolist()
    assert sorted(file.name for file in here.iterdir()) == ["m", "parts.csv", "scores.csv"]


def test_a_refined_model_knows_its_training_rows(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", "parts.csv", "--label", "defect", "--id", "part", "--out", "m"]) == 0
    said = capsys.readouterr().err
    assert "rows; the detector learned from the rest" in said
    assert main(["score", "m", "parts.csv", "--out", "scores.csv"]) == 0
    scores = pd.read_csv("scores.csv")
    assert scores.columns.tolist() == ["id", "anomaly_score", "alarm", "round_dropped", "votes"]
    dropped = int((scores["round_dropped"] > 0).sum())
    assert f"Refinement dropped {dropped} of 120 rows" in said


def test_clean_writes_both_parts_and_the_model(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["clean", "parts.csv", "--label", "defect", "--id", "part", "--out", "clean.csv", "--model", "m"]
    assert main(argv) == 0
    kept, suspects = pd.read_csv("clean.csv"), pd.read_csv("clean-suspects.csv")
    assert capsys.readouterr().err.splitlines()[-4:] == [
        f"{len(kept)} rows kept, written to clean.csv",
        f"{len(suspects)} suspects, most anomalous first, written to clean-suspects.csv",
        "Model written to m",
        "Next: dross score m NEW_DATA --out scores.csv",
    ]
    assert len(kept) + len(suspects) == 120
    assert {f"P-{row:04d}" for row in BAD} <= set(suspects["id"])
    assert main(["score", "m", "clean.csv", "--out", "scores.csv"]) == 0


def test_clean_keeps_lines_of_text_as_they_were(here: Path) -> None:
    assert main(["clean", "parts.csv", "--label", "defect", "--id", "part", "--out", "clean.csv"]) == 0
    lines = (here / "parts.csv").read_text().splitlines()
    kept = (here / "clean.csv").read_text().splitlines()
    assert kept[0] == lines[0]
    assert set(kept) <= set(lines)


def test_tables_can_be_parquet(here: Path) -> None:
    dirty_table().to_parquet("parts.parquet")
    common = ["--label", "defect", "--id", "part"]
    assert (
        main(["clean", "parts.parquet", *common, "--out", "clean.parquet", "--suspects", "s.csv", "--model", "m"]) == 0
    )
    kept = pd.read_parquet("clean.parquet")
    assert kept.dtypes["weight"] == dirty_table().dtypes["weight"]
    assert main(["score", "m", "clean.parquet", "--out", "scores.parquet"]) == 0
    assert len(pd.read_parquet("scores.parquet")) == len(kept)


def test_detectors_say_what_they_assume(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detectors"]) == 0
    said = capsys.readouterr()
    lines = [line.split("\t") for line in said.out.splitlines()]
    assert lines[0] == ["name", "takes", "what it does", "what it assumes of its training data"]
    assert all(len(line) == 4 and all(line) for line in lines)
    takes = {line[0]: line[1] for line in lines[1:]}
    assert (takes["knn"], takes["rotation"]) == ("tables", "images")
    assert "Each that needs no labels can be refined: with srr- in front of its name" in said.err
    assert "Default: srr-gaussian for a table, srr-rotation for images" in said.err
    assert "Next: dross fit DATA --detector srr-gaussian --out MODEL" in said.err


def test_datasets_say_what_is_at_hand(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "--folder", "nowhere"]) == 0
    said = capsys.readouterr()
    lines = [line.split("\t") for line in said.out.splitlines()]
    at_hand = {line[0]: line[5] for line in lines[1:]}
    assert at_hand["breast-cancer"] == "yes"
    assert at_hand["thyroid"] == "no"
    # Of files that nobody publishes, it says what to do; they have no size before they are there.
    assert ["faces", "", "64 x 64 x 3"] in [line[:3] for line in lines]
    assert said.err.splitlines() == [
        "2 of 72 are at hand; `make data` fetches the others",
        "'animals' is published as single files: copy the folders train and test, each with normal and abnormal, from "
        "https://github.com/Ray-1026/AI-Capstone to nowhere/animals",
        "'faces' has no publisher to fetch it from: put trainingset.npy and testingset.npy (uint8, n x 64 x 64 x 3) "
        "and testing_labels.npy (0 human, 1 anime, one a test image) into nowhere/faces",
        # Once for the categories of a set.
        "MVTec AD is to be had from its publisher (https://www.mvtec.com/company/research/datasets/mvtec-ad; CC "
        "BY-NC-SA 4.0): lay it out as nowhere/mvtec/CATEGORY/train/good, test/good, test/DEFECT and "
        "ground_truth/DEFECT, each mask named as its image with _mask behind",
        "KolektorSDD is to be had from its publisher (https://www.vicos.si/resources/kolektorsdd/; CC BY-NC-SA 4.0): "
        "lay it out as nowhere/kolektorsdd/train/good, test/good, test/DEFECT and ground_truth/DEFECT, each mask named "
        "as its image with _mask behind",
        "Next: dross evaluate breast-cancer",
    ]


def test_evaluate_prints_a_table_and_writes_all_of_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["evaluate", "breast-cancer", "--detectors", "gaussian", "--contamination", "0", "0.05", "--seeds", "2"]
    assert main([*argv, "--out", "all.csv", "--results", "r.sqlite"]) == 0
    said = capsys.readouterr()
    lines = [line.split("\t") for line in said.out.splitlines()]
    assert lines[0] == ["detector", "training", "contamination", "AUROC", "AP", "F1 at the true count", "recovery"]
    assert sorted(line[1:3] for line in lines[1:]) == sorted(
        [training, ratio] for training in ("blind", "oracle", "refined") for ratio in ("0.0%", "5.0%")
    )
    assert said.err.splitlines()[-3:] == [
        "All metrics written to all.csv",
        "Results kept in r.sqlite",
        "Next: dross report r.sqlite",
    ]
    assert {"auroc", "recovery", "lost_normals"} <= set(pd.read_csv("all.csv")["metric"])
    assert main(["report", "r.sqlite", "--out", "page"]) == 0
    assert (here / "page" / "report.html").is_file()


RUN = """
name = "small"
datasets = ["breast-cancer"]
protocol = "controlled"
contamination = [0, 0.05]
seeds = 1
max_train = 100
[[detectors]]
name = "gaussian"
training = ["blind"]
"""


def test_validate_then_sweep_then_report(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "run.toml").write_text(RUN)
    assert main(["validate", "run.toml"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "run.toml is sound: 2 runs of 1 detector",
        "  breast-cancer: 100 training samples, a pool of 106 anomalies to contaminate with",
        "Next: dross sweep run.toml",
    ]
    assert main(["sweep", "run.toml"]) == 0
    assert capsys.readouterr().err.splitlines()[-3:] == [
        "2 of 2 runs are done and in small.sqlite",
        "Means and intervals written to summary.csv",
        "Next: dross report small.sqlite",
    ]
    assert main(["report", "small.sqlite"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "Report written to small-report/report.html; figures and tables are beside it",
        "Next: open it in a browser",
    ]
