from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dross.data.image_sets import CIFAR_FILES, FASHION_FILES
from dross.data.named_images import (
    ImageDataset,
    class_index,
    image_dataset_names,
    load_image_dataset,
)
from dross.errors import DataError
from tests.data.images.test_packed_files import write_cifar, write_idx

TOY = ImageDataset(
    "toy",
    np.zeros((3, 4, 4, 1), np.uint8),
    np.array([0, 1, 1]),
    ("cat", "dog"),
    np.array([False, True, True]),
    "",
    "",
    "",
)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.data(name)) for name in ("cifar10", "fashion-mnist")]
)
def test_the_published_sets(name: str) -> None:
    (item,) = (item for item in image_dataset_names() if item.name == name)
    assert item.n_test is not None
    data = load_image_dataset(name)
    assert data.X.shape == (item.n_images, *item.shape)
    assert (data.n_images, int(data.test.sum())) == (item.n_images, item.n_test)
    assert not data.test[: -item.n_test].any()
    for part in (data.test, ~data.test):  # both sets are balanced
        assert len(set(np.bincount(data.classes[part], minlength=10).tolist())) == 1
    means = {"cifar10": [0.49140, 0.48216, 0.44653], "fashion-mnist": [0.28604]}[
        name
    ]  # as published, of the training split
    found = data.X[: -item.n_test].reshape(-1, data.X.shape[3]).mean(axis=0, dtype=np.float64) / 255
    np.testing.assert_allclose(found, means, atol=2e-5)
    assert (len(data.checksum), data.licence) == (64, item.licence)


def test_cifar_of_the_wrong_size_is_damaged(tmp_path: Path) -> None:
    for file in CIFAR_FILES:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        write_cifar(tmp_path / file, np.zeros((2, 32, 32, 3), np.uint8), [0, 1])
    with pytest.raises(DataError) as caught:
        load_image_dataset("CIFAR10", tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'cifar-10-batches-bin'} is damaged: its images have the shape (12, 32, 32, 3), and there are 12 "
        "classes; delete it and run `make data` again"
    )


def test_fashion_files_with_too_few_labels_are_damaged(tmp_path: Path) -> None:
    for file in FASHION_FILES:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shape = (3, 28, 28) if "images" in file else (2,)
        write_idx(tmp_path / file, np.zeros(shape, np.uint8))
    with pytest.raises(DataError, match=r"shape \(6, 28, 28, 1\), and there are 4 classes"):
        load_image_dataset("fashion-mnist", tmp_path)


def test_an_absent_set_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_image_dataset("cifar10", tmp_path)
    assert str(caught.value) == (
        f"the data set 'cifar10' is not at hand: there is no file {tmp_path / CIFAR_FILES[0]}. Run `make data` to "
        "fetch it from its publisher (https://www.cs.toronto.edu/~kriz/cifar.html), or set DROSS_DATA to the folder "
        "that has it"
    )
    with pytest.raises(DataError) as caught:
        load_image_dataset("fashon-mnist", tmp_path)
    assert str(caught.value) == (
        "no image set is called 'fashon-mnist'; did you mean 'fashion-mnist'?; `dross datasets` lists those there are"
    )


def test_classes_have_names_and_numbers() -> None:
    assert [class_index(TOY, name) for name in ("cat", " DOG ", 1, "0")] == [0, 1, 1, 0]
    for name, near in (("dgo", "; did you mean 'dog'?"), (2, ""), ("-1", "")):
        with pytest.raises(DataError) as caught:
            class_index(TOY, name)
        assert str(caught.value) == f"'{name}' is no class of toy{near}; its classes are 0 cat, 1 dog"


def test_parts_that_do_not_fit_are_no_image_set() -> None:
    whole = (TOY.class_names, TOY.test, "", "", "")
    with pytest.raises(DataError) as caught:
        ImageDataset("toy", np.zeros((3, 4, 4), np.uint8), TOY.classes, *whole)
    assert str(caught.value) == (
        "toy: the images have the shape (3, 4, 4) and the type uint8; they must be (n, height, width, channels) of "
        "uint8"
    )
    with pytest.raises(DataError) as caught:
        ImageDataset("toy", TOY.X, TOY.classes[1:], *whole)
    assert str(caught.value) == (
        "toy: 3 images, 2 classes and 3 marks of the test split do not fit together: give one each"
    )
    with pytest.raises(DataError) as caught:
        ImageDataset("toy", TOY.X, TOY.classes + 1, *whole)
    assert str(caught.value) == "toy: classes from 1 to 2 for 2 names: number them from 0"
