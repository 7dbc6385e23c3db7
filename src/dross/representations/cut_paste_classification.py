"""CutPaste classification: self-supervision for images by telling whole ones from those with a self-made defect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final, Literal, final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from dross.augmentations import (
    AbstractDefects,
    Augmentation,
    ColourJitter,
    CutPaste,
    CutPasteScar,
    PaddedCrop,
    as_floats,
)
from dross.networks import MLPHead, ResNet
from dross.networks.resnet import Stem
from dross.parameters import choice_problems, count_problems
from dross.representations.image_base import AbstractImageRepresentation
from dross.representations.known_anomalies import KnownAnomalies, right_answer_loss
from dross.training import Precision

Variant = Literal["rectangle", "scar", "three-way"]

#: What each variant tells whole images from.
_DEFECTS: Final[dict[Variant, tuple[type[CutPaste] | type[CutPasteScar], ...]]] = {
    "rectangle": (CutPaste,),
    "scar": (CutPasteScar,),
    "three-way": (CutPaste, CutPasteScar),
}


@final
class CutPasteClassification(AbstractImageRepresentation):
    """Learn to tell whole images from those with a piece of themselves in the wrong place.

    Use it on pictures of one thing or one surface in one view, where a defect is something local: inspection. Do not
    use it on pictures that differ in what they show (animals, scenes): a piece in the wrong place is no anomaly there;
    use :class:`~dross.representations.RotationPrediction`.

    The defaults train a narrow network for some minutes on two processor cores, where there are some hundred images
    of 64 pixels a side. The published recipe is ``width=64, stem="standard", n_stages=1, learning_rate=0.03,
    batch_size=32`` on images of 256 pixels for 65,536 steps, on a GPU; an epoch here is a pass over the images, so that
    ``max_epochs`` is 65536 times 32 divided by their number.

    Parameters
    ----------
    variant : {"rectangle", "scar", "three-way"}, default "three-way"
        The defects: rectangles, scars, or both as classes of their own.
    width : int, default 16
        Channels of the network's first stage (ResNet-18: 64); the last stage has eight times as many.
    stem : {"small", "strided", "standard"}, default "strided"
        How the network begins; see :class:`~dross.networks.ResNet`.
    blocks : four ints, default (2, 2, 2, 2)
        Residual blocks of each stage.
    n_stages : int from 1 to 4, default 3
        Of how many of the last stages the pooled outputs are features; the published recipe's is 1.
    head_depth, head_width : int, default 2 and 128
        Layers of the head between features and loss, and their width.
    shift : int, default 4
        By how many pixels whole images move at random before anything is cut.
    jitter : float, default 0.1
        How much the colours of whole images change at random, and those of a piece once more.
    anomaly_weight : float, default 0
        Weight of the bounded term by which known anomalies, if :meth:`train_to` is given any, are trained away from
        the right answers (:class:`~dross.representations.known_anomalies.KnownAnomalies`); 0 leaves them out.
    max_epochs : float, default 256
        Epochs that ``fit`` trains, and at whose end the learning rate has come down to 0.
    batch_size : int, default 32
        Images a step; each also comes with a defect, or with one of each kind.
    learning_rate : float, default 0.03
        The highest one of the cosine schedule (SGD with momentum 0.9).
    weight_decay : float, default 3e-5
        As in the published recipe.
    device : str, default "auto"
        "auto", "cpu", "cuda", "mps".
    precision : str, default "auto"
        "auto" (bfloat16 where the device multiplies it), "32-true", "bf16-mixed", "16-mixed". Features are always
        computed in single precision.
    compile : bool, default False
        Whether to let ``torch.compile`` compile the training step: minutes at the start.
    random_state : int, RandomState or None, default None
        Draws the weights, the order of images and the defects.

    Attributes
    ----------
    network_ : ResNet
        What gives the features.
    head_ : MLPHead
        What tells defects from them: the first class is that of whole images.
    image_shape_ : tuple
        Height, width and channels of an image.
    history_ : list of dict
        Epoch, loss and number of images of each stretch of training.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, size=(8, 16, 16, 3), dtype=np.uint8)
    >>> CutPasteClassification(width=2, max_epochs=1, random_state=0).fit_transform(images).shape
    (8, 28)

    References
    ----------
    Li, Sohn, Yoon and Pfister, "CutPaste: Self-Supervised Learning for Anomaly Detection and Localization", CVPR
    2021, arXiv:2104.04015.
    """

    #: When to refine again: an epoch of inspection is a few steps.
    schedule: ClassVar = (4.0,)
    _turns_images: ClassVar[bool] = False

    def __init__(
        self,
        *,
        variant: Variant = "three-way",
        width: int = 16,
        stem: Stem = "strided",
        blocks: tuple[int, int, int, int] = (2, 2, 2, 2),
        n_stages: int = 3,
        head_depth: int = 2,
        head_width: int = 128,
        shift: int = 4,
        jitter: float = 0.1,
        anomaly_weight: float = 0.0,
        max_epochs: float = 256.0,
        batch_size: int = 32,
        learning_rate: float = 0.03,
        weight_decay: float = 3e-5,
        device: str = "auto",
        precision: Precision = "auto",
        compile: bool = False,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.variant = variant
        self.width = width
        self.stem = stem
        self.blocks = blocks
        self.n_stages = n_stages
        self.head_depth = head_depth
        self.head_width = head_width
        self.shift = shift
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
        return MLPHead(n_features, self.head_width, self.head_depth, n_out=1 + len(_DEFECTS[self.variant]))

    def _objective(self, network: ResNet, head: MLPHead, known: KnownAnomalies) -> nn.Module:
        colours = ColourJitter(self.jitter, self.jitter, self.jitter, min(self.jitter, 0.5))
        moves = [PaddedCrop(self.shift)] if self.shift else []
        defects = [made(jitter=self.jitter) for made in _DEFECTS[self.variant]]
        return CutPasteLoss(network, head, Augmentation(*moves, colours), defects, known)

    def _own_problems(self) -> list[str]:
        problems = choice_problems("variant", self.variant, _DEFECTS)
        problems += count_problems("head_depth", self.head_depth) + count_problems("head_width", self.head_width)
        problems += count_problems("shift", self.shift, least=0)
        if not (isinstance(self.jitter, (int, float)) and 0 <= self.jitter <= 1):
            problems.append(f"jitter is {self.jitter!r}; it must be in [0, 1]")
        return problems


@final
class CutPasteLoss(nn.Module):
    """The cross-entropy of telling whole images and the kinds of self-made defects apart.

    Parameters
    ----------
    network : nn.Module
        From images to features.
    head : nn.Module
        From features to classes: whole first, then one for each kind of defect.
    augmentation : Augmentation
        Of whole images in [0, 1], before defects are made.
    defects : sequence of AbstractDefects
        What makes the images of each other class.
    known : KnownAnomalies or None, default None
        Images that are not to be taken for whole.
    """

    def __init__(
        self,
        network: nn.Module,
        head: nn.Module,
        augmentation: nn.Module,
        defects: Sequence[AbstractDefects],
        known: KnownAnomalies | None = None,
    ) -> None:
        super().__init__()
        self.network, self.head, self.augmentation = network, head, augmentation
        self.known = known or KnownAnomalies(0.0)
        self.defects = nn.ModuleList(Augmentation(made) for made in defects)

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w), the mean over its images in each class."""
        n_images = len(batch)
        whole = self.augmentation(as_floats(self.known.after(batch, generator)), generator)
        whole, anomalies = whole[:n_images], whole[n_images:]
        images = torch.cat([whole, *(made(whole, generator) for made in self.defects), anomalies])
        classes = torch.arange(1 + len(self.defects), device=batch.device).repeat_interleave(n_images)
        logits = self.head(self.network(images.mul_(2.0).sub_(1.0))).float()
        loss = functional.cross_entropy(logits[: len(classes)], classes)
        if len(anomalies) == 0:
            return loss
        taken_for_whole = right_answer_loss(logits[len(classes) :], classes.new_zeros(len(anomalies)))
        return loss + self.known.weight * taken_for_whole.mean()
