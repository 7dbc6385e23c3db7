"""Samples on their way into a network and back: images are bytes outside and lie in [-1, 1] inside; rows stay."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dross.representations.image_base import network_input
from dross.training.batches import channels_first


def network_samples(batch: Tensor) -> Tensor:
    """Return what a network takes: bytes (n, c, h, w) as floats in [-1, 1], rows as they are.

    Examples
    --------
    >>> network_samples(torch.tensor([[0.5]])).tolist()
    [[0.5]]
    >>> network_samples(torch.tensor([255], dtype=torch.uint8)).tolist()
    [1.0]
    """
    return network_input(batch) if batch.dtype == torch.uint8 else batch


def byte_tensor(images: NDArray[np.uint8]) -> Tensor:
    """Return images (n, h, w, c) as a tensor of bytes (n, c, h, w).

    Examples
    --------
    >>> tuple(byte_tensor(np.zeros((2, 8, 6, 3), dtype=np.uint8)).shape)
    (2, 3, 8, 6)
    """
    # Torch takes no arrays that must not be written to; those alone are copied.
    return channels_first(torch.from_numpy(np.require(images, requirements="W")))


def as_given(samples: Tensor) -> NDArray[Any]:
    """Return what a network puts out as it came in: images as bytes (n, h, w, c), rows in float64.

    Examples
    --------
    >>> as_given(torch.ones(1, 1, 2, 2)).tolist()
    [[[[255], [255]], [[255], [255]]]]
    """
    if samples.ndim == 2:
        return samples.double().numpy()
    return ((samples + 1.0) * 127.5).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy()
