"""CutPaste classification: its loss against NumPy, what it learns, and the images that it takes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from dross.augmentations import AbstractDefects, Augmentation, ColourJitter, CutPaste, CutPasteScar, PaddedCrop
from dross.errors import DataError
from dross.one_class import GaussianDensity
from dross.representations.cut_paste_classification import CutPasteClassification, CutPasteLoss
from dross.scoring import anomaly_scores
from tests.image_detectors import quick, tiny_cut_paste
from tests.planted_parts import Parts, plant_parts


class Flattened(nn.Module):
    """A network that NumPy can repeat: a linear map of the pixels, in the order channel, row, column."""

    def __init__(self, n_out: int) -> None:
        super().__init__()
        drawn = np.random.default_rng(0).normal(size=(3 * 12 * 16, n_out))
        self.weights = nn.Parameter(torch.from_numpy(drawn).float())

    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1) @ self.weights


def numpy_cross_entropy(logits: NDArray[np.float64], classes: list[int]) -> float:
    rows = zip(logits, classes, strict=True)
    return float(np.mean([-math.log(math.exp(row[k]) / sum(map(math.exp, row))) for row, k in rows]))


@pytest.mark.parametrize(
    "defects", [[CutPaste()], [CutPasteScar()], [CutPaste(), CutPasteScar()]], ids=["rectangle", "scar", "three-way"]
)
def test_the_loss_is_the_cross_entropy_of_whole_images_and_each_kind_of_defect(defects: list[AbstractDefects]) -> None:
    batch = np.random.default_rng(1).integers(0, 256, size=(5, 3, 12, 16), dtype=np.uint8)
    augmentation = Augmentation(PaddedCrop(2), ColourJitter(0.1, 0.1, 0.1, 0.1))
    network = Flattened(1 + len(defects))
    loss = CutPasteLoss(network, nn.Identity(), augmentation, defects)
    found = loss(torch.from_numpy(batch), torch.Generator().manual_seed(0))
    drawn = torch.Generator().manual_seed(0)
    whole = augmentation(torch.from_numpy(batch / 255.0).float(), drawn)
    images = [whole, *(made(whole, drawn) for made in defects)]
    pixels = np.concatenate([part.numpy() for part in images]).reshape(-1, 3 * 12 * 16) * 2.0 - 1.0
    logits = pixels @ network.weights.detach().numpy().astype(np.float64)
    # Whatever the numbers of the classes: each image of each has its own.
    classes = [kind for kind in range(1 + len(defects)) for _ in range(5)]
    assert float(found.detach()) == pytest.approx(numpy_cross_entropy(logits, classes), rel=1e-4)
    assert not np.allclose(images[0].numpy(), images[1].numpy())


def auroc(representation: CutPasteClassification, parts: Parts) -> float:
    one_class = GaussianDensity().fit(representation.transform(parts.X_train))
    scores = anomaly_scores(one_class, representation.transform(parts.X_test))
    return float(roc_auc_score(parts.labels_test, scores))


def test_training_beats_random_weights_and_its_loss_falls() -> None:
    parts = plant_parts()
    untrained, trained = [], []
    for seed in range(2):
        representation = tiny_cut_paste().set_params(random_state=seed)
        representation.train_to(parts.X_train, 0)
        untrained.append(auroc(representation, parts))
        for epoch in (1, representation.max_epochs - 1, representation.max_epochs):
            representation.train_to(parts.X_train, epoch)
        trained.append(auroc(representation, parts))
        first, _, last = (stretch["loss"] for stretch in representation.history_)
        assert last < 0.8 * first
    assert np.mean(trained) > np.mean(untrained) + 0.05
    assert min(trained) > max(untrained)


@pytest.mark.parametrize(("variant", "n_classes"), [("rectangle", 2), ("scar", 2), ("three-way", 3)])
def test_each_variant_has_a_class_of_its_own_for_every_kind_of_defect(variant: str, n_classes: int) -> None:
    made = quick(tiny_cut_paste()).set_params(variant=variant, shift=2).fit(plant_parts(n_train=8, n_test=3).X_train)
    assert made.stage_features(plant_parts(n_train=8, n_test=3).X_test)["output"].shape == (3, n_classes)


def test_images_need_not_be_square_but_must_be_halved_four_times() -> None:
    X = np.random.default_rng(0).integers(0, 256, size=(6, 24, 10, 1), dtype=np.uint8)
    assert quick(tiny_cut_paste()).fit_transform(X).shape == (6, 4 * 14)
    with pytest.raises(DataError) as told:
        quick(tiny_cut_paste()).fit(X[:, :, :7])
    assert str(told.value) == (
        "images of 7x24 grey cannot be learned from by halving them four times: resize them to at least 8 pixels a side"
    )
