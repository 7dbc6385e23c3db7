"""Each augmentation against torchvision's function, image by image, with the same drawn amounts."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch import Tensor
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as reference

from dross.augmentations import ColourJitter, HorizontalFlip, PaddedCrop, RandomGrey, RandomResizedCrop, quarter_turns
from dross.augmentations.colour_jitter import adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation
from dross.augmentations.padded_crop import moved
from dross.augmentations.random_resized_crop import resized_crop
from dross.augmentations.random_rotation import rotated


@pytest.fixture(params=["channels first", "channels last"])
def images(request: pytest.FixtureRequest) -> Tensor:
    """Bytes as floats, with pixels that are black, white, grey, and of a single colour among them."""
    drawn = np.random.default_rng(0).integers(0, 256, size=(12, 3, 10, 14), dtype=np.uint8)
    drawn[0, :, 0] = 0
    drawn[0, :, 1] = 255
    drawn[0, :, 2] = drawn[0, :1, 2]
    drawn[0, 1:, 3] = 0
    drawn[1] = 7
    floats = torch.from_numpy(drawn).float() / 255
    return floats.contiguous(memory_format=torch.channels_last) if request.param == "channels last" else floats


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def each(images: Tensor, amounts: Tensor, function: str) -> Tensor:
    """Apply torchvision's function to one image after the other."""
    adjust = getattr(reference, function)
    return torch.stack([adjust(image, float(amount)) for image, amount in zip(images, amounts, strict=True)])


@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation"])
def test_factors(images: Tensor, name: str) -> None:
    factors = torch.linspace(0, 2.3, len(images))
    ours = {"brightness": adjust_brightness, "contrast": adjust_contrast, "saturation": adjust_saturation}[name]
    expected = each(images, factors, f"adjust_{name}")
    # torchvision rounds the brightness of a pixel twice; a difference would be one of the formula only beyond this.
    torch.testing.assert_close(ours(images, factors[:, None, None, None]), expected, atol=2e-4, rtol=0)


def test_contrast_of_grey_images(images: Tensor) -> None:
    grey, factors = images[:, :1], torch.linspace(0, 2.3, len(images))
    expected = each(grey, factors, "adjust_contrast")
    torch.testing.assert_close(adjust_contrast(grey, factors[:, None, None, None]), expected, atol=1e-6, rtol=0)


def test_hue(images: Tensor) -> None:
    shifts = torch.linspace(-0.5, 0.5, len(images))
    expected = each(images, shifts, "adjust_hue")
    torch.testing.assert_close(adjust_hue(images, shifts[:, None, None, None]), expected, atol=1e-5, rtol=0)


def test_a_jitter_is_these_four_in_their_order_with_amounts_in_their_range(images: Tensor) -> None:
    drawn = torch.rand(4, len(images), generator=generator()) * 2 - 1
    expected = images
    for name, scale, centre, numbers in zip(
        ("brightness", "contrast", "saturation", "hue"), (0.5, 0.4, 0.3, 0.2), (1, 1, 1, 0), drawn, strict=True
    ):
        expected = each(expected, centre + scale * numbers, f"adjust_{name}")
    torch.testing.assert_close(ColourJitter(0.5, 0.4, 0.3, 0.2)(images, generator()), expected, atol=1e-3, rtol=0)


def test_grey(images: Tensor) -> None:
    chosen = torch.rand(len(images), generator=generator()) < 0.4
    assert 0 < int(chosen.sum()) < len(images)
    expected = torch.where(chosen[:, None, None, None], reference.rgb_to_grayscale(images), images)
    torch.testing.assert_close(RandomGrey(0.4)(images, generator()), expected)


def test_flip(images: Tensor) -> None:
    chosen = torch.rand(len(images), generator=generator()) < 0.5
    assert 0 < int(chosen.sum()) < len(images)
    expected = torch.where(chosen[:, None, None, None], reference.hflip(images), images)
    assert torch.equal(HorizontalFlip()(images, generator()), expected)


def test_crop(images: Tensor) -> None:
    crop = RandomResizedCrop(0.5)
    parts = crop.draw(images, generator())
    # Also the smallest part, whose rim must not show what lies beside it, and the whole.
    parts[:, 0], parts[:, 1] = torch.tensor([3.0, 4.0, 1.0, 1.0]), torch.tensor([0.0, 0.0, 10.0, 14.0])
    expected = [
        reference.resized_crop(image, *map(int, part), size=[10, 14], interpolation=InterpolationMode.BILINEAR)
        for image, part in zip(images, parts.T, strict=True)
    ]
    torch.testing.assert_close(resized_crop(images, parts), torch.stack(expected), atol=1e-5, rtol=0)
    torch.testing.assert_close(crop(images, generator()), resized_crop(images, crop.draw(images, generator())))


def test_quarter_turns(images: Tensor) -> None:
    square = images[..., :10]
    turned, quarters = quarter_turns(square)
    for image, quarter, source in zip(turned, quarters, square.repeat(4, 1, 1, 1), strict=True):
        torch.testing.assert_close(image, reference.rotate(source, 90.0 * int(quarter)))


def test_rotation(images: Tensor) -> None:
    angles = torch.linspace(-180, 180, len(images))
    expected = [
        reference.rotate(image, float(angle), interpolation=InterpolationMode.BILINEAR)
        for image, angle in zip(images, angles, strict=True)
    ]
    torch.testing.assert_close(rotated(images, angles, 0.0), torch.stack(expected), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("fill", "mode", "value"), [("border", "nearest", 0.0), (0.4, "grid-constant", 0.4)])
def test_what_a_rotation_uncovers(
    images: Tensor, fill: float | Literal["border"], mode: Literal["nearest", "grid-constant"], value: float
) -> None:
    # Against SciPy, since torchvision fades a filling in twice and knows no border.
    angles = torch.linspace(-50, 45, len(images))
    rows, columns = np.mgrid[:10, :14] - np.array([4.5, 6.5])[:, None, None]
    expected = np.empty(images.shape)
    for number, turn in enumerate(np.deg2rad(angles.numpy())):
        places = [
            np.sin(turn) * columns + np.cos(turn) * rows + 4.5,
            np.cos(turn) * columns - np.sin(turn) * rows + 6.5,
        ]
        for channel in range(3):
            picture = images[number, channel].numpy()
            expected[number, channel] = ndimage.map_coordinates(picture, places, order=1, mode=mode, cval=value)
    turned = rotated(images, angles, fill)
    torch.testing.assert_close(turned, torch.from_numpy(expected).float(), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("fill", "mode"), [("border", "edge"), (0.4, "constant")])
def test_padded_crop(images: Tensor, fill: float | Literal["border"], mode: str) -> None:
    shifts = torch.randint(9, (2, len(images)), generator=generator()) - 4
    padded = [reference.pad(image, [4], fill=0.4, padding_mode=mode) for image in images]
    expected = [
        reference.crop(image, int(down) + 4, int(across) + 4, 10, 14)
        for image, down, across in zip(padded, *shifts, strict=True)
    ]
    assert torch.equal(moved(images, shifts, fill), torch.stack(expected))
    assert torch.equal(PaddedCrop(4, fill)(images, generator()), torch.stack(expected))
