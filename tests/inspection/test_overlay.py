"""Pictures of score maps: brighter is more anomalous, for everybody; an outline hides nothing of a defect."""

from __future__ import annotations

import numpy as np
import pytest

from dross.inspection.overlay import outlined, overlay

#: What an eye without red, or without green, sees of a linear colour (Viénot, Brettel and Mollon, 1999): the share of
#: red and of green in what both look like to it; blue is as ever.
_DICHROMATS = {"protanope": (0.1124, 0.8876), "deuteranope": (0.2928, 0.7072)}


def brightness(picture: np.ndarray, red: float = 0.2126, green: float = 0.7152) -> np.ndarray:
    linear = (picture / 255.0) ** 2.2
    return np.asarray(linear[..., 0] * red + linear[..., 1] * green)


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("who", ["everybody", *_DICHROMATS])
def test_what_is_more_anomalous_is_brighter_on_every_ground_for_every_eye(level: int, who: str) -> None:
    image = np.full((1, 50, 3), level, dtype=np.uint8)
    seen = brightness(overlay(image, np.linspace(0.5, 1.0, 50)[None], 0.0, 1.0), *_DICHROMATS.get(who, ()))[0]
    assert (np.diff(seen) > -1e-3).all()
    plain = brightness(overlay(image, np.zeros((1, 50)), 0.0, 1.0), *_DICHROMATS.get(who, ()))[0]
    assert seen[-1] > plain[0] + 0.2


def test_a_map_below_the_scale_leaves_the_image_grey() -> None:
    image = np.random.default_rng(0).integers(0, 255, (5, 6, 3), dtype=np.uint8)
    found = overlay(image, np.full((5, 6), -3.0), 0.0, 1.0)
    np.testing.assert_array_equal(found, np.rint(0.6 * image.mean(axis=2))[..., None].repeat(3, axis=2))


def test_a_scale_of_no_length_colours_what_is_above_it() -> None:
    found = overlay(np.zeros((1, 2, 1), dtype=np.uint8), np.array([[1.0, 1.5]]), 1.0, 1.0)
    assert found[0].tolist() == [[0, 0, 0], [204, 194, 56]]


@pytest.mark.parametrize("channels", [1, 3])
def test_an_outline_hides_nothing_of_the_defect_and_goes_all_around_it(channels: int) -> None:
    image = np.full((9, 9, channels), 77, dtype=np.uint8)
    mask = np.zeros((9, 9), dtype=bool)
    mask[4, 4:6] = True
    found = outlined(image, mask)
    assert (found[mask] == 77).all()
    assert (found[3:6, 3:7][~mask[3:6, 3:7]] == [86, 180, 233]).all()
    assert (found == 0).all(axis=2).sum() == 5 * 6 - 3 * 4
    np.testing.assert_array_equal(outlined(image, np.zeros((9, 9), dtype=bool)), image.repeat(3 // channels, axis=2))


def test_lines_are_wider_where_the_picture_will_be_smaller() -> None:
    mask = np.zeros((15, 15), dtype=bool)
    mask[7, 7] = True
    found = outlined(np.full((15, 15, 1), 77, dtype=np.uint8), mask, width=2)
    assert (found == [86, 180, 233]).all(axis=2).sum() == 5 * 5 - 1
    assert (found == 0).all(axis=2).sum() == 9 * 9 - 5 * 5
