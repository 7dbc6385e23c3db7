"""The variational autoencoder."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar, Final, Literal, final

import numpy as np
import torch
from torch import Tensor, nn

from dross.networks import VAE
from dross.parameters import at_least_problems, count_problems, width_problems
from dross.reconstruction.base import AbstractReconstruction
from dross.reconstruction.errors import SCORES, Score
from dross.reconstruction.evidence_lower_bound import (
    EvidenceLowerBound,
    active_units,
    gaussian_kl,
    negative_log_likelihood,
)
from dross.training import Precision

#: A code that tells less than this of a sample, in bits, as good as tells nothing.
LEAST_BITS: Final = 0.1
LN_2: Final = math.log(2.0)
#: Codes drawn for the reconstruction probability, the same noise for every sample and every model.
N_DRAWS, _SEED = 16, 0


@final
class VariationalAutoencoder(AbstractReconstruction):
    """Score samples by their reconstruction through a code that is a Gaussian, kept near the standard Gaussian.

    Use it where codes have to mean something beyond their own sample: to generate, to interpolate, or to score by how
    unusual a code is; and where training data are few, since noise on the code and the pull towards zero keep it from
    learning them by heart. Do not use it for the sharpest reconstructions: what a code cannot say is averaged.

    It assumes a training set nearly free of anomalies, since what is in it is learned. Images go through convolutions,
    rows of a table through linear layers.

    Parameters
    ----------
    widths : tuple of int, default (16, 32, 64)
        Channels after each halving of an image.
    hidden : tuple of int, default (128, 64)
        Widths of the layers between a row and its code.
    n_code : int, default 32
        Numbers in the code; at most half of a row's columns.
    normalise : bool, default True
        Whether batch normalisation follows each convolution but the last.
    beta : float, default 1.0
        Weight of the KL divergence; 1 is the evidence lower bound. More makes codes say less, each for itself.
    warmup_epochs : float, default 5
        Epochs over which that weight rises from 0, so that the decoder learns to use the code before it costs.
    free_bits : float, default 0
        What each number of the code may tell of a sample at no cost: against a code that stays empty.
    score_by : str, default "squared+mahalanobis"
        As for :class:`~dross.reconstruction.FullyConnectedAutoencoder`, from the mean of the code; or
        "reconstruction-probability": how likely the decoder's Gaussians make the sample, over codes drawn for it.
    max_epochs : float, default 30
        Epochs that ``fit`` trains; 0 leaves the weights random.
    batch_size : int, default 64
        Samples a step.
    learning_rate : float, default 1e-3
        Adam's.
    device : str, default "auto"
        "auto", "cpu", "cuda", "mps".
    precision : str, default "32-true"
        "auto" (bfloat16 where the device multiplies it), "32-true", "bf16-mixed", "16-mixed".
    contamination : float in (0, 0.5] or "auto", default "auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.
    random_state : int, RandomState or None, default None
        Draws the weights, the order of samples and the codes.

    Attributes
    ----------
    network_ : VAE
        The trained network.
    history_ : list of dict
        Epoch, loss and its terms in nats a sample, one record an epoch.
    findings_ : list of str
        Says so if the code has collapsed: if none of its numbers vary with the sample, or all tell next to nothing.
    offset_ : float
        The alarm threshold on ``score_samples``.

    References
    ----------
    Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014, arXiv:1312.6114; the decoder's variance as in
    Rybkin, Daniilidis and Levine, ICML 2021, arXiv:2006.13202. The reconstruction probability: An and Cho,
    "Variational Autoencoder based Anomaly Detection using Reconstruction Probability", SNU Data Mining Center 2015.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(200, 1)) * [1.0, 2.0, -1.0, 0.5]
    >>> detector = VariationalAutoencoder(hidden=(16,), n_code=1, learning_rate=0.01, random_state=0).fit(X)
    >>> scores = detector.score_samples([[1.0, 2.0, -1.0, 0.5], [1.0, -2.0, 1.0, 0.5]])
    >>> bool(scores[0] > scores[1]), detector.findings_
    (True, [])
    """

    _takes_rows: ClassVar[bool] = True
    _scores: ClassVar[tuple[str, ...]] = (*SCORES, "reconstruction-probability")

    def __init__(
        self,
        *,
        widths: tuple[int, ...] = (16, 32, 64),
        hidden: tuple[int, ...] = (128, 64),
        n_code: int = 32,
        normalise: bool = True,
        beta: float = 1.0,
        warmup_epochs: float = 5.0,
        free_bits: float = 0.0,
        score_by: Score | Literal["reconstruction-probability"] = "squared+mahalanobis",
        max_epochs: float = 30.0,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        device: str = "auto",
        precision: Precision = "32-true",
        contamination: float | Literal["auto"] = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.widths = widths
        self.hidden = hidden
        self.n_code = n_code
        self.normalise = normalise
        self.beta = beta
        self.warmup_epochs = warmup_epochs
        self.free_bits = free_bits
        self.score_by = score_by
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.device = device
        self.precision = precision
        self.contamination = contamination
        self.random_state = random_state

    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        # As many numbers in the code as there are columns, and the network would learn to copy.
        n_code = self.n_code if len(shape) == 3 else min(self.n_code, max(1, shape[0] // 2))
        return VAE(shape, self.widths, self.hidden, n_code, self.normalise)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        steps = math.ceil(self.n_samples_fit_ / self.batch_size) * self.warmup_epochs
        return EvidenceLowerBound(network, beta=self.beta, warmup_steps=round(steps), free_bits=self.free_bits)

    def _per_sample(self, network: Any, samples: Tensor) -> Tensor:
        if self.score_by != "reconstruction-probability":
            return super()._per_sample(network, samples)
        mean, log_variance = network.posterior(samples)
        deviation = (0.5 * log_variance).exp()
        noise = torch.randn(N_DRAWS, mean.shape[1], generator=torch.Generator().manual_seed(_SEED)).to(mean)
        surprises = [
            negative_log_likelihood(samples, network.decode(mean + deviation * draw), network.variance)
            for draw in noise
        ]
        return torch.stack(surprises).mean(0)

    def _look(self, network: Any, samples: Iterator[Tensor]) -> list[str]:
        if self.history_[-1]["epoch"] <= self.warmup_epochs:
            return []  # the divergence has not had its full weight yet, under which a code collapses
        posteriors = [network.posterior(part) for part in samples]
        means, log_variances = (torch.cat(parts) for parts in zip(*posteriors, strict=True))
        n_active, bits = int(active_units(means).sum()), float(gaussian_kl(means, log_variances).sum(1).mean()) / LN_2
        if n_active and bits > LEAST_BITS:
            return []
        used = f"{n_active} of the {means.shape[1]} numbers of the code tell {bits:.2g} bits of"
        if not n_active:
            used = f"none of the {means.shape[1]} numbers of the code varies with"
        return [
            f"the posterior has collapsed: {used} the sample, so that all are reconstructed alike; lower beta "
            f"({self.beta:g}), or raise warmup_epochs ({self.warmup_epochs:g}), free_bits ({self.free_bits:g}) or "
            f"max_epochs ({self.max_epochs:g})"
        ]

    def _own_problems(self) -> list[str]:
        problems = width_problems("widths", self.widths) + width_problems("hidden", self.hidden, least=0)
        problems += count_problems("n_code", self.n_code) + at_least_problems("beta", self.beta)
        problems += at_least_problems("warmup_epochs", self.warmup_epochs)
        return problems + at_least_problems("free_bits", self.free_bits)
