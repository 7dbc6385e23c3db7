"""The convolutional encoder: each layer halves the sample, and a linear one makes the code of what is left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, final

from torch import Tensor, nn
from torch.nn import functional

from dross.errors import raise_gathered
from dross.networks.sample_shape import halved_sides, is_image, shape_problems, tensor_shape
from dross.parameters import count_problems


@final
class ConvEncoder(nn.Module):
    """Convolutions that step by two, each followed by a ReLU, down to a code.

    Rows are convolved along their columns, which says something where these have an order (spectra, readings of a
    sensor) and nothing where they have none.

    Parameters
    ----------
    shape : tuple of int
        Of a sample: (height, width, channels) of an image, or (columns,) of a row.
    widths : sequence of int, default (12, 24, 48)
        Channels after each halving.
    n_code : int or None, default None
        Numbers in the code, which a linear layer makes; ``None``: the last layer's feature maps are the code.
    normalise : bool, default False
        Whether batch normalisation follows each convolution.
    filter_size : int, default 4
        Side of the filters.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> import torch
    >>> images = torch.zeros(2, 1, 28, 28)
    >>> [tuple(ConvEncoder((28, 28, 1), n_code=n_code)(images).shape) for n_code in (None, 5)]
    [(2, 48, 4, 4), (2, 5)]

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
        filter_size: int = 4,
    ) -> None:
        super().__init__()
        problems = shape_problems(shape) + [problem for width in widths for problem in count_problems("widths", width)]
        problems += count_problems("n_code", n_code) if n_code is not None else []
        raise_gathered(problems + count_problems("filter_size", filter_size, least=2))
        self.hyperparameters: dict[str, Any] = {
            "shape": list(shape),
            "widths": list(widths),
            "n_code": n_code,
            "normalise": normalise,
            "filter_size": filter_size,
        }
        sides = halved_sides(shape, len(widths))
        convolution, norm = (nn.Conv2d, nn.BatchNorm2d) if is_image(shape) else (nn.Conv1d, nn.BatchNorm1d)
        channels = tensor_shape(shape)[0] if is_image(shape) else 1
        self.layers = nn.ModuleList(
            nn.Sequential(
                convolution(n_in, n_out, filter_size, 2, (filter_size - 1) // 2),
                *([norm(n_out)] if normalise else []),
                nn.ReLU(),
            )
            for n_in, n_out in pairwise((channels, *widths))
        )
        self.code = None if n_code is None else nn.Linear(widths[-1] * math.prod(sides[-1]), n_code)

    def forward(self, samples: Tensor) -> Tensor:
        """Return the codes of samples: (n, n_code), or feature maps (n, channels, ...); odd sides are rounded up."""
        maps = samples if samples.ndim > 2 else samples[:, None]
        for layer in self.layers:
            odd = [side % 2 for side in maps.shape[2:]]
            if any(odd):
                # Padding goes from the last axis to the first.
                maps = functional.pad(maps, [after for amount in odd[::-1] for after in (0, amount)])
            maps = layer(maps)
        return maps if self.code is None else self.code(maps.flatten(1))
