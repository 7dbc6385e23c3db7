"""Colours in the middle and brightness along the border: by hand, and told apart by place alone."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest

from dross.catalog import build
from dross.errors import DataError, ParameterError
from dross.representations import CentreAndBorder, CumulativeColours
from dross.scoring import anomaly_scores

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, size=(5, 12, 8, 3), dtype=np.uint8)


def shares_below(values: list[float], n_bins: int) -> list[float]:
    """Return which share of values lies below the upper edge of each bin; the last has all."""
    return [sum(value * n_bins < number for value in values) / len(values) for number in range(1, n_bins)] + [1.0]


def test_middle_and_border_are_counted_as_by_hand() -> None:
    found = CentreAndBorder(n_bins=7).fit_transform(IMAGES)
    for image, row in zip(IMAGES / 255.0, found, strict=True):
        middle = [tuple(image[y, x]) for y in range(3, 9) for x in range(2, 6)]
        channels = [*zip(*middle, strict=True), *zip(*(colorsys.rgb_to_hsv(*pixel) for pixel in middle), strict=True)]
        border = [image[y, x].mean() for y in range(12) for x in range(8) if y in (0, 11) or x in (0, 7)]
        expected = [shares_below([*map(float, values)], 7) for values in (*channels, border)]
        np.testing.assert_allclose(row, np.concatenate(expected), atol=1e-12)


def test_between_middle_and_border_nothing_counts() -> None:
    changed = IMAGES.copy()
    changed[:, 1, 1:-1] = 0  # neither on the border nor in the middle
    transform = CentreAndBorder().fit(IMAGES).transform
    np.testing.assert_array_equal(transform(changed), transform(IMAGES))
    assert not np.array_equal(CumulativeColours().fit_transform(changed), CumulativeColours().fit_transform(IMAGES))


def test_it_does_not_depend_on_what_it_was_fitted_on() -> None:
    assert CentreAndBorder.learns is False
    on_others = CentreAndBorder().fit(IMAGES[3:]).transform(IMAGES[:2])
    np.testing.assert_array_equal(CentreAndBorder().fit_transform(IMAGES)[:2], on_others)


def test_a_thing_on_the_wrong_side_of_the_border_is_found_though_its_colours_are_usual() -> None:
    light, dark = (RNG.integers(low, low + 40, size=(60, 16, 16, 1), dtype=np.uint8) for low in (190, 30))
    inside = np.zeros((16, 16, 1), dtype=bool)
    inside[2:-2, 2:-2] = True
    normal, odd = np.where(inside, light, dark), np.where(inside, dark, light)
    detector = build("centre-border-ensemble", random_state=0).fit(normal[:50])
    assert anomaly_scores(detector, odd).min() > anomaly_scores(detector, normal[50:]).max()


@pytest.mark.parametrize(
    ("representation", "images", "error", "expected"),
    [
        (
            CentreAndBorder(),
            np.zeros((2, 3, 20, 1), dtype=np.uint8),
            DataError,
            "images of 20x3 grey have no middle apart from their border: give images of at least 4 pixels a side",
        ),
        (CentreAndBorder(n_bins=1), IMAGES, ParameterError, "n_bins is 1; it must be a whole number of at least 2"),
    ],
)
def test_wrong_input_is_told(
    representation: CentreAndBorder, images: np.ndarray, error: type[Exception], expected: str
) -> None:
    with pytest.raises(error) as told:
        representation.fit(images)
    assert str(told.value) == expected
