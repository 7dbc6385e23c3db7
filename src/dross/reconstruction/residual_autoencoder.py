"""The residual autoencoder."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, final

import numpy as np
from torch import nn

from dross.networks import ResNetAutoencoder
from dross.networks.resnet import blocks_problems
from dross.parameters import count_problems, positive_problems, width_problems
from dross.reconstruction.base import AbstractReconstruction
from dross.reconstruction.errors import Score
from dross.reconstruction.losses import ReconstructionLoss
from dross.training import Precision


@final
class ResidualAutoencoder(AbstractReconstruction):
    """Score samples by their reconstruction through a narrow code that a deep network with shortcuts makes.

    Use it on images of many kinds of things, with time to train, best on a GPU; and on tables whose columns depend on
    each other in ways that a layer or two cannot follow. Do not use it on a thousand aligned images, where
    :class:`~dross.reconstruction.FullyConnectedAutoencoder` learns as much in a tenth of the time.

    It assumes a training set nearly free of anomalies, since what is in it is learned; or labels for some of them:
    then their error is raised while that of all others is lowered.

    Parameters
    ----------
    width : int, default 16
        Channels of the ResNet's first stage; each later stage has twice those of the one before.
    blocks : four ints, default (1, 1, 1, 1)
        Residual blocks of each stage.
    widths : tuple of int, default (16, 32, 64)
        Channels of the convolutional decoder of images, those nearest to the image first.
    hidden : int, default 64
        Width of the linear blocks that encode and decode rows.
    n_code : int, default 32
        Numbers in the code; at most half of a row's columns.
    anomaly_weight : float, default 1.0
        Weight of the loss of labelled anomalies, where there are any.
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
    network_ : ResNetAutoencoder
        The trained network.
    history_ : list of dict
        Epoch, loss and its terms, one record an epoch.
    findings_ : list of str
        What is wrong with the trained network, in sentences.
    offset_ : float
        The alarm threshold on ``score_samples``.

    References
    ----------
    He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv:1512.03385.

    Examples
    --------
    >>> images = np.zeros((32, 16, 16, 1), dtype=np.uint8)
    >>> images[:, 4:12, 4:12] = np.arange(100, 196, 3)[:, None, None, None]
    >>> detector = ResidualAutoencoder(width=4, widths=(4, 8), n_code=2, batch_size=8, random_state=0).fit(images)
    >>> bool(detector.score_samples(images[:1])[0] > detector.score_samples(255 - images[:1])[0])
    True
    """

    _takes_rows: ClassVar[bool] = True
    _takes_labels: ClassVar[Literal["no", "optional", "needed"]] = "optional"

    def __init__(
        self,
        *,
        width: int = 16,
        blocks: tuple[int, int, int, int] = (1, 1, 1, 1),
        widths: tuple[int, ...] = (16, 32, 64),
        hidden: int = 64,
        n_code: int = 32,
        anomaly_weight: float = 1.0,
        score_by: Score = "squared+mahalanobis",
        max_epochs: float = 30.0,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        device: str = "auto",
        precision: Precision = "32-true",
        contamination: float | Literal["auto"] = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.width = width
        self.blocks = blocks
        self.widths = widths
        self.hidden = hidden
        self.n_code = n_code
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
        return ResNetAutoencoder(shape, self.width, self.blocks, self.widths, self.hidden, n_code)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        return ReconstructionLoss(network, labelled=labelled, anomaly_weight=self.anomaly_weight)

    def _own_problems(self) -> list[str]:
        problems = count_problems("width", self.width) + blocks_problems("blocks", self.blocks)
        problems += width_problems("widths", self.widths) + count_problems("hidden", self.hidden)
        problems += count_problems("n_code", self.n_code)
        return problems + positive_problems("anomaly_weight", self.anomaly_weight)
