"""The convolutional decoder: a linear layer makes small feature maps of the code, and each layer doubles them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, final

from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.networks.sample_shape import halved_sides, is_image, output_layer, shape_problems, tensor_shape
from dross.parameters import count_problems

#: Side of the filters, which step by two.
_FILTER: Final = 4


@final
class ConvDecoder(nn.Module):
    """Transposed convolutions that step by two, each but the last followed by a ReLU, from a code to a sample.

    It mirrors a :class:`ConvEncoder` of the same parameters.

    Parameters
    ----------
    shape : tuple of int
        Of a sample: (height, width, channels) of an image, or (columns,) of a row.
    widths : sequence of int, default (12, 24, 48)
        Channels before each doubling, those nearest to the sample first, as an encoder has them.
    n_code : int or None, default None
        Numbers in the code; ``None``: the code is an encoder's last feature maps.
    normalise : bool, default False
        Whether batch normalisation follows each transposed convolution but the last.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> import torch
    >>> tuple(ConvDecoder((28, 28, 1), n_code=5)(torch.zeros(2, 5)).shape)
    (2, 1, 28, 28)

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
        self._tensor_shape = tensor_shape(shape)
        *self._sides, smallest = halved_sides(shape, len(widths))
        self._maps = (widths[-1], *smallest)
        self.maps = None if n_code is None else nn.Linear(n_code, math.prod(self._maps))
        channels = self._tensor_shape[0] if is_image(shape) else 1
        up, norm = (nn.ConvTranspose2d, nn.BatchNorm2d) if is_image(shape) else (nn.ConvTranspose1d, nn.BatchNorm1d)
        pairs = list(pairwise((*widths[::-1], channels)))
        self.layers = nn.ModuleList(
            nn.Sequential(up(n_in, n_out, _FILTER, 2, 1), *([norm(n_out)] if normalise else []), nn.ReLU())
            for n_in, n_out in pairs[:-1]
        )
        self.layers.append(nn.Sequential(up(*pairs[-1], _FILTER, 2, 1), *output_layer(shape)))

    def forward(self, codes: Tensor) -> Tensor:
        """Return the samples that codes stand for; what a layer makes too large for them is cut off."""
        maps = codes if self.maps is None else self.maps(codes).relu().reshape(-1, *self._maps)
        for layer, sides in zip(self.layers, self._sides[::-1], strict=True):
            maps = layer(maps)
            for axis, side in enumerate(sides, start=2):
                maps = maps.narrow(axis, 0, side)
        return maps.reshape(-1, *self._tensor_shape)
