"""What an inspection leaves behind beside its scores: score maps of the test images, and a model to score others by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dross.errors import DataError, ModelError, ParameterError
from dross.persistence import load
from dross.tasks import inspect, score, score_file
from tests.inspection.made_products import mixed, products
from tests.tasks.test_inspecting import KNN, write

PADIM: dict[str, Any] = {"detector": "padim", "size": 32, "n_categories": 2, "n_folds": 2}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(Path("train"), mixed((25, 20))[0])
    write(Path("test"), np.concatenate([mixed((6, 6), defective=0.5, seed=1)[0], products(2, 1)[0]]))
    return tmp_path


def test_the_model_says_of_other_images_what_the_inspection_said(here: Path) -> None:
    found = inspect("train", "test", "s.csv", maps="maps", model="model", **PADIM)
    assert sorted(path.name for path in Path("maps").iterdir()) == ["maps.npy", "overlays"]
    names = [f"{number}.png" for number in range(13)]
    assert sorted(path.name for path in Path("maps/overlays").iterdir()) == sorted(f"{name}.png" for name in names)
    maps = np.load("maps/maps.npy")
    assert maps.shape == (13, 32, 32)
    again = score("model", "test")
    assert again.columns.tolist() == ["id", "anomaly_score", "alarm", "category", "known"]
    pd.testing.assert_frame_equal(again, found.verdicts)
    assert again["known"].tolist() == [1] * 12 + [0]
    scored = score_file("model", "test", "t.csv", maps="maps-again")
    assert scored.n_alarms == found.n_alarms
    assert Path("t.csv").read_text() == Path("s.csv").read_text()
    np.testing.assert_array_equal(np.load("maps-again/maps.npy"), maps)
    known = load("model").provenance
    assert (known.detector, known.source, known.n_rows) == ("MixedDetector of padim", "train", 45)


def test_the_map_is_highest_where_the_defect_is(here: Path) -> None:
    images, _ = products(0, 2, seed=5)
    images[1, 10:16, 10:16] = 255
    for number, image in enumerate(images, 13):
        Image.fromarray(image).save(here / "test" / f"{number}.png")
    inspect("train", "test", "s.csv", maps="maps", **PADIM)
    down, right = np.unravel_index(np.load("maps/maps.npy")[14].argmax(), (32, 32))
    assert 8 <= down < 18
    assert 8 <= right < 18


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        (
            {**KNN, "maps": "maps"},
            ParameterError,
            "the model is of the detector 'pixel-knn', which makes no score maps: fit one that does, such as padim, or "
            "leave maps out",
        ),
        (
            {**PADIM, "maps": "train"},
            DataError,
            "train lies in train, which is what is read: give a place outside of it",
        ),
        (
            {**PADIM, "maps": "kept"},
            DataError,
            "kept is a folder with things in it, and is left alone: give the name of a new folder",
        ),
        (
            {**PADIM, "model": "kept"},
            ModelError,
            "kept is a folder with other things in it (notes.txt) and is left alone: give another path for the model",
        ),
        (
            {**PADIM, "maps": "new", "model": "new/model"},
            DataError,
            "new and new/model are both to be written, and one lies in the other: give places apart",
        ),
    ],
)
def test_places_that_cannot_be_written_are_told_before_any_work(
    here: Path, asked: dict[str, Any], error: type[Exception], message: str
) -> None:
    Path("kept").mkdir()
    Path("kept/notes.txt").write_text("mine")
    with pytest.raises(error) as raised:
        inspect("train", "test", "s.csv", **asked)
    assert str(raised.value) == message
    assert not Path("s.csv").exists()


def test_too_few_images_are_told_with_the_folder_they_are_in(here: Path) -> None:
    write(here / "few", products(0, 3)[0])
    with pytest.raises(DataError) as raised:
        inspect("few", "test", "s.csv", detector="padim", size=32)
    assert str(raised.value) == (
        "few: MixedDetector needs at least 10 samples to fit, found 3 samples: give it more, or lower n_folds"
    )
