"""Perlin noise: smooth random fields, of which each image gets its own."""

from __future__ import annotations

import math
from typing import Final

import torch
from torch import Tensor

#: Directions along each axis that a field is made of; after so many it repeats itself.
LATTICE: Final = 64


def perlin_noise(periods: Tensor, degrees: Tensor, directions: Tensor, shape: tuple[int, int]) -> Tensor:
    """Return smooth fields with values from -1 to 1, (n, h, w).

    At the points of a lattice a field is 0 and slopes in the direction drawn there; between them it is woven together
    smoothly.

    Parameters
    ----------
    periods : Tensor of shape (2, n)
        Steps of the lattice that the height and the width of an image hold.
    degrees : Tensor of shape (n,)
        By how much the lattice is turned about the centre of the image.
    directions : Tensor of shape (n, 64, 64)
        Angles in radians.
    shape : pair of int
        Height and width of the fields.

    Examples
    --------
    >>> ones, directions = torch.ones(2, 1), torch.zeros(1, 64, 64)
    >>> (100 * perlin_noise(2 * ones, torch.zeros(1), directions, (1, 3))).round().int().tolist()
    [[[17, 0, -17]]]

    References
    ----------
    Perlin, "An Image Synthesizer", SIGGRAPH 1985, with the fade of "Improving Noise", SIGGRAPH 2002.
    """
    height, width = shape
    # Pixels' centres, in sides of the image from its centre on.
    down = ((torch.arange(height, device=degrees.device) + 0.5) / height - 0.5)[None, :, None]
    across = ((torch.arange(width, device=degrees.device) + 0.5) / width - 0.5)[None, None, :]
    turn = torch.deg2rad(degrees)[:, None, None]
    rows = (turn.cos() * down - turn.sin() * across + 0.5) * periods[0][:, None, None]
    columns = (turn.sin() * down + turn.cos() * across + 0.5) * periods[1][:, None, None]
    first_row, first_column = rows.floor(), columns.floor()
    y, x = rows - first_row, columns - first_column
    image = torch.arange(len(degrees), device=degrees.device)[:, None, None]
    row, column = first_row.long(), first_column.long()

    def slope(lower: int, right: int) -> Tensor:
        angle = directions[image, (row + lower) % LATTICE, (column + right) % LATTICE]
        return angle.cos() * (x - right) + angle.sin() * (y - lower)

    top = torch.lerp(slope(0, 0), slope(0, 1), _fade(x))
    bottom = torch.lerp(slope(1, 0), slope(1, 1), _fade(x))
    return math.sqrt(2) * torch.lerp(top, bottom, _fade(y))


def _fade(t: Tensor) -> Tensor:
    return t * t * t * (t * (6 * t - 15) + 10)
