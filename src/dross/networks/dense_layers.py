"""Linear layers with a ReLU between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import nn


def dense_layers(widths: Sequence[int]) -> list[nn.Module]:
    """Return linear layers from each width to the next, with a ReLU after each but the last.

    Examples
    --------
    >>> [type(layer).__name__ for layer in dense_layers((8, 4, 2))]
    ['Linear', 'ReLU', 'Linear']
    """
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(widths):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return layers[:-1]
