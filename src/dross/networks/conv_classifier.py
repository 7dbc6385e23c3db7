"""The plain convolutional classifier of two classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, final

from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.networks.sample_shape import halved_sides, is_image, shape_problems, tensor_shape
from dross.parameters import count_problems, width_problems


@final
class ConvClassifier(nn.Module):
    """Convolutions with batch normalisation, each followed by pooling, then two linear layers that end in one logit.

    Parameters
    ----------
    shape : tuple of int
        Of an image: (height, width, channels).
    widths : sequence of int, default (32, 64)
        Channels of each convolution; the pooling after it halves the image.
    n_hidden : int, default 128
        Width of the first linear layer.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> import torch
    >>> tuple(ConvClassifier((28, 28, 1))(torch.zeros(2, 1, 28, 28)).shape)
    (2,)

    References
    ----------
    LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition", Proceedings of the
    IEEE 86 (1998).
    """

    def __init__(self, shape: Sequence[int], widths: Sequence[int] = (32, 64), n_hidden: int = 128) -> None:
        super().__init__()
        problems = shape_problems(shape) + width_problems("widths", widths) + count_problems("n_hidden", n_hidden)
        if not problems and not is_image(shape):
            problems = [f"shape is {shape!r}; it must be (height, width, channels) of an image"]
        raise_gathered(problems)
        self.hyperparameters: dict[str, Any] = {"shape": list(shape), "widths": list(widths), "n_hidden": n_hidden}
        layers: list[nn.Module] = []
        for n_in, n_out in pairwise((tensor_shape(shape)[0], *widths)):
            layers += [nn.Conv2d(n_in, n_out, 3, padding=1), nn.BatchNorm2d(n_out), nn.ReLU()]
            layers.append(nn.MaxPool2d(2, ceil_mode=True))
        n_features = widths[-1] * math.prod(halved_sides(shape, len(widths))[-1])
        self.layers = nn.Sequential(
            *layers, nn.Flatten(), nn.Linear(n_features, n_hidden), nn.ReLU(), nn.Linear(n_hidden, 1)
        )

    def forward(self, images: Tensor) -> Tensor:
        """Return a logit for each image, shape (n,)."""
        return self.layers(images).squeeze(1)
