"""Grad-CAM: which places of an image make a network think that it has a defect."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted
from torch import Tensor
from torch.nn import functional

from dross.networks import MLPHead, ResNet
from dross.representations import CutPasteClassification
from dross.representations.image_base import network_input
from dross.representations.image_input import images_to_use

#: Images that are gone through at once.
CHUNK: Final = 64


def grad_cam(representation: CutPasteClassification, X: Any) -> NDArray[np.float32]:
    """Return which places speak for a defect, shape (n, h, w) at the size of the images: higher = more anomalous.

    The maps of the network's last stage, each weighted by how much it raises the odds of a defect, summed up, cut off
    at 0 and enlarged. Use it to see what a CutPaste network looks at. Do not use it to find the edge of a defect: a
    place is as large as eight pixels or more; a :class:`~dross.inspection.DefectSegmentation` marks pixels.

    Parameters
    ----------
    representation : CutPasteClassification
        A fitted one.
    X : Images, array of shape (n, h, w) or (n, h, w, c), or list of paths
        Images of the size and colour of the training images.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, size=(8, 16, 16, 3), dtype=np.uint8)
    >>> representation = CutPasteClassification(width=2, max_epochs=1, random_state=0).fit(images)
    >>> grad_cam(representation, images).shape
    (8, 16, 16)

    References
    ----------
    Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", ICCV 2017,
    arXiv:1610.02391.
    """
    check_is_fitted(representation)
    images = images_to_use(X, representation.image_shape_)
    # Copies, since what is trained on goes on to need its own state.
    network = deepcopy(representation.network_).float().eval().requires_grad_(False)
    head = deepcopy(representation.head_).float().eval().requires_grad_(False)
    device = next(network.parameters()).device
    found = []
    for batch in images.batches(CHUNK):
        pixels = torch.from_numpy(np.require(batch, requirements="W")).to(device).permute(0, 3, 1, 2)
        found.append(class_activations(network, head, network_input(pixels)).cpu().numpy())
    return np.concatenate(found)


def class_activations(network: ResNet, head: MLPHead, samples: Tensor) -> Tensor:
    """Return the activations that speak for any class but the first, (n, h, w), of images as the network takes them."""
    maps = network.last_maps(samples).requires_grad_()
    with torch.enable_grad():
        logits = head(maps.mean((2, 3)))
        odds = logits[:, 1:].logsumexp(1) - logits[:, 0]
        (gradients,) = torch.autograd.grad(odds.sum(), maps)
    weights = gradients.mean((2, 3), keepdim=True)
    activations = (weights * maps.detach()).sum(1, keepdim=True).relu()
    return functional.interpolate(activations, samples.shape[2:], mode="bilinear", align_corners=False)[:, 0]
