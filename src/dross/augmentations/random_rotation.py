"""Images turned about their centre by a random angle."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional

from dross.augmentations.filling import Fill, fill_problems
from dross.errors import raise_gathered
from dross.parameters import positive_problems


@final
class RandomRotation(nn.Module):
    """Turn each image about its centre by a random angle, bilinearly, and fill the corners that this uncovers.

    Use it where what is shown may be tilted. Do not use it where the angle is what tells images apart, as between a 6
    and a 9, or where a tilt is itself a defect. It takes floats in [0, 1]: apply it before pixels are scaled, since a
    filling of 0 is black there and mid-grey in [-1, 1].

    All images are done at once, by one grid of the places where their pixels come from.

    Parameters
    ----------
    degrees : float in (0, 180], default 45
        Angles are uniform in [-degrees, degrees].
    fill : float in [0, 1] or "border", default "border"
        What the corners show: the image's own outermost pixels, continued, so that no edge appears that a network
        could hold on to; or one grey.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> rotation = RandomRotation(degrees=45)
    >>> tuple(rotation(torch.rand(2, 3, 8, 8), torch.Generator().manual_seed(0)).shape)
    (2, 3, 8, 8)

    References
    ----------
    Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document
    Analysis", ICDAR 2003.
    """

    def __init__(self, degrees: float = 45.0, fill: Fill = "border") -> None:
        super().__init__()
        problems = positive_problems("degrees", degrees)
        if not problems and degrees > 180:
            problems.append(f"degrees is {degrees!r}; it must be at most 180, half a turn to either side")
        raise_gathered(problems + fill_problems(fill))
        self.degrees, self.fill = degrees, fill

    def forward(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return ``images`` (n, c, h, w), floats in [0, 1], each turned by an angle of its own."""
        drawn = torch.rand(len(images), generator=generator, device=images.device)
        return rotated(images, self.degrees * (2 * drawn - 1), self.fill)


def rotated(images: Tensor, degrees: Tensor, fill: Fill = "border") -> Tensor:
    """Return images turned counterclockwise about their centre, bilinearly.

    Parameters
    ----------
    images : Tensor of shape (n, c, h, w)
        Floats.
    degrees : Tensor of shape (n,)
        One angle an image.
    fill : float or "border", default "border"
        What is seen beyond the rim of an image.

    Examples
    --------
    >>> image = torch.tensor([[[[0.0, 0.0], [0.0, 1.0]]]])
    >>> rotated(image, torch.tensor([90.0])).round().abs().tolist()
    [[[[0.0, 1.0], [0.0, 0.0]]]]
    """
    height, width = images.shape[2:]
    # Pixels, not shares of the sides: a turn of an image that is not square would be a shear of those.
    down = (torch.arange(height, device=images.device) - (height - 1) / 2)[None, :, None]
    across = (torch.arange(width, device=images.device) - (width - 1) / 2)[None, None, :]
    cosine, sine = (
        turn[:, None, None] for turn in (torch.cos(torch.deg2rad(degrees)), torch.sin(torch.deg2rad(degrees)))
    )
    columns, rows = cosine * across - sine * down, sine * across + cosine * down
    grid = torch.stack([2 * columns / width, 2 * rows / height], dim=-1)
    if fill == "border":
        return functional.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)
    # Beyond the rim there is 0, which stands for the filling while that is taken off.
    inner = functional.grid_sample(images - fill, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return inner + fill
