"""The epoch whose weights a classifier keeps: the one that does best on samples held out of its training."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from dross.errors import DataError
from dross.parameters import at_least_problems


@final
class BestEpoch:
    """Remembers the weights after the epoch of least validation loss, the first of equally good ones.

    Parameters
    ----------
    network : nn.Module
        The network that is trained.
    validation_loss : callable
        Returns its loss on held-out samples, as it is when called.

    Attributes
    ----------
    losses : list of float
        One an epoch.
    epoch : int
        The number of the best one, from 1; 0 before any.

    Examples
    --------
    >>> network, losses = nn.Linear(1, 1), iter([2.0, 1.0, 3.0])
    >>> best = BestEpoch(network, lambda: next(losses))
    >>> for epoch in (1, 2, 3):
    ...     best.look(epoch)
    >>> best.epoch
    2
    """

    losses: list[float]
    epoch: int

    def __init__(self, network: nn.Module, validation_loss: Callable[[], float]) -> None:
        self._network, self._validation_loss = network, validation_loss
        self._weights: dict[str, Tensor] = {}
        self.losses, self.epoch = [], 0

    def look(self, epoch: int) -> None:
        """Take note of the weights as they are after an epoch."""
        loss = self._validation_loss()
        if not self._weights or loss < min(self.losses, default=math.inf):
            self._weights = {name: value.detach().clone() for name, value in self._network.state_dict().items()}
            self.epoch = epoch
        self.losses.append(loss)

    def restore(self) -> None:
        """Give the network the weights of the best epoch; before any it keeps its own."""
        if self._weights:
            self._network.load_state_dict(self._weights)


def held_out_part(known: NDArray[np.int64], share: float, seed: int) -> NDArray[np.bool_]:
    """Return which samples are held out to choose the epoch by: the same share of both kinds, drawn at random.

    Parameters
    ----------
    known : array of shape (n_samples,)
        1 anomaly, 0 normal.
    share : float in [0, 0.5]
        Of each kind, at least one sample; 0 holds out none.
    seed : int
        Draws them.

    Raises
    ------
    DataError
        If there is but one sample of a kind, which cannot be on both sides.

    Examples
    --------
    >>> known = np.repeat([0, 1], [8, 4])
    >>> known[held_out_part(known, 0.25, seed=0)].tolist()
    [0, 0, 1]
    """
    held_out = np.zeros(len(known), dtype=bool)
    if share == 0:
        return held_out
    rng = np.random.default_rng(seed)
    for kind, name in enumerate(("normal sample", "anomaly")):
        members = rng.permutation(np.flatnonzero(known == kind))
        if len(members) < 2:
            raise DataError(
                f"there is 1 labelled {name}, and one is needed to learn from and another to choose the epoch by: "
                "label more, or give validation_share = 0, which trains on all for as long as max_epochs says"
            )
        held_out[members[: max(1, round(share * len(members)))]] = True
    return held_out


def held_out_problems(validation_share: Any, threshold: object) -> list[str]:
    """Return what is wrong with the share to hold out, which must be in [0, 0.5], and enough for an alarm threshold.

    Examples
    --------
    >>> held_out_problems(0.7, "half")
    ['validation_share is 0.7; it must be a share in [0, 0.5]']
    """
    if at_least_problems("validation_share", validation_share) or validation_share > 0.5:
        return [f"validation_share is {validation_share!r}; it must be a share in [0, 0.5]"]
    if validation_share == 0 and isinstance(threshold, str) and threshold != "half":
        return [
            f"validation_share is {validation_share!r}, and threshold is {threshold!r}, which goes by samples held "
            "out: hold some out, or give threshold = 'half' or a number"
        ]
    return []
