"""The multi-encoder autoencoder: encoders of different kinds side by side, their codes joined, one larger decoder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, final

import torch
from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.networks.conv_decoder import ConvDecoder
from dross.networks.conv_encoder import ConvEncoder
from dross.networks.dense_layers import dense_layers
from dross.parameters import count_problems, width_problems


@final
class ParallelEncoders(nn.Module):
    """One encoder that sees all of an image at once, and convolutional ones of small and of large filters.

    Parameters
    ----------
    shape : tuple of int
        Of an image: (height, width, channels).
    hidden : sequence of int, default (256, 128)
        Widths of the fully connected encoder's layers.
    filter_sizes : sequence of int, default (3, 7)
        Side of the filters of each convolutional encoder.
    widths : sequence of int, default (16, 32, 64)
        Channels of these after each halving of the image; the one decoder has twice as many.
    n_code : int, default 16
        Numbers that each encoder adds to the code.
    normalise : bool, default False
        Whether batch normalisation follows each convolution but the last.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> network = ParallelEncoders((28, 28, 1), n_code=5)
    >>> codes = network.encode(torch.zeros(2, 1, 28, 28))
    >>> tuple(codes.shape), tuple(network.decode(codes).shape)
    ((2, 15), (2, 1, 28, 28))
    """

    def __init__(
        self,
        shape: Sequence[int],
        hidden: Sequence[int] = (256, 128),
        filter_sizes: Sequence[int] = (3, 7),
        widths: Sequence[int] = (16, 32, 64),
        n_code: int = 16,
        normalise: bool = False,
    ) -> None:
        super().__init__()
        problems = width_problems("hidden", list(hidden), least=0) + width_problems("widths", list(widths))
        raise_gathered(problems + count_problems("n_code", n_code))
        self.hyperparameters: dict[str, Any] = {
            "shape": list(shape),
            "hidden": list(hidden),
            "filter_sizes": list(filter_sizes),
            "widths": list(widths),
            "n_code": n_code,
            "normalise": normalise,
        }
        whole = nn.Sequential(nn.Flatten(), *dense_layers((math.prod(shape), *hidden, n_code)))
        parts = [ConvEncoder(shape, widths, n_code, normalise, size) for size in filter_sizes]
        self.encoders = nn.ModuleList([whole, *parts])
        self.decoder = ConvDecoder(shape, [2 * width for width in widths], len(self.encoders) * n_code, normalise)

    def encode(self, images: Tensor) -> Tensor:
        """Return the joined codes of images, shape (n, n_encoders * n_code)."""
        return torch.cat([encoder(images) for encoder in self.encoders], dim=1)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the images that joined codes stand for."""
        return self.decoder(codes)

    def forward(self, images: Tensor) -> Tensor:
        """Return the reconstruction of images."""
        return self.decode(self.encode(images))
