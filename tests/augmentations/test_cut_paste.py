"""CutPaste against NumPy, image by image; its geometry against the ranges of the paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from dross.augmentations import AbstractDefects, ColourJitter, CutPaste, CutPasteScar
from dross.augmentations.cut_paste import Scars, pasted, scarred
from dross.errors import ParameterError

BOTH = [CutPaste(), CutPasteScar()]
both = pytest.mark.parametrize("defects", BOTH, ids=lambda defects: type(defects).__name__)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def images(n: int = 12, channels: int = 3, height: int = 40, width: int = 56) -> Tensor:
    return torch.rand(n, channels, height, width, generator=generator(1))


def test_a_rectangle_is_slicing() -> None:
    given, source = images(40), 1 - images(40)
    pieces = CutPaste().draw(given, generator())
    damaged, degrees = pasted(given, source, pieces)
    for number, (height, width, top, left, new_top, new_left) in enumerate(
        zip(*map(Tensor.tolist, pieces), strict=True)
    ):
        expected, where = given[number].numpy().copy(), np.zeros((40, 56))
        cut = source[number, :, top : top + height, left : left + width].numpy()
        assert cut.shape[1:] == (height, width)
        expected[:, new_top : new_top + height, new_left : new_left + width] = cut
        where[new_top : new_top + height, new_left : new_left + width] = 1
        np.testing.assert_array_equal(damaged[number].numpy(), expected)
        np.testing.assert_array_equal(degrees[number, 0].numpy(), where)


def numpy_scar(
    image: NDArray[np.float32], source: NDArray[np.float32], scar: list[float]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return an image with a scar and where it is, pixel by pixel, by a rotation matrix and SciPy's interpolation."""
    length, width, row, column, new_row, new_column, degrees = scar
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    found, where = image.astype(np.float64), np.zeros(image.shape[1:], dtype=bool)
    for y in range(image.shape[1]):
        for x in range(image.shape[2]):
            along, beside = np.linalg.solve(turn, np.array([y + 0.5 - new_row, x + 0.5 - new_column]))
            if -length / 2 <= along < length / 2 and -width / 2 <= beside < width / 2:
                where[y, x] = True
                place = np.array([[row + along - 0.5], [column + beside - 0.5]])
                for channel in range(len(image)):
                    found[channel, y, x] = ndimage.map_coordinates(source[channel], place, order=1, mode="nearest")[0]
    return found, where


def test_a_scar_is_a_turned_rectangle() -> None:
    given, source = images(6), 1 - images(6)
    scars = CutPasteScar(length=(60.0, 120.0)).draw(given, generator())
    damaged, degrees = scarred(given, source, scars)
    for number, scar in enumerate(torch.stack(list(scars), dim=1).tolist()):
        expected, where = numpy_scar(given[number].numpy(), source[number].numpy(), scar)
        assert where.any()
        np.testing.assert_allclose(damaged[number].numpy(), expected, atol=1e-4)
        np.testing.assert_array_equal(degrees[number, 0].numpy(), where)


def test_an_upright_scar_of_whole_pixels_is_a_rectangle() -> None:
    given = images(1)
    numbers = [torch.tensor([value]) for value in (10.0, 4.0, 15.0, 12.0, 25.0, 42.0, 0.0)]
    damaged, degrees = scarred(given, given, Scars(*numbers))
    expected = given.clone()
    expected[:, :, 20:30, 40:44] = given[:, :, 10:20, 10:14]
    torch.testing.assert_close(damaged, expected, atol=1e-5, rtol=0)
    assert int(degrees.sum()) == 40


def test_rectangles_have_the_areas_and_ratios_of_the_paper() -> None:
    pieces = CutPaste().draw(torch.empty(20000, 1, 256, 256), generator())
    area, ratio = pieces.heights * pieces.widths / 256**2, pieces.heights / pieces.widths
    # A side is rounded to whole pixels, of which the shortest has 20.
    assert float(area.min()) == pytest.approx(0.02, rel=0.05)
    assert float(area.max()) == pytest.approx(0.15, rel=0.02)
    assert float(area.mean()) == pytest.approx(0.085, rel=0.02)
    assert float(ratio.min()) == pytest.approx(0.3, rel=0.03)
    assert float(ratio.max()) == pytest.approx(3.3, rel=0.03)
    # As many tall ones as wide ones, but for the ends of the range, whose logarithms differ by a hundredth.
    assert float((ratio > 1).float().mean()) == pytest.approx(0.5, abs=0.02)


