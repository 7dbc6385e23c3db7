"""The plain classifier of normal images and labelled anomalies."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from dross.networks import ConvClassifier
from dross.parameters import count_problems, truth_problems, width_problems
from dross.reconstruction.mirrored import Mirrored
from dross.reconstruction.network_detector import AbstractNetworkDetector
from dross.reconstruction.samples import network_samples
from dross.training import Precision


@final
class ConvolutionalClassifier(AbstractNetworkDetector):
    """Score images by the logit of a convolutional network that tells normal ones from labelled anomalies.

    Use it beside every detector that learns from labels: where anomalies are of the kinds that are labelled, it is
    hard to beat, and one that does not come near it has not made much of them. Do not use it alone where anomalies of
    new kinds may come, of which it knows nothing: it may take them for normal with great certainty.

    It assumes labelled anomalies in the training set, of all kinds. Batches are half normal and half anomalous, the
    latter drawn evenly from the groups that K-means finds among them, as for detectors that reconstruct.

    Parameters
    ----------
    widths : tuple of int, default (32, 64)
        Channels of each convolution; the pooling after it halves the image.
    n_hidden : int, default 128
        Width of the linear layer after them.
    mirror : bool, default False
        Whether to learn from images mirrored at random. Not where left and right differ, as in writing.
    max_epochs : float, default 6
        Epochs that ``fit`` trains, through the normal images; 0 leaves the weights random.
    batch_size : int, default 64
        Normal images a step; as many anomalous ones come with them.
    learning_rate : float, default 1e-3
        Adam's.
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
    network_ : ConvClassifier
        The trained network.
    history_ : list of dict
        Epoch, loss and its terms, one record an epoch.
    offset_ : float
        The alarm threshold on ``score_samples``, which is minus the logit of "anomaly".

    References
    ----------
    As a bar for detectors that learn from labelled anomalies: Ruff et al., "Deep Semi-Supervised Anomaly Detection",
    ICLR 2020, arXiv:1906.02694.

    Examples
    --------
    >>> images = np.zeros((32, 16, 16, 1), dtype=np.uint8)
    >>> images[:16, 4:12, 4:12] = 200
    >>> images[16:, ::2] = 200
    >>> detector = ConvolutionalClassifier(widths=(4, 8), n_hidden=8, max_epochs=5, batch_size=8, random_state=0)
    >>> detector = detector.fit(images, labels=np.repeat([0, 1], 16))
    >>> bool(detector.score_samples(images[:1])[0] > detector.score_samples(images[-1:])[0])
    True
    """

    _takes_labels: ClassVar[Literal["no", "optional", "needed"]] = "needed"

    def __init__(
        self,
        *,
        widths: tuple[int, ...] = (32, 64),
        n_hidden: int = 128,
        mirror: bool = False,
        max_epochs: float = 6.0,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        device: str = "auto",
        precision: Precision = "32-true",
        contamination: float | Literal["auto"] = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.widths = widths
        self.n_hidden = n_hidden
        self.mirror = mirror
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.device = device
        self.precision = precision
        self.contamination = contamination
        self.random_state = random_state

    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        return ConvClassifier(shape, self.widths, self.n_hidden)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        return Mirrored(ClassificationLoss(network)) if self.mirror else ClassificationLoss(network)

    def _per_sample(self, network: Any, samples: Tensor) -> Tensor:
        logits: Tensor = network(samples)
        return logits

    def _own_problems(self) -> list[str]:
        problems = width_problems("widths", self.widths) + count_problems("n_hidden", self.n_hidden)
        return problems + truth_problems("mirror", self.mirror)


@final
class ClassificationLoss(nn.Module):
    """The cross-entropy of logits, above 0 for an anomaly, on batches that are half normal and half anomalous.

    Parameters
    ----------
    network : nn.Module
        From images to logits.

    Attributes
    ----------
    parts : dict of str to Tensor
        The cross-entropy of the normals and that of the anomalies of the last step.
    """

    parts: dict[str, Tensor]

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.parts = {}

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w): normal images, then as many anomalous ones."""
        normals, anomalies = self.network(network_samples(batch)).float().chunk(2)
        terms = {"normals": functional.softplus(normals).mean(), "anomalies": functional.softplus(-anomalies).mean()}
        self.parts = {name: value.detach() for name, value in terms.items()}
        return 0.5 * (terms["normals"] + terms["anomalies"])
