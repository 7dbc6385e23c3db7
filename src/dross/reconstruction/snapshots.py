"""What a handful of images looked like, reconstructed, while the network was being trained."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from dross.errors import DataError

#: Epochs that are kept, and images that are watched, at most: of 64 x 64 RGB some 25 MB.
MOST_EPOCHS: Final = 33
MOST_WATCHED: Final = 64


@final
class Snapshots:
    """Keeps what images look like before training and after each epoch, or after some of many epochs.

    Parameters
    ----------
    max_epochs : float
        Epochs that will be trained; the first and the last are always kept.

    Attributes
    ----------
    epochs : list of int
        The epochs that have been kept; 0 is before training.

    Examples
    --------
    >>> kept = Snapshots(100)
    >>> for epoch in range(101):
    ...     kept.take(epoch, lambda images: images, np.zeros((2, 8, 8, 1), dtype=np.uint8))
    >>> len(kept.epochs), kept.epochs[:3], kept.epochs[-1]
    (33, [0, 3, 6], 100)
    """

    def __init__(self, max_epochs: float) -> None:
        last = math.ceil(max_epochs)
        self._wanted = set(np.linspace(0, last, min(MOST_EPOCHS, last + 1)).round().astype(int).tolist())
        self._taken: list[NDArray[np.uint8]] = []
        self.epochs: list[int] = []

    def take(self, epoch: int, picture: Callable[[Any], NDArray[np.uint8]], watched: Any) -> None:
        """Keep ``picture(watched)``, if this epoch is one to keep.

        Raises
        ------
        DataError
            If so many images are watched that all the snapshots would fill the memory.
        """
        if len(watched) > MOST_WATCHED:
            raise DataError(
                f"{len(watched)} images are watched during training; at most {MOST_WATCHED} can be: give fewer"
            )
        if epoch in self._wanted:
            self._taken.append(picture(watched))
            self.epochs.append(epoch)

    @property
    def pictures(self) -> NDArray[np.uint8] | None:
        """What has been kept, shape (n_snapshots, n_images, h, w, c); ``None`` where nothing was watched."""
        return np.stack(self._taken) if self._taken else None
