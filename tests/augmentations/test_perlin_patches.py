"""Perlin noise against NumPy, point by point; and the patches that are made of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from dross.augmentations import PerlinPatches
from dross.augmentations.perlin_noise import perlin_noise
from dross.errors import ParameterError


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def images(n: int = 12, channels: int = 3, height: int = 40, width: int = 56) -> Tensor:
    return torch.rand(n, channels, height, width, generator=generator(1))


def angles(n: int) -> Tensor:
    return 2 * math.pi * torch.rand(n, 64, 64, generator=generator(2))


def numpy_noise(row: float, column: float, directions: NDArray[np.float64]) -> float:
    """Return the noise at one place, in steps of the lattice, as Perlin describes it."""
    y0, x0 = math.floor(row), math.floor(column)

    def corner(lower: int, right: int) -> float:
        angle = directions[(y0 + lower) % 64, (x0 + right) % 64]
        return float(np.dot([math.cos(angle), math.sin(angle)], [column - x0 - right, row - y0 - lower]))

    def fade(t: float) -> float:
        return 6 * t**5 - 15 * t**4 + 10 * t**3

    u, v = fade(column - x0), fade(row - y0)
    top = (1 - u) * corner(0, 0) + u * corner(0, 1)
    bottom = (1 - u) * corner(1, 0) + u * corner(1, 1)
    return math.sqrt(2) * ((1 - v) * top + v * bottom)


def test_noise_is_what_perlin_describes() -> None:
    periods = torch.tensor([[1.0, 4.0, 32.0], [2.0, 4.0, 8.0]])
    degrees = torch.tensor([0.0, 30.0, -80.0])
    found = perlin_noise(periods, degrees, angles(3), (10, 14))
    for number, turn in enumerate(np.deg2rad(degrees.numpy())):
        matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        for y in range(10):
            for x in range(14):
                place = matrix @ np.array([(y + 0.5) / 10 - 0.5, (x + 0.5) / 14 - 0.5]) + 0.5
                expected = numpy_noise(
                    place[0] * float(periods[0, number]),
                    place[1] * float(periods[1, number]),
                    angles(3)[number].double().numpy(),
                )
                assert float(found[number, y, x]) == pytest.approx(expected, abs=2e-4)


def test_noise_lies_between_minus_one_and_one_and_each_image_has_its_own() -> None:
    found = perlin_noise(torch.full((2, 64), 4.0), torch.zeros(64), angles(64), (64, 64))
    assert 0.7 < float(found.max()) <= 1
    assert -1 <= float(found.min()) < -0.7
    assert float(found.mean()) == pytest.approx(0, abs=0.02)
    assert float((found[1:] - found[0]).abs().flatten(1).amax(1).min()) > 0.3


@pytest.mark.parametrize("channels", [1, 3])
def test_only_patches_change_and_they_are_mixtures(channels: int) -> None:
    given = images(64, channels)
    copy = given.clone()
    damaged, degrees = PerlinPatches().make(given, generator())
    assert torch.equal(given, copy)
    assert set(degrees.flatten().tolist()) == {0.0, 1.0}
    assert torch.equal((damaged != given).any(1, keepdim=True), degrees > 0)
    assert float(degrees.mean()) > 0.02
    masks = PerlinPatches().draw(given, generator())
    assert bool((masks | (degrees == 0)).all())
    assert float((degrees[masks]).mean()) > 0.9


def test_the_opacity_is_the_share_of_the_texture() -> None:
    given = torch.cat([torch.zeros(32, 1, 32, 32), torch.ones(32, 1, 32, 32)])
    opaque = PerlinPatches(opacity=(1.0, 1.0))
    faint = PerlinPatches(opacity=(0.25, 0.25))
    whole, degrees = opaque.make(given, generator())
    quarter, _ = faint.make(given, generator())
    torch.testing.assert_close(quarter - given, 0.25 * (whole - given), atol=1e-5, rtol=0)
    assert bool(degrees.any())


def test_textures_are_those_of_the_batch() -> None:
    """Of images of one colour without a change of colours nothing but the brightness of a texture can differ."""
    given = torch.arange(8.0).reshape(8, 1, 1, 1).expand(8, 1, 16, 16) / 16
    textures = PerlinPatches()._textures(given, generator())
    assert bool((textures.flatten(1).std(1) < 1e-6).all())
    shifted = PerlinPatches()._textures(images(1), generator())
    assert shifted.shape == (1, 3, 40, 56)
    assert not torch.equal(shifted, images(1))


def test_the_noise_is_of_every_size_from_a_few_patches_to_specks() -> None:
    blank = torch.empty(1, 1, 1, 1).expand(200, 1, 64, 64)
    edges = []
    for exponent in (0, 3, 5):
        masks = PerlinPatches(max_exponent=exponent).draw(blank, generator()).float()
        edges.append(float(masks.diff(dim=2).abs().sum() / masks.sum()))
    assert edges[0] < edges[1] < edges[2]


def test_parameters_out_of_range_are_told_at_once() -> None:
    with pytest.raises(ParameterError) as told:
        PerlinPatches(max_exponent=6, threshold=0.0, opacity=(0.5, 2.0))
    assert str(told.value).splitlines()[1:] == [
        "  - max_exponent is 6; it must be at most 5",
        "  - threshold is 0.0; it must be a positive number",
        "  - opacity is (0.5, 2.0); it must be two numbers above 0, the smaller one first, and the other at most 1",
    ]
