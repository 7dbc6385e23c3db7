"""The plain GAN for anomaly detection: an autoencoder whose reconstructions are to look real."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal, final

import numpy as np
from torch import Tensor, nn

from dross.networks import ConvAutoencoder, ConvDiscriminator
from dross.parameters import at_least_problems, count_problems, width_problems
from dross.reconstruction.base import AbstractReconstruction
from dross.reconstruction.discriminator_collapse import discriminator_findings
from dross.reconstruction.errors import Score
from dross.reconstruction.gan_loss import GANLoss
from dross.training import Precision


@final
class GAN(AbstractReconstruction):
    """Score images by their reconstruction by an autoencoder that also has to deceive a discriminator.

    Use it where plain reconstructions are so blurred that what is blurred of normal images hides what is missed of
    anomalous ones. Do not use it without a :class:`~dross.reconstruction.ConvolutionalAutoencoder` beside it, which it
    becomes where the discriminator wins or gives up: ``findings_`` says so.

    It assumes a training set nearly free of anomalies, since what is in it is learned.

    Parameters
    ----------
    widths : tuple of int, default (16, 32, 64)
        Channels after each halving of the image, in the autoencoder and in the discriminator.
    n_code : int or None, default 32
        Numbers in the code; ``None``: the last feature maps are the code.
    normalise : bool, default True
        Whether batch normalisation follows each convolution of the autoencoder but the last.
    adversarial_weight : float, default 0.02
        Weight of what the discriminator says beside the mean absolute error; 0 leaves the discriminator out.
    score_by : str, default "squared"
        "squared", "absolute", "ssim", "patches", "mahalanobis", "re-encoding" or "squared+mahalanobis"; see
        :class:`~dross.reconstruction.FullyConnectedAutoencoder`.
    max_epochs : float, default 30
        Epochs that ``fit`` trains; 0 leaves the weights random.
    batch_size : int, default 64
        Images a step.
    learning_rate : float, default 1e-3
        Adam's.
    device : str, default "auto"
        "auto", "cpu", "cuda", "mps".
    precision : str, default "32-true"
        "auto" (bfloat16 where the device multiplies it), "32-true", "bf16-mixed", "16-mixed".
    contamination : float in (0, 0.5] or "auto", default "auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.
    random_state : int, RandomState or None, default None
        Draws the weights and the order of images.

    Attributes
    ----------
    network_ : ConvAutoencoder
        The trained generator.
    history_ : list of dict
        Epoch, loss and its terms, one record an epoch; "discriminator on real" is the mean probability to be real that
        the discriminator gives real images.
    findings_ : list of str
        What is wrong with the training, in sentences.
    offset_ : float
        The alarm threshold on ``score_samples``.

    References
    ----------
    Sabokrou, Khalooei, Fathy and Adeli, "Adversarially Learned One-Class Classifier for Novelty Detection", CVPR 2018,
    arXiv:1802.09088.

    Examples
    --------
    >>> images = np.zeros((32, 16, 16, 1), dtype=np.uint8)
    >>> images[:, 4:12, 4:12] = 200
    >>> detector = GAN(widths=(4, 8), n_code=2, max_epochs=5, batch_size=8, random_state=0).fit(images)
    >>> bool(detector.score_samples(images[:1])[0] > detector.score_samples(255 - images[:1])[0])
    True
    """

    _betas: ClassVar[tuple[float, float]] = (0.5, 0.999)

    def __init__(
        self,
        *,
        widths: tuple[int, ...] = (16, 32, 64),
        n_code: int | None = 32,
        normalise: bool = True,
        adversarial_weight: float = 0.02,
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
        self.adversarial_weight = adversarial_weight
        self.score_by = score_by
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.device = device
        self.precision = precision
        self.contamination = contamination
        self.random_state = random_state

    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        return ConvAutoencoder(shape, self.widths, self.n_code, self.normalise)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        return GANLoss(network, ConvDiscriminator(self.sample_shape_, self.widths), self.adversarial_weight)

    def _look(self, network: Any, samples: Iterator[Tensor]) -> list[str]:
        return discriminator_findings(self.history_)

    def _own_problems(self) -> list[str]:
        problems = width_problems("widths", self.widths)
        problems += count_problems("n_code", self.n_code) if self.n_code is not None else []
        return problems + at_least_problems("adversarial_weight", self.adversarial_weight)
