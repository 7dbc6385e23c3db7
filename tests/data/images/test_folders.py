from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dross.data.images import read_images
from dross.data.images.natural_order import natural_key
from dross.errors import DataError, SizeWarning
from tests.data.images.made_images import smooth, write_image


def make(folder: Path, *names: str) -> Path:
    for name in names:
        write_image(folder / name, smooth(1, 8, 8)[0])
    return folder


def labels_of(folder: Path) -> dict[str, int]:
    found = read_images(folder)
    assert found.labels is not None
    return dict(zip(found.ids, found.labels.tolist(), strict=True))


def test_files_come_in_the_order_people_read_them(tmp_path: Path) -> None:
    make(tmp_path, "10.png", "2.png", "b/1.png", "B/0.jpg", "a9/x.png", "a10/x.png", "1.PNG")
    found = read_images(tmp_path)
    assert found.ids == ("1.PNG", "2.png", "10.png", "a9/x.png", "a10/x.png", "B/0.jpg", "b/1.png")
    assert found.images.names == found.ids
    assert (found.labels, found.source) == (None, str(tmp_path))


@given(st.lists(st.text("ab019/.", min_size=1), max_size=8))
def test_any_names_can_be_put_in_order(names: list[str]) -> None:
    ordered = sorted(names, key=natural_key)
    assert sorted(ordered, key=natural_key) == ordered == sorted(reversed(names), key=natural_key)


def test_normal_and_abnormal(tmp_path: Path) -> None:
    make(tmp_path, "Normal/1.png", "abnormal/deep/2.png", "unlabelled/3.png", "4.png")
    assert labels_of(tmp_path) == {"4.png": -1, "abnormal/deep/2.png": 1, "Normal/1.png": 0, "unlabelled/3.png": -1}


def test_what_lies_beside_good_is_not_good(tmp_path: Path) -> None:
    make(tmp_path, "good/1.png", "scratch/2.png", "dent/3.png")
    assert labels_of(tmp_path) == {"dent/3.png": 1, "good/1.png": 0, "scratch/2.png": 1}


def test_the_layout_of_mvtec(tmp_path: Path) -> None:
    make(
        tmp_path,
        "bottle/train/good/000.png",
        "bottle/test/good/000.png",
        "bottle/test/broken_large/000.png",
        "bottle/ground_truth/broken_large/000_mask.png",
    )
    (tmp_path / "bottle" / "license.txt").write_text("about the images")
    assert labels_of(tmp_path) == {
        "bottle/test/broken_large/000.png": 1,
        "bottle/test/good/000.png": 0,
        "bottle/train/good/000.png": 0,
    }
    assert labels_of(tmp_path / "bottle" / "test") == {"broken_large/000.png": 1, "good/000.png": 0}


def test_train_and_test_without_labels_in_train(tmp_path: Path) -> None:
    make(tmp_path, "train/1.png", "test/normal/2.png", "test/abnormal/3.png")
    assert labels_of(tmp_path) == {"test/abnormal/3.png": 1, "test/normal/2.png": 0, "train/1.png": -1}
    assert read_images(tmp_path / "train").labels is None


def test_folders_of_classes_are_no_labels(tmp_path: Path) -> None:
    make(tmp_path, "0/1.png", "1/1.png", "cat/1.png")
    assert read_images(tmp_path).labels is None


def test_what_file_managers_leave_is_no_image(tmp_path: Path) -> None:
    make(tmp_path, "1.png", ".thumbnails/1.png")
    for name in (".DS_Store", "Thumbs.db", "desktop.ini"):
        (tmp_path / name).write_text("litter")
    assert read_images(tmp_path).ids == ("1.png",)


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    make(tmp_path / "elsewhere", "1.png")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "here")
    assert read_images(tmp_path / "here").ids == ("link/1.png",)


def test_a_folder_without_images(tmp_path: Path) -> None:
    kinds = ".bmp, .jfif, .jpe, .jpeg, .jpg, .png, .tif, .tiff, .webp"
    with pytest.raises(DataError) as caught:
        read_images(tmp_path)
    assert str(caught.value) == f"{tmp_path} holds no images, at any depth (it is empty): image files end in {kinds}"
    for name in ("b.csv", "a.gif", "c/d.heic", "e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    with pytest.raises(DataError) as caught:
        read_images(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path} holds no images, at any depth (but a.gif, b.csv, c/d.heic and others): image files end in {kinds}"
    )


def test_a_label_folder_that_is_empty(tmp_path: Path) -> None:
    make(tmp_path, "normal/1.png")
    (tmp_path / "abnormal").mkdir()
    with pytest.raises(DataError) as caught:
        read_images(tmp_path)
    assert str(caught.value) == (
        f"the label folder {tmp_path / 'abnormal'} holds no images: put some there, or remove it"
    )
    (tmp_path / "scratch").mkdir()
    with pytest.raises(DataError) as caught:
        read_images(tmp_path)
    assert str(caught.value) == (
        "2 mistakes:\n"
        f"  - the label folder {tmp_path / 'abnormal'} holds no images: put some there, or remove it\n"
        f"  - the label folder {tmp_path / 'scratch'} holds no images: put some there, or remove it"
    )


def test_a_missing_folder_suggests_its_neighbour(tmp_path: Path) -> None:
    make(tmp_path / "parts", "1.png")
    with pytest.raises(DataError) as caught:
        read_images(tmp_path / "prats")
    assert str(caught.value) == f"there is no folder or file {tmp_path / 'prats'}; did you mean 'parts'?"


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "1.png")

    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(DataError) as caught:
        read_images(tmp_path)
    assert str(caught.value) == f"the folder {tmp_path} cannot be read (Permission denied): check its permissions"


def test_the_checksum_is_of_names_and_contents(tmp_path: Path) -> None:
    make(tmp_path / "a", "1.png", "2.png")
    make(tmp_path / "b", "1.png", "2.png")
    first = read_images(tmp_path / "a").checksum
    assert read_images(tmp_path / "b").checksum == first
    write_image(tmp_path / "b" / "2.png", 255 - smooth(1, 8, 8)[0])
    changed = read_images(tmp_path / "b").checksum
    (tmp_path / "a" / "2.png").rename(tmp_path / "a" / "3.png")
    renamed = read_images(tmp_path / "a").checksum
    assert len({first, changed, renamed}) == 3


def test_sizes_follow_the_rule(tmp_path: Path) -> None:
    def shape(*sizes: tuple[int, int], channels: tuple[int, ...] = (3, 3), side: int | None = None) -> tuple[int, ...]:
        folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        for number, (size, c) in enumerate(zip(sizes, channels, strict=False)):
            write_image(folder / f"{number}.png", np.zeros((*size, c), np.uint8))
        found = read_images(folder, size=side)
        assert found.images.read().shape == found.images.shape
        return found.images.shape[1:]

    assert shape((28, 20), (28, 20)) == (28, 20, 3)
    assert shape((64, 64), (64, 64)) == (64, 64, 3)
    assert shape((28, 20), (20, 28)) == (28, 28, 3)
    with pytest.warns(SizeWarning):
        assert shape((65, 30), (65, 30)) == (64, 64, 3)
    assert shape((28, 20), (28, 20), side=32) == (32, 32, 3)
    assert shape((200, 300), (20, 20), side=128) == (128, 128, 3)
    assert shape((8, 8), (8, 8), channels=(1, 1)) == (8, 8, 1)
    assert shape((8, 8), (8, 8), channels=(1, 3)) == (8, 8, 3)
