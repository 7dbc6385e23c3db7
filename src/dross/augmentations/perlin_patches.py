"""Defects in the shape of Perlin noise, with the textures of other normal images."""

from __future__ import annotations

import math
from typing import final

import torch
from torch import Tensor

from dross.augmentations.colour_jitter import ColourJitter
from dross.augmentations.defects import AbstractDefects, uniform
from dross.augmentations.padded_crop import moved
from dross.augmentations.perlin_noise import LATTICE, perlin_noise
from dross.errors import raise_gathered
from dross.parameters import count_problems, positive_problems, range_problems

#: The least change of a pixel that counts as one: a grey level of bytes.
VISIBLE = 1 / 255


@final
class PerlinPatches(AbstractDefects):
    """Mix other images of the batch, shifted and in other colours, into each image where Perlin noise is high.

    Use it where defects are blots, stains and tears of any shape. Do not use it alone where they are displacements of
    what is there: these look like nothing new. It takes floats in [0, 1], and nothing but the batch: no textures of
    other data.

    Parameters
    ----------
    max_exponent : int, default 5
        Along each side a field has 2 ** k steps, k being uniform from 0 to this, and at most 5.
    threshold : float, default 0.5
        Above which noise is a patch. Where it is nowhere, the image stays as it is.
    opacity : pair of float, default (0.1, 1)
        Smallest and largest weight of the texture.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> images = torch.rand(4, 3, 32, 32)
    >>> damaged, degrees = PerlinPatches().make(images, torch.Generator().manual_seed(0))
    >>> bool(torch.equal(damaged, torch.where(degrees > 0, damaged, images)))
    True

    References
    ----------
    Zavrtanik, Kristan and Skočaj, "DRAEM: A Discriminatively Trained Reconstruction Embedding for Surface Anomaly
    Detection", ICCV 2021, arXiv:2108.07610, which takes its textures from another data set.
    """

    def __init__(
        self, max_exponent: int = 5, threshold: float = 0.5, opacity: tuple[float, float] = (0.1, 1.0)
    ) -> None:
        super().__init__()
        problems = count_problems("max_exponent", max_exponent, least=0)
        if not problems and max_exponent > math.log2(LATTICE) - 1:
            problems.append(f"max_exponent is {max_exponent}; it must be at most 5")
        problems += positive_problems("threshold", threshold) + range_problems("opacity", opacity, most=1.0)
        raise_gathered(problems)
        self.max_exponent, self.threshold, self.opacity = max_exponent, threshold, opacity
        self._colours = ColourJitter(0.4, 0.4, 0.4, 0.1)

    def make(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return ``images`` (n, c, h, w) with textures of others, and where they changed, (n, 1, h, w), 0 or 1."""
        mask = self.draw(images, generator)
        weights = uniform(*self.opacity, len(images), images, generator)[:, None, None, None]
        mixed = torch.lerp(images, self._textures(images, generator), weights)
        seen = mask & ((mixed - images).abs().amax(1, keepdim=True) > VISIBLE)
        return torch.where(seen, mixed, images), seen.to(images.dtype)

    def draw(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return where the noise of each image is high, (n, 1, h, w), true or false."""
        n, height, width = len(images), *images.shape[2:]
        drawn = torch.randint(self.max_exponent + 1, (2, n), generator=generator, device=images.device)
        degrees = uniform(-90, 90, n, images, generator)
        angles = uniform(0, 2 * math.pi, n * LATTICE * LATTICE, images, generator).reshape(n, LATTICE, LATTICE)
        return (perlin_noise(2.0**drawn, degrees, angles, (height, width)) > self.threshold)[:, None]

    def _textures(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return other images, or halves of them that have changed places, mirrored and in other colours."""
        n, height, width = len(images), *images.shape[2:]
        order = torch.randperm(n, generator=generator, device=images.device)
        others = self._colours(images[order], generator)
        flips = torch.rand(2, n, 1, 1, 1, generator=generator, device=images.device) < 0.5
        others = torch.where(flips[0], others.flip(2), others)
        others = torch.where(flips[1], others.flip(3), others)
        # Laid out twice, so that what is shifted out on one side comes in on the other.
        down, across = (
            torch.randint(side, (n,), generator=generator, device=images.device) for side in (height, width)
        )
        doubled = torch.cat([others, others], dim=2)
        doubled = torch.cat([doubled, doubled], dim=3)
        return moved(doubled, torch.stack([down, across]))[:, :, :height, :width]
