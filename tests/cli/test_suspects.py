"""What ``dross suspects`` says to do next, done; and what ``dross fit`` says of the labels that it learned from."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dross.catalog import build
from dross.cli.describing import describe_fit
from dross.cli.main import main
from dross.data.encoder import TableEncoder
from dross.persistence import Model, Provenance, load
from dross.tasks.choosing import Choice

N = 60
BAD = np.arange(N) % 4 == 0


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(N, 3)) + 3.0 * BAD[:, np.newaxis], columns=["a", "b", "c"])
    rows = rows.assign(part=[f"p{row}" for row in range(N)])
    words = np.where(BAD, "anomaly", "normal")
    rows.to_csv("parts.csv", index=False)
    rows.assign(defect=np.where(np.arange(N) < 40, words, "")).to_csv("some.csv", index=False)
    pd.DataFrame({"id": rows["part"], "label": words})[:12].to_csv("told.csv", index=False)


def said_by(capsys: pytest.CaptureFixture[str], command: str, *more: str) -> list[str]:
    capsys.readouterr()
    assert main([*command.split(), *more]) == 0
    return capsys.readouterr().err.splitlines()


def answered_next(capsys: pytest.CaptureFixture[str], asking: str) -> tuple[str, Any]:
    """Ask, answer, do what was said to do next, and return that and the new model."""
    line = said_by(capsys, asking)[-1]
    file = asking.split()[-1]
    asked = pd.read_csv(file, dtype={"id": str})
    asked["label"] = ["anomaly", *["normal"] * (len(asked) - 1)]
    asked.to_csv(file, index=False)
    command = line.removeprefix("Next: write normal or anomaly into its column label, then ")
    assert main(shlex.split(command)[1:]) == 0
    return command, load("NEW_MODEL")


def test_the_next_fit_is_the_last_one_with_more_labels(capsys: pytest.CaptureFixture[str]) -> None:
    said_by(capsys, "fit some.csv --id part --label defect --detector svm --out m")
    command, model = answered_next(capsys, "suspects m some.csv --n 4 --out ask.csv")
    assert command == (
        "dross fit some.csv --id part --label defect --use-labels --detector svm --labels ask.csv --out NEW_MODEL"
    )
    assert (model.provenance.detector, model.provenance.id, model.provenance.label) == ("svm", "part", "defect")
    assert model.provenance.labels["anomalies"] + model.provenance.labels["normal"] == 44
    assert list(model.encoder.columns_) == list(load("m").encoder.columns_)  # type: ignore[union-attr]


def test_answers_are_not_written_over(capsys: pytest.CaptureFixture[str]) -> None:
    said_by(capsys, "fit parts.csv --id part --detector gaussian --out m")
    asking = "suspects m parts.csv --n 4 --out ask.csv"
    said_by(capsys, asking)
    said_by(capsys, asking)  # over questions that nobody has answered
    answers = pd.read_csv("ask.csv").assign(label=["anomaly", "normal", "", ""])
    answers.to_csv("ask.csv", index=False)
    assert main(asking.split()) == 2
    said = "ask.csv holds 2 answers, which would be lost: learn from them first, or give another name"
    assert said in capsys.readouterr().err
    pd.testing.assert_frame_equal(pd.read_csv("ask.csv"), answers.replace("", np.nan))


def test_parameters_seed_rate_and_earlier_answers_are_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    fitting = "fit parts.csv --id part --labels told.csv --seed 3 --false-alarms 0.1 --detector srr-knn"
    said_by(capsys, fitting, "--set", "rejection=0.2", "--set", "agreement=unanimous", "--out", "m")
    command, model = answered_next(capsys, "suspects m parts.csv --n 4 --out ask.csv")
    assert command == (
        "dross fit parts.csv --id part --detector srr-knn --set rejection=0.2 --set agreement=unanimous "
        "--false-alarms 0.1 --seed 3 --labels told.csv --labels ask.csv --out NEW_MODEL"
    )
    assert len(model.provenance.answered) == 16
    assert model.provenance.parameters == load("m").provenance.parameters


def test_what_cannot_learn_from_labels_gets_refinement_which_can(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--set", "n_neighbors=3", "--set", "contamination=0.1"]
    said_by(capsys, "fit parts.csv --id part --detector knn --out m", *words)
    command, model = answered_next(capsys, "suspects m parts.csv --n 4 --out ask.csv")
    assert " --detector srr-knn --set n_neighbors=3 " in command
    assert len(model.provenance.answered) == 4


def pictures(folder: str, n: int) -> None:
    rng = np.random.default_rng(len(folder))
    Path("photos", folder).mkdir(parents=True)
    for number in range(n):
        Image.fromarray(rng.integers(0, 256, (8, 8), dtype=np.uint8)).save(Path("photos", folder, f"{number}.png"))


def test_bad_files_are_skipped_again(capsys: pytest.CaptureFixture[str]) -> None:
    pictures("all", 30)
    Path("photos", "all", "bad.png").write_text("hello")
    said_by(capsys, "fit photos --skip-bad --detector srr-pixel-knn --out m")
    command, model = answered_next(capsys, "suspects m photos --skip-bad --n 4 --out ask.csv")
    assert command == ("dross fit photos --size 8 --skip-bad --detector srr-pixel-knn --labels ask.csv --out NEW_MODEL")
    assert len(model.provenance.answered) == 4


def test_fit_says_what_it_learned_from(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said_by(capsys, "fit some.csv --id part --label defect --detector svm --out m")
    assert "Column 'defect' is the label, which it learned from" in lines
    assert "Learned from 10 anomalies and 30 normal rows; 20 not known" in lines
    lines = said_by(capsys, "fit parts.csv --id part --labels told.csv --detector svm --out m")
    assert "Learned from 3 anomalies and 9 normal rows; 48 not known" in lines
    taken = "fit parts.csv --id part --labels told.csv --detector svm --set unlabelled=normal --out m"
    assert "Learned from 3 anomalies and 9 normal rows; 48 not known, taken for normal" in said_by(capsys, taken)
    lines = said_by(capsys, "fit some.csv --id part --label defect --detector gaussian --out m")
    assert "Column 'defect' is the label, which fitting does not use" in lines
    assert not any(line.startswith("Learned from") for line in lines)


def test_fit_says_which_folders_count_as_anomalies(capsys: pytest.CaptureFixture[str]) -> None:
    for folder, n in (("good/one", 5), ("good/two", 5), ("bad", 4), ("weird", 3), ("unknown", 2)):
        pictures(folder, n)
    lines = said_by(capsys, "fit photos --detector descriptor-svm --out m")
    at = lines.index("Learned from 7 anomalies and 10 normal images; 2 not known")
    assert lines[at + 1 : at + 3] == [
        "The images in bad, weird count as anomalies",
        "The images in good count as normal",
    ]
    blind = said_by(capsys, "fit photos --detector pixel-knn --out m")
    assert not any("count as anomalies" in line for line in blind)


@pytest.mark.filterwarnings("ignore::dross.errors.ThresholdWarning")
@pytest.mark.parametrize("name", ["svm", "gradient-boosting"])
def test_classifiers_say_what_the_rate_sets_too(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    fitting = f"fit some.csv --id part --label defect --detector {name} --out m"
    line = (
        "Alarm threshold by a false-alarm rate of 0.2: at most that share of held-out (in 5 folds) normal samples "
        "raise one"
    )
    assert line in said_by(capsys, fitting, "--false-alarms", "0.2")
    assert not any(each.startswith("Alarm threshold") for each in said_by(capsys, fitting))


@pytest.mark.filterwarnings("always::dross.errors.ThresholdWarning")
def test_warnings_call_a_detector_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said_by(capsys, "fit some.csv --id part --label defect --detector svm --set threshold=99 --out m")
    assert lines[0].startswith("dross: warning: 'svm': the alarm threshold, 99, lies outside the anomaly scores of ")
    assert "ClassifierDetector" not in "".join(lines)


def test_what_is_cross_validated_says_it_too() -> None:
    detector = build("svm-cv", threshold="false-alarms", false_alarm_rate=0.05)
    encoder = TableEncoder().fit(pd.read_csv("parts.csv"))
    lines = describe_fit(Model(detector, encoder, Provenance("svm-cv")), Choice("svm-cv"))
    assert lines[-1].startswith("Alarm threshold by a false-alarm rate of 0.05: at most that share of held-out (in ")
