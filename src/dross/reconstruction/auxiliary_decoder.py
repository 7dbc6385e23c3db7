"""The auxiliary decoder: a second decoder, trained on the code of an autoencoder that is finished."""

from __future__ import annotations

from typing import Any, Literal, final

import numpy as np
from torch import nn

from dross.networks import TwoDecoderAutoencoder
from dross.networks.resnet import blocks_problems
from dross.parameters import at_least_problems, count_problems, width_problems
from dross.reconstruction.auxiliary_decoder_loss import AuxiliaryDecoderLoss
from dross.reconstruction.base import AbstractReconstruction
from dross.reconstruction.errors import Score
from dross.reconstruction.losses import ReconstructionLoss
from dross.training import Precision


@final
class AuxiliaryDecoder(AbstractReconstruction):
    """Score images by what a second decoder makes of the code of a finished autoencoder.

    In the first half of the epochs a residual autoencoder is trained. Then its encoder is frozen, and in the second
    half another decoder is trained on its codes, with a loss that the encoder steers: beside the error of the image,
    the code that the frozen encoder gives the reconstruction has to be the code it came from. So the second decoder
    aims at a code that no longer moves, and at what the encoder takes notice of.

    Use it beside :class:`~dross.reconstruction.ResidualAutoencoder`, which it is to improve on. Do not use it where
    training time is short: each decoder gets half of it.

    It assumes a training set nearly free of anomalies, since what is in it is learned.

    Parameters
    ----------
    width : int, default 16
        Channels of the ResNet's first stage; each later stage has twice those of the one before.
    blocks : four ints, default (1, 1, 1, 1)
        Residual blocks of each stage.
    widths : tuple of int, default (16, 32, 64)
        Channels of both decoders, those nearest to the image first.
    n_code : int, default 32
        Numbers in the code.
    code_weight : float, default 0.1
        Weight of the error of the code in the loss of the second decoder.
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
    network_ : TwoDecoderAutoencoder
        The trained network.
    history_ : list of dict
        Epoch, loss and its terms, one record an epoch.
    findings_ : list of str
        What is wrong with the trained network, in sentences.
    offset_ : float
        The alarm threshold on ``score_samples``.

    References
    ----------
    Described, without its details, by a participant of the anomaly detection of faces in National Taiwan University's
    course on machine learning of 2022; the steering by the frozen encoder's code is our reading of it.

    Examples
    --------
    >>> images = np.zeros((32, 16, 16, 1), dtype=np.uint8)
    >>> images[:, 4:12, 4:12] = np.arange(100, 196, 3)[:, None, None, None]
    >>> detector = AuxiliaryDecoder(width=4, widths=(4, 8), n_code=2, batch_size=8, random_state=0).fit(images)
    >>> bool(detector.score_samples(images[:1])[0] > detector.score_samples(255 - images[:1])[0])
    True
    """

    def __init__(
        self,
        *,
        width: int = 16,
        blocks: tuple[int, int, int, int] = (1, 1, 1, 1),
        widths: tuple[int, ...] = (16, 32, 64),
        n_code: int = 32,
        code_weight: float = 0.1,
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
        self.n_code = n_code
        self.code_weight = code_weight
        self.score_by = score_by
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.device = device
        self.precision = precision
        self.contamination = contamination
        self.random_state = random_state

    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        return TwoDecoderAutoencoder(shape, self.width, self.blocks, self.widths, self.n_code)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        return AuxiliaryDecoderLoss(network, self.code_weight)

    def _stages(self, network: Any, labelled: bool) -> list[tuple[nn.Module, float]]:
        first = ReconstructionLoss(network.autoencoder)
        return [(first, self.max_epochs / 2), (self._objective(network, labelled), self.max_epochs / 2)]

    def _own_problems(self) -> list[str]:
        problems = count_problems("width", self.width) + blocks_problems("blocks", self.blocks)
        problems += width_problems("widths", self.widths) + count_problems("n_code", self.n_code)
        return problems + at_least_problems("code_weight", self.code_weight)
