"""An autoencoder and a second encoder, which makes a code of what the first code became."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

from torch import Tensor, nn

from dross.networks.conv_decoder import ConvDecoder
from dross.networks.conv_encoder import ConvEncoder


@final
class EncoderDecoderEncoder(nn.Module):
    """Image to code, code to image, and that image to a code again, by an encoder of its own.

    Parameters
    ----------
    shape : tuple of int
        Of an image: (height, width, channels).
    widths : sequence of int, default (16, 32, 64)
        Channels after each halving.
    n_code : int, default 32
        Numbers in both codes.
    normalise : bool, default True
        Whether batch normalisation follows each convolution but the last.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> import torch
    >>> network = EncoderDecoderEncoder((28, 28, 1), n_code=5)
    >>> images = torch.zeros(2, 1, 28, 28)
    >>> tuple(network.encode(images).shape), tuple(network(images).shape), tuple(network.encode_again(images).shape)
    ((2, 5), (2, 1, 28, 28), (2, 5))

    References
    ----------
    Akcay, Atapour-Abarghouei and Breckon, "GANomaly: Semi-Supervised Anomaly Detection via Adversarial Training", ACCV
    2018, arXiv:1805.06725.
    """

    def __init__(
        self,
        shape: Sequence[int],
        widths: Sequence[int] = (16, 32, 64),
        n_code: int = 32,
        normalise: bool = True,
    ) -> None:
        super().__init__()
        self.hyperparameters: dict[str, Any] = {
            "shape": list(shape),
            "widths": list(widths),
            "n_code": n_code,
            "normalise": normalise,
        }
        self.encoder = ConvEncoder(shape, widths, n_code, normalise)
        self.decoder = ConvDecoder(shape, widths, n_code, normalise)
        self.second_encoder = ConvEncoder(shape, widths, n_code, normalise)

    def encode(self, images: Tensor) -> Tensor:
        """Return the first encoder's codes, shape (n, n_code)."""
        return self.encoder(images)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the images that codes stand for."""
        return self.decoder(codes)

    def encode_again(self, images: Tensor) -> Tensor:
        """Return the second encoder's codes of reconstructions, shape (n, n_code)."""
        return self.second_encoder(images)

    def forward(self, images: Tensor) -> Tensor:
        """Return the reconstruction of images."""
        return self.decode(self.encode(images))
