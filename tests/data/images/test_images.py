from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils import _safe_indexing, indexable
from sklearn.utils.validation import _num_samples

from dross.data.images import Images, as_images, read_images
from dross.data.images.array_pixels import ArrayPixels
from dross.errors import DataError, ParameterError
from tests.data.images.made_images import smooth, write_image

KINDS = ("memory", "converted", "map", "floats in a map", "files", "resized")


def images_of(kind: str, folder: Path, n: int = 7) -> Images:
    """Return images of each kind, all of the same pixels, 10 x 12 RGB."""
    pixels = smooth(n, 10, 12)
    if kind == "memory":
        return as_images(pixels)
    if kind == "converted":
        return as_images(pixels / 255.0)
    if kind == "map":
        np.save(folder / "images.npy", pixels)
        return read_images(folder / "images.npy").images
    if kind == "floats in a map":
        np.save(folder / "floats.npy", pixels / 255.0)
        return read_images(folder / "floats.npy", held_bytes=0).images
    if kind == "files":
        paths = [write_image(folder / f"{i}.png", image) for i, image in enumerate(pixels)]
        return read_images(paths, held_bytes=0).images
    return as_images(as_images(np.repeat(np.repeat(pixels, 2, 1), 2, 2)), size=(10, 12))


@pytest.mark.parametrize("kind", KINDS)
def test_images_are_an_array_of_bytes_wherever_they_are(kind: str, tmp_path: Path) -> None:
    images, pixels = images_of(kind, tmp_path), smooth(7, 10, 12)
    assert (images.shape, images.ndim, str(images.dtype), len(images)) == ((7, 10, 12, 3), 4, "uint8", 7)
    whole = images.read()
    if kind != "resized":  # whose values tests/data/images/test_conversion.py looks at
        np.testing.assert_array_equal(whole, pixels)
    np.testing.assert_array_equal(np.asarray(images), whole)
    np.testing.assert_array_equal(images.read([5, 0, 5]), whole[[5, 0, 5]])
    np.testing.assert_array_equal(images[-1], whole[-1])
    np.testing.assert_array_equal(np.stack(list(images)), whole)
    batches = list(images.batches(3))
    assert [len(batch) for batch in batches] == [3, 3, 1]
    np.testing.assert_array_equal(np.concatenate(batches), whole)
    assert images.read().dtype == np.asarray(images).dtype == np.uint8


@pytest.mark.parametrize("kind", KINDS)
def test_parts_are_views_that_pickle_small(kind: str, tmp_path: Path) -> None:
    images = images_of(kind, tmp_path)
    whole = images.read()
    view = images[np.array([6, 2, 4])][1:]
    assert isinstance(view, Images)
    np.testing.assert_array_equal(view.read(), whole[[2, 4]])
    assert view.names == (images.names[2], images.names[4])
    again = pickle.loads(pickle.dumps(view))
    np.testing.assert_array_equal(again.read(), whole[[2, 4]])
    assert again.names == view.names
    assert again[1:].names == view.names[1:]


def test_a_map_of_any_size_goes_to_another_process_as_its_path(tmp_path: Path) -> None:
    mapped = np.lib.format.open_memmap(tmp_path / "big.npy", "w+", np.uint8, (5000, 32, 32))
    mapped[7] = 3
    mapped.flush()
    for images in (
        read_images(tmp_path / "big.npy").images,
        as_images(np.load(tmp_path / "big.npy", mmap_mode="r")),
        as_images(mapped),
    ):
        assert images.shape == (5000, 32, 32, 1)
        assert len(pickle.dumps(images[5:9])) < 2000
        assert pickle.loads(pickle.dumps(images[5:9])).read()[2].max() == 3


def test_a_part_of_a_map_is_read_from_the_part(tmp_path: Path) -> None:
    np.save(tmp_path / "n.npy", np.arange(10, dtype=np.uint8)[:, None, None] * np.ones((1, 4, 4), dtype=np.uint8))
    part = as_images(np.load(tmp_path / "n.npy", mmap_mode="r")[4:])
    assert pickle.loads(pickle.dumps(part[1:]))[0].max() == 5
    written = np.load(tmp_path / "n.npy", mmap_mode="c")
    written[0] = 99
    assert as_images(written)[0].max() == 99


def test_arrays_that_are_as_they_should_be_are_not_copied() -> None:
    pixels = smooth(6, 10, 12)
    images = as_images(pixels)
    assert np.shares_memory(images.read(), pixels)
    assert np.shares_memory(images[2:5].read(), pixels)
    assert np.shares_memory(next(images.batches(4)), pixels)
    assert as_images(images) is images


@pytest.mark.parametrize("key", [[0, 2], np.array([True, False, True, False, False, False, False]), slice(1, 3), 3, []])
def test_scikit_learn_takes_rows(key: Any) -> None:
    images = as_images(smooth(7, 10, 12))
    (same,) = indexable(images)
    assert same is images
    assert _num_samples(images) == 7
    rows = _safe_indexing(images, key)
    np.testing.assert_array_equal(
        np.asarray(rows), images.read()[key if not isinstance(key, list) else np.array(key, int)]
    )
    if not isinstance(key, int):
        assert isinstance(rows, Images)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-7, 6), max_size=12), st.integers(1, 9), st.slices(7))
