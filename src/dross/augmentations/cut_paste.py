"""CutPaste: a piece of an image, pasted somewhere else in it, as a rectangle or as a scar."""

from __future__ import annotations

import math
from typing import Final, NamedTuple, final

import torch
from torch import Tensor
from torch.nn import functional

from dross.augmentations.colour_jitter import ColourJitter
from dross.augmentations.defects import AbstractDefects, inside, places_for, uniform
from dross.augmentations.padded_crop import moved
from dross.errors import raise_gathered
from dross.parameters import at_least_problems, range_problems

#: Pixels a side of the images that the paper gives lengths for.
PAPER_SIDE: Final = 256


class Pieces(NamedTuple):
    """Rectangles to cut out of images, and where to paste them; each a Tensor of shape (n,), whole pixels."""

    heights: Tensor
    widths: Tensor
    tops: Tensor
    lefts: Tensor
    new_tops: Tensor
    new_lefts: Tensor


class Scars(NamedTuple):
    """Thin rectangles to cut out, turn and paste; each a Tensor of shape (n,), pixels and degrees.

    Places are those of centres, counted from the image's upper left corner.
    """

    lengths: Tensor
    widths: Tensor
    rows: Tensor
    columns: Tensor
    new_rows: Tensor
    new_columns: Tensor
    degrees: Tensor


