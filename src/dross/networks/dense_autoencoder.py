"""The fully connected autoencoder: layers that narrow to a code, and their mirror image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, final

from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.networks.dense_layers import dense_layers
from dross.networks.sample_shape import output_layer, shape_problems, tensor_shape
from dross.parameters import count_problems


@final
class DenseAutoencoder(nn.Module):
    """Linear layers with ReLU down to a code, and back to the sample through the same widths.

    Parameters
    ----------
    shape : tuple of int
        Of a sample: (height, width, channels) of an image, or (columns,) of a row.
    hidden : sequence of int, default (128, 64, 12)
        Widths of the layers between sample and code. With ``n_code=3``, for images of 64 x 64 RGB, this is the
        network 12288-128-64-12-3 that a course on machine learning hands out for the anomaly detection of faces.
    n_code : int, default 3
        Numbers in the code.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> import torch
    >>> network = DenseAutoencoder((64, 64, 3))
    >>> sum(weights.numel() for weights in network.parameters())
    3176419
    >>> tuple(network(torch.zeros(2, 3, 64, 64)).shape), tuple(network.encode(torch.zeros(2, 3, 64, 64)).shape)
    ((2, 3, 64, 64), (2, 3))

    References
    ----------
    Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks", Science 313 (2006).
    """

    def __init__(self, shape: Sequence[int], hidden: Sequence[int] = (128, 64, 12), n_code: int = 3) -> None:
        super().__init__()
        problems = shape_problems(shape) + count_problems("n_code", n_code)
        raise_gathered(problems + [problem for width in hidden for problem in count_problems("hidden", width)])
        self.hyperparameters: dict[str, Any] = {"shape": list(shape), "hidden": list(hidden), "n_code": n_code}
        self._shape = tensor_shape(shape)
        widths = [math.prod(shape), *hidden, n_code]
        self.encoder = nn.Sequential(nn.Flatten(), *dense_layers(widths))
        self.decoder = nn.Sequential(*dense_layers(widths[::-1]), *output_layer(shape))

    def encode(self, samples: Tensor) -> Tensor:
        """Return the codes of samples, shape (n, n_code)."""
        return self.encoder(samples)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the samples that codes stand for."""
        return self.decoder(codes).reshape(-1, *self._shape)

    def forward(self, samples: Tensor) -> Tensor:
        """Return the reconstruction of samples."""
        return self.decode(self.encode(samples))
