"""The fully connected autoencoder."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, final

import numpy as np
from torch import nn

from dross.networks import DenseAutoencoder
from dross.parameters import at_least_problems, count_problems, positive_problems
from dross.reconstruction.base import AbstractReconstruction
from dross.reconstruction.errors import Score
from dross.reconstruction.losses import ReconstructionLoss
from dross.training import Precision


@final
class FullyConnectedAutoencoder(AbstractReconstruction):
    """Score samples by their reconstruction through a narrow code, from layers that see all of a sample at once.

    Use it on small aligned images (faces, digits, one kind of clothes) and on tables of many rows. Do not use it
    without :class:`~dross.reconstruction.PCAReconstruction` beside it, which is often as good for nothing.

    It assumes a training set nearly free of anomalies, since what is in it is learned; or labels for some of them:
    then their error is raised while that of all others is lowered.

    Parameters
    ----------
    hidden : tuple of int, default (256, 128)
        Widths of the layers between sample and code.
    n_code : int, default 32
        Numbers in the code; at most half of a row's columns.
    code_noise : float, default 0
        Standard deviation of what is added to the code while training.
    anomaly_weight : float, default 1.0
        Weight of the loss of labelled anomalies, where there are any.
    score_by : str, default "squared"
        What counts as badly reconstructed: "squared" or "absolute" error; of images also "ssim" and "patches" (the
        worst three); or what becomes of the code: "mahalanobis" (how unusual it is) and "re-encoding" (how far the
        code of the reconstruction is from it); or "squared+mahalanobis", both in standard deviations over the training
        set: what is reconstructed badly, or well from a code that no other sample has.
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
        Draws the weights, the order of samples and the noise.

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
    Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks", Science 313 (2006). With
    labelled anomalies: Yamanaka et al., "Autoencoding Binary Classifiers", PRICAI 2019, arXiv:1903.10709.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(200, 1)) * [1.0, 2.0, -1.0, 0.5]
    >>> detector = FullyConnectedAutoencoder(hidden=(16,), n_code=1, max_epochs=60, random_state=0).fit(X)
    >>> scores = detector.score_samples([[1.0, 2.0, -1.0, 0.5], [1.0, -2.0, 1.0, 0.5]])
    >>> bool(scores[0] > scores[1])
    True
    """

    _takes_rows: ClassVar[bool] = True
    _takes_labels: ClassVar[Literal["no", "optional", "needed"]] = "optional"

    def __init__(
        self,
        *,
        hidden: tuple[int, ...] = (256, 128),
        n_code: int = 32,
        code_noise: float = 0.0,
        anomaly_weight: float = 1.0,
        score_by: Score = "squared",
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
        self.code_noise = code_noise
        self.anomaly_weight = anomaly_weight
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
        return DenseAutoencoder(shape, self.hidden, n_code)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        return ReconstructionLoss(
            network, code_noise=self.code_noise, labelled=labelled, anomaly_weight=self.anomaly_weight
        )

    def _own_problems(self) -> list[str]:
        hidden = self.hidden if isinstance(self.hidden, (tuple, list)) else (self.hidden,)
        problems = [problem for width in hidden for problem in count_problems("hidden", width)]
        problems += count_problems("n_code", self.n_code) + at_least_problems("code_noise", self.code_noise)
        return problems + positive_problems("anomaly_weight", self.anomaly_weight)