def test_views_of_views_are_what_numpy_says(rows: list[int], size: int, part: slice) -> None:
    pixels = smooth(7, 4, 4, 1)
    numbers = np.arange(7)[part]
    images = as_images(pixels)[part]
    chosen = [row for row in rows if -len(numbers) <= row < len(numbers)]
    np.testing.assert_array_equal(images[chosen].read(), pixels[part][chosen])
    assert images[chosen].names == tuple(str(number) for number in numbers[chosen])
    batches = [batch for batch in images[chosen].batches(size)]
    assert [len(batch) for batch in batches] == [min(size, len(chosen) - i) for i in range(0, len(chosen), size)]


def test_what_chooses_no_images_is_an_error() -> None:
    images = as_images(smooth(3, 4, 4))
    with pytest.raises(IndexError) as caught:
        images[[0.5]]
    assert str(caught.value) == (
        "images are chosen by whole numbers or a mask in one dimension, not by float64 of shape (1,)"
    )
    with pytest.raises(IndexError, match="out of bounds"):
        images[3]
    with pytest.raises(ParameterError) as wrong:
        images.batches(0)
    assert str(wrong.value) == "size is 0; it must be a whole number of at least 1"
    with pytest.raises(ValueError, match="without being read"):
        np.asarray(images, copy=False)


def test_images_say_what_they_are() -> None:
    assert repr(as_images(np.zeros((1234, 8, 9), np.uint8))) == "<Images: 1,234 of 8 x 9, grey>"
    assert repr(as_images(smooth(2, 4, 4))) == "<Images: 2 of 4 x 4, RGB>"


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (
            np.zeros((4, 8)),
            "the images: an array of shape (4, 8), but images are (n, height, width) or (n, height, width, channels)",
        ),
        (
            np.zeros((2, 8, 8, 4)),
            "the images: an array of shape (2, 8, 8, 4) has 4 channels: grey images have 1, RGB images 3",
        ),
        (
            np.zeros((2, 3, 8, 8)),
            "the images: an array of shape (2, 3, 8, 8) has 8 channels: grey images have 1, RGB images 3; "
            "its channels come first: give array.transpose(0, 2, 3, 1)",
        ),
        (np.zeros((0, 8, 8)), "the images: an array of shape (0, 8, 8) has no pixels: there is nothing to read"),
        (
            np.zeros((2, 8, 8), np.int64),
            "the images: an array of int64: give uint8 from 0 to 255 (array.astype('uint8')), or floats in [0, 1]",
        ),
        (
            np.stack([np.zeros((8, 8)), np.full((8, 8), 255.0)]),
            "the images: image 1 has values from 255 to 255: float images must lie in [0, 1]; divide by the largest "
            "value that a pixel can have, or give uint8 from 0 to 255",
        ),
        (
            np.full((2, 8, 8), -0.25),
            "the images: image 0 has values from -0.25 to -0.25: float images must lie in [0, 1]; divide by the "
            "largest value that a pixel can have, or give uint8 from 0 to 255",
        ),
        (
            np.full((1, 8, 8), np.nan),
            "the images: image 0 has pixels that are not finite: float images must lie in [0, 1]",
        ),
        (
            np.array([np.zeros((8, 8)), np.zeros((9, 9))], dtype=object),
            "the images: Python objects, perhaps images of differing sizes: give an array (n, height, width, "
            "channels), or the files themselves, which are resized to one size",
        ),
        (
            [np.zeros((8, 8)), np.zeros((9, 9))],
            "the images cannot become one array, perhaps because their sizes differ: give files, which are resized, "
            "or images of one size",
        ),
    ],
)
def test_arrays_that_are_no_images(array: Any, message: str) -> None:
    for read in (as_images, read_images):
        with pytest.raises(DataError) as caught:
            read(array)
        assert str(caught.value) == message


def test_floats_late_in_a_long_map_are_found(tmp_path: Path) -> None:
    floats = np.zeros((1500, 4, 4), np.float32)
    floats[1400] = 2
    np.save(tmp_path / "late.npy", floats)
    with pytest.raises(
        DataError, match=r"late.npy: image 1400 has values from 2 to 2: float images must lie in \[0, 1\]"
    ):
        read_images(tmp_path / "late.npy")


def test_reading_parts_needs_no_torch() -> None:
    code = "import dross.data.images, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert {"torch", "pandas", "sklearn", "PIL", "joblib"} & set(loaded) == set()


def test_names_must_be_as_many_as_images() -> None:
    with pytest.raises(DataError) as caught:
        Images(ArrayPixels(smooth(2, 4, 4), (4, 4, 3)), ["a"])
    assert str(caught.value) == "1 names for 2 images: give one name each"
