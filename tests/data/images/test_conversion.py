from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dross.data.images.conversion import convert, resized, to_uint8
from tests.data.images.made_images import smooth


def triangle(n_in: int, n_out: int) -> NDArray[np.float64]:
    """Return the matrix that resizes a line with a triangle filter as wide as the scale: antialiased, linear."""
    scale = n_in / n_out
    support = max(scale, 1.0)
    centres = (np.arange(n_out) + 0.5) * scale
    distance = np.abs(centres[:, None] - (np.arange(n_in) + 0.5)) / support
    weights = np.clip(1 - distance, 0, None)
    return weights / weights.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("height", "width"), [(9, 7), (40, 17), (20, 50)])
@pytest.mark.parametrize("channels", [1, 3])
def test_resizing_is_the_antialiased_linear_one(height: int, width: int, channels: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, size=(2, 31, 29, channels), dtype=np.uint8)
    wanted = np.einsum("yh,nhwc,xw->nyxc", triangle(31, height), images.astype(float), triangle(29, width))
    np.testing.assert_allclose(resized(images, height, width), wanted, atol=1.01)


def test_nothing_is_cropped() -> None:
    images = np.zeros((1, 64, 64, 1), dtype=np.uint8)
    images[:, :, :2] = 255  # at the very edge
    assert resized(images, 8, 8)[0, :, 0].min() > 0


def test_floats_come_back_from_bytes() -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    for kind in (np.float16, np.float32, np.float64):
        np.testing.assert_array_equal(to_uint8((pixels / 255.0).astype(kind)), pixels)


def test_grey_is_what_pillow_makes_of_colours() -> None:
    images = np.random.default_rng(0).integers(0, 256, size=(1, 16, 16, 3), dtype=np.uint8)
    wanted = np.asarray(Image.fromarray(images[0]).convert("L"))
    np.testing.assert_allclose(convert(images, (16, 16, 1))[0, ..., 0].astype(int), wanted.astype(int), atol=1)
    grey = smooth(1, 8, 8, 1)
    np.testing.assert_array_equal(convert(grey, (8, 8, 3)), np.repeat(grey, 3, axis=3))
    assert convert(grey[..., 0], (8, 8, 1)).shape == (1, 8, 8, 1)
