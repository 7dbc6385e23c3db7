"""Contrastive learning with distribution augmentation: self-supervision for images of any kind."""

from __future__ import annotations

from typing import final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from dross.augmentations import (
    Augmentation,
    ColourJitter,
    HorizontalFlip,
    RandomGrey,
    RandomResizedCrop,
    as_floats,
    quarter_turns,
)
from dross.networks import MLPHead, ResNet
from dross.networks.resnet import Stem
from dross.parameters import count_problems, positive_problems, share_problems
from dross.representations.image_base import AbstractImageRepresentation
from dross.representations.known_anomalies import KnownAnomalies
from dross.training import Precision


@final
class DistributionAugmentedContrast(AbstractImageRepresentation):
    """Learn to recognise an image under random crops and colours, among others and among its own rotations.

    Two random views of each image attract each other and repel all other views (NT-Xent). The set is first enlarged
    by its rotations, which count as images of their own: plain contrastive learning spreads normal images evenly over
    the sphere, where nothing is an outlier; with the rotations around them they fill a part of it only.

    Use it where a GPU and time are at hand, or where images have no up and down. Do not use it for quick
    results: it needs many more steps than :class:`~dross.representations.RotationPrediction`.

    The defaults train a narrow network on two processor cores. The published recipe is ``width=64, stem="small",
    head_depth=8, head_width=512, batch_size=32, learning_rate=0.01, max_epochs=2048`` on a GPU.

    Parameters
    ----------
    width : int, default 16
        Channels of the network's first stage (ResNet-18: 64); the last stage has eight times as many.
    stem : {"small", "strided", "standard"}, default "strided"
        How the network begins; see :class:`~dross.networks.ResNet`. "small" is four times the work of "strided".
    blocks : four ints, default (2, 2, 2, 2)
        Residual blocks of each stage.
    n_stages : int from 1 to 4, default 3
        As for :class:`~dross.representations.RotationPrediction`.
    head_depth, head_width : int, default 2 and 128
        Layers of the head between features and loss, and their width.
    n_dimensions : int, default 128
        Dimensions in which views are compared.
    temperature : float, default 0.2
        Of the similarities in the loss.
    min_scale : float in (0, 1], default 0.45
        Smallest share of an image's sides that a random crop keeps.
    jitter : float, default 0.4
        Strength of the random changes of brightness, contrast and saturation; that of hue is a quarter of it.
    anomaly_weight : float, default 0
        Weight of the bounded term by which known anomalies, if :meth:`train_to` is given any, are trained away from
        the right answers (:class:`~dross.representations.known_anomalies.KnownAnomalies`); 0 leaves them out.
    max_epochs : float, default 12
        Epochs that ``fit`` trains, and at whose end the learning rate has come down to 0.
    batch_size : int, default 32
        Images a step; each brings two views of each of its four rotations.
    learning_rate : float, default 0.02
        The highest one of the cosine schedule (SGD with momentum 0.9).
    weight_decay : float, default 3e-4
        As in the published recipe.
    device, precision, compile, random_state
        As for :class:`~dross.representations.RotationPrediction`.

    Attributes
    ----------
    network_, head_, image_shape_, history_
        As for :class:`~dross.representations.RotationPrediction`.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, size=(8, 16, 16, 3), dtype=np.uint8)
    >>> DistributionAugmentedContrast(width=2, max_epochs=1, random_state=0).fit_transform(images).shape
    (8, 28)

    References
    ----------
    Sohn, Li, Yoon, Jin and Pfister, "Learning and Evaluating Representations for Deep One-class Classification", ICLR
    2021, arXiv:2011.02578. The loss: Chen, Kornblith, Norouzi and Hinton, "A Simple Framework for Contrastive Learning
    of Visual Representations", ICML 2020, arXiv:2002.05709.
    """

    def __init__(
        self,
        *,
        width: int = 16,
        stem: Stem = "strided",
        blocks: tuple[int, int, int, int] = (2, 2, 2, 2),
        n_stages: int = 3,
        head_depth: int = 2,
        head_width: int = 128,
        n_dimensions: int = 128,
        temperature: float = 0.2,
        min_scale: float = 0.45,
        jitter: float = 0.4,
        anomaly_weight: float = 0.0,
        max_epochs: float = 12.0,
        batch_size: int = 32,
        learning_rate: float = 0.02,
        weight_decay: float = 3e-4,
        device: str = "auto",
        precision: Precision = "auto",
        compile: bool = False,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.width = width
        self.stem = stem
        self.blocks = blocks
        self.n_stages = n_stages
        self.head_depth = head_depth
        self.head_width = head_width
        self.n_dimensions = n_dimensions
        self.temperature = temperature
        self.min_scale = min_scale
        self.jitter = jitter
        self.anomaly_weight = anomaly_weight
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.device = device
        self.precision = precision
        self.compile = compile
        self.random_state = random_state

    def _head(self, n_features: int) -> MLPHead:
        return MLPHead(n_features, self.head_width, self.head_depth, n_out=self.n_dimensions)

    def _objective(self, network: ResNet, head: MLPHead, known: KnownAnomalies) -> nn.Module:
        jitter = ColourJitter(self.jitter, self.jitter, self.jitter, self.jitter / 4)
        views = Augmentation(RandomResizedCrop(self.min_scale), HorizontalFlip(), jitter, RandomGrey(0.2))
        return ContrastiveLoss(network, head, views, self.temperature, known)

    def _own_problems(self) -> list[str]:
        problems: list[str] = []
        for name in ("head_depth", "head_width", "n_dimensions"):
            problems += count_problems(name, getattr(self, name))
        problems += positive_problems("temperature", self.temperature)
        if not (isinstance(self.jitter, (int, float)) and 0 <= self.jitter <= 1):
            problems.append(f"jitter is {self.jitter!r}; it must be in [0, 1]")
        return problems + share_problems("min_scale", self.min_scale)


@final
class ContrastiveLoss(nn.Module):
    """NT-Xent over two random views of each image and of its rotations, which count as other images.

    Parameters
    ----------
    network, head : nn.Module
        From images to features, and from those to the space in which views are compared.
    augmentation : nn.Module
        ``forward(images, generator)``, on images in [0, 1]: makes a view.
    temperature : float
        Of the similarities.
    known : KnownAnomalies or None, default None
        Images whose views are not to find each other.
    """

    def __init__(
        self,
        network: nn.Module,
        head: nn.Module,
        augmentation: nn.Module,
        temperature: float,
        known: KnownAnomalies | None = None,
    ) -> None:
        super().__init__()
        self.network, self.head, self.augmentation = network, head, augmentation
        self.temperature = temperature
        self.known = known or KnownAnomalies(0.0)

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w), the mean over its 8 n views."""
        together = self.known.after(batch, generator)
        samples, _ = quarter_turns(as_floats(together))
        views = self.augmentation(torch.cat([samples, samples]), generator)
        embeddings = self.head(self.network(views.mul(2.0).sub(1.0)))
        return self.known.loss(*_partners(embeddings, self.temperature), len(batch), len(together))


def nt_xent(embeddings: Tensor, temperature: float) -> Tensor:
    """Return the normalised, temperature-scaled cross-entropy of views (2 n, d): row i and row n + i are a pair.

    Each view is to find its partner among all others by cosine similarity.

    Examples
    --------
    >>> apart = torch.eye(4).repeat(2, 1)  # both views of four images coincide, and all images are orthogonal
    >>> round(nt_xent(apart, 0.2).item(), 4)  # log(1 + 6 exp(-5))
    0.0396
    """
    return functional.cross_entropy(*_partners(embeddings, temperature))


def _partners(embeddings: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
    """Return how like each view is to every other one, (2 n, 2 n), and which of them is its partner."""
    # In single precision also under autocast: exponentials of similarities lose too much in 16 bits.
    with torch.autocast(embeddings.device.type, enabled=False):
        directions = functional.normalize(embeddings.float(), dim=1)
        similarities = directions @ directions.T / temperature
        similarities.fill_diagonal_(-torch.inf)
        n_views = len(embeddings)
        return similarities, torch.arange(n_views, device=embeddings.device).roll(n_views // 2)
