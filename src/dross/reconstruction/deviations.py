"""Parts of a score brought to one scale: that of their own spread over normal training samples."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

#: Deviations below this are rounding: there is nothing to divide by.
_ROUNDING: Final = 1e-12


def means_and_spreads(parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean and the standard deviation of each part, shape (2, n_parts).

    Parameters
    ----------
    parts : array of shape (n_samples, n_parts)
        Of normal samples. A part that is the same for all of them is given the deviation 1.

    Examples
    --------
    >>> means_and_spreads(np.array([[1.0, 5.0], [3.0, 5.0]])).tolist()
    [[2.0, 5.0], [1.0, 1.0]]
    """
    means, spreads = parts.mean(0), parts.std(0)
    return np.stack([means, np.where(spreads > _ROUNDING * (1.0 + np.abs(means)), spreads, 1.0)])


def in_deviations(parts: Tensor, scale: NDArray[np.float64]) -> Tensor:
    """Return how many standard deviations each part of each sample is above its mean, shape (n_samples, n_parts).

    Parameters
    ----------
    parts : Tensor of shape (n_samples, n_parts)
        Of any samples.
    scale : array of shape (2, n_parts)
        What :func:`means_and_spreads` returned of normal ones.

    Examples
    --------
    >>> in_deviations(torch.tensor([[4.0, 5.0]]), np.array([[2.0, 5.0], [1.0, 1.0]])).tolist()
    [[2.0, 0.0]]
    """
    means, spreads = torch.from_numpy(scale).to(parts)
    return (parts - means) / spreads
