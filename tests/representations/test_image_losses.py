"""The self-supervised losses of images, against NumPy: by formula, and from bytes to loss."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dross.augmentations import Augmentation
from dross.errors import DataError
from dross.representations.distribution_augmented_contrast import ContrastiveLoss, nt_xent
from dross.representations.rotation_prediction import RotationLoss


class Flattened(nn.Module):
    """A network that NumPy can repeat: a linear map of the pixels, in the order channel, row, column."""

    def __init__(self, weights: NDArray[np.float64]) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.from_numpy(weights).float())

    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1) @ self.weights


def numpy_nt_xent(embeddings: NDArray[np.float64], temperature: float) -> float:
    """Return NT-Xent by its definition, view by view."""
    n_views = len(embeddings)
    losses = []
    for i in range(n_views):
        similarities = [
            embeddings[i] @ embeddings[j] / (np.linalg.norm(embeddings[i]) * np.linalg.norm(embeddings[j]))
            for j in range(n_views)
        ]
        partner = (i + n_views // 2) % n_views
        others = sum(math.exp(similarities[j] / temperature) for j in range(n_views) if j != i)
        losses.append(-math.log(math.exp(similarities[partner] / temperature) / others))
    return float(np.mean(losses))


def numpy_cross_entropy(logits: NDArray[np.float64], classes: list[int]) -> float:
    """Return the mean cross-entropy by its definition, row by row."""
    losses = [
        -math.log(math.exp(row[k]) / sum(math.exp(value) for value in row))
        for row, k in zip(logits, classes, strict=True)
    ]
    return float(np.mean(losses))


def numpy_turns(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return bytes (n, c, h, w) as floats in [-1, 1], turned counterclockwise by 0, 1, 2 and 3 quarters."""
    scaled = images.astype(np.float64) / 255.0 * 2.0 - 1.0
    return np.concatenate([np.rot90(scaled, quarters, axes=(2, 3)) for quarters in range(4)])


def bytes_of(n: int, channels: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, size=(n, channels, 6, 6), dtype=np.uint8)


@pytest.mark.parametrize("temperature", [0.1, 0.2, 1.0])
@pytest.mark.parametrize(("n_views", "n_dimensions"), [(2, 3), (8, 5), (24, 16)])
def test_nt_xent_is_what_numpy_says(temperature: float, n_views: int, n_dimensions: int) -> None:
    embeddings = 3.0 * np.random.default_rng(n_views).normal(size=(n_views, n_dimensions))
    found = nt_xent(torch.from_numpy(embeddings).float(), temperature).item()
    assert found == pytest.approx(numpy_nt_xent(embeddings, temperature), rel=1e-5, abs=1e-6)


def test_nt_xent_heeds_directions_alone() -> None:
    embeddings = torch.randn(8, 5, generator=torch.Generator().manual_seed(0))
    lengths = torch.linspace(0.1, 20, 8)[:, None]
    assert nt_xent(embeddings * lengths, 0.2).item() == pytest.approx(nt_xent(embeddings, 0.2).item(), rel=1e-5)


def test_nt_xent_of_views_that_are_all_alike_is_that_of_a_guess() -> None:
    assert nt_xent(torch.ones(10, 4), 0.2).item() == pytest.approx(math.log(9), rel=1e-6)


def test_nt_xent_falls_as_partners_approach() -> None:
    generator = torch.Generator().manual_seed(0)
    views, noise = torch.randn(6, 8, generator=generator), torch.randn(6, 8, generator=generator)
    losses = [nt_xent(torch.cat([views, views + share * noise]), 0.2).item() for share in (2.0, 1.0, 0.5, 0.1)]
    assert losses == sorted(losses, reverse=True)


def test_nt_xent_is_in_single_precision_under_autocast() -> None:
    embeddings = torch.randn(8, 5, generator=torch.Generator().manual_seed(0))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = nt_xent(embeddings, 0.1)
    assert loss.dtype == torch.float32
    assert loss.item() == nt_xent(embeddings, 0.1).item()


@pytest.mark.parametrize("channels", [1, 3])
def test_the_contrastive_loss_without_augmentation_is_what_numpy_says_from_the_bytes_on(channels: int) -> None:
    images = bytes_of(3, channels)
    weights = np.random.default_rng(1).normal(size=(36 * channels, 7))
    turned = numpy_turns(images)
    embeddings = np.concatenate([turned, turned]).reshape(24, -1) @ weights
    objective = ContrastiveLoss(Flattened(weights), nn.Identity(), Augmentation(), temperature=0.2)
    found = objective(torch.from_numpy(images), torch.Generator()).item()
    assert found == pytest.approx(numpy_nt_xent(embeddings, 0.2), rel=1e-5)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_rotation_loss_without_augmentation_is_what_numpy_says_from_the_bytes_on(channels: int) -> None:
    images = bytes_of(5, channels)
    weights = 0.1 * np.random.default_rng(1).normal(size=(36 * channels, 4))
    logits = numpy_turns(images).reshape(20, -1) @ weights
    classes = [quarters for quarters in range(4) for _ in images]
    objective = RotationLoss(Flattened(weights), nn.Identity(), Augmentation())
    found = objective(torch.from_numpy(images), torch.Generator()).item()
    assert found == pytest.approx(numpy_cross_entropy(logits, classes), rel=1e-5)


def test_the_rotation_loss_of_a_head_that_knows_nothing_is_that_of_a_guess() -> None:
    objective = RotationLoss(Flattened(np.zeros((108, 4))), nn.Identity(), Augmentation())
    assert objective(torch.from_numpy(bytes_of(5, 3)), torch.Generator()).item() == pytest.approx(math.log(4))


class Remembered(nn.Module):
    """An augmentation that keeps what it was given and changes nothing."""

    def forward(self, images: Tensor, generator: torch.Generator) -> Tensor:
        self.given = images.clone()
        return images


def test_images_are_augmented_before_they_are_turned_to_tell_turns_and_after_it_to_contrast() -> None:
    images = torch.from_numpy(bytes_of(2, 3))
    seen = Remembered()
    RotationLoss(Flattened(np.zeros((108, 4))), nn.Identity(), seen)(images, torch.Generator())
    assert torch.equal(seen.given, images / 255)
    ContrastiveLoss(Flattened(np.ones((108, 4))), nn.Identity(), seen, 0.2)(images, torch.Generator())
    # Two views of each image and of its three turned ones, drawn apart from each other.
    assert len(seen.given) == 16
    assert torch.equal(seen.given[:8], seen.given[8:])
    assert torch.equal(seen.given[2:4], torch.rot90(images, 1, (2, 3)) / 255)


@pytest.mark.parametrize("objective", [RotationLoss, ContrastiveLoss])
def test_rectangles_cannot_be_turned(objective: type[nn.Module]) -> None:
    more = (0.2,) if objective is ContrastiveLoss else ()
    loss = objective(nn.Identity(), nn.Identity(), Augmentation(), *more)
    with pytest.raises(DataError) as caught:
        loss(torch.zeros(2, 1, 6, 8, dtype=torch.uint8), torch.Generator())
    assert str(caught.value) == (
        "images of 6 x 8 pixels cannot be turned by 90 degrees: give square ones, or a size to resize them to"
    )
