"""The decoded-noise classifier."""

from __future__ import annotations

from typing import Any, Literal, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from dross.networks import DecodedNoiseNetwork
from dross.parameters import at_least_problems, count_problems, width_problems
from dross.reconstruction.base import AbstractReconstruction
from dross.reconstruction.decoded_noise_loss import DecodedNoiseLoss
from dross.reconstruction.deviations import in_deviations, means_and_spreads
from dross.reconstruction.errors import Score
from dross.training import Precision


@final
class DecodedNoiseClassifier(AbstractReconstruction):
    """Score images by their reconstruction, and by how much it looks like what the decoder makes of random codes.

    An image that went through encoder and decoder is "real"; a random code that went through the same decoder is
    "fake"; a classifier learns to tell them apart. Both are the decoder's work, so nothing tells them apart but whether
    the numbers of the code belong together: an anomaly's code need not be far from all others for that to fail.

    Random codes are drawn, number by number, from a Gaussian with the mean and the spread of the training codes. Drawn
    from the standard Gaussian, fakes would differ by scale alone, which a classifier sees at once and learns nothing
    else from. Its loss trains the classifier only: a decoder that learned from it would mark its work for it.

    Use it where reconstruction errors alone do not tell enough. Do not use it where the fakes are told too easily
    (``right`` in ``history_`` near 1): then the classifier has learned what noise looks like, and says little of
    anomalies; and not with a code of one or two numbers, which can hardly belong together or not.

    It assumes a training set nearly free of anomalies, since what is in it is learned.

    Parameters
    ----------
    widths : tuple of int, default (16, 32, 64)
        Channels after each halving of the image.
    n_code : int, default 32
        Numbers in the code.
    normalise : bool, default True
        Whether batch normalisation follows each convolution but the last.
    classifier_weight : float, default 0.25
        Weight of the classifier's score beside the error, each in standard deviations over the training set.
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
        Draws the weights, the order of samples and the codes.

    Attributes
    ----------
    network_ : DecodedNoiseNetwork
        The trained network.
    history_ : list of dict
        Epoch, loss and its terms, one record an epoch.
    findings_ : list of str
        What is wrong with the trained network, in sentences.
    offset_ : float
        The alarm threshold on ``score_samples``.

    References
    ----------
    Random noise and an extra classifier: one of the methods that National Taiwan University's course on machine
    learning (2021 to 2023) names for the anomaly detection of faces.

    Examples
    --------
    >>> images = np.zeros((32, 16, 16, 1), dtype=np.uint8)
    >>> images[:, 4:12, 4:12] = np.arange(100, 196, 3)[:, None, None, None]
    >>> detector = DecodedNoiseClassifier(widths=(4, 8), n_code=2, batch_size=8, random_state=0).fit(images)
    >>> bool(detector.score_samples(images[:1])[0] > detector.score_samples(255 - images[:1])[0])
    True
    """

    part_scale_: NDArray[np.float64]

    def __init__(
        self,
        *,
        widths: tuple[int, ...] = (16, 32, 64),
        n_code: int = 32,
        normalise: bool = True,
        classifier_weight: float = 0.25,
        score_by: Score = "squared+mahalanobis",
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
        self.classifier_weight = classifier_weight
        self.score_by = score_by
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.device = device
        self.precision = precision
        self.contamination = contamination
        self.random_state = random_state

    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        return DecodedNoiseNetwork(shape, self.widths, self.n_code, self.normalise)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        return DecodedNoiseLoss(network)

    @property
    def score_is_error(self) -> bool:
        """No: it is an error, and a classifier's opinion."""
        return False

    def _per_sample(self, network: Any, samples: Tensor) -> Tensor:
        error, surprise = in_deviations(self._parts(network, samples), self.part_scale_).unbind(1)
        return error + self.classifier_weight * surprise

    def _learn_scoring(self, normals: Any) -> None:
        super()._learn_scoring(normals)
        with torch.no_grad():
            network = self._scoring_network()
            parts = torch.cat([self._parts(network, chunk) for chunk in self._chunks(normals)])
        self.part_scale_ = means_and_spreads(parts.cpu().numpy())

    def _parts(self, network: Any, samples: Tensor) -> Tensor:
        """Return what the score consists of, shape (n, 2): the error, and the classifier's surprise at what is real."""
        surprise = functional.softplus(-network.realness(network(samples)))
        return torch.stack([super()._per_sample(network, samples).to(surprise), surprise], dim=1).double()

    def _own_problems(self) -> list[str]:
        problems = width_problems("widths", self.widths) + count_problems("n_code", self.n_code)
        return problems + at_least_problems("classifier_weight", self.classifier_weight)
