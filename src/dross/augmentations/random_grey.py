"""Colour taken away from some of the images."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.parameters import share_problems

#: What red, green and blue weigh in brightness (ITU-R BT.601, with the digits that torchvision and Pillow use).
LUMA = (0.2989, 0.587, 0.114)


def luma(images: Tensor) -> Tensor:
    """Return the brightness of colour images, shape (n, 1, h, w).

    Parameters
    ----------
    images : Tensor of shape (n, 3, h, w)
        Red, green and blue.

    Examples
    --------
    >>> round(luma(torch.ones(1, 3, 1, 1)).item(), 4)
    0.9999
    """
    red, green, blue = images.unbind(1)
    return (LUMA[0] * red).add_(green, alpha=LUMA[1]).add_(blue, alpha=LUMA[2]).unsqueeze(1)


@final
class RandomGrey(nn.Module):
    """Turn images grey at random; images with one channel stay as they are.

    Parameters
    ----------
    probability : float, default 0.2
        For each image.

    Raises
    ------
    ParameterError
        If the probability is not in (0, 1].

    Examples
    --------
    >>> grey = RandomGrey(probability=1.0)(torch.rand(2, 3, 4, 4), torch.Generator().manual_seed(0))
    >>> torch.equal(grey[:, 0], grey[:, 2])
    True
    """

    def __init__(self, probability: float = 0.2) -> None:
        super().__init__()
        raise_gathered(share_problems("probability", probability))
        self.probability = probability

    def forward(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return ``images`` (n, c, h, w), some of them grey."""
        drawn = torch.rand(len(images), 1, 1, 1, generator=generator, device=images.device)
        if images.shape[1] == 1:
            return images
        return torch.where(drawn < self.probability, luma(images), images)
