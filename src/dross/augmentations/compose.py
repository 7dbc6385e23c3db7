"""Several augmentations after each other, in 32 bits."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn


@final
class Augmentation(nn.Module):
    """Apply augmentations one after the other to a batch of images.

    Numbers stay in 32 bits also where networks run in fewer: eight bits of mantissa would round pixels.

    Parameters
    ----------
    *steps : nn.Module
        Each with ``forward(images, generator)``, as the other classes of this package.

    Examples
    --------
    >>> from dross.augmentations import HorizontalFlip, RandomGrey
    >>> augment = Augmentation(HorizontalFlip(), RandomGrey(0.2))
    >>> tuple(augment(torch.rand(2, 3, 8, 8), torch.Generator().manual_seed(0)).shape)
    (2, 3, 8, 8)
    """

    def __init__(self, *steps: nn.Module) -> None:
        super().__init__()
        self.steps = nn.ModuleList(steps)

    def forward(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return ``images`` (n, c, h, w), floats in [0, 1], changed at random; the generator is on their device."""
        with torch.no_grad(), torch.autocast(images.device.type, enabled=False):
            for step in self.steps:
                images = step(images, generator)
        return images


def as_floats(images: Tensor) -> Tensor:
    """Return images of bytes as floats in [0, 1], with the same layout in memory.

    Parameters
    ----------
    images : Tensor of shape (n, c, h, w)
        Bytes, as the training loop hands them out.

    Examples
    --------
    >>> as_floats(torch.full((1, 1, 1, 1), 255, dtype=torch.uint8)).item()
    1.0
    """
    return images.float().div_(255)
