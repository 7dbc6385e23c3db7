"""Whom to ask about what, and what the answers are worth: from a model to its suspects and back to a better one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.metrics import roc_auc_score

from dross.cli.main import main
from dross.errors import DataError, ParameterError
from dross.tasks import fit, suspects
from dross.tasks.answered_labels import labels_of_file
from tests.planted_pictures import plant_defects


def parts(n: int = 300, seed: int = 0) -> tuple[pd.DataFrame, list[str]]:
    """Return a table with ids, a tenth of its rows in a cluster that refinement does not find, and what they are."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 3))
    bad = np.arange(n) % 10 == 0
    values[bad] = 0.3 * values[bad] + np.array([2.5, 0.0, 0.0])
    frame = pd.DataFrame(values, columns=["a", "b", "c"])
    return frame.assign(part=[f"p{i}" for i in range(n)]), ["anomaly" if each else "normal" for each in bad]


ROWS, TRUTH = parts()
ANSWERS = dict(zip(ROWS["part"], TRUTH, strict=True))


def test_half_of_the_suspects_are_the_most_anomalous_and_half_divide_the_ensemble() -> None:
    model = fit(ROWS, detector="srr-gaussian", parameters={"rejection": 0.2}, id="part")
    asked = suspects(model, ROWS, n=20)
    assert list(asked.columns) == ["id", "label", "because", "anomaly_score", "alarm", "round_dropped", "votes"]
    assert (asked["label"] == "").all()
    assert asked["id"].is_unique
    high, divided = (asked[asked["because"] == each] for each in ("high score", "divided votes"))
    assert (len(high), len(divided)) == (10, 10)
    scores = model.anomaly_scores(ROWS.drop(columns="part"))
    assert set(high["anomaly_score"]) <= set(np.sort(scores)[-20:])
    everyone: Any = model.detector
    undivided = np.abs(everyone.votes_ - 2.5)
    assert np.abs(divided["votes"] - 2.5).max() <= np.sort(undivided)[20]


def test_without_votes_those_near_the_threshold_are_asked_about() -> None:
    model = fit(ROWS, detector="knn", parameters={"contamination": 0.1}, id="part")
    asked = suspects(model, ROWS, n=6)
    near = asked[asked["because"] == "near the threshold"]["anomaly_score"]
    far = np.abs(model.anomaly_scores(ROWS.drop(columns="part")) + model.detector.offset_)
    np.testing.assert_allclose(np.sort(np.abs(near + model.detector.offset_)), np.sort(far)[:3])
    assert len(suspects(model, ROWS, n=10_000)) == len(ROWS)


def test_answers_make_a_better_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, new = tmp_path / "parts.csv", parts(seed=1)
    ROWS.to_csv(table, index=False)
    first, second, asked = (str(tmp_path / name) for name in ("first", "second", "suspects.csv"))
    assert main(["fit", str(table), "--id", "part", "--detector", "srr-gaussian", "--out", first]) == 0
    assert main(["suspects", first, str(table), "--n", "40", "--out", asked]) == 0
    assert "40 suspects written to" in capsys.readouterr().err
    file = pd.read_csv(asked)
    assert file["label"].isna().all()
    file["label"] = [ANSWERS[each] for each in file["id"]]
    assert set(file["label"]) == {"normal", "anomaly"}
    file.to_csv(asked, index=False)
    again = ["fit", str(table), "--id", "part", "--detector", "srr-gaussian", "--labels", asked, "--out", second]
    assert main(again) == 0
    from dross.persistence import load

    truth = [word == "anomaly" for word in new[1]]
    before, after = (
        roc_auc_score(truth, load(each).anomaly_scores(new[0].drop(columns="part"))) for each in (first, second)
    )
    assert after > before + 0.1


