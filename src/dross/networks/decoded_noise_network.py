"""An autoencoder, and a classifier that tells its reconstructions from what it decodes of random codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import torch
from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.networks.conv_autoencoder import ConvAutoencoder
from dross.networks.conv_encoder import ConvEncoder
from dross.parameters import count_problems


@final
class DecodedNoiseNetwork(nn.Module):
    """A convolutional autoencoder and a classifier of the images that its decoder makes.

    Parameters
    ----------
    shape : tuple of int
        Of an image: (height, width, channels).
    widths : sequence of int, default (16, 32, 64)
        Channels after each halving of the image, of autoencoder and classifier.
    n_code : int, default 32
        Numbers in the code.
    normalise : bool, default False
        Whether batch normalisation follows each convolution of the autoencoder but the last. The classifier has none:
        reconstructions and decoded noise go through it together, and would shift each other's averages.

    Attributes
    ----------
    code_mean, code_spread : Tensor of shape (n_code,)
        Mean and standard deviation of the training codes, of which random codes are drawn; training sets them.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> network = DecodedNoiseNetwork((28, 28, 1), n_code=5)
    >>> images = network(torch.zeros(2, 1, 28, 28))
    >>> tuple(images.shape), tuple(network.realness(images).shape)
    ((2, 1, 28, 28), (2,))
    """

    code_mean: Tensor
    code_spread: Tensor

    def __init__(
        self,
        shape: Sequence[int],
        widths: Sequence[int] = (16, 32, 64),
        n_code: int = 32,
        normalise: bool = False,
    ) -> None:
        super().__init__()
        raise_gathered(count_problems("n_code", n_code))
        self.hyperparameters: dict[str, Any] = {
            "shape": list(shape),
            "widths": list(widths),
            "n_code": n_code,
            "normalise": normalise,
        }
        self.autoencoder = ConvAutoencoder(shape, widths, n_code, normalise)
        self.classifier = ConvEncoder(shape, widths, n_code=1)
        self.register_buffer("code_mean", torch.zeros(n_code))
        self.register_buffer("code_spread", torch.ones(n_code))

    def encode(self, images: Tensor) -> Tensor:
        """Return the codes of images, shape (n, n_code)."""
        return self.autoencoder.encode(images)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the images that codes stand for."""
        return self.autoencoder.decode(codes)

    def realness(self, decoded: Tensor) -> Tensor:
        """Return the log-odds that decoded images come of images rather than of random codes, shape (n,)."""
        return self.classifier(decoded)[:, 0]

    def forward(self, images: Tensor) -> Tensor:
        """Return the reconstruction of images."""
        return self.decode(self.encode(images))
