"""The memory-augmented autoencoder's network: what is decoded is put together from remembered codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, final

import torch
from torch import Tensor, nn
from torch.nn import functional

from dross.errors import raise_gathered
from dross.networks.conv_decoder import ConvDecoder
from dross.networks.conv_encoder import ConvEncoder
from dross.parameters import at_least_problems, count_problems

#: Keeps quotients finite.
_TINY: Final = 1e-12


@final
class MemoryAutoencoder(nn.Module):
    """Convolutions to a code, a memory of codes that is read by similarity to it, and a decoder of what was read.

    Since only mixtures of a few remembered codes are decoded, what is unlike everything remembered cannot be
    reconstructed, however well it is encoded.

    Parameters
    ----------
    shape : tuple of int
        Of an image: (height, width, channels).
    widths : sequence of int, default (16, 32, 64)
        Channels after each halving of the image.
    n_code : int, default 32
        Numbers in the code.
    n_slots : int, default 100
        Codes that are remembered.
    shrinkage : float, default 1.0
        Weights of slots below this multiple of 1 / n_slots become 0; its authors use 1 to 3.
    normalise : bool, default False
        Whether batch normalisation follows each convolution but the last.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> network = MemoryAutoencoder((28, 28, 1), n_slots=10)
    >>> codes = network.encode(torch.rand(2, 1, 28, 28))
    >>> tuple(codes.shape), tuple(network.attention(codes).shape), tuple(network.decode(codes).shape)
    ((2, 32), (2, 10), (2, 1, 28, 28))

    References
    ----------
    Gong et al., "Memorizing Normality to Detect Anomaly: Memory-augmented Deep Autoencoder for Unsupervised Anomaly
    Detection", ICCV 2019, arXiv:1904.02639.
    """

    def __init__(
        self,
        shape: Sequence[int],
        widths: Sequence[int] = (16, 32, 64),
        n_code: int = 32,
        n_slots: int = 100,
        shrinkage: float = 1.0,
        normalise: bool = False,
    ) -> None:
        super().__init__()
        problems = count_problems("n_code", n_code) + count_problems("n_slots", n_slots)
        raise_gathered(problems + at_least_problems("shrinkage", shrinkage))
        self.hyperparameters: dict[str, Any] = {
            "shape": list(shape),
            "widths": list(widths),
            "n_code": n_code,
            "n_slots": n_slots,
            "shrinkage": shrinkage,
            "normalise": normalise,
        }
        self._threshold = shrinkage / n_slots
        self.encoder = ConvEncoder(shape, widths, n_code, normalise)
        self.decoder = ConvDecoder(shape, widths, n_code, normalise)
        self.memory = nn.Parameter(torch.empty(n_slots, n_code).uniform_(-1.0, 1.0) / n_code**0.5)

    def encode(self, images: Tensor) -> Tensor:
        """Return the codes of images, shape (n, n_code), with which the memory is asked."""
        return self.encoder(images)

    def attention(self, codes: Tensor) -> Tensor:
        """Return the weights of the slots for each code, shape (n, n_slots).

        Their sum is 1, unless all were below the threshold; then it is 0.
        """
        cosines = functional.normalize(codes, dim=1) @ functional.normalize(self.memory, dim=1).T
        weights = cosines.softmax(dim=1)
        above = weights - self._threshold
        # The weight itself above the threshold and 0 below, in the form its authors give: max(w - t, 0) w / |w - t|.
        shrunk = above.relu() * weights / (above.abs() + _TINY)
        return functional.normalize(shrunk, p=1.0, dim=1)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the images that the memory makes of codes."""
        return self.recall(self.attention(codes))

    def recall(self, weights: Tensor) -> Tensor:
        """Return the images that weights of the slots (n, n_slots) stand for."""
        return self.decoder(weights @ self.memory)

    def forward(self, images: Tensor) -> Tensor:
        """Return the reconstruction of images."""
        return self.decode(self.encode(images))
