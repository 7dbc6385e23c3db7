"""What self-made defects are: images with something wrong in them, and where."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn


class AbstractDefects(nn.Module, ABC):
    """Plants one defect or more in each image of a batch, made of normal images alone.

    A network that learns to find these looks for what breaks the order of the normal images, and so finds real
    defects that nobody has shown to it. A concrete class says how they are made.
    """

    @abstractmethod
    def make(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return images with defects, and where these are.

        Parameters
        ----------
        images : Tensor of shape (n, c, h, w)
            Normal images, floats in [0, 1]. They stay as they are.
        generator : torch.Generator
            On the device of the images.

        Returns
        -------
        damaged : Tensor of shape (n, c, h, w)
            Floats in [0, 1].
        degrees : Tensor of shape (n, 1, h, w)
            How much of a defect each pixel is: 0 where nothing was done, up to 1.
        """

    def forward(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return ``images`` (n, c, h, w) with defects."""
        return self.make(images, generator)[0]


def uniform(low: float, high: float, n: int, images: Tensor, generator: torch.Generator) -> Tensor:
    """Return ``n`` numbers in [low, high) on the device of the images.

    Examples
    --------
    >>> drawn = uniform(2.0, 3.0, 5, torch.zeros(1), torch.Generator().manual_seed(0))
    >>> tuple(drawn.shape), bool(((drawn >= 2) & (drawn < 3)).all())
    ((5,), True)
    """
    return low + (high - low) * torch.rand(n, generator=generator, device=images.device)


def places_for(lengths: Tensor, side: int, generator: torch.Generator) -> Tensor:
    """Return where parts of these whole lengths begin on a side, each place that they fit into as likely as the others.

    Examples
    --------
    >>> places_for(torch.tensor([4, 4]), 4, torch.Generator().manual_seed(0)).tolist()
    [0, 0]
    """
    free = side - lengths
    drawn = torch.rand(lengths.shape, generator=generator, device=lengths.device)
    # In single precision a draw just below 1 times a length may round up to it.
    return (drawn * (free + 1)).long().minimum(free)


def inside(tops: Tensor, lefts: Tensor, heights: Tensor, widths: Tensor, shape: tuple[int, int]) -> Tensor:
    """Return which pixels of images of this shape lie in a rectangle each, (n, 1, h, w), true or false.

    Examples
    --------
    >>> one = torch.tensor([1])
    >>> inside(one, one, one, 2 * one, (2, 4)).int().tolist()
    [[[[0, 0, 0, 0], [0, 1, 1, 0]]]]
    """
    rows = torch.arange(shape[0], device=tops.device)
    columns = torch.arange(shape[1], device=tops.device)
    down = (rows >= tops[:, None]) & (rows < (tops + heights)[:, None])
    across = (columns >= lefts[:, None]) & (columns < (lefts + widths)[:, None])
    return (down[:, :, None] & across[:, None, :])[:, None]
