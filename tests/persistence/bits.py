"""Whether two fitted things are the same to the last bit."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator


def bits(scores: NDArray[np.float64]) -> list[int]:
    """Return the bit pattern of each score: unlike ``==`` it tells 0.0 from -0.0, and NaN is itself."""
    assert scores.dtype == np.float64
    return np.ascontiguousarray(scores).view(np.int64).tolist()


def same(a: Any, b: Any) -> bool:
    """Return whether two values are of one type and equal, floats and arrays bit by bit and in memory order."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        if a.dtype == object:
            return bool(a.shape == b.shape and a.tolist() == b.tolist())
        # A view with gaps comes back without them, its axes in the same order.
        order = a.copy(order="K").strides == b.copy(order="K").strides
        return bool(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes() and order)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if is_dataclass(a) and not isinstance(a, type):
        return all(same(getattr(a, field.name), getattr(b, field.name)) for field in fields(a))
    if isinstance(a, BaseEstimator) and type(a).__module__.startswith("dross."):
        return all(same(content, vars(b).get(name)) for name, content in _told(a).items())
    if isinstance(a, (float, np.floating)):
        return bool(np.isnan(a) and np.isnan(b)) or np.float64(a).tobytes() == np.float64(b).tobytes()
    if isinstance(a, (bool, int, str, np.generic)) or a is None:
        return bool(a == b)
    return True  # a network or a part of scikit-learn: the scores tell


def _told(estimator: BaseEstimator) -> dict[str, Any]:
    """Return the parameters and the fitted attributes, but for generators, which are not stored."""
    return {
        name: content
        for name, content in vars(estimator).items()
        if not name.startswith("_") and not isinstance(content, np.random.RandomState)
    }