def test_images_are_asked_about_by_their_files(tmp_path: Path) -> None:
    planted = plant_defects(n_train=60, contamination=0.3, channels=1)
    (tmp_path / "photos").mkdir()
    for number, image in enumerate(planted.X_train):
        Image.fromarray(image[..., 0]).save(tmp_path / "photos" / f"{number}.png")
    model = fit(tmp_path / "photos", detector="srr-pixel-knn")
    asked = suspects(model, tmp_path / "photos", n=10)
    assert set(asked["id"]) <= {f"{number}.png" for number in range(60)}
    asked["label"] = [int(planted.labels_train[int(each.removesuffix(".png"))]) for each in asked["id"]]
    told: Any = fit(tmp_path / "photos", detector="srr-pixel-knn", labels=asked).detector
    rows = [int(each.removesuffix(".png")) for each in asked["id"]]
    np.testing.assert_array_equal(told.inlier_mask_[rows], asked["label"] == 0)


def test_nobody_is_asked_twice_and_answers_of_several_rounds_count_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = str(tmp_path / "parts.csv")
    ROWS.to_csv(table, index=False)
    fitting = ["fit", table, "--id", "part", "--detector", "srr-gaussian"]
    files: list[str] = []
    asked_about: list[str] = []
    for number in range(3):
        model, file = str(tmp_path / f"model{number}"), str(tmp_path / f"suspects{number}.csv")
        told = [word for each in files for word in ("--labels", each)]
        assert main([*fitting, *told, "--out", model]) == 0
        assert main(["suspects", model, table, "--n", "12", "--out", file]) == 0
        answers = pd.read_csv(file)
        assert len(answers) == 12
        asked_about += list(answers["id"])
        # The last two are left open, and may be asked about again.
        answers["label"] = [*(ANSWERS[each] for each in answers["id"][:10]), "", ""]
        del asked_about[-2:]
        answers.to_csv(file, index=False)
        files.append(file)
    assert len(set(asked_about)) == 30
    from dross.persistence import load

    answered = load(model).provenance.answered
    assert answered == {each: int(ANSWERS[each] == "anomaly") for each in asked_about[:20]}
    capsys.readouterr()


def test_rows_without_an_id_are_known_by_number_in_their_own_table_alone() -> None:
    nameless = ROWS.drop(columns="part")
    model = fit(nameless, detector="srr-gaussian")
    asked = suspects(model, nameless, n=5)
    asked["label"] = ["anomaly"] * 5
    told = fit(nameless, detector="srr-gaussian", labels=asked)
    assert set(told.provenance.answered) == {str(each) for each in asked["id"]}
    again = suspects(told, nameless, n=len(nameless))
    assert set(again["id"]) == set(range(len(nameless))) - set(asked["id"])
    fewer = nameless[:50]  # other rows, whose numbers mean nothing to the model
    assert set(suspects(told, fewer, n=50)["id"]) == set(range(50))


def test_images_that_were_answered_are_not_asked_about_again(tmp_path: Path) -> None:
    planted = plant_defects(n_train=40, contamination=0.3, channels=1)
    for number, image in enumerate(planted.X_train):
        place = tmp_path / "photos" / ("a" if number % 2 else "b")
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image[..., 0]).save(place / f"{number}.png")
    first = suspects(fit(tmp_path / "photos", detector="srr-pixel-knn"), tmp_path / "photos", n=8)
    first["label"] = "normal"
    told = fit(tmp_path / "photos", detector="srr-pixel-knn", labels=first)
    again = suspects(told, tmp_path / "photos", n=40)
    assert len(again) == 32
    assert not set(again["id"]) & set(first["id"])


def some_known(n: int = 12) -> pd.DataFrame:
    """Return the rows with a label column that says something of the first few."""
    return ROWS.assign(defect=[*(word if row < n else "" for row, word in enumerate(TRUTH))])


def test_rows_that_the_label_column_answers_are_not_asked_about() -> None:
    told = suspects(fit(some_known(), detector="svm", id="part", label="defect"), some_known(), n=300)
    assert set(told["id"]) == set(ROWS["part"][12:])
    blind = suspects(fit(some_known(), detector="gaussian", id="part", label="defect"), some_known(), n=300)
    assert len(blind) == 300  # it learned from no label
    known = some_known(300)
    with pytest.raises(DataError) as caught:
        suspects(fit(known, detector="svm", id="part", label="defect"), known)
    assert str(caught.value) == (
        "the data: the model learned from a label of each of the 300 samples, so that there is nothing to ask: give "
        "data without labels, or empty those of which nobody is certain"
    )


