"""Training images that are mirrored half of the time."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn

from dross.augmentations import HorizontalFlip


@final
class Mirrored(nn.Module):
    """An objective whose images are mirrored at random, each anew in every epoch: twice as many to learn from.

    Parameters
    ----------
    objective : nn.Module
        What is trained: ``forward(batch, generator)`` gives the loss of a batch of images (n, c, h, w).

    Examples
    --------
    >>> class Left(nn.Module):
    ...     parts: dict[str, Tensor] = {}
    ...     def forward(self, batch, generator):
    ...         return batch[..., 0].float().mean()
    >>> images = torch.tensor([[[[0, 2]]]], dtype=torch.uint8).repeat(64, 1, 1, 1)
    >>> 0.0 < float(Mirrored(Left())(images, torch.Generator().manual_seed(0))) < 2.0
    True
    """

    def __init__(self, objective: nn.Module) -> None:
        super().__init__()
        self.objective = objective
        self.flip = HorizontalFlip()

    @property
    def parts(self) -> dict[str, Tensor]:
        """The terms of the last step."""
        parts: dict[str, Tensor] = getattr(self.objective, "parts", {})
        return parts

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch, some of whose images are mirrored."""
        loss: Tensor = self.objective(self.flip(batch, generator), generator)
        return loss
