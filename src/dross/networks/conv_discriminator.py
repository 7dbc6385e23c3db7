"""The convolutional discriminator, or critic: one number for a whole image, and the features it is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, final

from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.networks.sample_shape import halved_sides, is_image, shape_problems, tensor_shape
from dross.parameters import width_problems

#: Slope of the activations below zero.
_SLOPE: Final = 0.2


@final
class ConvDiscriminator(nn.Module):
    """Convolutions that step by two, and a linear layer that makes one logit of what is left.

    There is no batch normalisation, so that the judgement of an image does not depend on those beside it; a penalty on
    gradients asks for that.

    Parameters
    ----------
    shape : tuple of int
        Of an image: (height, width, channels).
    widths : sequence of int, default (16, 32, 64)
        Channels after each halving.

    Attributes
    ----------
    body : nn.Sequential
        From images to features (n, k).
    head : nn.Linear
        From features to the logit.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> import torch
    >>> network, images = ConvDiscriminator((28, 28, 1), widths=(4, 8)), torch.zeros(2, 1, 28, 28)
    >>> tuple(network(images).shape), tuple(network.body(images).shape)
    ((2,), (2, 392))

    References
    ----------
    Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
    Networks", ICLR 2016, arXiv:1511.06434.
    """

    def __init__(self, shape: Sequence[int], widths: Sequence[int] = (16, 32, 64)) -> None:
        super().__init__()
        problems = shape_problems(shape) + width_problems("widths", widths)
        if not problems and not is_image(shape):
            problems = [f"shape is {shape!r}; it must be (height, width, channels) of an image"]
        raise_gathered(problems)
        self.hyperparameters: dict[str, Any] = {"shape": list(shape), "widths": list(widths)}
        layers: list[nn.Module] = []
        for n_in, n_out in pairwise((tensor_shape(shape)[0], *widths)):
            layers += [nn.Conv2d(n_in, n_out, 3, 2, 1), nn.LeakyReLU(_SLOPE)]
        self.body = nn.Sequential(*layers, nn.Flatten())
        self.head = nn.Linear(widths[-1] * math.prod(halved_sides(shape, len(widths))[-1]), 1)

    def forward(self, images: Tensor) -> Tensor:
        """Return a logit for each image, shape (n,): above 0 where it looks real."""
        return self.head(self.body(images)).squeeze(1)
