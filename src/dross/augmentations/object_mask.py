"""Where in an image the object is: what differs from the background, if there is one."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

#: How far from the background's brightness an object's is, of 1.
THRESHOLD = 0.1
#: The share of an image's rim that has one brightness where there is a background.
UNIFORM = 0.9
#: The smallest share of an image that is an object.
SMALLEST = 0.05


def object_masks(images: Tensor) -> Tensor:
    """Return which pixels show the object, (n, 1, h, w), true or false.

    The background is what has the brightness of the image's rim. Where the rim has no brightness of its own, or where
    next to nothing differs from it, the image shows a surface, and all of it is the object.

    Parameters
    ----------
    images : Tensor of shape (n, c, h, w)
        Floats in [0, 1].

    Examples
    --------
    >>> image = torch.zeros(1, 1, 4, 6)
    >>> image[:, :, 1:3, 1:4] = 1
    >>> object_masks(image).int()[0, 0].tolist()
    [[0, 0, 0, 0, 0, 0], [0, 1, 1, 1, 0, 0], [0, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0]]
    """
    brightness = images.mean(1, keepdim=True)
    rim = torch.cat([brightness[:, 0, 0], brightness[:, 0, -1], brightness[:, 0, :, 0], brightness[:, 0, :, -1]], dim=1)
    middle = rim.median(dim=1, keepdim=True).values
    uniform = ((rim - middle).abs() <= THRESHOLD).float().mean(1) >= UNIFORM
    differs = (brightness - middle[:, :, None, None]).abs() > THRESHOLD
    has_background = uniform & (differs.float().mean((1, 2, 3)) >= SMALLEST)
    return differs | ~has_background[:, None, None, None]


def object_shares(objects: Tensor, tops: Tensor, lefts: Tensor, heights: Tensor, widths: Tensor) -> Tensor:
    """Return the share of rectangles that lies on the object, shape (k, n).

    Parameters
    ----------
    objects : Tensor of shape (n, 1, h, w)
        Where the object is.
    tops, lefts : Tensor of shape (k, n)
        Places of k rectangles in each image.
    heights, widths : Tensor of shape (n,)
        Their sizes.

    Examples
    --------
    >>> zero, two = torch.zeros(1, 1, dtype=torch.long), torch.tensor([2])
    >>> object_shares(torch.tensor([[[[True, False], [True, True]]]]), zero, zero, two, two).tolist()
    [[0.75]]
    """
    sums = functional.pad(objects[:, 0].float().cumsum(1).cumsum(2), (1, 0, 1, 0))
    image = torch.arange(len(objects), device=objects.device)
    bottoms, rights = tops + heights, lefts + widths
    inside = sums[image, bottoms, rights] - sums[image, tops, rights] - sums[image, bottoms, lefts]
    return (inside + sums[image, tops, lefts]) / (heights * widths)
