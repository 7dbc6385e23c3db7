"""A residual autoencoder with a second decoder for the same code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

from torch import Tensor, nn

from dross.networks.conv_decoder import ConvDecoder
from dross.networks.resnet_autoencoder import ResNetAutoencoder


@final
class TwoDecoderAutoencoder(nn.Module):
    """A residual autoencoder whose own decoder only serves to train the encoder, and the decoder that reconstructs.

    Parameters
    ----------
    shape : tuple of int
        Of an image: (height, width, channels).
    width : int, default 16
        Channels of the ResNet's first stage; each later stage has twice those of the one before.
    blocks : four ints, default (1, 1, 1, 1)
        Residual blocks of each stage.
    widths : sequence of int, default (16, 32, 64)
        Channels of both decoders, those nearest to the image first.
    n_code : int, default 32
        Numbers in the code.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> import torch
    >>> network = TwoDecoderAutoencoder((28, 28, 1), width=4, n_code=5)
    >>> images = torch.zeros(2, 1, 28, 28)
    >>> tuple(network.encode(images).shape), tuple(network(images).shape)
    ((2, 5), (2, 1, 28, 28))
    """

    def __init__(
        self,
        shape: Sequence[int],
        width: int = 16,
        blocks: Sequence[int] = (1, 1, 1, 1),
        widths: Sequence[int] = (16, 32, 64),
        n_code: int = 32,
    ) -> None:
        super().__init__()
        self.hyperparameters: dict[str, Any] = {
            "shape": list(shape),
            "width": width,
            "blocks": list(blocks),
            "widths": list(widths),
            "n_code": n_code,
        }
        self.autoencoder = ResNetAutoencoder(shape, width, blocks, widths, n_code=n_code)
        self.auxiliary = ConvDecoder(shape, widths, n_code, normalise=True)

    def encode(self, images: Tensor) -> Tensor:
        """Return the codes of images, shape (n, n_code)."""
        return self.autoencoder.encode(images)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the images that the second decoder makes of codes."""
        return self.auxiliary(codes)

    def forward(self, images: Tensor) -> Tensor:
        """Return the reconstruction of images."""
        return self.decode(self.encode(images))
