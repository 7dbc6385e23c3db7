"""Images moved by a few pixels: padded all round, and cut out again somewhere else."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn

from dross.augmentations.filling import Fill, fill_problems
from dross.errors import raise_gathered
from dross.parameters import count_problems


@final
class PaddedCrop(nn.Module):
    """Pad each image on all sides, and cut a part of its own size out at random: it moves by whole pixels.

    Use it where what is shown may lie anywhere. Do not use it where a place is what tells images apart. Nothing is
    enlarged and nothing blurred, unlike in ``RandomResizedCrop``. It takes floats in [0, 1]: apply it before pixels
    are scaled, since a filling of 0 is black there and mid-grey in [-1, 1].

    Parameters
    ----------
    padding : int, default 4
        Pixels on each side: an image moves by at most as many, each place as likely as every other.
    fill : float in [0, 1] or "border", default "border"
        What the padding shows: the image's own outermost pixels, continued; or one grey.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> crop = PaddedCrop(padding=4)
    >>> tuple(crop(torch.rand(2, 3, 8, 8), torch.Generator().manual_seed(0)).shape)
    (2, 3, 8, 8)

    References
    ----------
    He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv:1512.03385, on CIFAR-10.
    """

    def __init__(self, padding: int = 4, fill: Fill = "border") -> None:
        super().__init__()
        raise_gathered(count_problems("padding", padding) + fill_problems(fill))
        self.padding, self.fill = padding, fill

    def forward(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return ``images`` (n, c, h, w), floats in [0, 1], each moved."""
        places = 2 * self.padding + 1
        drawn = torch.randint(places, (2, len(images)), generator=generator, device=images.device)
        return moved(images, drawn - self.padding, self.fill)


def moved(images: Tensor, shifts: Tensor, fill: Fill = "border") -> Tensor:
    """Return images of the same size, whose first pixel is the one at ``shifts`` of the image given.

    Parameters
    ----------
    images : Tensor of shape (n, c, h, w)
        Floats.
    shifts : Tensor of shape (2, n)
        Whole pixels, down and across, for each image; they may be below 0.
    fill : float or "border", default "border"
        What is seen beyond the rim of an image.

    Examples
    --------
    >>> moved(torch.tensor([[[[1.0, 2.0]]]]), torch.tensor([[0], [1]])).tolist()
    [[[[2.0, 2.0]]]]
    >>> moved(torch.tensor([[[[1.0, 2.0]]]]), torch.tensor([[0], [-1]]), 0.0).tolist()
    [[[[0.0, 1.0]]]]
    """
    n, channels, height, width = images.shape
    down, across = shifts[..., None]
    rows = (torch.arange(height, device=images.device) + down)[:, None, :, None]
    columns = (torch.arange(width, device=images.device) + across)[:, None, None, :]
    image = torch.arange(n, device=images.device)[:, None, None, None]
    channel = torch.arange(channels, device=images.device)[None, :, None, None]
    found = images[image, channel, rows.clamp(0, height - 1), columns.clamp(0, width - 1)]
    if fill == "border":
        return found
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    return torch.where(inside, found, fill)
