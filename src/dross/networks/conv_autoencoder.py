"""The convolutional autoencoder: each layer halves the image, and its mirror image doubles it again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, final

from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.networks.sample_shape import is_image, output_layer, shape_problems, tensor_shape
from dross.parameters import count_problems

#: Side of the filters, which step by two.
_FILTER: Final = 4


@final
class ConvAutoencoder(nn.Module):
    """Strided convolutions down to a code, and transposed ones back to the sample.

    Rows are convolved along their columns, which says something where these have an order (spectra, readings of a
    sensor) and nothing where they have none.

    Parameters
    ----------
    shape : tuple of int
        Of a sample: (height, width, channels) of an image, or (columns,) of a row.
    widths : sequence of int, default (12, 24, 48)
        Channels after each halving. Without ``n_code``, for 3 channels, this is the network of 47,355 parameters that
        a course on machine learning hands out for the anomaly detection of faces.
    n_code : int or None, default None
        Numbers in the code, which a linear layer makes; ``None``: the last layer's feature maps are the code.
    normalise : bool, default False
        Whether batch normalisation follows each convolution but the last.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> import torch
    >>> network = ConvAutoencoder((64, 64, 3))
    >>> sum(weights.numel() for weights in network.parameters())
    47355
    >>> tuple(network.encode(torch.zeros(2, 3, 64, 64)).shape), tuple(network(torch.zeros(2, 3, 64, 64)).shape)
    ((2, 48, 8, 8), (2, 3, 64, 64))
    >>> network = ConvAutoencoder((28, 28, 1), n_code=16)
    >>> tuple(network.encode(torch.zeros(2, 1, 28, 28)).shape), tuple(network(torch.zeros(2, 1, 28, 28)).shape)
    ((2, 16), (2, 1, 28, 28))

    References
    ----------
    Masci, Meier, Cireşan and Schmidhuber, "Stacked Convolutional Auto-Encoders for Hierarchical Feature Extraction",
    ICANN 2011.
    """

    def __init__(
        self,
        shape: Sequence[int],
        widths: Sequence[int] = (12, 24, 48),
        n_code: int | None = None,
        normalise: bool = False,
    ) -> None:
        super().__init__()
        problems = shape_problems(shape) + [problem for width in widths for problem in count_problems("widths", width)]
        raise_gathered(problems + (count_problems("n_code", n_code) if n_code is not None else []))
        self.hyperparameters: dict[str, Any] = {
            "shape": list(shape),
            "widths": list(widths),
            "n_code": n_code,
            "normalise": normalise,
        }
        channels, *sides = tensor_shape(shape) if is_image(shape) else (1, *shape)
        #: Sides from the sample down to the feature maps of the code.
        self._sides = [tuple(sides)]
        for _ in widths:
            self._sides.append(tuple(math.ceil(side / 2) for side in self._sides[-1]))
        self._maps = (widths[-1], *self._sides[-1])
        self._tensor_shape = tensor_shape(shape)
        self.encoder = Halvings(len(sides), [channels, *widths], normalise=normalise)
        self.decoder = Doublings(len(sides), [*widths[::-1], channels], normalise=normalise)
        self.output = nn.Sequential(*output_layer(shape))
        n_maps = math.prod(self._maps)
        self.to_code = None if n_code is None else nn.Linear(n_maps, n_code)
        self.from_code = None if n_code is None else nn.Linear(n_code, n_maps)

    def encode(self, samples: Tensor) -> Tensor:
        """Return the codes of samples: (n, n_code), or the feature maps (n, channels, ...)."""
        maps = self.encoder(samples if samples.ndim > 2 else samples[:, None])
        return maps if self.to_code is None else self.to_code(maps.flatten(1))

    def decode(self, codes: Tensor) -> Tensor:
        """Return the samples that codes stand for."""
        maps = codes if self.from_code is None else self.from_code(codes).relu().reshape(-1, *self._maps)
        return self.output(self.decoder(maps, self._sides[-2::-1])).reshape(-1, *self._tensor_shape)

    def forward(self, samples: Tensor) -> Tensor:
        """Return the reconstruction of samples."""
        return self.decode(self.encode(samples))


@final
class Halvings(nn.Module):
    """Convolutions that step by two, each followed by a ReLU.

    Parameters
    ----------
    n_axes : int
        1 for rows, 2 for images.
    channels : sequence of int
        That come in, and after each layer.
    normalise : bool
        Whether batch normalisation goes before each ReLU.
    """

    def __init__(self, n_axes: int, channels: Sequence[int], *, normalise: bool) -> None:
        super().__init__()
        convolution = nn.Conv2d if n_axes == 2 else nn.Conv1d
        self.layers = nn.ModuleList(
            nn.Sequential(convolution(n_in, n_out, _FILTER, 2, 1), *_norm(n_axes, n_out, normalise), nn.ReLU())
            for n_in, n_out in pairwise(channels)
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Return the feature maps after the last layer; odd sides are rounded up."""
        for layer in self.layers:
            odd = [side % 2 for side in maps.shape[2:]]
            if any(odd):
                # Padding goes from the last axis to the first.
                maps = nn.functional.pad(maps, [after for amount in odd[::-1] for after in (0, amount)])
            maps = layer(maps)
        return maps


@final
class Doublings(nn.Module):
    """Transposed convolutions that step by two, each but the last followed by a ReLU.

    Parameters
    ----------
    n_axes : int
        1 for rows, 2 for images.
    channels : sequence of int
        That come in, and after each layer.
    normalise : bool
        Whether batch normalisation goes before each ReLU.
    """

    def __init__(self, n_axes: int, channels: Sequence[int], *, normalise: bool) -> None:
        super().__init__()
        convolution = nn.ConvTranspose2d if n_axes == 2 else nn.ConvTranspose1d
        pairs = list(pairwise(channels))
        inner = [
            nn.Sequential(convolution(n_in, n_out, _FILTER, 2, 1), *_norm(n_axes, n_out, normalise), nn.ReLU())
            for n_in, n_out in pairs[:-1]
        ]
        self.layers = nn.ModuleList([*inner, convolution(*pairs[-1], _FILTER, 2, 1)])

    def forward(self, maps: Tensor, sides: Sequence[tuple[int, ...]]) -> Tensor:
        """Return the sample; what a layer makes too large is cut to its ``sides``."""
        for layer, wanted in zip(self.layers, sides, strict=True):
            maps = layer(maps)
            for axis, side in enumerate(wanted, start=2):
                maps = maps.narrow(axis, 0, side)
        return maps


def _norm(n_axes: int, n_channels: int, normalise: bool) -> list[nn.Module]:
    if not normalise:
        return []
    return [nn.BatchNorm2d(n_channels) if n_axes == 2 else nn.BatchNorm1d(n_channels)]
