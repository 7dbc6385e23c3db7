from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dross.data.animals import ANIMALS_FILES, how_to_get_animals, read_animals
from dross.data.fetch import fetch
from dross.data.named_images import image_dataset_names, load_image_dataset
from dross.errors import DataError
from tests.data.images.made_images import write_image


def write_animals(folder: Path, counts: tuple[int, ...] = (12, 3, 4, 2)) -> list[Path]:
    """Write a made-up set of that layout, each picture of the grey that its number says, and return its folders."""
    paths = [folder / name for name in ANIMALS_FILES]
    for number, (path, count) in enumerate(zip(paths, counts, strict=True)):
        for row in range(count):
            write_image(path / f"{row}.jpg", np.full((32, 32, 3), 60 * number + 4 * row, np.uint8))
    return paths


def test_files_are_read_by_number_and_folder_by_folder(tmp_path: Path) -> None:
    X, classes = read_animals(write_animals(tmp_path))
    assert X.shape == (21, 32, 32, 3)
    assert classes.tolist() == [0] * 12 + [1] * 3 + [0] * 4 + [1] * 2
    expected = [60 * number + 4 * row for number, count in enumerate((12, 3, 4, 2)) for row in range(count)]
    np.testing.assert_allclose(X.mean(axis=(1, 2, 3)), expected, atol=1.5)


def test_a_set_of_another_size_is_damaged(tmp_path: Path) -> None:
    write_animals(tmp_path)
    with pytest.raises(DataError) as caught:
        load_image_dataset("Animals", tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'animals' / 'train'} is damaged: its images have the shape (21, 32, 32, 3), and there are 21 "
        "classes; delete it and copy it again"
    )


def test_absent_folders_are_to_be_copied(tmp_path: Path) -> None:
    how = how_to_get_animals(tmp_path)
    with pytest.raises(DataError) as caught:
        load_image_dataset("animals", tmp_path)
    assert str(caught.value) == (
        f"the data set 'animals' is not at hand: there is no folder {tmp_path / 'animals/train/normal'}. {how}, or set "
        "DROSS_DATA to the folder that has it"
    )
    (item,) = (item for item in image_dataset_names(tmp_path) if item.name == "animals")
    assert (item.n_images, item.n_test, item.available, item.how_to_get) == (300, 60, False, how)
    with pytest.raises(DataError) as caught:
        fetch(tmp_path, tmp_path, ["animals"])
    assert str(caught.value) == how


@pytest.mark.data("animals")
def test_the_published_files() -> None:
    data = load_image_dataset("animals")
    assert np.bincount(data.classes[~data.test]).tolist() == [160, 80]
    assert np.bincount(data.classes[data.test]).tolist() == [40, 20]
    assert not data.test[:240].any()
