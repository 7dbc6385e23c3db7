"""A training set of images with randomly changed copies of them in it."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from dross.augmentations import Augmentation, HorizontalFlip, PaddedCrop, RandomRotation, as_floats
from dross.data.images import Images
from dross.reconstruction.samples import byte_tensor

#: Images that are changed at once.
CHUNK = 256


def with_augmented_copies(images: Images, n_copies: int, seed: int) -> NDArray[np.uint8]:
    """Return images, and after them ``n_copies`` of them all, each mirrored or not, turned and moved at random.

    The copies are turned by up to 45 degrees and moved by up to 4 pixels, and show at the rim their own outermost
    pixels; they are made while pixels are bytes, before anything scales them.

    Parameters
    ----------
    images : Images
        The training images.
    n_copies : int
        Of each image.
    seed : int
        Of what is random.

    Examples
    --------
    >>> from dross.data.images import as_images
    >>> images = as_images(np.zeros((2, 8, 8, 3), dtype=np.uint8))
    >>> with_augmented_copies(images, 3, seed=0).shape
    (8, 8, 8, 3)

    References
    ----------
    Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document
    Analysis", ICDAR 2003.
    """
    augment = Augmentation(HorizontalFlip(), RandomRotation(45.0), PaddedCrop(4))
    generator = torch.Generator().manual_seed(seed)
    parts = [images.read()]
    for _ in range(n_copies):
        for batch in images.batches(CHUNK):
            changed = augment(as_floats(byte_tensor(batch)), generator)
            parts.append((changed * 255).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy())
    return np.concatenate(parts)
