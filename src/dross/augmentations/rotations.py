"""Images turned by quarters of a circle."""

from __future__ import annotations

import torch
from torch import Tensor

from dross.errors import DataError


def quarter_turns(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return each image turned counterclockwise by 0, 90, 180 and 270 degrees, and by how many quarters.

    Parameters
    ----------
    images : Tensor of shape (n, c, h, h)
        Square images.

    Returns
    -------
    turned : Tensor of shape (4 * n, c, h, h)
        First all images as they are, then all turned by 90 degrees, and so on; laid out in memory as the images are.
    quarters : Tensor of shape (4 * n,)
        0, 1, 2 or 3.

    Raises
    ------
    DataError
        If the images are not square.

    Examples
    --------
    >>> turned, quarters = quarter_turns(torch.arange(4.0).reshape(1, 1, 2, 2))
    >>> turned[1, 0].tolist(), quarters.tolist()
    ([[1.0, 3.0], [0.0, 2.0]], [0, 1, 2, 3])

    References
    ----------
    Gidaris, Singh and Komodakis, "Unsupervised Representation Learning by Predicting Image Rotations", ICLR 2018,
    arXiv:1803.07728.
    """
    n, _, height, width = images.shape
    if height != width:
        raise DataError(
            f"images of {height} x {width} pixels cannot be turned by 90 degrees: give square ones, or a size to "
            "resize them to"
        )
    # A transposed image read backwards along one axis, so that each turn is one copy.
    sideways = images.transpose(2, 3)
    turned = torch.cat([images, sideways.flip(2), images.flip((2, 3)), sideways.flip(3)])
    return _laid_out_as(images, turned), torch.arange(4, device=images.device).repeat_interleave(n)


def _laid_out_as(images: Tensor, turned: Tensor) -> Tensor:
    channels_last = images.is_contiguous(memory_format=torch.channels_last)
    return turned.contiguous(memory_format=torch.channels_last if channels_last else torch.contiguous_format)
