"""A U-Net that marks pixels: convolutions down and up, with what was seen on the way down at hand on the way up."""

from __future__ import annotations

from typing import Any, Final, final

import torch
from torch import Tensor, nn
from torch.nn import functional

from dross.errors import raise_gathered
from dross.parameters import count_problems

#: The logit that training starts from: few pixels are to be marked, and to learn that first would take many steps.
RARE: Final = -3.0


@final
class SegmentationUNet(nn.Module):
    """Give each pixel of an image a logit; images may have any size.

    Parameters
    ----------
    channels : int, default 3
        Of an image.
    width : int, default 16
        Channels of the first level; each level below has twice as many.
    n_levels : int, default 4
        Levels, each with half the side of the one above.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> tuple(SegmentationUNet(3, width=4)(torch.zeros(2, 3, 30, 21)).shape)
    (2, 1, 30, 21)

    References
    ----------
    Ronneberger, Fischer and Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", MICCAI 2015,
    arXiv:1505.04597.
    """

    def __init__(self, channels: int = 3, width: int = 16, n_levels: int = 4) -> None:
        super().__init__()
        problems = count_problems("channels", channels) + count_problems("width", width)
        raise_gathered(problems + count_problems("n_levels", n_levels))
        self.hyperparameters: dict[str, Any] = {"channels": channels, "width": width, "n_levels": n_levels}
        widths = [width * 2**level for level in range(n_levels)]
        self.down = nn.ModuleList(_block(n_in, n_out) for n_in, n_out in zip([channels, *widths], widths, strict=False))
        self.up = nn.ModuleList(
            _block(widths[level + 1] + widths[level], widths[level]) for level in range(n_levels - 2, -1, -1)
        )
        self.last = nn.Conv2d(width, 1, 1)
        nn.init.constant_(self.last.bias, RARE)  # type: ignore[arg-type]

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits of the pixels of ``images`` (n, channels, h, w), shape (n, 1, h, w)."""
        maps, seen = images, []
        for level, block in enumerate(self.down):
            if level:
                maps = functional.max_pool2d(maps, 2, ceil_mode=True)
            maps = block(maps)
            seen.append(maps)
        for block, beside in zip(self.up, seen[-2::-1], strict=True):
            enlarged = functional.interpolate(maps, scale_factor=2.0, mode="nearest")
            # What comes of an odd side, rounded up on the way down, is a pixel too large.
            maps = block(torch.cat([enlarged[:, :, : beside.shape[2], : beside.shape[3]], beside], dim=1))
        logits: Tensor = self.last(maps)
        return logits


def _block(n_in: int, n_out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, 3, padding=1, bias=False),
        nn.BatchNorm2d(n_out),
        nn.ReLU(inplace=True),
        nn.Conv2d(n_out, n_out, 3, padding=1, bias=False),
        nn.BatchNorm2d(n_out),
        nn.ReLU(inplace=True),
    )
