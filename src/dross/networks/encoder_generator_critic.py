"""A generator of images from codes, a critic of them, and an encoder that finds the code of an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

from torch import Tensor, nn

from dross.networks.conv_decoder import ConvDecoder
from dross.networks.conv_discriminator import ConvDiscriminator
from dross.networks.conv_encoder import ConvEncoder


@final
class EncoderGeneratorCritic(nn.Module):
    """Three networks that are trained one against and one after another, and score together.

    Parameters
    ----------
    shape : tuple of int
        Of an image: (height, width, channels).
    widths : sequence of int, default (16, 32, 64)
        Channels after each halving, in all three.
    n_code : int, default 32
        Numbers in the code.
    normalise : bool, default True
        Whether batch normalisation follows each convolution of encoder and generator but the last. The critic has none.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> import torch
    >>> network, images = EncoderGeneratorCritic((28, 28, 1), n_code=5), torch.zeros(2, 1, 28, 28)
    >>> tuple(network.encode(images).shape), tuple(network(images).shape), tuple(network.features(images).shape)
    ((2, 5), (2, 1, 28, 28), (2, 1024))

    References
    ----------
    Schlegl, Seeböck, Waldstein, Langs and Schmidt-Erfurth, "f-AnoGAN: Fast Unsupervised Anomaly Detection with
    Generative Adversarial Networks", Medical Image Analysis 54 (2019).
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
        self.generator = ConvDecoder(shape, widths, n_code, normalise)
        self.critic = ConvDiscriminator(shape, widths)

    def encode(self, images: Tensor) -> Tensor:
        """Return the codes of images, shape (n, n_code)."""
        return self.encoder(images)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the images that the generator makes of codes."""
        return self.generator(codes)

    def features(self, images: Tensor) -> Tensor:
        """Return what the critic makes of images before it judges them, shape (n, k)."""
        return self.critic.body(images)

    def forward(self, images: Tensor) -> Tensor:
        """Return what the generator makes of the codes of images."""
        return self.decode(self.encode(images))
