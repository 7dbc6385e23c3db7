"""Left becomes right, in half of the images."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.parameters import share_problems


@final
class HorizontalFlip(nn.Module):
    """Mirror images at random.

    Use it where a mirror image is as normal as the image. Do not use it where left and right differ, as in writing.

    Parameters
    ----------
    probability : float, default 0.5
        For each image.

    Raises
    ------
    ParameterError
        If the probability is not in (0, 1].

    Examples
    --------
    >>> flip = HorizontalFlip(probability=1.0)
    >>> flip(torch.tensor([[[[0.0, 1.0]]]]), torch.Generator()).tolist()
    [[[[1.0, 0.0]]]]
    """

    def __init__(self, probability: float = 0.5) -> None:
        super().__init__()
        raise_gathered(share_problems("probability", probability))
        self.probability = probability

    def forward(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return ``images`` (n, c, h, w), some of them mirrored."""
        drawn = torch.rand(len(images), 1, 1, 1, generator=generator, device=images.device)
        return torch.where(drawn < self.probability, images.flip(3), images)
