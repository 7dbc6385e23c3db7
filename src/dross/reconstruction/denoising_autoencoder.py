"""The denoising autoencoder."""

from __future__ import annotations

from typing import Any, Literal, final

import numpy as np
from torch import nn

from dross.networks import DenseAutoencoder
from dross.parameters import at_least_problems, choice_problems, count_problems, share_problems, width_problems
from dross.reconstruction.base import AbstractReconstruction
from dross.reconstruction.denoising_loss import NOISES, DenoisingLoss, Noise
from dross.reconstruction.errors import Score
from dross.training import Precision


@final
class DenoisingAutoencoder(AbstractReconstruction):
    """Score images by the reconstruction of a network that learned to mend damaged ones.

    Use it where training data are few or the code has to be wide: a network that is shown something other than what it
    has to return cannot learn to copy. Do not use it where anomalies look like the damage: they are mended too.

    It assumes a training set nearly free of anomalies, since what is in it is learned. What is scored is not damaged.

    Parameters
    ----------
    hidden : tuple of int, default (256, 128)
        Widths of the layers between image and code.
    n_code : int, default 32
        Numbers in the code.
    noise : {"gaussian", "masking"}, default "gaussian"
        The damage: a Gaussian added to each number, or some of the numbers black.
    noise_level : float, default 0.25
        The Gaussian's standard deviation, where black is -1 and white 1; or the share of numbers that become black.
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
        Draws the weights, the order of samples and the damage.

    Attributes
    ----------
    network_ : DenseAutoencoder
        The trained network.
    history_ : list of dict
        Epoch, loss and its terms, one record an epoch.
    findings_ : list of str
        What is wrong with the trained network, in sentences.
    offset_ : float
        The alarm threshold on ``score_samples``.

    References
    ----------
    Vincent, Larochelle, Bengio and Manzagol, "Extracting and Composing Robust Features with Denoising Autoencoders",
    ICML 2008.

    Examples
    --------
    >>> images = np.zeros((32, 16, 16, 1), dtype=np.uint8)
    >>> images[:, 4:12, 4:12] = np.arange(100, 196, 3)[:, None, None, None]
    >>> detector = DenoisingAutoencoder(hidden=(16,), n_code=2, batch_size=8, random_state=0).fit(images)
    >>> bool(detector.score_samples(images[:1])[0] > detector.score_samples(255 - images[:1])[0])
    True
    """

    def __init__(
        self,
        *,
        hidden: tuple[int, ...] = (256, 128),
        n_code: int = 32,
        noise: Noise = "gaussian",
        noise_level: float = 0.25,
        score_by: Score = "squared+mahalanobis",
        max_epochs: float = 30.0,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        device: str = "auto",
        precision: Precision = "32-true",
        contamination: float | Literal["auto"] = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden = hidden
        self.n_code = n_code
        self.noise = noise
        self.noise_level = noise_level
        self.score_by = score_by
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.device = device
        self.precision = precision
        self.contamination = contamination
        self.random_state = random_state

    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        return DenseAutoencoder(shape, self.hidden, self.n_code)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        return DenoisingLoss(network, self.noise, self.noise_level)

    def _own_problems(self) -> list[str]:
        problems = width_problems("hidden", self.hidden, least=0) + count_problems("n_code", self.n_code)
        problems += choice_problems("noise", self.noise, NOISES)
        if self.noise == "masking":
            return problems + share_problems("noise_level", self.noise_level)
        return problems + at_least_problems("noise_level", self.noise_level)
