"""A part of the image, enlarged to the size of the whole."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional

from dross.errors import raise_gathered
from dross.parameters import share_problems


@final
class RandomResizedCrop(nn.Module):
    """Cut a part of the same proportions out of each image and enlarge it to the size of the whole, bilinearly.

    All images are done at once, by one grid of the places where their pixels come from.

    Parameters
    ----------
    min_scale : float, default 0.5
        Smallest share of each side. The share is uniform between it and 1, in whole pixels of the height, and so is
        the place of the part.

    Raises
    ------
    ParameterError
        If the share is not in (0, 1].

    Examples
    --------
    >>> crop = RandomResizedCrop(0.5)
    >>> tuple(crop(torch.rand(2, 3, 8, 8), torch.Generator().manual_seed(0)).shape)
    (2, 3, 8, 8)

    References
    ----------
    The crop of Sohn, Li, Yoon, Jin and Pfister, "Learning and Evaluating Representations for Deep One-class
    Classification", ICLR 2021, arXiv:2011.02578: square for square images, with the share of the side drawn rather
    than that of the area.
    """

    def __init__(self, min_scale: float = 0.5) -> None:
        super().__init__()
        raise_gathered(share_problems("min_scale", min_scale))
        self.min_scale = min_scale

    def forward(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return a part of each of ``images`` (n, c, h, w), floats, in the size of the whole."""
        return resized_crop(images, self.draw(images, generator))

    def draw(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return the parts to cut out, shape (4, n): top, left, height and width of each, in pixels."""
        n, _, height, width = images.shape
        share, down, across = torch.rand(3, n, generator=generator, device=images.device)
        smallest = max(1, int(height * self.min_scale))
        heights = smallest + (share * (height - smallest + 1)).floor().clamp_max(height - smallest)
        widths = (heights * (width / height)).round().clamp(1, width)
        tops = (down * (height - heights + 1)).floor().minimum(height - heights)
        lefts = (across * (width - widths + 1)).floor().minimum(width - widths)
        return torch.stack([tops, lefts, heights, widths])


def resized_crop(images: Tensor, parts: Tensor) -> Tensor:
    """Return a part of each image in the size of the whole, bilinearly.

    Parameters
    ----------
    images : Tensor of shape (n, c, h, w)
        Floats.
    parts : Tensor of shape (4, n)
        Top, left, height and width of each part, in pixels.

    Examples
    --------
    >>> image = torch.arange(16.0).reshape(1, 1, 4, 4)
    >>> whole = torch.tensor([[0.0], [0.0], [4.0], [4.0]])
    >>> torch.allclose(resized_crop(image, whole), image)
    True
    """
    height, width = images.shape[2:]
    tops, lefts, heights, widths = parts
    rows = _places(tops, heights, height)
    columns = _places(lefts, widths, width)
    grid = torch.stack([columns[:, None, :].expand(-1, height, -1), rows[:, :, None].expand(-1, -1, width)], dim=-1)
    return functional.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _places(starts: Tensor, lengths: Tensor, size: int) -> Tensor:
    """Return where each of ``size`` pixels comes from along one axis, in the units of ``grid_sample``: (n, size).

    At its rim a part is continued by its own last pixels, not by what lies beside it in the image.
    """
    centres = (torch.arange(size, device=starts.device) + 0.5) * (lengths[:, None] / size) - 0.5
    pixels = starts[:, None] + centres.clamp_min(0).minimum(lengths[:, None] - 1)
    return (2 * pixels + 1) / size - 1
