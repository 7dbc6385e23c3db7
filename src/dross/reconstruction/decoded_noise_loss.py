"""What an autoencoder and its decoded-noise classifier learn from, in one step."""

from __future__ import annotations

from typing import Any, Final, final

import torch
from torch import Tensor, nn
from torch.nn import functional

from dross.networks.kept_statistics import kept_statistics
from dross.reconstruction.errors import squared_error
from dross.reconstruction.samples import network_samples

#: Share of each step in the mean and the spread of the codes.
_NEWEST: Final = 0.05


@final
class DecodedNoiseLoss(nn.Module):
    """The error of the reconstructions, which trains the autoencoder, and the classifier's cross-entropy.

    The classifier sees what was decoded of images and of random codes without the decoder learning from it.

    Parameters
    ----------
    network : nn.Module
        With ``encode``, ``decode``, ``realness``, ``code_mean`` and ``code_spread``.

    Attributes
    ----------
    parts : dict of str to Tensor
        The terms of the last step, "reconstruction" and "classifier", and the share that this got "right".
    """

    parts: dict[str, Tensor]
    network: Any
    steps: Tensor

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("steps", torch.zeros(()))
        self.parts = {}

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w)."""
        samples = network_samples(batch)
        codes = self.network.encode(samples)
        decoded = self.network.decode(codes)
        error = squared_error(samples, decoded.float()).mean()
        self._follow(codes.detach().float())
        with torch.no_grad(), kept_statistics(self.network):
            noise = torch.randn(codes.shape, generator=generator, device=codes.device, dtype=codes.dtype)
            fakes = self.network.decode(self.network.code_mean + self.network.code_spread * noise)
        real, fake = (self.network.realness(images).float() for images in (decoded.detach(), fakes))
        # softplus(-x) and softplus(x) are minus the log-probabilities of "real" and of "fake".
        told = 0.5 * (functional.softplus(-real).mean() + functional.softplus(fake).mean())
        right = 0.5 * ((real > 0).float().mean() + (fake <= 0).float().mean())
        self.parts = {"reconstruction": error.detach(), "classifier": told.detach(), "right": right.detach()}
        return error + told

    @torch.no_grad()
    def _follow(self, codes: Tensor) -> None:
        """Let mean and spread follow those of the batches' codes: at first they are their mean."""
        self.steps += 1.0
        share = (1.0 / self.steps).clamp(min=_NEWEST)
        self.network.code_mean.lerp_(codes.mean(0), share)
        self.network.code_spread.lerp_(codes.std(0, correction=0), share)
