from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dross.errors import DataError, SchemaError
from dross.persistence import Model
from dross.tasks import fit, score, score_file, scoring_images
from tests.persistence.bits import bits
from tests.tasks.dirty_images import BAD, dirty_images, name_of, write_folder
from tests.tasks.dirty_tables import dirty_table
from tests.tasks.peak_memory import is_told, peak_of_scoring

IMAGES = dirty_images()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "photos", IMAGES)


@pytest.fixture
def model(folder: Path) -> Model:
    return fit(folder, detector="srr-pixel-knn")


def test_images_come_in_the_natural_order_of_their_names(model: Model, tmp_path: Path) -> None:
    new = write_folder(tmp_path / "new", dirty_images(30, bad=(4,), seed=1))
    table = score(model, new)
    assert table.columns.tolist() == ["id", "anomaly_score", "alarm"]
    flat = [number for number in range(30) if number % 5 != 4]
    below = [number for number in range(30) if number % 5 == 4]
    assert table["id"].tolist() == [name_of(number) for number in flat + below]
    assert table["id"][int(table["anomaly_score"].argmax())] == name_of(4)
    assert table["alarm"].sum() == 1


def test_training_images_also_get_what_refinement_made_of_them(model: Model, folder: Path) -> None:
    table = score(model, folder)
    assert table.columns.tolist() == ["id", "anomaly_score", "alarm", "round_dropped", "votes"]
    assert table["votes"].tolist() == model.detector.votes_.tolist()
    assert {name_of(number) for number in BAD} <= set(table["id"][table["round_dropped"] > 0])
    assert (table["round_dropped"] > 0).tolist() == (~model.detector.inlier_mask_).tolist()


@pytest.mark.parametrize("change", ["another image", "another name", "one more", "one less"])
def test_a_folder_that_has_changed_is_new_data(model: Model, folder: Path, change: str) -> None:
    if change == "another image":
        Image.fromarray(IMAGES[1]).save(folder / "0.png")
    elif change == "another name":
        (folder / "0.png").rename(folder / "00.png")
    elif change == "one more":
        Image.fromarray(IMAGES[1]).save(folder / "99.png")
    else:
        (folder / "0.png").unlink()
    assert "votes" not in score(model, folder)


def test_a_copy_of_the_folder_is_the_training_data(model: Model, folder: Path, tmp_path: Path) -> None:
    folder.rename(tmp_path / "moved")
    assert "votes" in score(model, tmp_path / "moved")


def test_training_images_in_an_array_or_a_file_are_known_too(tmp_path: Path) -> None:
    np.save(tmp_path / "photos.npy", IMAGES)
    for data in (IMAGES, tmp_path / "photos.npy"):
        table = score(fit(data, detector="srr-pixel-knn"), data)
        assert "votes" in table
        assert table["id"].tolist() == [str(number) for number in range(len(IMAGES))]


@pytest.mark.parametrize("chunk", [1, 7, 60, 1000])
def test_a_stream_gives_what_memory_gives_whatever_its_parts(
    model: Model, folder: Path, tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = score(model, folder)
    monkeypatch.setattr(scoring_images, "CHUNK_IMAGES", chunk)
    out = tmp_path / "scores.csv"
    scored = score_file(model, folder, out)
    read = pd.read_csv(out)
    assert read["id"].tolist() == whole["id"].tolist()
    assert read["anomaly_score"].tolist() == pytest.approx(whole["anomaly_score"].tolist(), rel=1e-12)
    for column in ("alarm", "round_dropped", "votes"):
        assert read[column].tolist() == whole[column].tolist()
    assert (scored.out, scored.n_rows, scored.training_data, scored.of) == (out, 60, True, "images")
    assert (scored.n_alarms, scored.skipped) == (whole["alarm"].sum(), ())


def test_parts_are_as_large_as_memory_allows(model: Model, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring_images, "CHUNK_BYTES", 10 * 64)
    parts = list(scoring_images.scored_images(model, scoring_images.read_like_training(model, folder, False)))
    assert [len(part) for part in parts] == [10] * 6


def test_images_of_another_size_are_brought_to_that_of_the_training_images(model: Model, tmp_path: Path) -> None:
    large = np.repeat(np.repeat(IMAGES[:4], 3, axis=1), 3, axis=2)
    write_folder(tmp_path / "large", large)
    scores = score(model, tmp_path / "large").set_index("id")["anomaly_score"]
    assert scores[name_of(3)] > 3 * scores[name_of(0)]


def test_bad_files_are_named_or_skipped_and_listed(model: Model, folder: Path, tmp_path: Path) -> None:
    (folder / "7.png").write_bytes(b"")
    with pytest.raises(DataError) as raised:
        score_file(model, folder, tmp_path / "scores.csv")
    assert str(raised.value) == (
        f"{folder / '7.png'} is empty (0 bytes): copy it again; or leave it out by skip_bad=True (--skip-bad)"
    )
    assert not (tmp_path / "scores.csv").exists()
    scored = score_file(model, folder, tmp_path / "scores.csv", skip_bad=True)
    assert scored.skipped == (("7.png", "is empty (0 bytes): copy it again"),)
    assert scored.n_rows == 59
    assert "7.png" not in set(pd.read_csv(tmp_path / "scores.csv")["id"])


def test_a_detector_alone_scores_images(folder: Path) -> None:
    fitted = fit(folder, detector="pixel-knn")
    assert bits(score(Model(fitted.detector), folder)["anomaly_score"].to_numpy()) == bits(
        score(fitted, folder)["anomaly_score"].to_numpy()
    )


def test_images_are_no_table_and_a_table_no_images(model: Model, folder: Path, tmp_path: Path) -> None:
    dirty_table().to_csv(tmp_path / "parts.csv", index=False)
    with pytest.raises(SchemaError) as raised:
        score(model, tmp_path / "parts.csv")
    assert str(raised.value) == (
        f"{tmp_path / 'parts.csv'} holds no images, but the model was fitted on images: give a folder or an array of "
        "images, or fit a model on a table"
    )
    of_table = fit(tmp_path / "parts.csv", detector="gaussian")
    with pytest.raises(SchemaError) as raised:
        score(of_table, folder)
    assert str(raised.value) == (
        f"{folder} holds images, but the model was fitted on a table: give a table with its columns, or fit a model "
        "on images"
    )


@pytest.mark.skipif(not is_told(), reason="this system does not tell the peak memory of a process")
def test_memory_does_not_grow_with_the_number_of_images(tmp_path: Path) -> None:
    fit(dirty_images(20, side=64), detector="pixel-knn", out=tmp_path / "model")

    def peak(n_images: int) -> int:
        """Return the peak memory, in bytes, of scoring so many images of one mapped file in a process of its own."""
        source, out = tmp_path / f"{n_images}.npy", tmp_path / f"{n_images}.csv"
        array = np.lib.format.open_memmap(source, "w+", np.uint8, (n_images, 64, 64))
        for start in range(0, n_images, 500):
            array[start : start + 500] = dirty_images(500, side=64, seed=start)
        array.flush()
        n_rows, used = peak_of_scoring(tmp_path / "model", source, out)
        assert n_rows == n_images
        return used

    # 8,000 images more are 33 MB of bytes more, and 262 MB as the numbers that the detector computes with.
    small, large = peak(1_000), peak(9_000)
    assert large - small < 15e6
