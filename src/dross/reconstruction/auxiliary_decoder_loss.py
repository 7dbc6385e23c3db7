"""What a second decoder learns from: the image, and the code that a frozen encoder gives its reconstruction."""

from __future__ import annotations

from typing import Any, Final, final

import torch
from torch import Tensor, nn
from torch.func import functional_call

from dross.reconstruction.errors import squared_error
from dross.reconstruction.samples import network_samples

#: Keeps the quotient finite where all codes of a batch are the same.
_TINY: Final = 1e-6


@final
class AuxiliaryDecoderLoss(nn.Module):
    """The mean squared error of the second decoder's images, and that of the codes which the encoder gives them.

    Nothing but the second decoder is trained: the autoencoder is no part of this module, and is held as it is, the
    averages of its batch normalisation included.

    Parameters
    ----------
    network : nn.Module
        With ``autoencoder`` and ``auxiliary``.
    code_weight : float
        Weight of the error of the codes, whose unit is the training codes' own spread.

    Attributes
    ----------
    parts : dict of str to Tensor
        The terms of the last step: "reconstruction" and "code", the latter unweighted.
    """

    parts: dict[str, Tensor]

    def __init__(self, network: Any, code_weight: float) -> None:
        super().__init__()
        self.auxiliary, self.code_weight = network.auxiliary, code_weight
        # In a tuple, where modules are not looked for.
        self._frozen = (network.autoencoder,)
        self.parts = {}

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w)."""
        samples = network_samples(batch)
        with torch.no_grad():
            codes = self._encoded(samples)
        decoded = self.auxiliary(codes)
        error = squared_error(samples, decoded.float()).mean()
        spread = codes.float().var(0, correction=0).mean().clamp(min=_TINY)
        gap = (self._encoded(decoded) - codes).float().square().mean() / spread
        self.parts = {"reconstruction": error.detach(), "code": gap.detach()}
        return error + self.code_weight * gap

    def _encoded(self, images: Tensor) -> Tensor:
        """Return codes by which the encoder's weights learn nothing, though the images may."""
        encoder = self._frozen[0].eval()
        held = {name: value.detach() for name, value in encoder.state_dict(keep_vars=True).items()}
        return functional_call(_Encoder(encoder), {f"network.{name}": value for name, value in held.items()}, (images,))


class _Encoder(nn.Module):
    """The encoding half of an autoencoder, as a module that can be called."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Return the codes of images."""
        return self.network.encode(images)