def test_images_in_folders_that_say_what_they_are_are_not_asked_about(tmp_path: Path) -> None:
    planted = plant_defects(n_train=40, contamination=0.3, channels=1)
    for number, (image, label) in enumerate(zip(planted.X_train, planted.labels_train, strict=True)):
        folder = tmp_path / "photos" / ("unlabelled" if number < 10 else "bad" if label else "good")
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image[..., 0]).save(folder / f"{number}.png")
    model = fit(tmp_path / "photos", detector="descriptor-svm")
    asked = suspects(model, tmp_path / "photos", n=40)
    assert set(asked["id"]) == {f"unlabelled/{number}.png" for number in range(10)}


def test_the_labels_of_the_data_and_of_a_file_count_together() -> None:
    answers = pd.DataFrame({"id": ["p20", "p21"], "label": ["anomaly", "normal"]})
    both = fit(some_known(), detector="svm", id="part", label="defect", use_labels=True, labels=answers).provenance
    assert both.labels == {"anomalies": 3, "normal": 11, "unknown": 286, "files": ["labels"], "own": True}
    with pytest.raises(DataError) as caught:
        fit(
            some_known(30),
            detector="svm",
            id="part",
            label="defect",
            use_labels=True,
            labels=answers[::-1].assign(label="normal"),
        )
    assert str(caught.value) == (
        "labels: id 'p20' is called an anomaly in the table and normal in table 1 of labels: decide, or leave it empty "
        "in one"
    )
    with pytest.raises(DataError) as caught:
        fit(ROWS, detector="svm", id="part", use_labels=True, labels=answers)
    assert str(caught.value) == (
        "the table: it has no labels of its own to learn from beside the files': name their column with --label, or "
        "leave out --use-labels"
    )


def test_only_those_are_called_divided_on_whom_the_votes_are() -> None:
    model: Any = fit(ROWS, detector="srr-gaussian", parameters={"rejection": 0.02}, id="part")
    asked = suspects(model, ROWS, n=200)
    unsure = asked[asked["because"] != "high score"]
    assert set(unsure["because"]) == {"divided votes", "near the threshold"}
    assert ((unsure["because"] == "divided votes") == unsure["votes"].between(1, 4)).all()


def test_rows_are_named_by_their_number_where_there_is_no_id() -> None:
    answers = pd.DataFrame({"id": [0, 3], "label": ["yes", "no"]})
    assert labels_of_file(answers, range(5)).tolist() == [1, -1, -1, 0, -1]


def test_wrong_words_on_the_command_line_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, answers = tmp_path / "parts.csv", tmp_path / "answers.csv"
    ROWS.to_csv(table, index=False)
    answers.write_text("id,label\np1,prefect\n")
    start = ["fit", str(table), "--id", "part", "--out", str(tmp_path / "model")]
    assert main([*start, "--labels", str(answers)]) == 2
    assert "label 'prefect' (first of id 'p1') is not known" in capsys.readouterr().err
    answers.write_text("id,label\np1,anomaly\n")
    assert main([*start, "--detector", "knn", "--labels", str(answers)]) == 2
    assert "the detector 'knn' does not learn from labels" in capsys.readouterr().err
    assert main([*start, "--detector", "svm", "--labels", str(answers)]) == 2
    assert capsys.readouterr().err == (
        f"dross: {table}, labels of {answers}: 'svm' learns from labelled anomalies beside labelled normal samples, "
        "and none of the 300 labels says normal (0), while 1 says anomaly (1): label some normal samples, or set "
        "unlabelled to normal (on the command line --set unlabelled=normal) where nearly all that are not labelled "
        "are\n"
    )
    assert not (tmp_path / "model").exists()
    with pytest.raises(ParameterError) as caught:
        suspects(fit(ROWS, detector="gaussian", id="part"), ROWS, n=0)
    assert str(caught.value) == "n is 0; it must be a whole number of at least 1"
