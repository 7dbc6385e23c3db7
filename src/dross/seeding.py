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


def set_random_states(estimator: Estimator, rng: np.random.RandomState, *, only_unset: bool = False) -> Estimator:
    """Seed every ``random_state`` of an estimator and of its parts, and return it.

    Parameters
    ----------
    estimator : estimator
        An unfitted one; changed in place.
    rng : RandomState
        One integer is drawn for each ``random_state`` found: those of parts first, in the order of their names, so that
        equal parts of different wholes get equal seeds.
    only_unset : bool, default False
        Leave those alone that somebody has set.

    Examples
    --------
    >>> from sklearn.ensemble import IsolationForest
    >>> set_random_states(IsolationForest(), np.random.RandomState(0)).random_state
    209652396
    """
    found = {name: value for name, value in estimator.get_params(deep=True).items() if _is_seed(name)}
    names = sorted(found, key=lambda name: (-name.count("__"), name))
    wanted = [name for name in names if found[name] is None or not only_unset]
    estimator.set_params(**{name: rng.randint(LARGEST_SEED) for name in wanted})
    return estimator


def _is_seed(name: str) -> bool:
    return name.split("__")[-1] == "random_state"
