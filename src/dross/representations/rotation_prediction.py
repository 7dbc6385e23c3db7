"""Rotation prediction: self-supervision for images by telling which way up they are."""

from __future__ import annotations

from typing import final

import numpy as np
import torch
from torch import Tensor, nn

from dross.augmentations import Augmentation, HorizontalFlip, RandomResizedCrop, as_floats, quarter_turns
from dross.networks import MLPHead, ResNet
from dross.networks.resnet import Stem
from dross.parameters import count_problems, share_problems
from dross.representations.image_base import AbstractImageRepresentation
from dross.representations.known_anomalies import KnownAnomalies
from dross.training import Precision

#: Quarter turns that are told apart.
TURNS = 4


@final
class RotationPrediction(AbstractImageRepresentation):
    """Learn to tell by how many quarter turns an image was rotated; the features that this takes describe its content.

    Use it on pictures that have an up and a down (animals, vehicles, clothes). Do not use it on what looks the same
    from every side (textures, screws seen from above, microscopy): there is nothing to learn then;
    use :class:`~dross.representations.DistributionAugmentedContrast`.

    The defaults train a narrow network for a few minutes on two processor cores. The published recipe is
    ``width=64, stem="small", head_depth=8, head_width=512, learning_rate=0.01, max_epochs=2048`` on a GPU.

    Parameters
    ----------
    width : int, default 16
        Channels of the network's first stage (ResNet-18: 64); the last stage has eight times as many.
    stem : {"small", "strided", "standard"}, default "strided"
        How the network begins; see :class:`~dross.networks.ResNet`. "small" is four times the work of "strided".
    blocks : four ints, default (2, 2, 2, 2)
        Residual blocks of each stage.
    n_stages : int from 1 to 4, default 3
        Of how many of the last stages the pooled outputs are features: the published recipe's 1 on a network that is
        trained long; earlier stages add what a short training has not carried on.
    head_depth, head_width : int, default 2 and 128
        Layers of the head between features and loss, and their width.
    min_scale : float in (0, 1], default 0.7
        Smallest share of an image's sides that a random crop keeps.
    anomaly_weight : float, default 0
        Weight of the bounded term by which known anomalies, if :meth:`train_to` is given any, are trained away from
        the right answers (:class:`~dross.representations.known_anomalies.KnownAnomalies`); 0 leaves them out.
    max_epochs : float, default 12
        Epochs that ``fit`` trains, and at whose end the learning rate has come down to 0.
    batch_size : int, default 64
        Images a step; each brings its four rotations.
    learning_rate : float, default 0.02
        The highest one of the cosine schedule (SGD with momentum 0.9).
    weight_decay : float, default 3e-4
        As in the published recipe.
    device : str, default "auto"
        "auto", "cpu", "cuda", "mps".
    precision : str, default "auto"
        "auto" (bfloat16 where the device multiplies it), "32-true", "bf16-mixed", "16-mixed". Features are always
        computed in single precision.
    compile : bool, default False
        Whether to let ``torch.compile`` compile the training step: minutes at the start.
    random_state : int, RandomState or None, default None
        Draws the weights, the order of images and the crops.

    Attributes
    ----------
    network_ : ResNet
        What gives the features.
    head_ : MLPHead
        What tells the rotation from them.
    image_shape_ : tuple
        Height, width and channels of an image.
    history_ : list of dict
        Epoch, loss and number of images of each stretch of training.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, size=(8, 16, 16, 3), dtype=np.uint8)
    >>> RotationPrediction(width=2, max_epochs=1, random_state=0).fit_transform(images).shape
    (8, 28)

    References
    ----------
    Gidaris, Singh and Komodakis, "Unsupervised Representation Learning by Predicting Image Rotations", ICLR 2018,
    arXiv:1803.07728. For anomaly detection: Golan and El-Yaniv, NeurIPS 2018, arXiv:1805.10917. The recipe: Sohn, Li,
    Yoon, Jin and Pfister, "Learning and Evaluating Representations for Deep One-class Classification", ICLR 2021,
    arXiv:2011.02578.
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
        min_scale: float = 0.7,
        anomaly_weight: float = 0.0,
        max_epochs: float = 12.0,
        batch_size: int = 64,
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
        self.min_scale = min_scale
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
        return MLPHead(n_features, self.head_width, self.head_depth, n_out=TURNS)

    def _objective(self, network: ResNet, head: MLPHead, known: KnownAnomalies) -> nn.Module:
        return RotationLoss(network, head, Augmentation(RandomResizedCrop(self.min_scale), HorizontalFlip()), known)

    def _own_problems(self) -> list[str]:
        problems = count_problems("head_depth", self.head_depth) + count_problems("head_width", self.head_width)
        return problems + share_problems("min_scale", self.min_scale)


@final
class RotationLoss(nn.Module):
    """The cross-entropy of telling the four rotations of each image apart.

    Parameters
    ----------
    network : nn.Module
        From images to features.
    head : nn.Module
        From features to four classes.
    augmentation : nn.Module
        ``forward(images, generator)``, on images in [0, 1], before they are rotated.
    known : KnownAnomalies or None, default None
        Images whose rotations are not to be told.
    """

    def __init__(
        self, network: nn.Module, head: nn.Module, augmentation: nn.Module, known: KnownAnomalies | None = None
    ) -> None:
        super().__init__()
        self.network, self.head, self.augmentation = network, head, augmentation
        self.known = known or KnownAnomalies(0.0)

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w), the mean over its 4 n rotations."""
        together = self.known.after(batch, generator)
        images = self.augmentation(as_floats(together), generator)
        turned, quarters = quarter_turns(images.mul(2.0).sub(1.0))
        return self.known.loss(self.head(self.network(turned)).float(), quarters, len(batch), len(together))
