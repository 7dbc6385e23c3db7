"""A network that learns to find self-made defects, pixel by pixel, and then finds real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, Literal, final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn
from torch.nn import functional

from dross.augmentations import AbstractDefects, BlendedPatches, CutPaste, CutPasteScar, PerlinPatches, as_floats
from dross.inspection.score_map import smoothed, top_share_means
from dross.networks import SegmentationUNet
from dross.parameters import at_least_problems, choice_problems, count_problems, share_problems
from dross.reconstruction.network_detector import AbstractNetworkDetector
from dross.training import Precision, Schedule

Defects = Literal["blended", "perlin", "cutpaste", "all"]

#: What makes the defects, by the name of their kind.
_DEFECTS: Final[dict[Defects, tuple[Callable[[], AbstractDefects], ...]]] = {
    "blended": (BlendedPatches,),
    "perlin": (PerlinPatches,),
    "cutpaste": (CutPaste, CutPasteScar),
    "all": (BlendedPatches, PerlinPatches, CutPaste, CutPasteScar),
}
#: One in so many images of a batch stays whole.
_WHOLE: Final = 4


@final
class DefectSegmentation(AbstractNetworkDetector):
    """Learn to find self-made defects in normal images, pixel by pixel; what it finds in new images is their score.

    Use it where parts are photographed in one view and defects are local. Do not use it where the images differ in
    what they show, nor where there are fewer than some dozens.

    The defaults train a narrow U-Net on images of 64 to 128 pixels a side for some minutes on two processor cores. It
    assumes that what it is trained on is free of defects: those would be learned as what a normal image looks like.

    Parameters
    ----------
    defects : {"blended", "perlin", "cutpaste", "all"}, default "all"
        Patches of other images blended in, Perlin noise with their textures, pieces of the same image in the wrong
        place, or all of these by turns. One image in four stays whole.
    width : int, default 16
        Channels of the network's first level.
    n_levels : int, default 4
        Levels of the network, each with half the side of the one above.
    smoothing : float, default 2
        Standard deviation of the Gaussian that maps are smoothed by, in pixels.
    top_share : float in (0, 1], default 0.01
        Of how many of a map's pixels, the highest ones, the mean is the score of the image.
    max_epochs : float, default 200
        Epochs that ``fit`` trains.
    batch_size : int, default 16
        Images a step.
    learning_rate : float, default 0.003
        Adam's; it comes down to 0 along a cosine.
    device : str, default "auto"
        "auto", "cpu", "cuda", "mps".
    precision : str, default "32-true"
        "auto" (bfloat16 where the device multiplies it), "32-true", "bf16-mixed", "16-mixed". Scores are always
        computed in single precision.
    contamination : float in (0, 0.5] or "auto", default "auto"
        The share of training samples to raise an alarm on, or Tukey's outer fence.
    random_state : int, RandomState or None, default None
        Draws the weights, the order of the samples and the defects.

    Attributes
    ----------
    network_ : SegmentationUNet
        What gives each pixel a logit.
    sample_shape_ : tuple of int
        Height, width and channels of an image.
    history_ : list of dict
        Epoch, loss and number of samples of each epoch.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, size=(8, 16, 16, 3), dtype=np.uint8)
    >>> detector = DefectSegmentation(width=2, n_levels=2, max_epochs=1, random_state=0).fit(images)
    >>> detector.score_maps(images).shape
    (8, 16, 16)

    References
    ----------
    Schlüter, Tan, Hou and Kainz, "Natural Synthetic Anomalies for Self-Supervised Anomaly Detection and Localization",
    ECCV 2022, arXiv:2109.15222. Zavrtanik, Kristan and Skočaj, "DRAEM", ICCV 2021, arXiv:2108.07610.
    """

    #: With a constant rate maps still change from one epoch to the next when training ends.
    _schedule: ClassVar[Schedule] = "cosine"

    def __init__(
        self,
        *,
        defects: Defects = "all",
        width: int = 16,
        n_levels: int = 4,
        smoothing: float = 2.0,
        top_share: float = 0.01,
        max_epochs: float = 200.0,
        batch_size: int = 16,
        learning_rate: float = 3e-3,
        device: str = "auto",
        precision: Precision = "32-true",
        contamination: float | Literal["auto"] = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.defects = defects
        self.width = width
        self.n_levels = n_levels
        self.smoothing = smoothing
        self.top_share = top_share
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.device = device
        self.precision = precision
        self.contamination = contamination
        self.random_state = random_state

    @torch.no_grad()
    def score_maps(self, X: Any) -> NDArray[np.float32]:
        """Return how anomalous images are where, shape (n, h, w) at the size of the images: higher = more anomalous.

        Parameters
        ----------
        X : Images, array of shape (n, h, w) or (n, h, w, c), or list of paths
            Images of the size and colour of the training images. All maps are held at once: of very many images ask
            for a part at a time.
        """
        check_is_fitted(self)
        network = self._scoring_network()
        return np.concatenate([self._maps(network, part) for part in self._chunks(self._samples(X, reset=False))])

    def _maps(self, network: nn.Module, samples: Tensor) -> NDArray[np.float32]:
        """Return the smoothed probabilities of a defect, of images as the network takes them."""
        return smoothed(network(samples).sigmoid()[:, 0].float().cpu().numpy(), self.smoothing)

    def _per_sample(self, network: nn.Module, samples: Tensor) -> Tensor:
        return torch.from_numpy(top_share_means(self._maps(network, samples), self.top_share))

    def _build(self, shape: tuple[int, ...]) -> SegmentationUNet:
        return SegmentationUNet(shape[2], self.width, self.n_levels)

    def _objective(self, network: nn.Module, labelled: bool) -> nn.Module:
        return SegmentationLoss(network, [made() for made in _DEFECTS[self.defects]])

    def _own_problems(self) -> list[str]:
        problems = choice_problems("defects", self.defects, _DEFECTS)
        problems += count_problems("width", self.width) + count_problems("n_levels", self.n_levels)
        problems += at_least_problems("smoothing", self.smoothing)
        return problems + share_problems("top_share", self.top_share)


@final
class SegmentationLoss(nn.Module):
    """The cross-entropy of telling, of each pixel, how much of a self-made defect it is.

    The images of a batch are shared out among the kinds of defects; one in four stays whole.

    Parameters
    ----------
    network : nn.Module
        From images to logits of their pixels.
    defects : sequence of AbstractDefects
        The kinds of defects.
    """

    def __init__(self, network: nn.Module, defects: Sequence[AbstractDefects]) -> None:
        super().__init__()
        self.network, self.defects = network, nn.ModuleList(defects)

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w), the mean over its pixels."""
        images, degrees = self.planted(as_floats(batch), generator)
        logits = self.network(images * 2.0 - 1.0).float()
        return functional.binary_cross_entropy_with_logits(logits, degrees)

    @torch.no_grad()
    def planted(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return ``images`` (n, c, h, w), floats in [0, 1], with their defects, and how much of one pixels are."""
        n_whole = len(images) // _WHOLE
        with torch.autocast(images.device.type, enabled=False):
            shares = images[n_whole:].tensor_split(len(self.defects))
            planted = [
                made.make(share, generator)
                for made, share in zip(self.defects, shares, strict=True)
                if isinstance(made, AbstractDefects) and len(share)
            ]
        whole = images[:n_whole]
        parts = [(whole, torch.zeros_like(whole[:, :1])), *planted]
        damaged, degrees = (torch.cat(found) for found in zip(*parts, strict=True))
        return damaged, degrees
