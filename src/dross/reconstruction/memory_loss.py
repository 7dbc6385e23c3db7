"""What a memory-augmented autoencoder learns from: the error, and how many slots of the memory it took."""

from __future__ import annotations

from typing import Any, final

import torch
from torch import Tensor, nn

from dross.reconstruction.errors import squared_error
from dross.reconstruction.samples import network_samples


def attention_entropy(weights: Tensor) -> Tensor:
    """Return the entropy of the weights of each sample, in nats, shape (n,); a weight of 0 adds nothing.

    Examples
    --------
    >>> [round(value, 4) for value in attention_entropy(torch.tensor([[1.0, 0.0], [0.5, 0.5]])).tolist()]
    [0.0, 0.6931]
    """
    return torch.special.entr(weights.clamp(min=1e-12)).sum(1)


@final
class MemoryLoss(nn.Module):
    """The mean squared error of the reconstructions, and the weighted entropy of the weights of the memory's slots.

    Parameters
    ----------
    network : nn.Module
        With ``encode``, ``attention`` and ``recall``.
    entropy_weight : float
        Weight of the entropy.

    Attributes
    ----------
    parts : dict of str to Tensor
        The terms of the last step: "reconstruction" and "entropy", the latter unweighted.

    References
    ----------
    Gong et al., "Memorizing Normality to Detect Anomaly", ICCV 2019, arXiv:1904.02639, equation 10.
    """

    parts: dict[str, Tensor]
    network: Any

    def __init__(self, network: Any, entropy_weight: float) -> None:
        super().__init__()
        self.network, self.entropy_weight = network, entropy_weight
        self.parts = {}

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w)."""
        samples = network_samples(batch)
        weights = self.network.attention(self.network.encode(samples))
        error = squared_error(samples, self.network.recall(weights).float()).mean()
        entropy = attention_entropy(weights.float()).mean()
        self.parts = {"reconstruction": error.detach(), "entropy": entropy.detach()}
        return error + self.entropy_weight * entropy