@final
class CutPaste(AbstractDefects):
    """Cut a rectangle out of each image and paste it somewhere else in it.

    Use it to let a network learn that something is out of its place, as large defects are. Do not use it alone where
    defects are thin or small: add :class:`CutPasteScar`. It takes floats in [0, 1].

    Parameters
    ----------
    area : pair of float, default (0.02, 0.15)
        Smallest and largest share of the image that a rectangle has.
    ratio : pair of float, default (0.3, 3.3)
        Smallest and largest height of a rectangle in units of its width, uniform by its logarithm, so that tall ones
        are as likely as wide ones. A rectangle that is longer than the image is cut short.
    jitter : float, default 0.1
        How much brightness, contrast, saturation and hue of the image change before the rectangle is cut out.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> images = torch.rand(2, 3, 32, 32)
    >>> damaged, degrees = CutPaste().make(images, torch.Generator().manual_seed(0))
    >>> bool(torch.equal(damaged, torch.where(degrees > 0, damaged, images)))
    True

    References
    ----------
    Li, Sohn, Yoon and Pfister, "CutPaste: Self-Supervised Learning for Anomaly Detection and Localization", CVPR
    2021, arXiv:2104.04015.
    """

    def __init__(
        self,
        area: tuple[float, float] = (0.02, 0.15),
        ratio: tuple[float, float] = (0.3, 3.3),
        jitter: float = 0.1,
    ) -> None:
        super().__init__()
        problems = range_problems("area", area, most=1.0) + range_problems("ratio", ratio)
        raise_gathered(problems + at_least_problems("jitter", jitter))
        self.area, self.ratio, self.jitter = area, ratio, jitter
        self._colours = ColourJitter(jitter, jitter, jitter, min(jitter, 0.5))

    def draw(self, images: Tensor, generator: torch.Generator) -> Pieces:
        """Return what to cut out of each of ``images`` (n, c, h, w), and where to paste it."""
        n, _, height, width = images.shape
        areas = height * width * uniform(*self.area, n, images, generator)
        low, high = self.ratio
        ratios = uniform(math.log(low), math.log(high), n, images, generator).exp()
        heights = (areas * ratios).sqrt().round().clamp(1, height).long()
        widths = (areas / ratios).sqrt().round().clamp(1, width).long()
        tops, new_tops = (places_for(heights, height, generator) for _ in range(2))
        lefts, new_lefts = (places_for(widths, width, generator) for _ in range(2))
        return Pieces(heights, widths, tops, lefts, new_tops, new_lefts)

    def make(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return ``images`` (n, c, h, w) with a piece in the wrong place, and where it is, (n, 1, h, w), 0 or 1."""
        pieces = self.draw(images, generator)
        found = self._colours(images, generator) if self.jitter else images
        return pasted(images, found, pieces)


@final
class CutPasteScar(AbstractDefects):
    """Cut a thin rectangle out of each image, turn it, and paste it somewhere else.

    Use it where defects are scratches, cracks or hairs. Do not use it alone where they are large. It takes floats in
    [0, 1].

    Parameters
    ----------
    width : pair of float, default (2, 16)
        Smallest and largest width of a scar, in pixels of an image whose shorter side has 256; in others in
        proportion, but at least 1.
    length : pair of float, default (10, 25)
        Its length, likewise.
    degrees : float, default 45
        Angles are uniform in [-degrees, degrees]; at 0 a scar stands upright.
    jitter : float, default 0.1
        How much brightness, contrast, saturation and hue of the image change before the scar is cut out.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> images = torch.rand(2, 3, 64, 64)
    >>> damaged, degrees = CutPasteScar().make(images, torch.Generator().manual_seed(0))
    >>> bool(degrees.mean() < 0.02)
    True

    References
    ----------
    Li, Sohn, Yoon and Pfister, "CutPaste: Self-Supervised Learning for Anomaly Detection and Localization", CVPR
    2021, arXiv:2104.04015.
    """

    def __init__(
        self,
        width: tuple[float, float] = (2.0, 16.0),
        length: tuple[float, float] = (10.0, 25.0),
        degrees: float = 45.0,
        jitter: float = 0.1,
    ) -> None:
        super().__init__()
        problems = range_problems("width", width, most=PAPER_SIDE) + range_problems("length", length, most=PAPER_SIDE)
        raise_gathered(problems + at_least_problems("degrees", degrees) + at_least_problems("jitter", jitter))
        self.width, self.length, self.degrees, self.jitter = width, length, degrees, jitter
        self._colours = ColourJitter(jitter, jitter, jitter, min(jitter, 0.5))

    def draw(self, images: Tensor, generator: torch.Generator) -> Scars:
        """Return what to cut out of each of ``images`` (n, c, h, w), and where and how to paste it."""
        n, _, height, width = images.shape
        unit = min(height, width) / PAPER_SIDE
        widths = (unit * uniform(*self.width, n, images, generator)).clamp(1, width)
        lengths = (unit * uniform(*self.length, n, images, generator)).clamp(1, height)
        degrees = uniform(-self.degrees, self.degrees, n, images, generator)
        rows, new_rows = (lengths / 2 + (height - lengths) * uniform(0, 1, n, images, generator) for _ in range(2))
        columns, new_columns = (widths / 2 + (width - widths) * uniform(0, 1, n, images, generator) for _ in range(2))
        return Scars(lengths, widths, rows, columns, new_rows, new_columns, degrees)

    def make(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return ``images`` (n, c, h, w) with a scar, and where it is, (n, 1, h, w), 0 or 1."""
        scars = self.draw(images, generator)
        found = self._colours(images, generator) if self.jitter else images
        return scarred(images, found, scars)


def pasted(images: Tensor, found: Tensor, pieces: Pieces) -> tuple[Tensor, Tensor]:
    """Return images with rectangles of others pasted into them, and where, (n, 1, h, w), 0 or 1.

    Parameters
    ----------
    images : Tensor of shape (n, c, h, w)
        What is pasted into.
    found : Tensor of shape (n, c, h, w)
        What is cut out of.
    pieces : Pieces
        Which rectangles.

    Examples
    --------
    >>> zero, one = torch.tensor([0]), torch.tensor([1])
    >>> image = torch.tensor([[[[1.0, 2.0, 3.0]]]])
    >>> pasted(image, image, Pieces(one, one, zero, zero, zero, 2 * one))[0].tolist()
    [[[[1.0, 2.0, 1.0]]]]
    """
    shifts = torch.stack([pieces.tops - pieces.new_tops, pieces.lefts - pieces.new_lefts])
    height, width = images.shape[2:]
    mask = inside(pieces.new_tops, pieces.new_lefts, pieces.heights, pieces.widths, (height, width))
    return torch.where(mask, moved(found, shifts), images), mask.to(images.dtype)


def scarred(images: Tensor, found: Tensor, scars: Scars) -> tuple[Tensor, Tensor]:
    """Return images with turned rectangles of others pasted into them, bilinearly, and where, (n, 1, h, w), 0 or 1.

    Parameters
    ----------
    images : Tensor of shape (n, c, h, w)
        What is pasted into.
    found : Tensor of shape (n, c, h, w)
        What is cut out of.
    scars : Scars
        Which rectangles, and by which angle they are turned.

    Examples
    --------
    >>> image = torch.tensor([[[[1.0, 2.0, 3.0]]]])
    >>> one = torch.ones(1)
    >>> scars = Scars(one, one, 0.5 * one, 0.5 * one, 0.5 * one, 2.5 * one, 0 * one)
    >>> scarred(image, image, scars)[0].tolist()
    [[[[1.0, 2.0, 1.0]]]]
    """
    height, width = images.shape[2:]
    down = (torch.arange(height, device=images.device) + 0.5)[None, :, None] - scars.new_rows[:, None, None]
    across = (torch.arange(width, device=images.device) + 0.5)[None, None, :] - scars.new_columns[:, None, None]
    angles = torch.deg2rad(scars.degrees)[:, None, None]
    # Back to where the scar stood upright, with its centre at 0.
    along = angles.cos() * down + angles.sin() * across
    beside = angles.cos() * across - angles.sin() * down
    # Half open, so that an upright scar of whole pixels has as many of them as it is long.
    mask = _half_open(along, scars.lengths) & _half_open(beside, scars.widths)
    rows, columns = along + scars.rows[:, None, None], beside + scars.columns[:, None, None]
    grid = torch.stack([2 * columns / width - 1, 2 * rows / height - 1], dim=-1)
    sampled = functional.grid_sample(found, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return torch.where(mask[:, None], sampled, images), mask[:, None].to(images.dtype)


def _half_open(distances: Tensor, lengths: Tensor) -> Tensor:
    half = lengths[:, None, None] / 2
    return (distances >= -half) & (distances < half)
