"""Poisson blending: patches put into images without a seam, by keeping their gradients and the images' own rim."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from dross.augmentations.defects import inside


class Boxes(NamedTuple):
    """Rectangles in images, each a Tensor of shape (n,), whole pixels."""

    tops: Tensor
    lefts: Tensor
    heights: Tensor
    widths: Tensor


def poisson_blended(images: Tensor, patches: Tensor, boxes: Boxes) -> Tensor:
    """Return images with a patch blended into each: the patch's gradients, and the image's pixels along the rim.

    The sum of the patch and of a membrane: the smooth field that on the rim of the rectangle is the difference between
    image and patch, and inside has no sources. In a rectangle the sine transform gives it exactly, and one batch of
    matrix products is that of all images, whatever the sizes of their rectangles.

    Parameters
    ----------
    images : Tensor of shape (n, c, h, w)
        Floats.
    patches : Tensor of shape (n, c, p, q)
        What is to be put there, from each patch's upper left corner on; p and q are those of the largest rectangle, and
        what lies beyond a smaller one is not looked at.
    boxes : Boxes
        Where. They lie in the images. The outermost pixels of a rectangle stay those of the image.

    Returns
    -------
    Tensor of shape (n, c, h, w)
        Not cut off: values may lie a little beyond those of image and patch.

    Examples
    --------
    >>> image, patch = torch.zeros(1, 1, 5, 5), torch.full((1, 1, 3, 3), 0.5)
    >>> where = Boxes(*(torch.tensor([number]) for number in (1, 1, 3, 3)))
    >>> poisson_blended(image, patch, where).abs().max().round(decimals=5).item()  # without gradients, no change
    0.0

    References
    ----------
    Pérez, Gangnet and Blake, "Poisson Image Editing", SIGGRAPH 2003. The sine transform: Buzbee, Golub and Nielson, "On
    direct methods for solving Poisson's equations", SIAM Journal on Numerical Analysis 1970.
    """
    height, width = patches.shape[2:]
    seen = _windows(images, boxes, height, width)
    membranes = _membranes(seen - patches, boxes.heights, boxes.widths)
    return _put(images, patches + membranes, boxes)


def _windows(images: Tensor, boxes: Boxes, height: int, width: int) -> Tensor:
    """Return the part of each image from a rectangle's upper left corner on, of one size, (n, c, height, width)."""
    n, channels, last_row, last_column = images.shape
    rows = boxes.tops[:, None] + torch.arange(height, device=images.device)
    columns = boxes.lefts[:, None] + torch.arange(width, device=images.device)
    image = torch.arange(n, device=images.device)[:, None, None, None]
    channel = torch.arange(channels, device=images.device)[None, :, None, None]
    rows, columns = rows.clamp_max(last_row - 1), columns.clamp_max(last_column - 1)
    return images[image, channel, rows[:, None, :, None], columns[:, None, None, :]]


def _membranes(differences: Tensor, heights: Tensor, widths: Tensor) -> Tensor:
    """Return the fields (n, c, p, q) without sources inside, which are the differences on the rims; else 0."""
    size = differences.shape[2:]
    zero = torch.zeros_like(heights)
    whole = inside(zero, zero, heights, widths, (size[0], size[1]))
    inner = inside(zero + 1, zero + 1, heights - 2, widths - 2, (size[0], size[1]))
    rims = torch.where(whole & ~inner, differences, 0)
    # What an inner pixel has for neighbours on the rim is known, and so stands on the right of its equation.
    known = torch.zeros_like(rims)
    known[:, :, 1:] += rims[:, :, :-1]
    known[:, :, :-1] += rims[:, :, 1:]
    known[:, :, :, 1:] += rims[:, :, :, :-1]
    known[:, :, :, :-1] += rims[:, :, :, 1:]
    known = torch.where(inner, known, 0)[:, :, 1:-1, 1:-1]
    if known.numel() == 0:
        return rims
    down, down_values = _sines(heights - 2, known.shape[2])
    across, across_values = _sines(widths - 2, known.shape[3])
    values = down_values[:, None, :, None] + across_values[:, None, None, :]
    solved = down @ ((down @ known @ across) / values) @ across
    rims[:, :, 1:-1, 1:-1] += solved
    return rims


def _sines(lengths: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Return the sine transforms of these lengths, (n, 1, size, size) and 0 beyond, and their eigenvalues (n, size).

    Each column is an eigenvector of minus the second difference with zeros at both ends.
    """
    numbers = torch.arange(1, size + 1, device=lengths.device)
    periods = (lengths + 1).clamp_min(1)[:, None]
    within = numbers <= lengths[:, None]
    angles = math.pi * (numbers[:, None] * numbers)[None] / periods[:, :, None]
    sines = torch.sqrt(2.0 / periods[:, :, None]) * angles.sin()
    sines = torch.where(within[:, :, None] & within[:, None, :], sines, 0)
    values = torch.where(within, 2 - 2 * torch.cos(math.pi * numbers / periods), 1)
    return sines[:, None], values


def _put(images: Tensor, windows: Tensor, boxes: Boxes) -> Tensor:
    """Return images with the inner pixels of their rectangles replaced by those of the windows."""
    n, channels, height, width = images.shape
    rows = torch.arange(height, device=images.device) - boxes.tops[:, None]
    columns = torch.arange(width, device=images.device) - boxes.lefts[:, None]
    image = torch.arange(n, device=images.device)[:, None, None, None]
    channel = torch.arange(channels, device=images.device)[None, :, None, None]
    rows, columns = rows.clamp(0, windows.shape[2] - 1), columns.clamp(0, windows.shape[3] - 1)
    placed = windows[image, channel, rows[:, None, :, None], columns[:, None, None, :]]
    inner = inside(boxes.tops + 1, boxes.lefts + 1, boxes.heights - 2, boxes.widths - 2, (height, width))
    return torch.where(inner, placed, images)
