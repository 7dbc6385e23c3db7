"""Brightness, contrast, saturation and hue changed at random."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn

from dross.augmentations.random_grey import luma
from dross.errors import raise_gathered
from dross.parameters import at_least_problems


@final
class ColourJitter(nn.Module):
    """Change brightness, contrast, saturation and hue of each image by a random amount, in this order.

    Images with one channel get the first two. The order is fixed: to draw one, the processor would have to wait for
    the device in each step, and the published recipe has one order for a whole training too.

    Parameters
    ----------
    brightness, contrast, saturation : float, default 0.4
        The factor is uniform in [1 - amount, 1 + amount], and not below 0. An amount of 0 changes nothing.
    hue : float, default 0.4
        The shift is uniform in [-hue, hue], in turns of the colour circle; at most 0.5.

    Raises
    ------
    ParameterError
        If an amount is below 0, or that of the hue above 0.5.

    Examples
    --------
    >>> jitter = ColourJitter(0.4, 0.4, 0.4, 0.1)
    >>> tuple(jitter(torch.rand(2, 3, 8, 8), torch.Generator().manual_seed(0)).shape)
    (2, 3, 8, 8)

    References
    ----------
    Chen, Kornblith, Norouzi and Hinton, "A Simple Framework for Contrastive Learning of Visual Representations", ICML
    2020, arXiv:2002.05709.
    """

    def __init__(
        self, brightness: float = 0.4, contrast: float = 0.4, saturation: float = 0.4, hue: float = 0.4
    ) -> None:
        super().__init__()
        amounts = {"brightness": brightness, "contrast": contrast, "saturation": saturation, "hue": hue}
        problems = [problem for name, amount in amounts.items() for problem in at_least_problems(name, amount)]
        if not problems and hue > 0.5:
            problems.append(f"hue is {hue!r}; it must be at most 0.5, half a turn of the colour circle")
        raise_gathered(problems)
        self.brightness, self.contrast, self.saturation, self.hue = brightness, contrast, saturation, hue

    def forward(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return ``images`` (n, c, h, w), floats in [0, 1], with other colours."""
        drawn = torch.rand(4, len(images), 1, 1, 1, generator=generator, device=images.device) * 2 - 1
        coloured = images.shape[1] == 3
        if self.brightness:
            images = adjust_brightness(images, (1 + self.brightness * drawn[0]).clamp_min(0))
        if self.contrast:
            images = adjust_contrast(images, (1 + self.contrast * drawn[1]).clamp_min(0))
        if self.saturation and coloured:
            images = adjust_saturation(images, (1 + self.saturation * drawn[2]).clamp_min(0))
        if self.hue and coloured:
            images = adjust_hue(images, self.hue * drawn[3])
        return images


def adjust_brightness(images: Tensor, factors: Tensor) -> Tensor:
    """Return images (n, c, h, w) times a factor each (n, 1, 1, 1), cut off at 1."""
    return (images * factors).clamp_(0, 1)


def adjust_contrast(images: Tensor, factors: Tensor) -> Tensor:
    """Return images (n, c, h, w) with their distance to their mean brightness times a factor each (n, 1, 1, 1)."""
    mean = (luma(images) if images.shape[1] == 3 else images).mean((1, 2, 3), keepdim=True)
    return torch.lerp(mean, images, factors).clamp_(0, 1)


def adjust_saturation(images: Tensor, factors: Tensor) -> Tensor:
    """Return images (n, 3, h, w) with their distance to their grey version times a factor each (n, 1, 1, 1)."""
    return torch.lerp(luma(images).expand_as(images), images, factors).clamp_(0, 1)


def adjust_hue(images: Tensor, shifts: Tensor) -> Tensor:
    """Return images (n, 3, h, w) with the hue of each pixel turned by a share of the circle (n, 1, 1, 1).

    The brightest and the darkest channel of a pixel stay what they are (they are value and saturation); the third
    follows from the hue, and which is which as well.
    """
    red, green, blue = images.unbind(1)
    top, bottom = images.amax(1), images.amin(1)
    spread = top - bottom
    # Grey pixels have no hue, and none is needed.
    scale = torch.where(spread > 0, spread, 1).reciprocal_()
    hue = torch.where(
        top == red,
        (green - blue) * scale,
        torch.where(top == green, (blue - red) * scale + 2, (red - green) * scale + 4),
    )
    sixths = (hue + 6 * shifts[:, 0])[:, None] + torch.tensor([5.0, 3.0, 1.0], device=images.device)[:, None, None]
    position = sixths.remainder_(6)
    # Going round the circle each channel rises, stays for two sixths, falls and stays: a trapezium between 0 and 1.
    fall = torch.minimum(position, 4 - position).clamp_(0, 1)
    return torch.addcmul(top[:, None].expand_as(images), fall, spread[:, None], value=-1)
