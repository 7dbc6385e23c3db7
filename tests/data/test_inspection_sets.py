"""Sets of inspected parts: read as MVTec AD lays them out, with masks that have to match their images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dross.data.inspection_sets import INSPECTION_SETS
from dross.data.named_images import ImageDataset, image_dataset_names, load_image_dataset
from dross.errors import DataError, ParameterError

SIDE = 12


def write(path: Path, pixels: NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def made_up(root: Path) -> Path:
    """Write a made-up category of bottles: 3 to train on, 2 good ones, and 2 and 1 with defects, with masks."""
    folder = root / "mvtec" / "bottle"
    rng = np.random.default_rng(0)
    for part, n in (("train/good", 3), ("test/good", 2), ("test/crack", 2), ("test/stain", 1)):
        for number in range(n):
            write(folder / part / f"{number:03}.png", rng.integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8))
    for part, n in (("crack", 2), ("stain", 1)):
        for number in range(n):
            mask = np.zeros((SIDE, SIDE), dtype=np.uint8)
            mask[number : number + 4, 2:8] = 255
            write(folder / "ground_truth" / part / f"{number:03}_mask.png", mask)
    return folder


def loaded(root: Path) -> ImageDataset:
    return load_image_dataset("mvtec-bottle", root, size=SIDE)


def test_a_category_comes_with_its_split_and_masks(tmp_path: Path) -> None:
    folder = made_up(tmp_path)
    data = loaded(tmp_path)
    assert data.class_names == ("good", "crack", "stain")
    assert data.classes.tolist() == [0, 0, 0, 0, 0, 1, 1, 2]
    assert data.test.tolist() == [False] * 3 + [True] * 5
    assert data.masks is not None
    assert data.masks.sum(axis=(1, 2)).tolist() == [0] * 5 + [24, 24, 24]
    assert data.masks[6, 1:5, 2:8].all()
    np.testing.assert_array_equal(data.X[5], np.asarray(Image.open(folder / "test/crack/000.png")))
    (item,) = (item for item in image_dataset_names(tmp_path) if item.name == "mvtec-bottle")
    assert (item.n_images, item.n_test, item.available, item.class_names) == (8, 5, True, data.class_names)
    assert load_image_dataset("MVTec-Bottle", tmp_path).X.shape == (8, 128, 128, 3)


def test_masks_keep_to_the_size_of_images_and_thin_defects_do_not_vanish(tmp_path: Path) -> None:
    folder = made_up(tmp_path)
    thin = np.zeros((SIDE, SIDE), dtype=np.uint8)
    thin[:, 5] = 255
    write(folder / "ground_truth/stain/000_mask.png", thin)
    data = load_image_dataset("mvtec-bottle", tmp_path, size=(4, 3))
    assert data.masks is not None
    assert data.masks.shape == (8, 4, 3)
    assert data.masks[-1].any(axis=1).all()
    assert data.masks[-1].sum() == 4
    assert not data.masks[:5].any()


def test_masks_that_do_not_match_their_images_are_named_all_at_once(tmp_path: Path) -> None:
    folder = made_up(tmp_path)
    masks, test = folder / "ground_truth", folder / "test"
    (masks / "crack/000_mask.png").rename(masks / "crack/007_mask.png")
    write(masks / "crack/001_mask.png", np.full((SIDE, SIDE + 1), 255, dtype=np.uint8))
    write(masks / "stain/000_mask.png", np.zeros((SIDE, SIDE), dtype=np.uint8))
    (masks / "stain/old_mask.png").write_bytes(b"")
    with pytest.raises(DataError) as caught:
        loaded(tmp_path)
    assert str(caught.value) == (
        "5 mistakes:\n"
        f"  - {test}/crack/000.png has no mask: there is no {masks}/crack/000_mask.png\n"
        f"  - {masks}/crack/001_mask.png is a mask of 13x12 pixels, but {test}/crack/001.png has 12x12: copy the mask "
        "that belongs to it\n"
        f"  - {masks}/stain/000_mask.png is a mask that marks no pixel: what it marks must be white, or its image is "
        "good\n"
        f"  - {masks}/crack/007_mask.png is a mask of no image: there is no {test}/crack/007.*\n"
        f"  - {masks}/stain/old_mask.png is a mask of no image: there is no {test}/stain/old.*"
    )


def test_a_damaged_mask_is_named(tmp_path: Path) -> None:
    folder = made_up(tmp_path)
    (folder / "ground_truth/stain/000_mask.png").write_bytes(b"")
    with pytest.raises(DataError) as caught:
        loaded(tmp_path)
    assert str(caught.value) == f"{folder}/ground_truth/stain/000_mask.png is empty (0 bytes): copy it again"


def test_a_set_without_training_images_is_told(tmp_path: Path) -> None:
    folder = made_up(tmp_path)
    for path in (folder / "train/good").iterdir():
        path.unlink()
    with pytest.raises(DataError) as caught:
        loaded(tmp_path)
    assert str(caught.value) == f"{folder} has no images in train/good, or none in test: copy it again"


def test_an_absent_set_says_where_it_is_to_be_had(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_image_dataset("mvtec-metal-nut", tmp_path)
    assert str(caught.value) == (
        f"the data set 'mvtec-metal-nut' is not at hand: there is no folder {tmp_path}/mvtec/metal_nut. MVTec AD is to "
        "be had from its publisher (https://www.mvtec.com/company/research/datasets/mvtec-ad; CC BY-NC-SA 4.0): lay it "
        f"out as {tmp_path}/mvtec/CATEGORY/train/good, test/good, test/DEFECT and ground_truth/DEFECT, each mask named "
        "as its image with _mask behind, or set DROSS_DATA to the folder that has it"
    )
    with pytest.raises(DataError, match="did you mean 'mvtec-bottle'"):
        load_image_dataset("mvtec-botle", tmp_path)


def test_a_size_is_for_parts_alone(tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as caught:
        load_image_dataset("cifar10", tmp_path, size=64)
    assert str(caught.value) == "size is 64; images of 'cifar10' have one size: leave it out"
    with pytest.raises(ParameterError) as caught:
        load_image_dataset("mvtec-bottle", tmp_path, size=0)
    assert str(caught.value) == "size is 0; it must be a whole number of at least 1"


def test_masks_of_another_size_are_no_image_set() -> None:
    X, test = np.zeros((2, 4, 4, 1), np.uint8), np.array([False, True])
    with pytest.raises(DataError) as caught:
        ImageDataset("toy", X, np.array([0, 1]), ("good", "bad"), test, "", "", "", (), np.zeros((2, 4, 3), bool))
    assert str(caught.value) == (
        "toy: the masks have the shape (2, 4, 3) and the images (2, 4, 4, 1): give one mask an image, of its height "
        "and width"
    )


@pytest.mark.parametrize(
    "name", [pytest.param(item.name, marks=pytest.mark.data(item.name)) for item in INSPECTION_SETS]
)
def test_the_published_sets(name: str) -> None:
    (item,) = (item for item in image_dataset_names() if item.name == name)
    data = load_image_dataset(name)
    assert data.X.shape == (item.n_images, *item.shape)
    assert data.masks is not None
    np.testing.assert_array_equal(data.masks.any(axis=(1, 2)), data.classes > 0)
    assert not data.classes[~data.test].any()
