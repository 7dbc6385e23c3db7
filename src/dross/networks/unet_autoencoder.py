"""An autoencoder with skips: what layers on the way down have seen is handed to those on the way up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, final

import torch
from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.networks.sample_shape import halved_sides, is_image, output_layer, shape_problems, tensor_shape
from dross.parameters import count_problems

#: Side of the filters on the way up, which step by two.
_FILTER: Final = 4


@final
class UNetAutoencoder(nn.Module):
    """Convolutions and pooling down to a code, transposed convolutions up again, and feature maps that bypass the code.

    The more of them there are, and the finer, the better everything is reconstructed, anomalies included: skips are
    for training that says what an anomaly is. What the decoder is given is the code: that of the narrowest place first
    and the maps that bypass it after it.

    Parameters
    ----------
    shape : tuple of int
        Of an image: (height, width, channels).
    widths : sequence of int, default (16, 32, 64)
        Channels after each halving.
    n_code : int or None, default 32
        Numbers in the narrowest place, which a linear layer makes; ``None``: the last layer's feature maps.
    n_skips : int, default 1
        Halvings whose maps bypass it, from the smallest maps to larger ones; at most one fewer than there are halvings.
    normalise : bool, default True
        Whether batch normalisation follows each convolution but the last.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> network = UNetAutoencoder((28, 28, 1), n_code=16, n_skips=1)
    >>> images = torch.zeros(2, 1, 28, 28)
    >>> codes = network.encode(images)
    >>> tuple(codes.shape), 16 + 32 * 7 * 7, tuple(network.narrowest(codes).shape)
    ((2, 1584), 1584, (2, 16))
    >>> tuple(network(images).shape)
    (2, 1, 28, 28)

    References
    ----------
    Ronneberger, Fischer and Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", MICCAI 2015,
    arXiv:1505.04597.
    """

    def __init__(
        self,
        shape: Sequence[int],
        widths: Sequence[int] = (16, 32, 64),
        n_code: int | None = 32,
        n_skips: int = 1,
        normalise: bool = True,
    ) -> None:
        super().__init__()
        problems = shape_problems(shape) + [problem for width in widths for problem in count_problems("widths", width)]
        problems += count_problems("n_code", n_code) if n_code is not None else []
        raise_gathered(problems + skip_problems(n_skips, widths))
        if not is_image(shape):
            raise_gathered([f"shape is {shape!r}; it must be (height, width, channels) of an image"])
        self.hyperparameters: dict[str, Any] = {
            "shape": list(shape),
            "widths": list(widths),
            "n_code": n_code,
            "n_skips": n_skips,
            "normalise": normalise,
        }
        channels, sides = tensor_shape(shape)[0], halved_sides(shape, len(widths))
        #: Shapes of what the decoder is given: the smallest maps, and those that bypass the code, smallest first.
        self._maps = [(width, *side) for width, side in zip(widths, sides[1:], strict=True)][::-1][: n_skips + 1]
        self._sides = sides[-2::-1]
        self.down = nn.ModuleList(
            nn.Sequential(
                # Pooled first: what follows it has a quarter of the pixels left to do.
                nn.Conv2d(n_in, n_out, 3, padding=1),
                nn.MaxPool2d(2, ceil_mode=True),
                *_norm(n_out, normalise),
                nn.ReLU(),
            )
            for n_in, n_out in pairwise((channels, *widths))
        )
        pairs = list(pairwise((*widths[::-1], channels)))
        # From the second layer on there are as many maps again beside those from below, where a skip ends.
        joined = [n_in * (2 if 1 <= level <= n_skips else 1) for level, (n_in, _) in enumerate(pairs)]
        self.up = nn.ModuleList(
            nn.Sequential(
                nn.ConvTranspose2d(n_in, n_out, _FILTER, 2, 1),
                *(output_layer(shape) if level == len(pairs) - 1 else [*_norm(n_out, normalise), nn.ReLU()]),
            )
            for level, (n_in, (_, n_out)) in enumerate(zip(joined, pairs, strict=True))
        )
        n_maps = math.prod(self._maps[0])
        self.to_code = None if n_code is None else nn.Linear(n_maps, n_code)
        self.from_code = None if n_code is None else nn.Linear(n_code, n_maps)
        self._sizes = [n_code or n_maps, *(math.prod(maps) for maps in self._maps[1:])]

    def encode(self, images: Tensor) -> Tensor:
        """Return all that the decoder is given, shape (n, k): the code of the narrowest place, then the skips."""
        code, skips = self._downwards(images)
        return torch.cat([code, *(maps.flatten(1) for maps in skips)], dim=1)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the images that codes of :meth:`encode` stand for."""
        code, *skips = torch.split(codes, self._sizes, dim=1)
        shapes = self._maps[1:]
        return self._upwards(code, [maps.reshape(-1, *shape) for maps, shape in zip(skips, shapes, strict=True)])

    def forward(self, images: Tensor) -> Tensor:
        """Return the reconstruction of images."""
        return self._upwards(*self._downwards(images))

    def narrowest(self, codes: Tensor) -> Tensor:
        """Return what codes of :meth:`encode` hold of the narrowest place, shape (n, n_code)."""
        return codes[:, : self._sizes[0]]

    def _downwards(self, images: Tensor) -> tuple[Tensor, list[Tensor]]:
        maps, found = images, []
        for layer in self.down:
            maps = layer(maps)
            found.append(maps)
        flat = maps.flatten(1)
        return flat if self.to_code is None else self.to_code(flat), found[-2::-1][: len(self._maps) - 1]

    def _upwards(self, code: Tensor, skips: Sequence[Tensor]) -> Tensor:
        maps = (code if self.from_code is None else self.from_code(code).relu()).reshape(-1, *self._maps[0])
        for level, (layer, (height, width)) in enumerate(zip(self.up, self._sides, strict=True)):
            if 1 <= level <= len(skips):
                maps = torch.cat([maps, skips[level - 1]], dim=1)
            # What comes out of an odd side, rounded up on the way down, is a pixel too large.
            maps = layer(maps)[:, :, :height, :width]
        return maps


def skip_problems(n_skips: object, widths: Sequence[int]) -> list[str]:
    """Return what is wrong with the number of skips.

    Examples
    --------
    >>> skip_problems(3, (16, 32, 64))
    ['n_skips is 3; with 3 halvings it can be 2 at most']
    """
    problems = count_problems("n_skips", n_skips, least=0)
    if not problems and isinstance(n_skips, int) and n_skips >= max(1, len(widths)):
        return [f"n_skips is {n_skips}; with {len(widths)} halvings it can be {max(0, len(widths) - 1)} at most"]
    return problems


def _norm(n_channels: int, normalise: bool) -> list[nn.Module]:
    return [nn.BatchNorm2d(n_channels)] if normalise else []
