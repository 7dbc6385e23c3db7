"""Deep SVDD's network: an encoder that cannot map everything to one point by its biases alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, final

import torch
from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.networks.sample_shape import halved_sides, shape_problems, tensor_shape
from dross.parameters import count_problems, width_problems

#: Side of the filters, which step by two.
_FILTER: Final = 3
#: Slope of the activation below zero.
_LEAK: Final = 0.1


@final
class HypersphereEncoder(nn.Module):
    """Convolutions that step by two and a linear layer, none of them with a bias, to a code near a fixed centre.

    A bias, the shift of a normalisation, a centre at zero, or an activation with a bound could each make the code the
    same for every image, which is where the loss of Deep SVDD would be least. So there are none of these.

    Parameters
    ----------
    shape : tuple of int
        Of an image: (height, width, channels).
    widths : sequence of int, default (16, 32, 64)
        Channels after each halving of the image.
    n_code : int, default 32
        Numbers in the code.

    Attributes
    ----------
    centre : Tensor of shape (n_code,)
        Where the codes of normal images are to be; training sets it before its first step.
    squared_radius : Tensor
        Of the sphere that is to hold them; 0 where there is none.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> network = HypersphereEncoder((28, 28, 1), n_code=5)
    >>> network(torch.zeros(2, 1, 28, 28)).tolist() == torch.zeros(2, 5).tolist()  # nothing in, nothing out
    True

    References
    ----------
    Ruff et al., "Deep One-Class Classification", ICML 2018, propositions 1 to 3.
    """

    centre: Tensor
    squared_radius: Tensor

    def __init__(self, shape: Sequence[int], widths: Sequence[int] = (16, 32, 64), n_code: int = 32) -> None:
        super().__init__()
        problems = shape_problems(shape) + width_problems("widths", list(widths))
        raise_gathered(problems + count_problems("n_code", n_code))
        self.hyperparameters: dict[str, Any] = {"shape": list(shape), "widths": list(widths), "n_code": n_code}
        self.layers = nn.Sequential(
            *(
                nn.Sequential(
                    nn.Conv2d(n_in, n_out, _FILTER, 2, _FILTER // 2, bias=False),
                    nn.BatchNorm2d(n_out, affine=False),
                    nn.LeakyReLU(_LEAK),
                )
                for n_in, n_out in pairwise((tensor_shape(shape)[0], *widths))
            )
        )
        n_maps = widths[-1] * math.prod(halved_sides(shape, len(widths))[-1])
        self.code = nn.Linear(n_maps, n_code, bias=False)
        self.register_buffer("centre", torch.zeros(n_code))
        self.register_buffer("squared_radius", torch.zeros(()))

    def forward(self, images: Tensor) -> Tensor:
        """Return the codes of images, shape (n, n_code)."""
        return self.code(self.layers(images).flatten(1))

    def squared_distances(self, images: Tensor) -> Tensor:
        """Return how far the code of each image is from the centre, squared, shape (n,)."""
        return (self(images) - self.centre).square().sum(1)
