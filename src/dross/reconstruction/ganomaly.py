"""GANomaly: how far the code of an image is from the code of its reconstruction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal, final

import numpy as np
from torch import Tensor, nn

from dross.networks import ConvDiscriminator, EncoderDecoderEncoder
from dross.parameters import at_least_problems, count_problems, width_problems
from dross.reconstruction.base import AbstractReconstruction
from dross.reconstruction.discriminator_collapse import discriminator_findings
from dross.reconstruction.errors import Score, absolute_error
from dross.reconstruction.ganomaly_loss import GANomalyLoss
from dross.training import Precision


@final
class GANomaly(AbstractReconstruction):
    """Score images by the distance between their code and the code that a second encoder gives their reconstruction.

    Use it as the reference that it is in the literature, and where the error of single pixels says little. Do not use
    it without a :class:`~dross.reconstruction.ConvolutionalAutoencoder` beside it, whose error is often the better
    score.

    It assumes a training set nearly free of anomalies, since what is in it is learned.

    Parameters
    ----------
    widths : tuple of int, default (16, 32, 64)
        Channels after each halving of the image, in both encoders, the decoder and the discriminator.
    n_code : int, default 32
        Numbers in the code.
    normalise : bool, default True
        Whether batch normalisation follows each convolution of the generator but the last.
    adversarial_weight : float, default 1.0
        Weight of the difference between the discriminator's features of an image and of its reconstruction; 0 leaves
        the discriminator out.
    reconstruction_weight : float, default 50.0
        Weight of the mean absolute error.
    latent_weight : float, default 1.0
        Weight of the difference of the codes.
    score_by : str, default "re-encoding"
        "re-encoding" is the distance of the two codes; the others, which look at the reconstruction or at the first
        code alone, are those of :class:`~dross.reconstruction.FullyConnectedAutoencoder`.
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
    network_ : EncoderDecoderEncoder
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
    Akcay, Atapour-Abarghouei and Breckon, "GANomaly: Semi-Supervised Anomaly Detection via Adversarial Training", ACCV
    2018, arXiv:1805.06725.

    Examples
    --------
    >>> images = np.zeros((32, 16, 16, 1), dtype=np.uint8)
    >>> images[:, 4:12, 4:12] = 200
    >>> detector = GANomaly(widths=(4, 8), n_code=2, score_by="absolute", max_epochs=5, batch_size=8, random_state=0)
    >>> bool(detector.fit(images).score_samples(images[:1])[0] > detector.score_samples(255 - images[:1])[0])
    True
    """

    _betas: ClassVar[tuple[float, float]] = (0.5, 0.999)

    def __init__(
        self,
        *,
        widths: tuple[int, ...] = (16, 32, 64),
        n_code: int = 32,
        normalise: bool = True,
        adversarial_weight: float = 1.0,
        reconstruction_weight: float = 50.0,
        latent_weight: float = 1.0,
        score_by: Score = "re-encoding",
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
        self.reconstruction_weight = reconstruction_weight
        self.latent_weight = latent_weight
        self.score_by = score_by
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.device = device
        self.precision = precision
        self.contamination = contamination
        self.random_state = random_state

    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        return EncoderDecoderEncoder(shape, self.widths, self.n_code, self.normalise)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        return GANomalyLoss(
            network,
            ConvDiscriminator(self.sample_shape_, self.widths),
            adversarial_weight=self.adversarial_weight,
            reconstruction_weight=self.reconstruction_weight,
            latent_weight=self.latent_weight,
        )

    def _per_sample(self, network: Any, samples: Tensor) -> Tensor:
        if self.score_by != "re-encoding":
            return super()._per_sample(network, samples)
        codes = network.encode(samples)
        return absolute_error(codes, network.encode_again(network.decode(codes)))

    def _look(self, network: Any, samples: Iterator[Tensor]) -> list[str]:
        # The generator compares features, and is not asked to win the discriminator over.
        return discriminator_findings(self.history_, against=False)

    def _own_problems(self) -> list[str]:
        problems = width_problems("widths", self.widths) + count_problems("n_code", self.n_code)
        for name in ("adversarial_weight", "reconstruction_weight", "latent_weight"):
            problems += at_least_problems(name, getattr(self, name))
        return problems
