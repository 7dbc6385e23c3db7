"""The terms that a loss is the sum of, averaged over a stretch of training: what loss curves are drawn from."""

from __future__ import annotations

from typing import final

from torch import Tensor, nn


@final
class LossParts:
    """Sums the terms that an objective says its last loss consisted of.

    An objective that has any keeps them in its attribute ``parts``: a dict of names to detached scalars. A term that
    is not in every step (players who take turns) is averaged over the steps it was in.

    Parameters
    ----------
    objective : nn.Module
        What is trained.

    Examples
    --------
    >>> import torch
    >>> objective = nn.Module()
    >>> sums = LossParts(objective)
    >>> for value in (1.0, 3.0):
    ...     objective.parts = {"kl": torch.tensor(value)}
    ...     sums.add(8)
    >>> sums.means()
    {'kl': 2.0}
    """

    def __init__(self, objective: nn.Module) -> None:
        self._objective = objective
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}

    def add(self, n_samples: int) -> None:
        """Count the terms of the step just taken, which had ``n_samples``; they stay on the device."""
        parts: dict[str, Tensor] = getattr(self._objective, "parts", {})
        for name, value in parts.items():
            term = value * n_samples
            self._sums[name] = self._sums[name] + term if name in self._sums else term
            self._counts[name] = self._counts.get(name, 0) + n_samples

    def means(self) -> dict[str, float]:
        """Return the mean of each term over its samples."""
        return {name: float(total) / self._counts[name] for name, total in self._sums.items()}
