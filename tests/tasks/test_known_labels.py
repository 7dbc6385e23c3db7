"""Labels reach a detector only where it needs them, or where the user asks for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dross.cli.main import main
from dross.errors import DataError, ParameterError
from dross.tasks.fitting import fit
from tests.planted_pictures import plant_defects

PLANTED = plant_defects(n_train=60, contamination=0.3, channels=1)
SMALL = {"n_code": 2, "max_epochs": 20, "learning_rate": 0.01, "device": "cpu", "widths": (4, 8)}


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    for name, label in (("normal", 0), ("abnormal", 1)):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number, image in enumerate(PLANTED.X_train[PLANTED.labels_train == label]):
            Image.fromarray(image[..., 0]).save(tmp_path / "photos" / name / f"{number}.png")
    return tmp_path / "photos"


def test_folders_that_say_what_is_abnormal_are_learned_from_when_asked(labelled: Path) -> None:
    blind = fit(labelled, detector="conv-autoencoder", parameters=SMALL)
    told = fit(labelled, detector="conv-autoencoder", parameters=SMALL, use_labels=True)
    for model, learned in ((blind, False), (told, True)):
        assert ("anomalies" in model.detector.history_[-1]) == learned


def test_a_label_column_is_learned_from_when_asked(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = [(*rng.normal(size=3), 0) for _ in range(40)] + [(*rng.normal(4, 1, size=3), 1) for _ in range(8)]
    file = tmp_path / "parts.csv"
    file.write_text("a,b,c,defect\n" + "\n".join(",".join(map(str, row)) for row in rows))
    for use, terms in ((False, {"reconstruction"}), (True, {"reconstruction", "anomalies"})):
        model = fit(file, detector="table-autoencoder", parameters={"max_epochs": 2}, label="defect", use_labels=use)
        assert set(model.detector.history_[-1]) - {"epoch", "loss", "n_samples"} == terms


def test_what_cannot_learn_from_labels_says_what_can(labelled: Path) -> None:
    with pytest.raises(ParameterError) as caught:
        fit(labelled, detector="pixel-knn", use_labels=True)
    assert str(caught.value).startswith("the detector 'pixel-knn' does not learn from labels; those that do are auto")
    assert "two-discriminator-gan" in str(caught.value)


def test_what_needs_labels_takes_them_unasked_and_misses_them(labelled: Path, tmp_path: Path) -> None:
    model = fit(labelled, detector="supervised-cnn", parameters={"max_epochs": 1, "device": "cpu"})
    assert np.isfinite(model.anomaly_scores(PLANTED.X_test)).all()
    with pytest.raises(DataError) as caught:
        fit(labelled / "normal", detector="supervised-cnn")
    assert str(caught.value) == (
        f"{labelled / 'normal'}: there are no labels, and 'supervised-cnn' is to learn from some: put images into "
        "folders named normal and abnormal, or give a table of what is known of some (on the command line --labels "
        "FILE)"
    )


def test_the_command_has_the_option(labelled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "fit",
        str(labelled),
        "--detector",
        "conv-autoencoder",
        "--set",
        "max_epochs=1",
        "--out",
        str(tmp_path / "m"),
    ]
    assert main([*words, "--use-labels"]) == 0
    capsys.readouterr()
    assert main([*words[:3], "mean-image", "--out", str(tmp_path / "m"), "--use-labels"]) == 2
    assert "the detector 'mean-image' does not learn from labels" in capsys.readouterr().err


def test_a_table_without_labels_is_told_of_both_options(tmp_path: Path) -> None:
    file = tmp_path / "parts.csv"
    file.write_text("a,b\n" + "1,2\n3,4\n" * 5)
    with pytest.raises(DataError) as caught:
        fit(file, detector="svm")
    assert str(caught.value) == (
        f"{file}: there are no labels, and 'svm' is to learn from some: name the column that holds them (on the "
        "command line --label COLUMN), or give a table of what is known of some rows (--labels FILE)"
    )
