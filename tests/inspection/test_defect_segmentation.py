"""The network that finds self-made defects: its loss against NumPy, what it is shown, and what it learns to find."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from dross.augmentations import BlendedPatches, CutPaste, CutPasteScar
from dross.errors import ParameterError
from dross.inspection import DefectSegmentation
from dross.inspection.defect_segmentation import SegmentationLoss
from dross.inspection.score_map import smoothed, top_share_means
from tests.image_detectors import tiny_segmentation
from tests.planted_parts import plant_parts
from tests.planted_pictures import SIDE, Pictures, picture_auroc, plant_defects


class Brightness(nn.Module):
    """A network that NumPy can repeat: the logit of a pixel is a multiple of its brightness."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(3.0))

    def forward(self, images: Tensor) -> Tensor:
        return self.weight * images.mean(1, keepdim=True) - 0.5


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def some_bytes(n: int = 9) -> Tensor:
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, size=(n, 3, 20, 24), dtype=np.uint8))


def test_the_loss_is_the_cross_entropy_of_graded_pixels() -> None:
    loss = SegmentationLoss(Brightness(), [BlendedPatches(), CutPaste()])
    images, degrees = loss.planted(some_bytes().float() / 255, generator())
    logits = 3.0 * (2.0 * images.double().numpy() - 1.0).mean(axis=1, keepdims=True) - 0.5
    chance, target = 1 / (1 + np.exp(-logits)), degrees.double().numpy()
    assert float((target * (1 - target)).max()) > 0
    expected = -(target * np.log(chance) + (1 - target) * np.log(1 - chance)).mean()
    assert float(loss(some_bytes(), generator()).detach()) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("n", [1, 2, 3, 9, 16])
def test_one_image_in_four_stays_whole_and_each_kind_gets_its_share(n: int) -> None:
    loss = SegmentationLoss(Brightness(), [CutPaste(jitter=0.0), CutPasteScar()])
    images, degrees = loss.planted(some_bytes(n).float() / 255, generator())
    assert len(images) == len(degrees) == n
    whole = n // 4
    assert torch.equal(images[:whole], some_bytes(n)[:whole].float() / 255)
    assert not bool(degrees[:whole].any())
    assert bool(degrees[whole:].any())
    sizes = degrees.sum((1, 2, 3))
    rectangles = sizes[whole : whole + (n - whole + 1) // 2]
    # The smallest rectangle has 2 % of an image's pixels.
    assert float(rectangles.min()) >= 8


@cache
def planted() -> Pictures:
    return plant_defects(contamination=0.02)


def missing(pictures: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return where a piece of the T is missing: where it should be bright and is not."""
    strokes = np.zeros((SIDE, SIDE), dtype=bool)
    strokes[3:6, 2:14] = strokes[3:14, 6:10] = True
    return np.asarray(strokes & (pictures.mean(axis=3) < 90))


def test_training_beats_random_weights_in_scores_and_in_maps() -> None:
    pixels = missing(planted().X_test)
    assert set(np.flatnonzero(pixels.any(axis=(1, 2)))) >= set(np.flatnonzero(planted().labels_test))
    found = []
    for epochs in (0.0, 12.0):
        detector = tiny_segmentation().set_params(max_epochs=epochs).fit(planted().X_train)
        maps = detector.score_maps(planted().X_test)
        found.append((picture_auroc(detector, planted()), roc_auc_score(pixels.ravel(), maps.ravel())))
    (image_before, pixel_before), (image_after, pixel_after) = found
    assert image_after > max(0.9, image_before + 0.3)
    assert pixel_after > max(0.9, pixel_before + 0.2)


def test_blended_patches_alone_teach_where_a_nick_is() -> None:
    parts = plant_parts()
    found = []
    for epochs in (0.0, 30.0):
        detector = tiny_segmentation().set_params(defects="blended", max_epochs=epochs).fit(parts.X_train)
        pixels = roc_auc_score(parts.masks_test.ravel(), detector.score_maps(parts.X_test).ravel())
        found.append((roc_auc_score(parts.labels_test, -detector.score_samples(parts.X_test)), pixels))
    (image_before, pixel_before), (image_after, pixel_after) = found
    # Over three seeds images had 0.42 to 0.58 on random weights and 0.73 to 0.83 trained; pixels 0.38 to 0.47, 0.80 to
    # 0.93.
    assert image_after > max(0.65, image_before + 0.1)
    assert pixel_after > max(0.7, pixel_before + 0.25)


def test_scores_are_the_highest_pixels_of_the_maps_which_are_smoothed_probabilities() -> None:
    images = planted().X_test[:6]
    detector = tiny_segmentation().set_params(max_epochs=1.0, top_share=0.05).fit(planted().X_train[:16])
    maps = detector.score_maps(images)
    assert maps.dtype == np.float32
    assert maps.shape == (6, SIDE, SIDE)
    np.testing.assert_allclose(detector.score_samples(images), -top_share_means(maps, 0.05), rtol=1e-6)
    with torch.no_grad():
        samples = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 127.5 - 1
        chances = detector.network_.eval()(samples).sigmoid()[:, 0].numpy()
    np.testing.assert_allclose(maps, smoothed(chances, 1.0), atol=1e-6)
    assert 0 <= maps.min() <= maps.max() <= 1


@pytest.mark.parametrize("shape", [(12, 9, 21, 1), (12, 1, 5, 3)])
@pytest.mark.parametrize("defects", ["blended", "perlin", "cutpaste", "all"])
def test_images_of_any_size_and_every_kind_of_defect_will_do(defects: str, shape: tuple[int, ...]) -> None:
    X = np.random.default_rng(0).integers(0, 256, size=shape, dtype=np.uint8)
    detector = tiny_segmentation().set_params(defects=defects, max_epochs=1.0).fit(X)
    assert detector.score_maps(X).shape == shape[:3]
    assert np.isfinite(detector.score_samples(X)).all()


def test_parameters_out_of_range_are_told_at_once() -> None:
    wrong = DefectSegmentation(defects="cutpast", width=0, n_levels=0, smoothing=-1.0, top_share=0.0)  # type: ignore[arg-type]
    with pytest.raises(ParameterError) as told:
        wrong.fit(planted().X_train)
    assert str(told.value).splitlines()[1:] == [
        "  - defects is 'cutpast'; it must be 'blended', 'perlin', 'cutpaste' or 'all'; did you mean 'cutpaste'?",
        "  - width is 0; it must be a whole number of at least 1",
        "  - n_levels is 0; it must be a whole number of at least 1",
        "  - smoothing is -1.0; it must be a number of at least 0",
        "  - top_share is 0.0; it must be a share in (0, 1]",
    ]
