"""What a denoising autoencoder learns from: damaged images, of which it has to return the whole ones."""

from __future__ import annotations

from typing import Any, Final, Literal, final

import torch
from torch import Tensor, nn

from dross.reconstruction.errors import squared_error
from dross.reconstruction.samples import network_samples

Noise = Literal["gaussian", "masking"]
NOISES: Final = ("gaussian", "masking")


def damaged(images: Tensor, noise: Noise, level: float, generator: torch.Generator) -> Tensor:
    """Return images with a Gaussian added to each number, or with some numbers black.

    Parameters
    ----------
    images : Tensor of shape (n, c, h, w)
        As a network takes them, in [-1, 1].
    noise : {"gaussian", "masking"}
        What is done to them.
    level : float
        The Gaussian's standard deviation, or the share of numbers that become black.
    generator : torch.Generator
        Draws the noise.

    Examples
    --------
    >>> damaged(torch.ones(1, 1, 1, 3), "masking", 1.0, torch.Generator()).tolist()
    [[[[-1.0, -1.0, -1.0]]]]
    """
    drawn: dict[str, Any] = {"generator": generator, "device": images.device, "dtype": images.dtype}
    if noise == "gaussian":
        return images + level * torch.randn(images.shape, **drawn)
    return images.masked_fill(torch.rand(images.shape, **drawn) < level, -1.0)


@final
class DenoisingLoss(nn.Module):
    """The mean squared error between whole images and what the network makes of damaged ones.

    Parameters
    ----------
    network : nn.Module
        The autoencoder.
    noise : {"gaussian", "masking"}
        The damage.
    level : float
        How much of it.

    Attributes
    ----------
    parts : dict of str to Tensor
        The terms of the last step.

    References
    ----------
    Vincent, Larochelle, Bengio and Manzagol, "Extracting and Composing Robust Features with Denoising Autoencoders",
    ICML 2008.
    """

    parts: dict[str, Tensor]

    def __init__(self, network: nn.Module, noise: Noise, level: float) -> None:
        super().__init__()
        self.network, self.noise, self.level = network, noise, level
        self.parts = {}

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w)."""
        samples = network_samples(batch)
        mended = self.network(damaged(samples, self.noise, self.level, generator))
        loss = squared_error(samples, mended.float()).mean()
        self.parts = {"reconstruction": loss.detach()}
        return loss
