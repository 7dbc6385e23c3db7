from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dross.data.images import read_images
from dross.errors import DataError, ParameterError
from dross.tasks import prepare
from tests.data.images.made_images import write_image


def pictures(n: int, seed: int = 0, side: int = 40) -> list[np.ndarray]:
    return list(np.random.default_rng(seed).integers(0, 256, (n, side, side, 3), dtype=np.uint8))


def collected(folder: Path, normal: int = 20, abnormal: int = 10) -> Path:
    for number, pixels in enumerate(pictures(normal)):
        write_image(folder / "normal" / f"cat {number}.png", pixels)
    for number, pixels in enumerate(pictures(abnormal, 1, 24)):
        write_image(folder / "abnormal" / "drawn" / f"{number}.bmp", pixels)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_pictures_become_a_data_set_that_can_be_read(tmp_path: Path) -> None:
    source, out = collected(tmp_path / "found"), tmp_path / "set"
    made = prepare(source, out, size=16, split=0.7)
    counts = {name: len(list((out / name).iterdir())) for name in ("train/normal", "train/abnormal", "test/normal")}
    assert counts == {"train/normal": 14, "train/abnormal": 7, "test/normal": 6}
    train = read_images(out / "train")
    assert train.images.shape == (21, 16, 16, 3)
    assert train.labels is not None
    assert train.labels.tolist() == [1] * 7 + [0] * 14
    manifest = rows(out / "manifest.csv")
    assert [row["file"] for row in manifest] == list(made.files)
    for row, tests in zip(manifest, made.test, strict=True):
        original = source / row["source"]
        assert row["sha256"] == hashlib.sha256(original.read_bytes()).hexdigest()
        assert row["part"] == ("test" if tests else "train")
        assert row["class"] == original.relative_to(source).parts[0]
        pixels = np.asarray(Image.open(original).resize((16, 16), Image.Resampling.BILINEAR))
        np.testing.assert_array_equal(np.asarray(Image.open(out / row["file"])), pixels)
    numbers = [Path(row["file"]).stem for row in manifest if row["class"] == "normal"]
    assert numbers == [str(number) for number in range(1, 21)]  # through both parts, in natural order
    assert [Path(row["source"]).name for row in manifest if row["class"] == "normal"][10] == "cat 10.png"


def test_the_same_seed_makes_the_same_data_set_and_another_one_another(tmp_path: Path) -> None:
    source = collected(tmp_path / "found")
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        prepare(source, tmp_path / name, size=8, seed=seed)
    assert files_in(tmp_path / "a") == files_in(tmp_path / "b")
    parts = [
        {row["source"] for row in rows(tmp_path / name / "manifest.csv") if row["part"] == "test"} for name in "ac"
    ]
    assert parts[0] != parts[1]
    assert len(parts[0]) == len(parts[1]) == 6


def test_what_is_on_both_sides_is_told(tmp_path: Path) -> None:
    source = tmp_path / "found"
    for number, pixels in enumerate(pictures(6)):
        for copy in range(3):  # three of each: some copy of some picture is bound to be on the other side
            write_image(source / "normal" / f"{number}-{copy}.png", pixels)
    made = prepare(source, tmp_path / "set", split=0.5)
    sources = {row["file"]: row["source"] for row in rows(tmp_path / "set" / "manifest.csv")}
    expected = {
        (train, test)
        for train in made.files
        for test in made.files
        if train.startswith("train/") and test.startswith("test/")
        if sources[train].split("-")[0] == sources[test].split("-")[0]
    }
    assert expected
    assert {(train, test) for train, test, _ in made.duplicates} == expected
    told = rows(tmp_path / "set" / "duplicates.csv")
    assert [(row["train"], row["test"]) for row in told] == [pair[:2] for pair in made.duplicates]
    assert {row["difference"] for row in told} == {"0.0"}


def test_classes_are_the_names_of_folders_and_parts_are_drawn_anew(tmp_path: Path) -> None:
    for name in ("train/cat", "test/cat", "dog"):
        for number, pixels in enumerate(pictures(3, len(name))):
            write_image(tmp_path / "found" / name / f"{number}.png", pixels)
    made = prepare(tmp_path / "found", tmp_path / "set")
    assert {Path(name).parts[1] for name in made.files} == {"cat", "dog"}
    assert sorted(int(Path(name).stem) for name in made.files if "/cat/" in name) == [1, 2, 3, 4, 5, 6]
    assert made.images.images.shape == (9, 32, 32, 3)
    flat = tmp_path / "flat"
    for number, pixels in enumerate(pictures(4)):
        write_image(flat / f"{number}.png", pixels[..., :1])
    files = prepare(flat, tmp_path / "flat-set", split=0.01).files  # one at least on each side
    assert sorted(name.split("/")[0] for name in files) == ["test", "test", "test", "train"]
    assert np.asarray(Image.open(tmp_path / "flat-set" / files[0])).shape == (32, 32)


@pytest.mark.parametrize("split", [0, 1.0, True, "half"])
def test_a_split_that_is_no_share(split: object, tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as caught:
        prepare(tmp_path, tmp_path / "set", split=split)  # type: ignore[arg-type]
    assert str(caught.value) == f"split is {split!r}; it must be a share in (0, 1): that of the pictures that train"


def test_a_class_of_one_picture_cannot_be_split(tmp_path: Path) -> None:
    source = collected(tmp_path / "found", normal=1, abnormal=3)
    with pytest.raises(DataError) as caught:
        prepare(source, tmp_path / "set")
    assert str(caught.value) == "the class 'normal' has 1 picture, and needs 2 to be in both parts: add some"
    assert not (tmp_path / "set").exists()


def test_nothing_is_overwritten_and_what_is_read_is_left_alone(tmp_path: Path) -> None:
    source = collected(tmp_path / "found")
    before = files_in(source)
    for out, message in (
        (source / "set", f"{source / 'set'} lies in {source}, which is what is read: give a place outside of it"),
        (tmp_path, f"{tmp_path} is a folder with things in it, and is left alone: give the name of a new folder"),
    ):
        with pytest.raises(DataError) as caught:
            prepare(source, out)
        assert str(caught.value) == message
    with pytest.raises(DataError) as caught:
        prepare(source / "normal" / "cat 0.png", tmp_path / "set")
    assert str(caught.value).endswith("cat 0.png is a file: give the folder that the pictures lie in")
    assert files_in(source) == before


def test_a_bad_picture_is_named_or_left_out(tmp_path: Path) -> None:
    source = collected(tmp_path / "found")
    (source / "normal" / "bad.png").write_bytes(b"hello")
    with pytest.raises(DataError, match=r"bad\.png is no PNG file"):
        prepare(source, tmp_path / "set")
    assert not (tmp_path / "set").exists()
    made = prepare(source, tmp_path / "set", skip_bad=True)
    assert len(made.files) == 30
    assert [name for name, _ in made.images.skipped] == ["normal/bad.png"]
