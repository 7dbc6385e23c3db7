"""Descriptors of images: against scikit-image and counting by hand, and what they do and do not depend on."""

from __future__ import annotations

import colorsys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from skimage.feature import hog

from dross.errors import DataError, ParameterError
from dross.representations import ColourAndGradients, CumulativeColours

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, size=(5, 32, 24, 3), dtype=np.uint8)


def counted(values: list[float], n_bins: int) -> list[float]:
    counts = [0] * n_bins
    for value in values:
        counts[min(int(value * n_bins), n_bins - 1)] += 1
    return [count / len(values) for count in counts]


def by_hand(image: NDArray[np.uint8], n_bins: int) -> NDArray[np.float64]:
    pixels = [tuple(pixel / 255.0) for pixel in image.reshape(-1, 3)]
    channels = [*zip(*pixels, strict=True), *zip(*(colorsys.rgb_to_hsv(*pixel) for pixel in pixels), strict=True)]
    return np.array([counted(list(channel), n_bins) for channel in channels])


def test_colours_are_counted_as_by_hand() -> None:
    features = ColourAndGradients(n_bins=7).fit_transform(IMAGES)
    cumulative = CumulativeColours(n_bins=7).fit_transform(IMAGES)
    for image, found, summed in zip(IMAGES, features, cumulative, strict=True):
        expected = by_hand(image, 7)
        np.testing.assert_allclose(found[:42], np.sqrt(expected.ravel() / 6), atol=1e-12)
        np.testing.assert_allclose(summed, np.cumsum(expected, axis=1).ravel(), atol=1e-12)


def test_oriented_gradients_are_scikit_images() -> None:
    features = ColourAndGradients().fit_transform(IMAGES)
    for image, found in zip(IMAGES, features, strict=True):
        expected = hog(image / 255.0, pixels_per_cell=(8, 6), cells_per_block=(2, 2), channel_axis=2)
        np.testing.assert_allclose(found[108:], expected / 3, atol=1e-12)


def test_each_part_has_length_one() -> None:
    features = ColourAndGradients().fit_transform(IMAGES)
    for part in (features[:, :96], features[:, 96:108], features[:, 108:]):
        np.testing.assert_allclose(np.linalg.norm(part, axis=1), 1.0, rtol=1e-3)


def test_where_colours_are_matters_to_gradients_alone() -> None:
    order = RNG.permutation(32 * 24)
    moved = IMAGES.reshape(5, -1, 3)[:, order].reshape(IMAGES.shape)
    features, of_moved = (ColourAndGradients().fit_transform(images) for images in (IMAGES, moved))
    np.testing.assert_allclose(features[:, :96], of_moved[:, :96], atol=1e-12)
    assert not np.allclose(features[:, 108:], of_moved[:, 108:])
    colours = CumulativeColours().fit_transform
    np.testing.assert_allclose(colours(IMAGES), colours(moved), atol=1e-12)


def test_flat_areas_with_sharp_edges_are_told_from_soft_ones() -> None:
    steps = np.repeat(np.array([40, 200], dtype=np.uint8), 16)
    slope = np.linspace(40, 200, 32).astype(np.uint8)
    images = np.stack([np.tile(line, (32, 1)) for line in (steps, slope)])[..., None]
    edges = ColourAndGradients().fit_transform(images)[:, 16:28] ** 2
    assert edges[0, 0] == pytest.approx(30 / 31)  # nearly all of it is flat, and one column is an edge
    assert edges[0, -3:].sum() == pytest.approx(1 / 31)
    assert edges[1, 0] == 0


def test_the_distance_of_cumulative_colours_is_cramers() -> None:
    levels = RNG.integers(0, 10, size=(2, 8, 8, 1))
    images = (levels * 25 + 12).astype(np.uint8)
    found = CumulativeColours(n_bins=10).fit_transform(images)
    first, second = (np.sort(image.ravel()) / 255.0 for image in images)

    def gap(x: float) -> float:
        below = [np.searchsorted(values, (np.floor(x * 10) + 1) / 10, side="left") / 64 for values in (first, second)]
        return float((below[0] - below[1]) ** 2)

    integral = sum(quad(gap, bin / 10, (bin + 1) / 10 - 1e-9)[0] for bin in range(10))
    assert ((found[0] - found[1]) ** 2).sum() / 10 == pytest.approx(integral, abs=1e-6)


@pytest.mark.parametrize(("shape", "n_features"), [((32, 32, 3), 432), ((60, 50, 3), 432), ((8, 8, 1), 352)])
def test_features_are_as_many_for_every_size(shape: tuple[int, ...], n_features: int) -> None:
    images = RNG.integers(0, 256, size=(2, *shape), dtype=np.uint8)
    features = ColourAndGradients().fit_transform(images)
    assert features.shape == (2, n_features)
    assert np.isfinite(features).all()
    flat = ColourAndGradients().fit_transform(np.zeros((2, *shape), dtype=np.uint8))
    assert np.isfinite(flat).all()


def test_they_do_not_depend_on_what_they_were_fitted_on() -> None:
    for representation in (ColourAndGradients(), CumulativeColours()):
        assert representation.learns is False
        on_others = type(representation)().fit(IMAGES[3:]).transform(IMAGES[:2])
        np.testing.assert_array_equal(representation.fit_transform(IMAGES)[:2], on_others)


@pytest.mark.parametrize(
    ("representation", "images", "error", "expected"),
    [
        (
            ColourAndGradients(),
            np.zeros((2, 7, 20, 1), dtype=np.uint8),
            DataError,
            "images of 20x7 pixels are too small for 4 cells a side, each of at least 2x2 pixels: give n_cells = 3 at "
            "most, or larger images",
        ),
        (
            ColourAndGradients(n_bins=1, n_cells=0, n_orientations=0),
            IMAGES,
            ParameterError,
            "3 mistakes:\n"
            "  - n_bins is 1; it must be a whole number of at least 2\n"
            "  - n_cells is 0; it must be a whole number of at least 1\n"
            "  - n_orientations is 0; it must be a whole number of at least 1",
        ),
        (CumulativeColours(n_bins=0), IMAGES, ParameterError, "n_bins is 0; it must be a whole number of at least 2"),
    ],
)
def test_wrong_input_is_told(representation: Any, images: Any, error: type[Exception], expected: str) -> None:
    with pytest.raises(error) as told:
        representation.fit(images)
    assert str(told.value) == expected
