"""Features of a network that was trained on other people's labelled images: a track of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Self, final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted
from torch import Tensor
from torch.nn import functional

from dross.errors import raise_gathered
from dross.networks import ResNet
from dross.networks.imagenet import IMAGENET_DEVIATION, IMAGENET_MEAN
from dross.parameters import count_problems
from dross.representations.base import AbstractRepresentation
from dross.representations.image_input import images_to_use
from dross.representations.weights_file import load_resnet_weights, weights_problems
from dross.training import seeded

#: Images embedded at once.
CHUNK = 64


@final
class PretrainedFeatures(AbstractRepresentation):
    """Pooled, L2-normalised features of a ResNet-18 with torchvision's ImageNet weights, from a file that you give.

    Use it where such weights are allowed and images look like photographs: it needs no training and is hard to beat.
    Do not compare it with detectors that learned from your images alone: it has seen a million labelled
    ones. Dross never downloads weights.

    Parameters
    ----------
    weights : path
        ``resnet18-f37072fd.pth`` as torchvision distributes it (read without running anything in it), or the same
        parameters as ``.safetensors``.
    image_size : int, default 224
        Images are resized to a square of this side, at least 32. They may be of any size, and grey ones become RGB.

    Attributes
    ----------
    network_ : ResNet
        The network, without the layer that classifies.

    Raises
    ------
    ModelError
        If the file is missing, is not such weights, or those of another network.

    Examples
    --------
    >>> PretrainedFeatures("no-such.pth").fit(np.zeros((2, 8, 8, 3), dtype=np.uint8))
    Traceback (most recent call last):
    ...
    dross.errors.ModelError: there is no file of weights no-such.pth: download it, and give its path

    References
    ----------
    He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv:1512.03385.
    """

    network_: ResNet

    def __init__(self, weights: str | os.PathLike[str] | None, *, image_size: int = 224) -> None:
        self.weights = weights
        self.image_size = image_size

    def fit(self, X: Any, y: Any = None) -> Self:
        """Read the weights; nothing is learned from the images ``X``."""
        raise_gathered(self._parameter_problems())
        images_to_use(X, size=self.image_size)
        self.network_ = _with_weights(Path(str(self.weights)))
        return self

    @torch.no_grad()
    def transform(self, X: Any) -> NDArray[np.float64]:
        """Return the features of images, shape (n_samples, 512), each row of length 1."""
        check_is_fitted(self)
        network = self.network_.eval()
        # Resized here and not by the rule for all images, which would make large ones small first.
        images = images_to_use(X, size=self.image_size)
        parts = [network(_network_input(batch)) for batch in images.batches(CHUNK)]
        return functional.normalize(torch.cat(parts).double(), dim=1).numpy()

    def _parameter_problems(self) -> list[str]:
        problems = count_problems("image_size", self.image_size, least=32)
        return problems + weights_problems(self.weights)

    def __sklearn_tags__(self) -> Tags:
        """Say that images are no tables."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags


def _network_input(batch: NDArray[np.uint8]) -> Tensor:
    # Torch takes no arrays that must not be written to; those alone are copied.
    images = torch.from_numpy(np.require(batch, requirements="W")).permute(0, 3, 1, 2).float() / 255.0
    mean, deviation = (torch.tensor(value).view(1, 3, 1, 1) for value in (IMAGENET_MEAN, IMAGENET_DEVIATION))
    standard = (images.expand(-1, 3, -1, -1) - mean) / deviation
    # One order in memory, since another would add up to another last bit.
    return standard.contiguous(memory_format=torch.channels_last)


def _with_weights(path: Path) -> ResNet:
    with seeded(0):  # what is drawn here is overwritten, and must not come from the generator of others
        network = ResNet(3, 64, "standard")
    load_resnet_weights(network, path, "give those of torchvision's resnet18")
    return network
