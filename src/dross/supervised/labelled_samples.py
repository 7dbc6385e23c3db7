"""Samples of any kind that a classifier learns from, made such that parts of them can be taken."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import _safe_indexing, check_array, get_tags

from dross.data.images import Images, holds_images
from dross.representations.image_input import images_to_use


def takeable(X: Any, estimator: Any) -> Any:
    """Return samples as :func:`taken` takes parts of them: images, where the estimator is for images; else a table.

    Examples
    --------
    >>> from dross.representations import Pixels
    >>> takeable(np.zeros((2, 8, 8), dtype=np.uint8), Pixels()).shape
    (2, 8, 8, 1)
    """
    takes = get_tags(estimator).input_tags
    if takes.three_d_array and (not takes.two_d_array or holds_images(X)):
        return images_to_use(X)
    # What is in the table is for the representation to judge; that it is one is not.
    return X if hasattr(X, "iloc") else check_array(X, dtype=None, ensure_all_finite=False)


def taken(samples: Any, rows: NDArray[np.intp]) -> Any:
    """Return the samples of these numbers, from images, an array or a DataFrame.

    Examples
    --------
    >>> taken(np.array([[1.0], [2.0], [3.0]]), np.array([2, 0])).tolist()
    [[3.0], [1.0]]
    """
    return samples[rows] if isinstance(samples, Images) else _safe_indexing(samples, rows)
