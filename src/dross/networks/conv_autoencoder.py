"""The convolutional autoencoder: each layer halves the image, and its mirror image doubles it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

from torch import Tensor, nn

from dross.networks.conv_decoder import ConvDecoder
from dross.networks.conv_encoder import ConvEncoder


@final
class ConvAutoencoder(nn.Module):
    """Strided convolutions down to a code, and transposed ones back to the sample.

    Rows are convolved along their columns, which says something where these have an order (spectra, readings of a
    sensor) and nothing where they have none.

    Parameters
    ----------
    shape : tuple of int
        Of a sample: (height, width, channels) of an image, or (columns,) of a row.
    widths : sequence of int, default (12, 24, 48)
        Channels after each halving. Without ``n_code``, for 3 channels, this is the network of 47,355 parameters that
        a course on machine learning hands out for the anomaly detection of faces.
    n_code : int or None, default None
        Numbers in the code, which a linear layer makes; ``None``: the last layer's feature maps are the code.
    normalise : bool, default False
        Whether batch normalisation follows each convolution but the last.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> import torch
    >>> network = ConvAutoencoder((64, 64, 3))
    >>> sum(weights.numel() for weights in network.parameters())
    47355
    >>> tuple(network.encode(torch.zeros(2, 3, 64, 64)).shape), tuple(network(torch.zeros(2, 3, 64, 64)).shape)
    ((2, 48, 8, 8), (2, 3, 64, 64))
    >>> network = ConvAutoencoder((28, 28, 1), n_code=16)
    >>> tuple(network.encode(torch.zeros(2, 1, 28, 28)).shape), tuple(network(torch.zeros(2, 1, 28, 28)).shape)
    ((2, 16), (2, 1, 28, 28))

    References
    ----------
    Masci, Meier, Cireşan and Schmidhuber, "Stacked Convolutional Auto-Encoders for Hierarchical Feature Extraction",
    ICANN 2011.
    """

    def __init__(
        self,
        shape: Sequence[int],
        widths: Sequence[int] = (12, 24, 48),
        n_code: int | None = None,
        normalise: bool = False,
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

    def encode(self, samples: Tensor) -> Tensor:
        """Return the codes of samples: (n, n_code), or the feature maps (n, channels, ...)."""
        return self.encoder(samples)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the samples that codes stand for."""
        return self.decoder(codes)

    def forward(self, samples: Tensor) -> Tensor:
        """Return the reconstruction of samples."""
        return self.decode(self.encode(samples))
