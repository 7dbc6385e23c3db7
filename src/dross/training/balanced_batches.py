"""Batches that hold as many labelled anomalies as normal samples, evenly from every kind of anomaly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import final

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from dross.training.repeatable import step_seed


@final
class BalancedBatches:
    """A training set of normals, each batch of which is followed by as many anomalies.

    A pass goes through the normals once. Anomalies are drawn with replacement, each group of them as often as every
    other however small it is, so that a rare kind of anomaly is learned as well as a common one. The batch is normals
    first, then anomalies: ``normals, anomalies = batch.chunk(2)``.

    Parameters
    ----------
    normals : Tensor of shape (n, ...)
        On the device.
    anomalies : Tensor of shape (m, ...)
        On the device.
    groups : array of shape (m,)
        The kind of each anomaly: any whole numbers.
    seed : int
        For the draws.

    Examples
    --------
    >>> batches = BalancedBatches(torch.zeros(4), torch.tensor([1.0, 1.0, 1.0, 2.0]), [0, 0, 0, 1], seed=0)
    >>> [sorted(batch.tolist()) for batch in batches.cut([torch.arange(4)])]
    [[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 2.0]]

    References
    ----------
    Kim, Jeong, Choi and Seo, "GAN-based Anomaly Detection in Imbalance Problems", ECCV 2020 workshops, doi
    10.1007/978-3-030-65414-6_11.
    """

    def __init__(self, normals: Tensor, anomalies: Tensor, groups: ArrayLike, *, seed: int) -> None:
        self._normals, self._anomalies = normals, anomalies
        kinds = np.asarray(groups)
        self._members = [torch.from_numpy(np.flatnonzero(kinds == kind)) for kind in np.unique(kinds)]
        self._seed, self._drawn = seed, 0

    def __len__(self) -> int:
        """Return the number of normals."""
        return len(self._normals)

    def cut(self, parts: Sequence[Tensor]) -> Iterator[Tensor]:
        """Yield the normals of each of ``parts``, each followed by as many anomalies."""
        for part in parts:
            drawn = self._draw(len(part)).to(self._anomalies.device)
            yield torch.cat([self._normals[part.to(self._normals.device)], self._anomalies[drawn]])

    def _draw(self, size: int) -> Tensor:
        generator = torch.Generator().manual_seed(step_seed(self._seed, self._drawn))
        self._drawn += 1
        # Every group its share; who gets what is left over is drawn too.
        turns = torch.arange(size) % len(self._members)
        order = torch.randperm(len(self._members), generator=generator)
        chance = torch.rand(size, generator=generator)
        chosen = [self._members[int(order[turn])] for turn in turns]
        return torch.stack([group[int(at * len(group))] for group, at in zip(chosen, chance, strict=True)])
