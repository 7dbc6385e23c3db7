"""The GAN with two discriminators, for training sets with a few labelled anomalies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal, final

import numpy as np
from torch import Tensor, nn

from dross.networks import PatchDiscriminator, UNetAutoencoder
from dross.networks.patch_discriminator import patch_problems
from dross.networks.unet_autoencoder import skip_problems
from dross.parameters import at_least_problems, count_problems, truth_problems, width_problems
from dross.reconstruction.base import AbstractReconstruction
from dross.reconstruction.discriminator_collapse import discriminator_findings
from dross.reconstruction.errors import Score
from dross.reconstruction.mirrored import Mirrored
from dross.reconstruction.two_discriminator_loss import TwoDiscriminatorLoss, TwoDiscriminatorWeights
from dross.training import Precision, Schedule

#: The parameters that are weights of losses.
_WEIGHTS = (
    "reconstruction_weight",
    "latent_weight",
    "patch_weight",
    "adversarial_weight",
    "anomaly_weight",
    "anomaly_adversarial_weight",
    "anomaly_discriminator_weight",
)


@final
class TwoDiscriminatorGAN(AbstractReconstruction):
    """Score images by their reconstruction by a generator that learns to fail on labelled anomalies.

    Use it where anomalies of the kinds to come are labelled, be they few and of unequal numbers: batches are half
    normal and half anomalous, the latter drawn evenly from the groups that K-means finds among them. One discriminator
    teaches the generator to make normal images look real, another to make anomalous ones look generated; scoring needs
    neither. Do not use it without a plain classifier of the same labels beside it
    (:class:`~dross.supervised.ConvolutionalClassifier`), nor for anomalies unlike all that are labelled.

    It assumes labelled anomalies in the training set.

    Parameters
    ----------
    widths : tuple of int, default (16, 32, 64)
        Channels after each halving of the image.
    n_code : int or None, default 32
        Numbers in the code of the narrowest place; ``None``: its feature maps.
    n_skips : int, default 0
        Halvings whose feature maps bypass the code, from the smallest maps on. The published generator has skips; few
        images teach it not to copy anomalies through them.
    normalise : bool, default True
        Whether batch normalisation follows each convolution of the generator but the last.
    discriminator_widths : tuple of int, default (8, 16, 32)
        Channels of the layers of each discriminator.
    reconstruction_weight : float, default 1.0
        Weight of the mean absolute error of normal images. Each loss is left out where its weight is 0.
    latent_weight : float, default 1.0
        Of the difference between their codes and the codes of their reconstructions.
    patch_weight : float, default 1.5
        Of the error of their worst patches.
    adversarial_weight : float, default 1.0
        Of what their discriminator says, which should be "real".
    anomaly_weight : float, default 20.0
        Of the bounded loss of anomalous images. The error that costs least rises with the odds that an image is an
        anomaly: log(1 + 4 x weight x odds / 2.5) / 4, with the other weights as they are. At 1, the paper's, doubtful
        images are reconstructed as well as normal ones, and nothing ranks them.
    anomaly_adversarial_weight : float, default 1.0
        Of what the discriminator of anomalous images says, which should be "generated".
    anomaly_discriminator_weight : float, default 0.5
        Of that discriminator's own loss.
    mirror : bool, default False
        Whether to learn from images mirrored at random. Not where left and right differ, as in writing.
    score_by : str, default "absolute"
        "squared", "absolute", "ssim", "patches", "mahalanobis", "re-encoding" or "squared+mahalanobis"; see
        :class:`~dross.reconstruction.FullyConnectedAutoencoder`.
    max_epochs : float, default 5
        Epochs that ``fit`` trains, through the normal images; 0 leaves the weights random. A few thousand images are
        soon learned by heart, and other normal images then fail as anomalies do.
    batch_size : int, default 64
        Normal images a step; as many anomalous ones come with them.
    learning_rate : float, default 1e-3
        Adam's at the start; it falls to 0 over the epochs, along half a cosine.
    device : str, default "auto"
        "auto", "cpu", "cuda", "mps".
    precision : str, default "32-true"
        "auto" (bfloat16 where the device multiplies it), "32-true", "bf16-mixed", "16-mixed".
    contamination : float in (0, 0.5] or "auto", default "auto"
        The share of the normal training images to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer
        fence.
    random_state : int, RandomState or None, default None
        Draws the weights, the order of images and the anomalies.

    Attributes
    ----------
    network_ : UNetAutoencoder
        The trained generator.
    history_ : list of dict
        Epoch, loss and its terms, one record an epoch; "normal discriminator on real" is the mean probability to be
        real that this discriminator gives real images.
    findings_ : list of str
        What is wrong with the training, in sentences.
    offset_ : float
        The alarm threshold on ``score_samples``.

    References
    ----------
    Kim, Jeong, Choi and Seo, "GAN-based Anomaly Detection in Imbalance Problems", ECCV 2020 workshops, doi
    10.1007/978-3-030-65414-6_11.

    Examples
    --------
    >>> images = np.zeros((32, 16, 16, 1), dtype=np.uint8)
    >>> images[:16, 4:12, 4:12] = 200
    >>> images[16:, ::2] = 200
    >>> detector = TwoDiscriminatorGAN(widths=(4, 8), n_code=2, discriminator_widths=(4, 8), max_epochs=20,
    ...     batch_size=8, random_state=0).fit(images, labels=np.repeat([0, 1], 16))
    >>> bool(detector.score_samples(images[:1])[0] > detector.score_samples(images[-1:])[0])
    True
    """

    _takes_labels: ClassVar[Literal["no", "optional", "needed"]] = "needed"
    _betas: ClassVar[tuple[float, float]] = (0.5, 0.999)
    _schedule: ClassVar[Schedule] = "cosine"

    def __init__(
        self,
        *,
        widths: tuple[int, ...] = (16, 32, 64),
        n_code: int | None = 32,
        n_skips: int = 0,
        normalise: bool = True,
        discriminator_widths: tuple[int, ...] = (8, 16, 32),
        reconstruction_weight: float = 1.0,
        latent_weight: float = 1.0,
        patch_weight: float = 1.5,
        adversarial_weight: float = 1.0,
        anomaly_weight: float = 20.0,
        anomaly_adversarial_weight: float = 1.0,
        anomaly_discriminator_weight: float = 0.5,
        mirror: bool = False,
        score_by: Score = "absolute",
        max_epochs: float = 5.0,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        device: str = "auto",
        precision: Precision = "32-true",
        contamination: float | Literal["auto"] = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.widths = widths
        self.n_code = n_code
        self.n_skips = n_skips
        self.normalise = normalise
        self.discriminator_widths = discriminator_widths
        self.reconstruction_weight = reconstruction_weight
        self.latent_weight = latent_weight
        self.patch_weight = patch_weight
        self.adversarial_weight = adversarial_weight
        self.anomaly_weight = anomaly_weight
        self.anomaly_adversarial_weight = anomaly_adversarial_weight
        self.anomaly_discriminator_weight = anomaly_discriminator_weight
        self.mirror = mirror
        self.score_by = score_by
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.device = device
        self.precision = precision
        self.contamination = contamination
        self.random_state = random_state

    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        return UNetAutoencoder(shape, self.widths, self.n_code, self.n_skips, self.normalise)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        normal, anomalous = (PatchDiscriminator(self.sample_shape_, self.discriminator_widths) for _ in range(2))
        weights = TwoDiscriminatorWeights(**{name.removesuffix("_weight"): getattr(self, name) for name in _WEIGHTS})
        loss = TwoDiscriminatorLoss(network, normal, anomalous, weights)
        return Mirrored(loss) if self.mirror else loss

    def _look(self, network: Any, samples: Iterator[Tensor]) -> list[str]:
        # The generator is to help the discriminator of anomalies, which may well win.
        return discriminator_findings(self.history_, "normal discriminator") + discriminator_findings(
            self.history_, "anomaly discriminator", against=False
        )

    def _own_problems(self) -> list[str]:
        problems = [problem for name in _WEIGHTS for problem in at_least_problems(name, getattr(self, name))]
        problems += width_problems("widths", self.widths) + truth_problems("mirror", self.mirror)
        problems += width_problems("discriminator_widths", self.discriminator_widths)
        problems += count_problems("n_code", self.n_code) if self.n_code is not None else []
        if problems:
            return problems
        if not any(getattr(self, name) for name in _WEIGHTS[:-1]):
            return ["the weights of all losses are 0: there is nothing to train"]
        return skip_problems(self.n_skips, self.widths)

    def _shape_problems(self, shape: tuple[int, ...]) -> list[str]:
        return super()._shape_problems(shape) + patch_problems(shape, self.discriminator_widths, "discriminator_widths")
