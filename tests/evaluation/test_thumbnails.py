from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dross.evaluation.thumbnails import thumbnail


def decoded(uri: str) -> tuple[str, NDArray[np.uint8]]:
    kind, _, text = uri.removeprefix("data:image/").partition(";base64,")
    return kind, np.asarray(Image.open(io.BytesIO(base64.b64decode(text))))


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 1), (32, 32, 3), (1, 1, 3), (5, 40, 3)])
def test_a_small_image_comes_back_pixel_by_pixel(shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    kind, found = decoded(thumbnail(image))
    assert kind == "png"
    np.testing.assert_array_equal(found, image[..., 0] if shape[-1] == 1 else image)


@pytest.mark.parametrize(
    ("shape", "expected"), [((200, 100, 3), (64, 32)), ((65, 65), (64, 64)), ((64, 900, 1), (5, 64))]
)
def test_a_large_image_keeps_its_proportions(shape: tuple[int, ...], expected: tuple[int, int]) -> None:
    _, found = decoded(thumbnail(np.full(shape, 77, dtype=np.uint8)))
    assert found.shape[:2] == expected
    assert (found == 77).all()


def test_a_photograph_takes_few_bytes_and_still_looks_the_same() -> None:
    x, y = np.meshgrid(np.arange(64), np.arange(64))
    noise = np.random.default_rng(0).integers(0, 6, (64, 64, 3))
    photograph = (np.stack([2 * x, 2 * y, x + y], axis=-1) + noise).astype(np.uint8)
    uri = thumbnail(photograph)
    kind, found = decoded(uri)
    assert kind == "jpeg"
    assert len(uri) < 6000
    assert np.abs(found.astype(int) - photograph).mean() < 3
