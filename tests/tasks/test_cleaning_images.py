from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dross.errors import DataError
from dross.tasks import CleanedImages, clean, image_output, write_cleaned_images
from tests.persistence.bits import bits
from tests.tasks.dirty_images import BAD, dirty_images, name_of, write_folder

IMAGES = dirty_images()
GOOD = [number for number in range(len(IMAGES)) if number not in BAD]


def cleaned_images(data: Any, **options: Any) -> CleanedImages:
    cleaned = clean(data, **{"detector": "srr-pixel-knn", **options})
    assert isinstance(cleaned, CleanedImages)
    return cleaned


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "photos", IMAGES)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_image_is_kept_or_a_suspect(folder: Path) -> None:
    cleaned = cleaned_images(folder)
    assert sorted([*cleaned.kept.names, *cleaned.suspects["id"]]) == sorted(map(name_of, range(len(IMAGES))))
    assert {name_of(number) for number in BAD} <= set(cleaned.suspects["id"])
    assert len(cleaned.kept) == cleaned.is_kept.sum() == cleaned.model.detector.inlier_mask_.sum()


def test_suspects_are_ranked_and_say_what_refinement_made_of_them(folder: Path) -> None:
    cleaned = cleaned_images(folder)
    suspects = cleaned.suspects
    assert suspects.columns.tolist() == ["id", "anomaly_score", "alarm", "votes", "round_dropped"]
    assert suspects["anomaly_score"].is_monotonic_decreasing
    assert set(suspects["id"][: len(BAD)]) == {name_of(number) for number in BAD}
    assert (suspects["votes"] > 0).all()
    assert (suspects["round_dropped"] > 0).all()
    assert bits(cleaned.anomaly_scores) == bits(cleaned.model.anomaly_scores(folder))


def test_a_detector_that_is_not_refined_suspects_its_alarms(folder: Path) -> None:
    suspects = cleaned_images(folder, detector="pixel-knn", parameters={"contamination": 0.1}).suspects
    assert suspects.columns.tolist() == ["id", "anomaly_score", "alarm"]
    assert len(suspects) == 6
    assert (suspects["alarm"] == 1).all()


def test_kept_files_are_copied_as_they_were_under_their_names(folder: Path, tmp_path: Path) -> None:
    before = files_in(folder)
    cleaned = cleaned_images(folder)
    kept = write_cleaned_images(cleaned, tmp_path / "clean")
    assert kept == tmp_path / "clean" / "kept"
    assert files_in(kept) == {name: before[name] for name in cleaned.kept.names}
    assert files_in(folder) == before
    assert sorted(path.name for path in kept.parent.iterdir()) == ["gallery.html", "kept", "suspects.csv"]
    written = pd.read_csv(kept.parent / "suspects.csv")
    pd.testing.assert_frame_equal(written, cleaned.suspects, check_dtype=False, rtol=1e-12)
    page = (kept.parent / "gallery.html").read_text()
    assert "photos" in page
    assert all(name in page for name in cleaned.suspects["id"][: len(BAD)])


def test_files_in_a_list_are_copied_below_the_folder_they_share(folder: Path, tmp_path: Path) -> None:
    kept = write_cleaned_images(
        cleaned_images([folder / name_of(number) for number in range(len(IMAGES))]), tmp_path / "clean"
    )
    assert {name_of(number) for number in GOOD} >= set(files_in(kept))
    assert len(files_in(kept)) > len(GOOD) // 2


@pytest.mark.filterwarnings("ignore::dross.errors.SizeWarning")  # of the last one it is said that it is made smaller
@pytest.mark.parametrize(
    "images",
    [IMAGES, IMAGES / 255.0, np.repeat(IMAGES[..., None], 3, axis=3), np.repeat(np.repeat(IMAGES, 9, 1), 9, 2)],
    ids=["bytes", "floats", "colour", "larger than the detector sees them"],
)
def test_of_an_array_the_kept_part_is_as_it_was(images: np.ndarray, tmp_path: Path) -> None:
    np.save(tmp_path / "photos.npy", images)
    for number, data in enumerate((images, tmp_path / "photos.npy")):
        cleaned = cleaned_images(data)
        kept = write_cleaned_images(cleaned, tmp_path / f"clean{number}")
        assert kept.name == "kept.npy"
        array = np.load(kept)
        assert array.dtype == images.dtype
        np.testing.assert_array_equal(array, images[cleaned.is_kept])
        assert set(BAD) <= set(cleaned.suspects["id"].astype(int))


def test_an_array_is_copied_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_output, "CHUNK_IMAGES", 7)
    cleaned = cleaned_images(IMAGES)
    np.testing.assert_array_equal(np.load(write_cleaned_images(cleaned, tmp_path / "clean")), IMAGES[cleaned.is_kept])


def test_labels_of_folders_are_not_used_and_the_page_tells_by_them(tmp_path: Path) -> None:
    for number, image in enumerate(IMAGES):
        place = tmp_path / "parts" / ("bad" if number in BAD else "good")
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(place / f"{number}.png")
    cleaned = cleaned_images(tmp_path / "parts")
    labels = cleaned.images.labels
    assert labels is not None
    assert labels.sum() == len(BAD)
    assert labels[~cleaned.is_kept].sum() == len(BAD)
    assert write_cleaned_images(cleaned, tmp_path / "clean").is_dir()


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("photos", "{out} lies in {data}, which is what is read: give a place outside of it"),
        ("photos/clean", "{out} lies in {data}, which is what is read: give a place outside of it"),
        ("mine", "{out} is a folder with things in it, and is left alone: give the name of a new folder"),
        ("note.txt", "{out} is a file and is left alone: give the name of a new folder"),
        (
            "note.txt/clean",
            "{out} cannot be written: {parent} is no folder that you may write to; give another place",
        ),
    ],
)
def test_nothing_of_the_users_is_overwritten(out: str, message: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("mine")
    cleaned = cleaned_images(folder)
    before = files_in(tmp_path)
    with pytest.raises(DataError) as raised:
        write_cleaned_images(cleaned, tmp_path / out)
    assert str(raised.value) == message.format(out=tmp_path / out, data=folder, parent=(tmp_path / out).parent)
    assert files_in(tmp_path) == before


def test_an_empty_folder_may_be_filled(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "clean").mkdir()
    assert write_cleaned_images(cleaned_images(folder), tmp_path / "clean").is_dir()


def test_a_file_that_has_gone_meanwhile_leaves_no_half_of_a_folder(folder: Path, tmp_path: Path) -> None:
    cleaned = cleaned_images(folder)
    (folder / cleaned.kept.names[-1]).unlink()
    with pytest.raises(FileNotFoundError):
        write_cleaned_images(cleaned, tmp_path / "clean")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos"]
