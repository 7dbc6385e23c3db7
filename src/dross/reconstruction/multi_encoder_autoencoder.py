"""The multi-encoder autoencoder."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, final

import numpy as np
from torch import nn

from dross.networks import ParallelEncoders
from dross.parameters import count_problems, positive_problems, width_problems
from dross.reconstruction.base import AbstractReconstruction
from dross.reconstruction.errors import Score
from dross.reconstruction.losses import ReconstructionLoss
from dross.training import Precision


@final
class MultiEncoderAutoencoder(AbstractReconstruction):
    """Score images by their reconstruction from the joined codes of encoders that look at them differently.

    One encoder sees all of an image at once, one through small filters and one through large ones; one larger decoder
    makes the image of what they say. Use it where neither a fully connected nor a convolutional autoencoder is clearly
    better. Do not use it with wide codes: three of them together copy anomalies as well as normal images.

    It assumes a training set nearly free of anomalies, since what is in it is learned; or labels for some of them:
    then their error is raised while that of all others is lowered.

    Parameters
    ----------
    hidden : tuple of int, default (256, 128)
        Widths of the fully connected encoder's layers.
    filter_sizes : tuple of int, default (3, 7)
        Side of the filters of each convolutional encoder, no two alike.
    widths : tuple of int, default (16, 32, 64)
        Channels of these after each halving of the image; the decoder has twice as many.
    n_code : int, default 16
        Numbers that each encoder adds to the code.
    normalise : bool, default True
        Whether batch normalisation follows each convolution but the last.
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
    network_ : ParallelEncoders
        The trained network.
    history_ : list of dict
        Epoch, loss and its terms, one record an epoch.
    findings_ : list of str
        What is wrong with the trained network, in sentences.
    offset_ : float
        The alarm threshold on ``score_samples``.

    References
    ----------
    The multi-encoder autoencoder is one of the methods that National Taiwan University's course on machine learning
    (2021 to 2023) names for the anomaly detection of faces.

    Examples
    --------
    >>> images = np.zeros((32, 16, 16, 1), dtype=np.uint8)
    >>> images[:, 4:12, 4:12] = np.arange(100, 196, 3)[:, None, None, None]
    >>> detector = MultiEncoderAutoencoder(hidden=(), widths=(4, 8), n_code=1, batch_size=8, random_state=0).fit(images)
    >>> bool(detector.score_samples(images[:1])[0] > detector.score_samples(255 - images[:1])[0])
    True
    """

    _takes_labels: ClassVar[Literal["no", "optional", "needed"]] = "optional"

    def __init__(
        self,
        *,
        hidden: tuple[int, ...] = (256, 128),
        filter_sizes: tuple[int, ...] = (3, 7),
        widths: tuple[int, ...] = (16, 32, 64),
        n_code: int = 16,
        normalise: bool = True,
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
        self.hidden = hidden
        self.filter_sizes = filter_sizes
        self.widths = widths
        self.n_code = n_code
        self.normalise = normalise
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
        return ParallelEncoders(shape, self.hidden, self.filter_sizes, self.widths, self.n_code, self.normalise)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        return ReconstructionLoss(network, labelled=labelled, anomaly_weight=self.anomaly_weight)

    def _own_problems(self) -> list[str]:
        problems = width_problems("hidden", self.hidden, least=0) + width_problems("widths", self.widths)
        problems += width_problems("filter_sizes", self.filter_sizes, least=2) or _alike(self.filter_sizes)
        problems += count_problems("n_code", self.n_code)
        return problems + positive_problems("anomaly_weight", self.anomaly_weight)


def _alike(filter_sizes: tuple[int, ...]) -> list[str]:
    if len(set(filter_sizes)) == len(filter_sizes) and min(filter_sizes) > 1:
        return []
    return [f"filter_sizes is {filter_sizes!r}; each must be at least 2, and no two alike, or encoders say the same"]
