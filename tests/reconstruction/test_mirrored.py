"""Images mirrored while training: what the objective gets to see, and what a detector makes of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dross.errors import ParameterError
from dross.reconstruction import ConvolutionalAutoencoder
from dross.reconstruction.mirrored import Mirrored
from tests.image_detectors import TINY_RECONSTRUCTION


class Remembering(nn.Module):
    """An objective that keeps what it was given."""

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        self.batch, self.parts = batch, {"mean": batch.float().mean()}
        return batch.float().mean()


def test_each_image_is_itself_or_its_mirror_image() -> None:
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, size=(60, 1, 5, 4), dtype=np.uint8))
    seen = Remembering()
    objective = Mirrored(seen)
    loss = objective(images, torch.Generator().manual_seed(1))
    mirrored = (seen.batch == images.flip(3)).flatten(1).all(1)
    assert ((seen.batch == images).flatten(1).all(1) ^ mirrored).all()
    assert 15 < int(mirrored.sum()) < 45
    assert seen.batch.dtype == torch.uint8
    assert objective.parts == {"mean": loss}


def one_sided(n: int) -> np.ndarray[Any, Any]:
    """Return images whose bar is on the left."""
    rng = np.random.default_rng(3)
    images = np.zeros((n, 16, 16, 1), dtype=np.uint8)
    for image, top, height in zip(images, rng.integers(0, 6, n), rng.integers(4, 10, n), strict=True):
        image[top : top + height, 2:5] = 220
    return images


def test_what_is_mirrored_is_then_normal_too() -> None:
    images = one_sided(48)
    right = images[:, :, ::-1]
    settings = {**TINY_RECONSTRUCTION, "widths": (4, 8), "n_code": 4, "max_epochs": 40}
    plain = ConvolutionalAutoencoder(**settings).fit(images).score_samples(right).mean()
    mirrored = ConvolutionalAutoencoder(**settings, mirror=True).fit(images).score_samples(right).mean()
    assert -mirrored < -0.5 * plain


def test_rows_have_no_mirror_image() -> None:
    with pytest.raises(ParameterError) as caught:
        ConvolutionalAutoencoder(mirror=True).fit(np.random.default_rng(0).normal(size=(20, 8)))
    assert str(caught.value) == "mirror is True, which is for images, and these are rows: leave it out"
