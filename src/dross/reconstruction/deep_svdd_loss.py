"""What Deep SVDD learns from: the distances of codes from a centre that does not move."""

from __future__ import annotations

from typing import Any, Final, final

import torch
from torch import Tensor, nn

from dross.reconstruction.samples import network_samples

#: No number of the centre is nearer to zero, which zero weights would map everything to.
LEAST_CENTRE: Final = 0.1
#: Share of the steps' radii that the newest makes up.
_NEWEST: Final = 0.1


def centre_of(codes: Tensor) -> Tensor:
    """Return the mean of codes (n, n_code), none of its numbers nearer to zero than 0.1.

    Examples
    --------
    >>> [round(value, 2) for value in centre_of(torch.tensor([[0.5, 0.02, -0.03], [0.7, 0.0, -0.01]])).tolist()]
    [0.6, 0.1, -0.1]
    """
    centre = codes.mean(0)
    signs = torch.where(centre < 0, -1.0, 1.0)
    return torch.where(centre.abs() < LEAST_CENTRE, LEAST_CENTRE * signs, centre)


@final
class DeepSVDDLoss(nn.Module):
    """The mean squared distance from the centre; or, with ``nu``, the sphere's size and what lies outside of it.

    Parameters
    ----------
    network : nn.Module
        With ``squared_distances``, ``centre`` and ``squared_radius``.
    nu : float in (0, 1] or None, default None
        The share of the training set that may lie outside the sphere; ``None``: there is no sphere.
    weight_decay : float, default 0
        Weight of half the squared norm of the network's weights.

    Attributes
    ----------
    parts : dict of str to Tensor
        "distance": the mean squared distance of the last step, before it.

    References
    ----------
    Ruff et al., "Deep One-Class Classification", ICML 2018, equations 3 and 4. The radius follows the (1 - nu)-quantile
    of the distances, at which the sphere is best for weights that are held.
    """

    parts: dict[str, Tensor]
    network: Any

    def __init__(self, network: Any, *, nu: float | None = None, weight_decay: float = 0.0) -> None:
        super().__init__()
        self.network, self.nu, self.weight_decay = network, nu, weight_decay
        self.parts = {}

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w)."""
        distances = self.network.squared_distances(network_samples(batch)).float()
        self.parts = {"distance": distances.detach().mean()}
        norm = sum(weights.square().sum() for weights in self.network.parameters())
        penalty = 0.5 * self.weight_decay * norm
        if self.nu is None:
            return distances.mean() + penalty
        squared_radius = self._follow(distances.detach())
        return squared_radius + (distances - squared_radius).relu().mean() / self.nu + penalty

    @torch.no_grad()
    def _follow(self, distances: Tensor) -> Tensor:
        """Let the radius follow the batches' quantiles, and return a copy of it, squared."""
        quantile = torch.quantile(distances, 1.0 - (self.nu or 0.0))
        self.network.squared_radius.lerp_(quantile, _NEWEST)
        return self.network.squared_radius.clone()


@final
class EncoderAndDecoder(nn.Module):
    """An encoder that is a module of its own, with a decoder: an autoencoder to train it by beforehand.

    Parameters
    ----------
    encoder : nn.Module
        Samples to codes.
    decoder : nn.Module
        Codes to samples.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.encode, self.decode = encoder, decoder

    def forward(self, samples: Tensor) -> Tensor:
        """Return the reconstruction of samples."""
        return self.decode(self.encode(samples))
