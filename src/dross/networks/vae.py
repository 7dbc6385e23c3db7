"""The network of a variational autoencoder: samples to Gaussians over codes, codes to samples."""

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
from dross.networks.sample_shape import is_image, shape_problems
from dross.parameters import count_problems


@final
class VAE(nn.Module):
    """An encoder that ends in two linear heads, mean and log-variance of the code, and a decoder.

    The heads are linear on purpose: behind a ReLU no variance could go below one, so that a code could say next to
    nothing of its sample. Images go through convolutions, rows through linear layers.

    Parameters
    ----------
    shape : tuple of int
        Of a sample: (height, width, channels) of an image, or (columns,) of a row.
    widths : sequence of int, default (16, 32, 64)
        Channels after each halving of an image.
    hidden : sequence of int, default (128, 64)
        Widths of the layers between a row and its code.
    n_code : int, default 32
        Numbers in the code.
    normalise : bool, default False
        Whether batch normalisation follows each convolution but the last.

    Attributes
    ----------
    variance : Tensor
        Of the noise that the decoder's Gaussian adds to each number of a sample; training sets it.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> network = VAE((28, 28, 1), n_code=5)
    >>> mean, log_variance = network.posterior(torch.zeros(2, 1, 28, 28))
    >>> tuple(mean.shape), tuple(log_variance.shape), tuple(network.decode(mean).shape)
    ((2, 5), (2, 5), (2, 1, 28, 28))

    References
    ----------
    Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014, arXiv:1312.6114.
    """

    variance: Tensor

    def __init__(
        self,
        shape: Sequence[int],
        widths: Sequence[int] = (16, 32, 64),
        hidden: Sequence[int] = (128, 64),
        n_code: int = 32,
        normalise: bool = False,
    ) -> None:
        super().__init__()
        problems = shape_problems(shape) + count_problems("n_code", n_code)
        raise_gathered(problems + [problem for width in hidden for problem in count_problems("hidden", width)])
        self.hyperparameters: dict[str, Any] = {
            "shape": list(shape),
            "widths": list(widths),
            "hidden": list(hidden),
            "n_code": n_code,
            "normalise": normalise,
        }
        self.encoder: nn.Module
        self.decoder: nn.Module
        if is_image(shape):
            # The two heads are the halves of one linear layer's output.
            self.encoder = ConvEncoder(shape, widths, 2 * n_code, normalise)
            self.decoder = ConvDecoder(shape, widths, n_code, normalise)
        else:
            n_columns = math.prod(shape)
            self.encoder = nn.Sequential(*dense_layers((n_columns, *hidden, 2 * n_code)))
            self.decoder = nn.Sequential(*dense_layers((n_code, *hidden[::-1], n_columns)))
        self.register_buffer("variance", torch.ones(()))

    def posterior(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log-variance of the codes of samples, both (n, n_code)."""
        mean, log_variance = self.encoder(samples).chunk(2, dim=1)
        return mean, log_variance

    def encode(self, samples: Tensor) -> Tensor:
        """Return the mean codes of samples, shape (n, n_code)."""
        return self.posterior(samples)[0]

    def decode(self, codes: Tensor) -> Tensor:
        """Return the samples that codes stand for."""
        return self.decoder(codes)

    def forward(self, samples: Tensor) -> Tensor:
        """Return the reconstruction of samples from their mean codes."""
        return self.decode(self.encode(samples))
