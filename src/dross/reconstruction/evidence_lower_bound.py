"""What a variational autoencoder learns from: the evidence lower bound, both of its terms in nats a sample."""

from __future__ import annotations

import math
from typing import Any, Final, final

import torch
from torch import Tensor, nn

from dross.reconstruction.samples import network_samples

#: The least variance of the decoder: pixels in [-1, 1] are rounded to steps of 2/255, which leaves half of it.
LEAST_VARIANCE: Final = 1e-5
#: Share of each step in the variance that is kept for scoring.
_NEWEST: Final = 0.02


def gaussian_kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return how far each number of each code, a Gaussian, is from the standard Gaussian, in nats, shape (n, n_code).

    Examples
    --------
    >>> gaussian_kl(torch.tensor([[0.0, 2.0]]), torch.zeros(1, 2)).tolist()
    [[0.0, 2.0]]

    References
    ----------
    Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014, arXiv:1312.6114, appendix B.
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance)


def negative_log_likelihood(samples: Tensor, reconstructed: Tensor, variance: Tensor) -> Tensor:
    """Return how unlikely a Gaussian around its reconstruction makes each sample, in nats, shape (n,).

    Examples
    --------
    >>> halves = torch.full((1, 2), 0.5)
    >>> round(float(negative_log_likelihood(halves, torch.zeros(1, 2), torch.tensor(1.0))), 4)  # log(2 pi) + 0.25
    2.0879
    """
    squared = (samples - reconstructed).square().flatten(1)
    return 0.5 * (squared.sum(1) / variance + squared.shape[1] * torch.log(2.0 * math.pi * variance))


def active_units(means: Tensor) -> Tensor:
    """Return which numbers of the code say anything of a sample, shape (n_code,): their means vary by over 0.01.

    Parameters
    ----------
    means : Tensor of shape (n, n_code)
        The mean codes of a data set.

    Examples
    --------
    >>> active_units(torch.tensor([[0.01, 1.0], [0.0, -1.0]])).tolist()
    [False, True]

    References
    ----------
    Burda, Grosse and Salakhutdinov, "Importance Weighted Autoencoders", ICLR 2016, arXiv:1509.00519.
    """
    return means.var(0, correction=0) > 0.01


@final
class EvidenceLowerBound(nn.Module):
    """The negative evidence lower bound: error and KL divergence, each summed over a sample, then averaged.

    Were one averaged over what the other is summed over, that would weigh the terms against each other by thousands,
    and the code would end up empty. The variance of the decoder's Gaussian needs no choice either: each batch has that
    under which its errors are most likely, which is their mean square.

    Parameters
    ----------
    network : nn.Module
        With ``posterior``, ``decode`` and a buffer ``variance``, which follows the batches' variances.
    beta : float, default 1.0
        Weight of the KL divergence.
    warmup_steps : int, default 0
        Steps over which that weight rises from 0, while the decoder learns to use the code.
    free_bits : float, default 0
        What each number of the code may tell of a sample at no cost.

    Attributes
    ----------
    parts : dict of str to Tensor
        The terms of the last step: "reconstruction" and "kl", the latter unweighted.

    References
    ----------
    The bound: Kingma and Welling, ICLR 2014, arXiv:1312.6114. The variance: Rybkin, Daniilidis and Levine, "Simple and
    Effective VAE Training with Calibrated Decoders", ICML 2021, arXiv:2006.13202. The warm-up: Bowman et al., CoNLL
    2016, arXiv:1511.06349. Free bits: Kingma et al., NeurIPS 2016, arXiv:1606.04934.
    """

    parts: dict[str, Tensor]
    network: Any
    steps: Tensor

    def __init__(self, network: Any, *, beta: float = 1.0, warmup_steps: int = 0, free_bits: float = 0.0) -> None:
        super().__init__()
        self.network, self.beta, self.warmup_steps = network, beta, warmup_steps
        self.free_nats = free_bits * math.log(2.0)
        self.register_buffer("steps", torch.zeros(()))
        self.parts = {}

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w) or of rows (n, d)."""
        samples = network_samples(batch)
        # Under mixed precision the network's outputs are coarse; what is made of them is computed in full.
        mean, log_variance = (values.float() for values in self.network.posterior(samples))
        noise = torch.randn(mean.shape, generator=generator, device=mean.device, dtype=mean.dtype)
        reconstructed = self.network.decode(mean + (0.5 * log_variance).exp() * noise).float()
        variance = (samples - reconstructed).detach().square().mean().clamp(min=LEAST_VARIANCE)
        reconstruction = negative_log_likelihood(samples, reconstructed, variance).mean()
        divergences = gaussian_kl(mean, log_variance).mean(0)
        self.parts = {"reconstruction": reconstruction.detach(), "kl": divergences.sum().detach()}
        weight = self._weight()
        self._count(variance)
        return reconstruction + weight * divergences.clamp(min=self.free_nats).sum()

    def _weight(self) -> Tensor:
        return self.beta * ((self.steps + 1.0) / max(self.warmup_steps, 1)).clamp(max=1.0)

    @torch.no_grad()
    def _count(self, variance: Tensor) -> None:
        """Let the variance that is scored with follow that of the batches: at first their mean."""
        self.steps += 1.0
        self.network.variance.lerp_(variance, (1.0 / self.steps).clamp(min=_NEWEST))
