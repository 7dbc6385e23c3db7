"""Tiny things to train in tests, and images that are read when asked for."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from dross.networks import ResNet


class Turned(nn.Module):
    """Tells images that are upside down from others, after noise drawn from the generator."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        self.network = ResNet(channels, width=2, stem="strided", blocks=(1, 1, 1, 1))
        self.classify = nn.Linear(self.network.n_features, 2)
        self.batches: list[Tensor] = []

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the cross-entropy."""
        self.batches.append(batch)
        images = batch.float() / 255
        images = images + 0.1 * torch.rand(images.shape, generator=generator)
        which = torch.arange(2).repeat_interleave(len(batch))
        return functional.cross_entropy(self.classify(self.network(torch.cat([images, images.flip(2)]))), which)


class ImagesInMemory:
    """What the loop knows of images: how many there are, and how to read some."""

    def __init__(self, n: int = 20, size: int = 8, channels: int = 3) -> None:
        drawn = np.random.default_rng(0).integers(0, 256, size=(n, size, size, channels), dtype=np.uint8)
        drawn[:, : size // 2] //= 4
        drawn[:, 0, 0, 0] = np.arange(n)
        self.pixels: NDArray[np.uint8] = drawn
        self.reads: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self.pixels)

    def read(self, indices: Any) -> NDArray[np.uint8]:
        self.reads.append((len(indices), threading.current_thread().name))
        return self.pixels[indices]
