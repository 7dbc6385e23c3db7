"""Randomness comes from a ``random_state`` alone, and is handed down to the parts of an estimator."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from sklearn.utils import check_random_state

Estimator = TypeVar("Estimator", bound=Any)

LARGEST_SEED = 2**31 - 1


def integer_seed(random_state: int | np.random.RandomState | None) -> int:
    """Return one integer drawn from scikit-learn's kinds of ``random_state``.

    Examples
    --------
    >>> integer_seed(0) == integer_seed(0)
    True
    """
    return int(check_random_state(random_state).randint(LARGEST_SEED))


def set_random_states(estimator: Estimator, rng: np.random.RandomState) -> Estimator:
    """Seed every ``random_state`` of an estimator and of its parts, and return it.

    Parameters
    ----------
    estimator : estimator
        An unfitted one; changed in place.
    rng : RandomState
        One integer is drawn for each ``random_state`` found, in the order of their names.

    Examples
    --------
    >>> from sklearn.ensemble import IsolationForest
    >>> set_random_states(IsolationForest(), np.random.RandomState(0)).random_state
    209652396
    """
    names = sorted(name for name in estimator.get_params(deep=True) if name.split("__")[-1] == "random_state")
    estimator.set_params(**{name: rng.randint(LARGEST_SEED) for name in names})
    return estimator
