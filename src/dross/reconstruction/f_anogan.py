"""f-AnoGAN: images that a generator of normal images cannot make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal, final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils import check_random_state
from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.networks import EncoderGeneratorCritic
from dross.parameters import at_least_problems, count_problems, share_problems, width_problems
from dross.reconstruction.base import AbstractReconstruction
from dross.reconstruction.discriminator_collapse import FEWEST_EPOCHS
from dross.reconstruction.errors import LATENT_SCORES, Score, squared_error
from dross.reconstruction.f_anogan_losses import EncoderLoss, WassersteinGame
from dross.training import Precision

#: Codes that are drawn to see whether what the generator makes of them differs, and as samples while it is watched.
_SEED = 0
#: Generated images that vary by less than this share of what normal ones do are all alike.
LEAST_VARIETY = 0.1


@final
class FAnoGAN(AbstractReconstruction):
    """Score images by what a generator of normal images, given the best code for them, makes of them.

    A Wasserstein GAN first learns to make normal images of random codes; an encoder then learns which code an image
    has. Use it where new normal images are wanted too (:meth:`sample`), and as the reference that it is in the
    literature. Do not use it in a hurry: of few steps a generator learns less than an autoencoder does.

    It assumes a training set nearly free of anomalies, since what is in it is learned.

    Parameters
    ----------
    widths : tuple of int, default (16, 32, 64)
        Channels after each halving of the image, in generator, critic and encoder.
    n_code : int, default 32
        Numbers in the code.
    normalise : bool, default True
        Whether batch normalisation follows each convolution of generator and encoder but the last.
    n_critic : int, default 5
        Steps of the critic for each of the generator.
    penalty_weight : float, default 10.0
        Weight of the penalty on the critic's gradients.
    kappa : float, default 1.0
        Weight of the difference of the critic's features beside that of pixels, in the encoder's training and in the
        score.
    encoder_share : float in (0, 1], default 0.3
        Share of the epochs that the encoder is trained for, after the generator.
    score_by : str, default "squared"
        Of which error the difference of pixels is; see :class:`~dross.reconstruction.FullyConnectedAutoencoder`. With
        those that look at codes no features are compared.
    max_epochs : float, default 60
        Epochs that ``fit`` trains in all; 0 leaves the weights random.
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
        Draws the weights, the order of images and the codes.

    Attributes
    ----------
    network_ : EncoderGeneratorCritic
        The trained networks.
    history_ : list of dict
        Epoch, loss and its terms, one record an epoch.
    findings_ : list of str
        What is wrong with the training, in sentences.
    offset_ : float
        The alarm threshold on ``score_samples``.

    References
    ----------
    Schlegl, Seeböck, Waldstein, Langs and Schmidt-Erfurth, "f-AnoGAN: Fast Unsupervised Anomaly Detection with
    Generative Adversarial Networks", Medical Image Analysis 54 (2019).

    Examples
    --------
    >>> images = np.zeros((32, 16, 16, 1), dtype=np.uint8)
    >>> images[:, 4:12, 4:12] = np.linspace(100, 250, 32)[:, None, None, None]
    >>> detector = FAnoGAN(widths=(4, 8), n_code=2, n_critic=1, max_epochs=20, batch_size=8, random_state=0).fit(images)
    >>> bool(detector.score_samples(images).mean() > detector.score_samples(255 - images).mean())
    True
    >>> detector.sample(3, random_state=0).shape
    (3, 16, 16, 1)
    """

    # The game has no minimum to gather momentum towards.
    _betas: ClassVar[tuple[float, float]] = (0.0, 0.9)

    def __init__(
        self,
        *,
        widths: tuple[int, ...] = (16, 32, 64),
        n_code: int = 32,
        normalise: bool = True,
        n_critic: int = 5,
        penalty_weight: float = 10.0,
        kappa: float = 1.0,
        encoder_share: float = 0.3,
        score_by: Score = "squared",
        max_epochs: float = 60.0,
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
        self.n_critic = n_critic
        self.penalty_weight = penalty_weight
        self.kappa = kappa
        self.encoder_share = encoder_share
        self.score_by = score_by
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.device = device
        self.precision = precision
        self.contamination = contamination
        self.random_state = random_state

    @torch.no_grad()
    def sample(self, n_images: int, random_state: int | np.random.RandomState | None = None) -> NDArray[np.uint8]:
        """Return images that the generator makes of random codes, shape (n_images, h, w, c).

        Parameters
        ----------
        n_images : int
            How many.
        random_state : int, RandomState or None, default None
            Draws the codes; the same seed draws the same ones.
        """
        raise_gathered(count_problems("n_images", n_images))
        codes = check_random_state(random_state).standard_normal((n_images, self.n_code))
        images: NDArray[np.uint8] = self.decode(codes)
        return images

    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        return EncoderGeneratorCritic(shape, self.widths, self.n_code, self.normalise)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        return WassersteinGame(network, self.n_critic, self.penalty_weight)

    def _stages(self, network: Any, labelled: bool) -> list[tuple[nn.Module, float]]:
        of_encoder = self.encoder_share * self.max_epochs
        if self.max_epochs >= 2:  # whole epochs
            of_encoder = round(of_encoder)
        return [
            (self._objective(network, labelled), self.max_epochs - of_encoder),
            (EncoderLoss(network, self.kappa), of_encoder),
        ]

    def _per_sample(self, network: Any, samples: Tensor) -> Tensor:
        residual = super()._per_sample(network, samples)
        if self.score_by in LATENT_SCORES or not self.kappa:
            return residual
        return residual + self.kappa * squared_error(network.features(samples), network.features(network(samples)))

    def _look(self, network: Any, samples: Iterator[Tensor]) -> list[str]:
        real = next(samples)
        codes = np.random.RandomState(_SEED).standard_normal((len(real), self.n_code))
        generated = network.decode(torch.from_numpy(codes).to(real))
        variety = float(generated.std(0, correction=0).mean() / real.std(0, correction=0).mean().clamp(min=1e-6))
        if self.max_epochs < FEWEST_EPOCHS or variety > LEAST_VARIETY:
            return []
        return [
            f"the generator has collapsed: its images vary by {variety:.1%} of what normal ones do, whatever their "
            f"code; raise n_critic ({self.n_critic}) or max_epochs ({self.max_epochs:g}), or lower the learning rate"
        ]

    def _picture(self, watched: Any) -> NDArray[Any]:
        """Return the reconstructions of what is watched, and after them as many images of codes that stay the same."""
        return np.concatenate([self.reconstruct(watched), self.sample(len(watched), _SEED)])

    def _own_problems(self) -> list[str]:
        problems = width_problems("widths", self.widths) + count_problems("n_code", self.n_code)
        problems += count_problems("n_critic", self.n_critic)
        problems += at_least_problems("penalty_weight", self.penalty_weight) + at_least_problems("kappa", self.kappa)
        return problems + share_problems("encoder_share", self.encoder_share)