def test_scars_have_the_lengths_and_angles_of_the_paper() -> None:
    scars = CutPasteScar().draw(torch.empty(20000, 1, 256, 256), generator())
    for drawn, low, high in ((scars.widths, 2, 16), (scars.lengths, 10, 25), (scars.degrees, -45, 45)):
        assert low <= float(drawn.min()) < low + 0.02 * (high - low)
        assert high - 0.02 * (high - low) < float(drawn.max()) <= high
        assert float(drawn.mean()) == pytest.approx((low + high) / 2, abs=0.02 * (high - low))
    quarter = CutPasteScar().draw(torch.empty(2000, 1, 80, 64), generator())
    assert float(quarter.lengths.max()) == pytest.approx(25 / 4, rel=0.02)
    assert float(quarter.widths.min()) == 1.0


def test_all_places_occur_and_pieces_lie_in_the_image() -> None:
    for side in (8, 16):
        pieces = CutPaste(area=(0.25, 0.25), ratio=(1.0, 1.0)).draw(torch.empty(4000, 1, side, side), generator())
        assert set(pieces.heights.tolist()) == {side // 2}
        for places in (pieces.tops, pieces.lefts, pieces.new_tops, pieces.new_lefts):
            counts = torch.bincount(places, minlength=side // 2 + 1)
            assert len(counts) == side // 2 + 1
            assert float(counts.min()) > 0.7 * 4000 / len(counts)


@both
@pytest.mark.parametrize("channels", [1, 3])
def test_only_what_is_marked_changes(defects: AbstractDefects, channels: int) -> None:
    given = images(64, channels)
    copy = given.clone()
    damaged, degrees = defects.make(given, generator())
    assert torch.equal(given, copy)
    assert degrees.shape == (64, 1, 40, 56)
    assert set(degrees.flatten().tolist()) == {0.0, 1.0}
    changed = (damaged != given).any(1, keepdim=True)
    assert not bool((changed & (degrees == 0)).any())
    assert float(changed[degrees == 1].float().mean()) > 0.99
    assert torch.equal(defects(given, generator()), damaged)


def test_the_colours_of_a_piece_change_by_the_jitter_and_by_nothing_without() -> None:
    grey = torch.full((200, 3, 16, 16), 0.5)
    assert torch.equal(CutPaste(jitter=0.0)(grey, generator()), grey)
    brightest = CutPaste(jitter=0.1)(grey, generator())
    assert float(brightest.max()) == pytest.approx(0.55, abs=0.003)
    assert float(brightest.min()) == pytest.approx(0.45, abs=0.003)
    drawn = generator()
    pieces = CutPaste().draw(grey, drawn)
    again = pasted(grey, ColourJitter(0.1, 0.1, 0.1, 0.1)(grey, drawn), pieces)[0]
    assert torch.equal(again, brightest)


@both
@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (40, 3)])
def test_images_smaller_than_a_piece_will_do(defects: AbstractDefects, shape: tuple[int, int]) -> None:
    damaged, degrees = defects.make(images(20, 1, *shape), generator())
    assert bool(torch.isfinite(damaged).all())
    assert bool((degrees.sum((1, 2, 3)) >= 1).float().mean() > 0.5)


def test_parameters_out_of_range_are_told_at_once() -> None:
    with pytest.raises(ParameterError) as told:
        CutPaste(area=(0.1, 1.5), ratio=(0.0, 1.0), jitter=-1.0)
    assert str(told.value).splitlines()[-3:] == [
        "  - area is (0.1, 1.5); it must be two numbers above 0, the smaller one first, and the other at most 1",
        "  - ratio is (0.0, 1.0); it must be two numbers above 0, the smaller one first",
        "  - jitter is -1.0; it must be a number of at least 0",
    ]
    with pytest.raises(ParameterError, match=r"^length is 3; it must be two numbers above 0"):
        CutPasteScar(length=3)  # type: ignore[arg-type]
