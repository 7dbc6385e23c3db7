"""Score maps as files: all of them in the order of the scores, a picture of each, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dross.cli.main import main
from dross.data.images import read_images
from dross.errors import DataError, ParameterError
from dross.persistence import Model, save
from dross.tasks import fit, score, score_file, scoring_images
from dross.tasks.map_output import alarm_overlay
from tests.tasks.dirty_images import dirty_images, name_of, write_folder
from tests.tasks.dirty_tables import dirty_table

IMAGES = dirty_images(30, bad=(4, 7), side=24)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "photos", IMAGES)


@pytest.fixture(scope="module")
def model() -> Model:
    return fit(dirty_images(30, bad=(), seed=1, side=24), detector="padim")


@pytest.mark.parametrize("images_at_a_time", [7, 1000])
def test_maps_are_in_the_order_of_the_scores(
    model: Model, folder: Path, tmp_path: Path, images_at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring_images, "CHUNK_IMAGES", images_at_a_time)
    score_file(model, folder, tmp_path / "scores.csv", maps=tmp_path / "maps")
    scores = pd.read_csv(tmp_path / "scores.csv")
    maps = np.load(tmp_path / "maps" / "maps.npy", allow_pickle=False)
    images = read_images(folder).images
    np.testing.assert_allclose(maps, model.detector.score_maps(images), rtol=1e-5)
    highest = np.sort(maps.reshape(30, -1), axis=1)[:, -6:].mean(axis=1)  # 1 % of 576 pixels
    np.testing.assert_allclose(scores["anomaly_score"], highest, rtol=1e-4)
    assert set(scores["id"][np.argsort(-highest)[:2]]) == {name_of(4), name_of(7)}
    found = sorted(path.relative_to(tmp_path / "maps/overlays").as_posix() for path in tmp_path.rglob("*.png.png"))
    assert found == sorted(f"{name}.png" for name in scores["id"])


def test_pictures_are_coloured_where_images_are_anomalous(model: Model, folder: Path, tmp_path: Path) -> None:
    score_file(model, folder, tmp_path / "scores.csv", maps=tmp_path / "maps")
    pictures = {
        number: np.asarray(Image.open(tmp_path / "maps/overlays" / f"{name_of(number)}.png")).astype(int)
        for number in (0, 4)
    }
    # What is orange or yellow has little blue.
    coloured = {number: picture[..., 0] - picture[..., 2] for number, picture in pictures.items()}
    assert pictures[4].shape == (24, 24, 3)
    # Its lower half is bright, and not its left one: right above and left below all is as ever.
    assert coloured[4][14:, 14:].mean() > 100
    assert coloured[4].mean() > 5 * abs(coloured[0].mean())


def test_colour_begins_below_the_score_that_raises_an_alarm_and_is_strongest_above_it() -> None:
    image = np.full((1, 4, 1), 100, dtype=np.uint8)
    found = alarm_overlay(image, np.array([[1.0, 3.0, 4.0, 9.0]]), -4.0)
    # Vermillion to yellow, over three fifths of the grey.
    assert found[0, :, 0].tolist() == [60, 60, 202, 213]
    assert found[0, :, 1].tolist() == [60, 60, 146, 203]


def test_images_of_any_size_are_scored_at_the_size_of_the_model(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    data = write_folder(tmp_path / "large", rng.integers(0, 255, (8, 90, 70), dtype=np.uint8))
    for detector in ("padim", "pixel-knn"):
        model = fit(data, detector=detector, size=80)
        assert len(score(model, data)) == 8
    padim = fit(data, detector="srr-padim", size=80, parameters={"n_classifiers": 2})
    score_file(padim, data, tmp_path / "scores.csv", maps=tmp_path / "maps")
    assert np.load(tmp_path / "maps/maps.npy").shape == (8, 80, 80)


def test_a_model_without_maps_is_told_and_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    for model, name in (
        (fit(folder, detector="pixel-knn"), "pixel-knn"),
        (fit(folder, detector="srr-pixel-knn"), "srr-pixel-knn"),
    ):
        with pytest.raises(ParameterError) as caught:
            score_file(model, folder, tmp_path / "scores.csv", maps=tmp_path / "maps")
        assert str(caught.value) == (
            f"the model is of the detector '{name}', which makes no score maps: fit one that does, such as padim, or "
            "leave maps out"
        )
    table = fit(dirty_table(), detector="gaussian")
    with pytest.raises(ParameterError, match="the detector 'gaussian', which makes no score maps"):
        score_file(table, folder, tmp_path / "scores.csv", maps=tmp_path / "maps")
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_places_for_maps_are_checked_before_anything_is_done(model: Model, folder: Path, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "x").touch()
    for place, message in (
        (full, f"{full} is a folder with things in it, and is left alone: give the name of a new folder"),
        (folder / "maps", f"{folder}/maps lies in {folder}, which is what is read: give a place outside of it"),
        (
            tmp_path,
            f"{tmp_path} and {tmp_path}/scores.csv are both to be written, and one lies in the other: give places "
            "apart",
        ),
    ):
        with pytest.raises(DataError) as caught:
            score_file(model, folder, tmp_path / "scores.csv", maps=place)
        assert str(caught.value) == message
    assert not (tmp_path / "scores.csv").exists()


def test_maps_that_fail_leave_nothing(
    model: Model, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match="31"):
        score_file(model, folder, tmp_path / "scores.csv", maps=tmp_path / "maps", rows=31)
    monkeypatch.setattr("dross.tasks.map_output.overlay", _fails)
    with pytest.raises(OSError, match="disk full"):
        score_file(model, folder, tmp_path / "scores.csv", maps=tmp_path / "maps")
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def _fails(*arguments: object) -> None:
    raise OSError("disk full")


def test_the_command_says_where_maps_are(
    model: Model, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "m", model)
    assert main(["score", "m", "photos", "--out", "scores.csv", "--maps", "maps"]) == 0
    assert capsys.readouterr().err.splitlines()[-3:] == [
        "Scores written to scores.csv",
        "Score maps written to maps: overlays/, and maps.npy in the order of the scores",
        "Next: sort them by anomaly_score, highest first, and look at the top images",
    ]
    assert main(["score", "m", "photos", "--out", "scores.csv", "--maps", "maps"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "dross: maps is a folder with things in it, and is left alone: give the name of a new folder"
    )
