"""What a residual network that classifies images is trained on: images and their labels, by their numbers."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional

from dross.augmentations import Augmentation, HorizontalFlip, PaddedCrop, RandomRotation, as_floats


@final
class LabelledImageLoss(nn.Module):
    """The cross-entropy of two outputs, or the squared error of one, on images that are changed at random.

    Batches are numbers of images, so that each comes with its label and its weight.

    Parameters
    ----------
    network : nn.Module
        From images in [-1, 1] to outputs, shape (n, 1) or (n, 2).
    augment : bool
        Whether images are mirrored, turned by up to 45 degrees and moved by up to 4 pixels at random.
    """

    def __init__(self, network: nn.Module, augment: bool) -> None:
        super().__init__()
        self.network = network
        self.augment = Augmentation(HorizontalFlip(), RandomRotation(45), PaddedCrop(4)) if augment else None
        # Not buffers, which would be copied before each epoch.
        self._images = self._labels = self._weights = torch.empty(0)

    def learn_from(self, images: Tensor, labels: Tensor, weights: Tensor) -> None:
        """Set the training images, on the device.

        Parameters
        ----------
        images : Tensor of shape (n, c, h, w)
            As bytes.
        labels : Tensor of shape (n,)
            0 normal, 1 an anomaly.
        weights : Tensor of shape (n,)
            What each counts for, 1 on average.
        """
        self._images, self._labels, self._weights = images, labels, weights

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the weighted mean of the losses of a batch of numbers of images, shape (n,)."""
        pixels = as_floats(self._images[batch])
        # Before they are scaled, so that what an augmentation fills in is a colour of the image.
        changed = pixels if self.augment is None else self.augment(pixels, generator)
        losses = sample_losses(self.network(2 * changed - 1).float(), self._labels[batch])
        return (losses * self._weights[batch]).mean()


def sample_losses(outputs: Tensor, labels: Tensor) -> Tensor:
    """Return the loss of each sample: the cross-entropy of two outputs, or the squared error of one.

    Parameters
    ----------
    outputs : Tensor of shape (n, 2) or (n, 1)
        Of the network.
    labels : Tensor of shape (n,)
        0 normal, 1 an anomaly.

    Examples
    --------
    >>> sample_losses(torch.tensor([[0.5], [1.0]]), torch.tensor([0, 1])).tolist()
    [0.25, 0.0]
    """
    if outputs.shape[1] == 1:
        return (outputs[:, 0] - labels).square()
    return functional.cross_entropy(outputs, labels, reduction="none")


def balanced_loss(outputs: Tensor, labels: Tensor) -> float:
    """Return the mean loss of normals and that of anomalies, averaged, however many there are of each.

    Examples
    --------
    >>> balanced_loss(torch.tensor([[0.0], [0.0], [0.0], [0.0]]), torch.tensor([0, 0, 0, 1]))
    0.5
    """
    losses = sample_losses(outputs, labels)
    return float((losses[labels == 0].mean() + losses[labels == 1].mean()) / 2)
