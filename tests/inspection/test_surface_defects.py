"""Lines by matched filters, and what stands out of its own image: formulas, directions, and planted cracks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import correlate

from dross.data.images import as_images
from dross.errors import ParameterError
from dross.inspection import MatchedFilters, PatchDistributions, SurfaceDefects
from dross.inspection.line_responses import line_responses
from dross.metrics import auroc, pixel_auroc
from dross.scoring import anomaly_scores

SIDE = 64


def surfaces(n: int, seed: int = 0, *, cracks: bool = False) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return grainy pictures, each with a grain of its own, every second one with a faint crack if asked for."""
    rng = np.random.default_rng(seed)
    grain = rng.uniform(15, 40, (n, 1, 1))
    pictures = 128 + grain * rng.normal(size=(n, SIDE, SIDE))
    masks = np.zeros(pictures.shape, dtype=bool)
    for mask in masks[1::2] if cracks else []:
        row, start, slope = rng.integers(16, 48), rng.integers(4, 24), rng.uniform(-0.4, 0.4)
        for step in range(32):
            at = int(row + slope * step)
            mask[at : at + 3, start + step] = True
    return np.clip(pictures - 1.0 * grain * masks, 0, 255).astype(np.uint8), masks


def kernel(width: float, length: float, angle: float, reach: int = 24) -> NDArray[np.float64]:
    """Return the filter in space: a Gaussian along, and the second derivative of one across, of unit integral."""
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    bell = np.exp(-0.5 * ((along / length) ** 2 + (across / width) ** 2)) / (2 * np.pi * width * length)
    return np.asarray((across**2 / width**2 - 1) * bell)


@pytest.mark.parametrize("direction", range(4))
def test_responses_are_those_of_the_filter_in_space(direction: int) -> None:
    image = surfaces(1, cracks=True)[0][0] / 255.0
    expected = correlate(image, kernel(2.0, 6.0, np.pi * direction / 4), mode="reflect")
    found = line_responses(image[None, :, :, None], 2.0, 6.0, 4, 1)[0]
    np.testing.assert_allclose(found[..., 2 * direction], expected, atol=5e-4)
    np.testing.assert_allclose(found[..., 2 * direction + 1], -expected, atol=5e-4)
    coarse = line_responses(image[None, :, :, None], 2.0, 6.0, 4, 8)[0, ..., 2 * direction]
    np.testing.assert_allclose(coarse, expected.reshape(8, 8, 8, 8).max(axis=(1, 3)), atol=5e-4)


def test_cells_at_the_edge_may_be_smaller() -> None:
    image = np.zeros((1, 11, 10, 1))
    image[0, 10, 9] = 1.0
    found = line_responses(image, 1.0, 1.0, 2, 4)
    assert found.shape == (1, 3, 2, 4)
    assert [int(at) for at in np.unravel_index(found[0, ..., 1].argmax(), (3, 2))] == [2, 1]


def test_patches_and_lines_together_find_more_cracks_than_either() -> None:
    X_train, _ = surfaces(30)
    X, masks = surfaces(60, 1, cracks=True)
    labels = masks.any(axis=(1, 2)).astype(int)
    found: dict[str, Any] = {}
    for name, detector in {
        "patches": PatchDistributions(),
        "lines": MatchedFilters(),
        "both": SurfaceDefects(),
    }.items():
        detector.fit(X_train)
        found[name] = auroc(labels, anomaly_scores(detector, X))
        found[f"{name}, pixels"] = pixel_auroc(masks, detector.score_maps(X))
    assert found["both"] > 0.92
    assert found["both"] > max(found["patches"], found["lines"]) + 0.05
    assert found["both, pixels"] > max(0.95, found["patches, pixels"], found["lines, pixels"])
    assert found["lines, pixels"] > 0.9


def test_a_map_is_the_higher_of_both_each_from_its_median() -> None:
    X_train, _ = surfaces(12)
    X, _ = surfaces(4, 1, cracks=True)
    detector = SurfaceDefects(lines=MatchedFilters(length=6.0)).fit(X_train)
    parts = [PatchDistributions().fit(X_train), MatchedFilters(length=6.0).fit(X_train)]
    scaled = []
    for part in parts:
        training = np.concatenate(list(part.iterate_maps(as_images(X_train), left_out=True)))
        training = training - np.median(training, axis=(1, 2), keepdims=True)
        maps = part.score_maps(X)
        scaled.append((maps - np.median(maps, axis=(1, 2), keepdims=True)) / training.std(dtype=np.float64))
    np.testing.assert_allclose(detector.score_maps(X), np.maximum(*scaled), rtol=1e-4, atol=1e-4)


def test_grain_alone_raises_few_alarms() -> None:
    detector = SurfaceDefects().fit(surfaces(40)[0])
    X, masks = surfaces(80, 1, cracks=True)
    alarms = detector.predict(X) == -1
    damaged = masks.any(axis=(1, 2))
    assert alarms[~damaged].mean() < 0.1
    assert alarms[damaged].mean() > 3 * alarms[~damaged].mean()


def test_training_images_are_judged_as_if_each_had_been_left_out() -> None:
    X, _ = surfaces(16)
    whole = MatchedFilters().fit(X)
    found = np.concatenate(list(whole.iterate_maps(as_images(X), left_out=True)))
    truly = np.concatenate([MatchedFilters().fit(np.delete(X, i, 0)).score_maps(X[[i]]) for i in range(16)])
    np.testing.assert_allclose(found, truly, rtol=1e-3, atol=1e-3)
    assert found.max() > whole.score_maps(X).max()


def test_lines_that_belong_at_a_position_do_not_count() -> None:
    X, _ = surfaces(30)
    grooved = X.copy()
    grooved[:, 20:23] //= 2
    # The groove counts on surfaces that had none, and there alone.
    new = grooved[:5]
    strange, usual = (MatchedFilters().fit(train[5:]).score_maps(new)[:, 20:23].mean() for train in (X, grooved))
    assert strange > 1.5 * usual


def test_all_wrong_parameters_are_told_at_once() -> None:
    X, _ = surfaces(4)
    with pytest.raises(ParameterError) as caught:
        MatchedFilters(width=0, length=-1, n_directions=0, stride=0, top_share=2).fit(X)
    assert str(caught.value) == (
        "5 mistakes:\n"
        "  - width is 0; it must be a positive number\n"
        "  - length is -1; it must be a positive number\n"
        "  - n_directions is 0; it must be a whole number of at least 1\n"
        "  - stride is 0; it must be a whole number of at least 1\n"
        "  - top_share is 2; it must be a share in (0, 1]"
    )
    with pytest.raises(ParameterError) as caught:
        SurfaceDefects(patches="padim", lines=MatchedFilters(width=0)).fit(X)
    assert str(caught.value).splitlines()[1:3] == [
        "  - patches is 'padim'; it must be an unfitted estimator with fit and iterate_maps",
        "  - width is 0; it must be a positive number",
    ]
