"""Samples of any kind that a classifier learns from, made such that parts of them can be taken."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import _safe_indexing, get_tags

from dross.data.images import Images, holds_images
from dross.representations.image_input import images_to_use


def takeable(X: Any, estimator: Any) -> Any:
    """Return samples as :func:`taken` takes parts of them: images, where the estimator is for images; else as they are.

    Examples
    --------
    >>> from dross.representations import Pixels
    >>> takeable(np.zeros((2, 8, 8), dtype=np.uint8), Pixels()).shape
    (2, 8, 8, 1)
    """
    takes = get_tags(estimator).input_tags
    return images_to_use(X) if takes.three_d_array and (not takes.two_d_array or holds_images(X)) else X


def taken(samples: Any, rows: NDArray[np.intp]) -> Any:
    """Return the samples of these numbers, from images, an array, a DataFrame or a list.

    Examples
    --------
    >>> taken(["a", "b", "c"], np.array([2, 0]))
    ['c', 'a']
    """
    return samples[rows] if isinstance(samples, Images) else _safe_indexing(samples, rows)
