"""Natural synthetic anomalies: patches of other normal images, blended in without a seam."""

from __future__ import annotations

from typing import Final, final

import torch
from torch import Tensor
from torch.nn import functional

from dross.augmentations.defects import AbstractDefects, places_for, uniform
from dross.augmentations.object_mask import object_masks, object_shares
from dross.augmentations.poisson_blending import Boxes, poisson_blended
from dross.errors import raise_gathered
from dross.parameters import at_least_problems, count_problems, positive_problems, range_problems, share_problems

#: Grey levels of an image of bytes.
LEVELS: Final = 255
#: Mean of the Gamma distribution that sides are drawn from, for each of its two exponential parts.
_GAMMA_SCALE: Final = 0.1
#: Places that are tried for a patch, so that it lies on the object.
_TRIALS: Final = 8


@final
class BlendedPatches(AbstractDefects):
    """Blend patches of other images of the batch into each image, and say how much each pixel changed.

    The patches are rectangles of any place and size, resized, and blended as Poisson would: what gives them away is
    what they show and not a seam. How much of a defect a pixel is follows from how much it changed, since a patch
    that shows what was there before is none.

    Use it where defects are of any size, and subtle. Where the images of a batch are of different things, patches are
    of another thing: give images of one category. It takes floats in [0, 1].

    Parameters
    ----------
    n_patches : int, default 3
        Patches at most: one surely, and each further one with a probability of a half.
    side : pair of float, default (0.06, 0.8)
        Smallest and largest height and width of a patch, as shares of the image's. Each is 0.06 and a number of the
        Gamma distribution with shape 2 and scale 0.1, cut off at these.
    resizing : pair of float, default (0.7, 1.3)
        Smallest and largest factor of the size; factors are normal around 1 with a deviation of 0.5, cut off at these.
    object_share : float, default 0.5
        Share of a patch, and of the place where it goes, that should lie on the object: of eight places drawn it is
        one with as much, or else the one with the most. What the object is follows from the colour along the rim of
        the image; see :func:`~dross.augmentations.object_mask.object_masks`.
    steepness : float, default 1/6
        How fast the degree of a defect grows with the change of a pixel, in 1 / grey levels of 255.
    middle : float, default 15
        The change, in grey levels of 255, at which a pixel is half a defect.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> images = torch.rand(4, 3, 32, 32)
    >>> damaged, degrees = BlendedPatches().make(images, torch.Generator().manual_seed(0))
    >>> bool(((degrees > 0) | (damaged == images).all(1, keepdim=True)).float().mean() > 0.9)
    True

    References
    ----------
    Schlüter, Tan, Hou and Kainz, "Natural Synthetic Anomalies for Self-Supervised Anomaly Detection and Localization",
    ECCV 2022, arXiv:2109.15222. There bounds, steepness and middle are set for each category by hand; here all
    categories have one setting, and the object is told from the background without a threshold given for each.
    """

    def __init__(
        self,
        n_patches: int = 3,
        side: tuple[float, float] = (0.06, 0.8),
        resizing: tuple[float, float] = (0.7, 1.3),
        object_share: float = 0.5,
        steepness: float = 1 / 6,
        middle: float = 15.0,
    ) -> None:
        super().__init__()
        problems = count_problems("n_patches", n_patches) + range_problems("side", side, most=1.0)
        problems += range_problems("resizing", resizing) + share_problems("object_share", object_share)
        problems += positive_problems("steepness", steepness) + at_least_problems("middle", middle)
        raise_gathered(problems)
        self.n_patches, self.side, self.resizing = n_patches, side, resizing
        self.object_share, self.steepness, self.middle = object_share, steepness, middle

    def make(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return ``images`` (n, c, h, w) with patches of others, and how much each pixel changed, (n, 1, h, w)."""
        objects = object_masks(images)
        damaged = images
        for number in range(self.n_patches):
            order = torch.randperm(len(images), generator=generator, device=images.device)
            cut, put = self.draw(images, objects, objects[order], generator)
            blended = poisson_blended(damaged, _cut_out(images[order], cut, put), put).clamp_(0, 1)
            kept = torch.rand(len(images), 1, 1, 1, generator=generator, device=images.device) < 0.5
            damaged = torch.where(kept, blended, damaged) if number else blended
        return damaged, self.degrees(images, damaged)

    def draw(
        self, images: Tensor, objects: Tensor, other_objects: Tensor, generator: torch.Generator
    ) -> tuple[Boxes, Boxes]:
        """Return what to cut out of the other images, and where to put it, in another size, in ``images``.

        Parameters
        ----------
        images : Tensor of shape (n, c, h, w)
            For their size.
        objects, other_objects : Tensor of shape (n, 1, h, w)
            Where the object is in each image, and in the one that its patch is from.
        generator : torch.Generator
            On their device.
        """
        n, _, height, width = images.shape
        factors = 1 + 0.5 * torch.randn(n, generator=generator, device=images.device)
        factors = factors.clamp(*self.resizing)
        heights, widths = (self._sides(side, images, generator) for side in (height, width))
        new_heights = _whole(heights * factors, height)
        # The proportions stay also where the image is too small for the factor.
        new_widths = _whole(widths * new_heights / heights, width)
        heights, widths = _whole(heights, height), _whole(widths, width)
        return (
            self._placed(other_objects, heights, widths, generator),
            self._placed(objects, new_heights, new_widths, generator),
        )

    def degrees(self, images: Tensor, damaged: Tensor) -> Tensor:
        """Return how much of a defect pixels are, (n, 1, h, w): a logistic curve of their change, 0 where none is.

        The change is the mean over the channels, and over 5 x 5 pixels, of whose changes small ones are noise.
        """
        change = LEVELS * (damaged - images).abs().mean(1, keepdim=True)
        around = functional.avg_pool2d(change, 5, stride=1, padding=2, count_include_pad=False)
        graded = torch.sigmoid(self.steepness * (around - self.middle))
        return torch.where(change > 1, graded, 0)

    def _sides(self, side: int, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return heights or widths in pixels, before they are rounded."""
        least, most = self.side
        drawn = uniform(0, 1, 2 * len(images), images, generator).reshape(2, -1)
        # The sum of two exponential numbers is one of the Gamma distribution with shape 2; 1 - u is never 0.
        gamma = -_GAMMA_SCALE * torch.log1p(-drawn).sum(0)
        return side * (0.06 + gamma).clamp(least, most)

    def _placed(self, objects: Tensor, heights: Tensor, widths: Tensor, generator: torch.Generator) -> Boxes:
        """Return rectangles of these sizes, placed at random where enough of the object is in them."""
        height, width = objects.shape[2:]
        tops = torch.stack([places_for(heights, height, generator) for _ in range(_TRIALS)])
        lefts = torch.stack([places_for(widths, width, generator) for _ in range(_TRIALS)])
        shares = object_shares(objects, tops, lefts, heights, widths)
        # Of those with enough none is better than the others.
        ranks = torch.rand(shares.shape, generator=generator, device=shares.device)
        best = torch.where(shares >= self.object_share, 1 + ranks, shares).argmax(0, keepdim=True)
        return Boxes(tops.gather(0, best)[0], lefts.gather(0, best)[0], heights, widths)


def _whole(lengths: Tensor, side: int) -> Tensor:
    """Return lengths as whole pixels, with at least one inside the rim where the side has room for it."""
    return lengths.round().clamp(min(3, side), side).long()


def _cut_out(images: Tensor, cut: Boxes, put: Boxes) -> Tensor:
    """Return the parts of images in the sizes they get, bilinearly: (n, c, p, q), those of the largest."""
    height, width = images.shape[2:]
    down = _places(cut.tops, cut.heights, put.heights, height)
    across = _places(cut.lefts, cut.widths, put.widths, width)
    shape = (len(images), down.shape[1], across.shape[1])
    grid = torch.stack([across[:, None, :].expand(shape), down[:, :, None].expand(shape)], dim=-1)
    return functional.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _places(starts: Tensor, lengths: Tensor, new_lengths: Tensor, side: int) -> Tensor:
    """Return where each pixel of a resized part comes from along one axis, in the units of ``grid_sample``."""
    pixels = torch.arange(int(new_lengths.max()), device=starts.device) + 0.5
    return 2 * (starts[:, None] + pixels * (lengths / new_lengths)[:, None]) / side - 1
