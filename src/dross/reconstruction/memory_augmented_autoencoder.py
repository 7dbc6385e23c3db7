"""The memory-augmented autoencoder (MemAE)."""

from __future__ import annotations

from typing import Any, Literal, final

import numpy as np
from torch import nn

from dross.networks import MemoryAutoencoder
from dross.parameters import at_least_problems, count_problems, width_problems
from dross.reconstruction.base import AbstractReconstruction
from dross.reconstruction.errors import Score
from dross.reconstruction.memory_loss import MemoryLoss
from dross.training import Precision


@final
class MemoryAugmentedAutoencoder(AbstractReconstruction):
    """Score images by their reconstruction from a memory of what normal ones are made of.

    Use it where an autoencoder reconstructs anomalies too well, because they are made of the same pieces as normal
    images: here only mixtures of a few remembered codes can be decoded. Do not use it for data of more kinds than the
    memory has slots.

    It assumes a training set nearly free of anomalies, since what is in it is remembered.

    Parameters
    ----------
    widths : tuple of int, default (16, 32, 64)
        Channels after each halving of the image.
    n_code : int, default 32
        Numbers in the code.
    n_slots : int, default 100
        Codes that are remembered.
    shrinkage : float, default 1.0
        Slots that weigh less than this multiple of 1 / n_slots are left out; its authors use 1 to 3, 0 leaves out none.
    entropy_weight : float, default 2e-4
        Weight of the entropy of the weights in the loss, which makes them few.
    normalise : bool, default True
        Whether batch normalisation follows each convolution but the last.
    score_by : str, default "squared+mahalanobis"
        "squared", "absolute", "ssim", "patches", "mahalanobis", "re-encoding" or "squared+mahalanobis"; see
        :class:`~dross.reconstruction.FullyConnectedAutoencoder`.
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
        Draws the weights and the order of samples.

    Attributes
    ----------
    network_ : MemoryAutoencoder
        The trained network.
    history_ : list of dict
        Epoch, loss and its terms, one record an epoch.
    findings_ : list of str
        What is wrong with the trained network, in sentences.
    offset_ : float
        The alarm threshold on ``score_samples``.

    References
    ----------
    Gong et al., "Memorizing Normality to Detect Anomaly: Memory-augmented Deep Autoencoder for Unsupervised Anomaly
    Detection", ICCV 2019, arXiv:1904.02639.

    Examples
    --------
    >>> images = np.zeros((32, 16, 16, 1), dtype=np.uint8)
    >>> images[:, 4:12, 4:12] = np.arange(100, 196, 3)[:, None, None, None]
    >>> detector = MemoryAugmentedAutoencoder(widths=(4, 8), n_code=4, batch_size=8, random_state=0).fit(images)
    >>> bool(detector.score_samples(images[:1])[0] > detector.score_samples(255 - images[:1])[0])
    True
    """

    def __init__(
        self,
        *,
        widths: tuple[int, ...] = (16, 32, 64),
        n_code: int = 32,
        n_slots: int = 100,
        shrinkage: float = 1.0,
        entropy_weight: float = 2e-4,
        normalise: bool = True,
        score_by: Score = "squared+mahalanobis",
        max_epochs: float = 30.0,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        device: str = "auto",
        precision: Precision = "32-true",
        contamination: float | Literal["auto"] = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.widths = widths
        self.n_code = n_code
        self.n_slots = n_slots
        self.shrinkage = shrinkage
        self.entropy_weight = entropy_weight
        self.normalise = normalise
        self.score_by = score_by
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.device = device
        self.precision = precision
        self.contamination = contamination
        self.random_state = random_state

    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        return MemoryAutoencoder(shape, self.widths, self.n_code, self.n_slots, self.shrinkage, self.normalise)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        return MemoryLoss(network, self.entropy_weight)

    def _own_problems(self) -> list[str]:
        problems = width_problems("widths", self.widths) + count_problems("n_code", self.n_code)
        problems += count_problems("n_slots", self.n_slots) + at_least_problems("shrinkage", self.shrinkage)
        return problems + at_least_problems("entropy_weight", self.entropy_weight)
