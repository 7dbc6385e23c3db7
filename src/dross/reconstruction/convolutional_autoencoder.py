"""The convolutional autoencoder."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Literal, final

import numpy as np
from torch import nn

from dross.networks import ConvAutoencoder
from dross.parameters import choice_problems, count_problems, positive_problems, truth_problems
from dross.reconstruction.base import AbstractReconstruction
from dross.reconstruction.errors import Score
from dross.reconstruction.losses import ReconstructionLoss
from dross.reconstruction.mirrored import Mirrored
from dross.training import Precision

#: What it can be trained for.
LOSSES: Final = ("squared", "absolute", "ssim")


@final
class ConvolutionalAutoencoder(AbstractReconstruction):
    """Score images by their reconstruction through a narrow code, from layers that see a small part at a time.

    Use it on images that are not aligned to the pixel. Do not use it with a wide code (``n_code=None`` keeps the last
    feature maps): such a network copies anomalies as well as normals. On rows of a table it convolves along the
    columns, which takes columns with an order: spectra, readings of one sensor.

    It assumes a training set nearly free of anomalies, since what is in it is learned; or labels for some of them:
    then their error is raised while that of all others is lowered.

    Parameters
    ----------
    widths : tuple of int, default (16, 32, 64)
        Channels after each halving of the image.
    n_code : int or None, default 32
        Numbers in the code; ``None``: the last feature maps are the code.
    normalise : bool, default True
        Whether batch normalisation follows each convolution but the last.
    anomaly_weight : float, default 1.0
        Weight of the loss of labelled anomalies, where there are any.
    mirror : bool, default False
        Whether to learn from images mirrored at random. Not where left and right differ, as in writing.
    loss : {"squared", "absolute", "ssim"}, default "squared"
        The error that is made small. "ssim" (one minus structural similarity) wants textures and edges to be right
        rather than each pixel, and is for images.
    score_by : str, default "squared"
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
    network_ : ConvAutoencoder
        The trained network.
    history_ : list of dict
        Epoch, loss and its terms, one record an epoch.
    findings_ : list of str
        What is wrong with the trained network, in sentences.
    offset_ : float
        The alarm threshold on ``score_samples``.

    References
    ----------
    Masci, Meier, Cireşan and Schmidhuber, "Stacked Convolutional Auto-Encoders for Hierarchical Feature Extraction",
    ICANN 2011; Bergmann, Löwe, Fauser, Sattlegger and Steger, "Improving Unsupervised Defect Segmentation by Applying
    Structural Similarity to Autoencoders", VISAPP 2019, arXiv:1807.02011 (``loss="ssim"``).

    Examples
    --------
    >>> images = np.zeros((32, 16, 16, 1), dtype=np.uint8)
    >>> images[:, 4:12, 4:12] = 200
    >>> detector = ConvolutionalAutoencoder(widths=(4, 8), n_code=2, max_epochs=20, random_state=0).fit(images)
    >>> bool(detector.score_samples(images[:1])[0] > detector.score_samples(255 - images[:1])[0])
    True
    """

    _takes_rows: ClassVar[bool] = True
    _takes_labels: ClassVar[Literal["no", "optional", "needed"]] = "optional"

    def __init__(
        self,
        *,
        widths: tuple[int, ...] = (16, 32, 64),
        n_code: int | None = 32,
        normalise: bool = True,
        anomaly_weight: float = 1.0,
        mirror: bool = False,
        loss: Literal["squared", "absolute", "ssim"] = "squared",
        score_by: Score = "squared",
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
        self.normalise = normalise
        self.anomaly_weight = anomaly_weight
        self.mirror = mirror
        self.loss = loss
        self.score_by = score_by
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.device = device
        self.precision = precision
        self.contamination = contamination
        self.random_state = random_state

    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        few = len(shape) == 1 and self.n_code is not None
        return ConvAutoencoder(
            shape, self.widths, min(self.n_code or 1, max(1, shape[0] // 2)) if few else self.n_code, self.normalise
        )

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        loss = ReconstructionLoss(network, self.loss, labelled=labelled, anomaly_weight=self.anomaly_weight)
        return Mirrored(loss) if self.mirror else loss

    def _own_problems(self) -> list[str]:
        widths = self.widths if isinstance(self.widths, (tuple, list)) and self.widths else (self.widths,)
        problems = [problem for width in widths for problem in count_problems("widths", width)]
        problems += count_problems("n_code", self.n_code) if self.n_code is not None else []
        problems += choice_problems("loss", self.loss, LOSSES)
        return (
            problems + positive_problems("anomaly_weight", self.anomaly_weight) + truth_problems("mirror", self.mirror)
        )

    def _shape_problems(self, shape: tuple[int, ...]) -> list[str]:
        problems = super()._shape_problems(shape)
        if len(shape) == 1 and self.mirror:
            problems.append("mirror is True, which is for images, and these are rows: leave it out")
        if len(shape) == 1 and self.loss == "ssim":
            problems.append("loss is 'ssim', which compares neighbouring pixels, and rows have none")
        return problems
