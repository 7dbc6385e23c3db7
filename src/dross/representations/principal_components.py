"""The directions in which samples vary most."""

from __future__ import annotations

from typing import Any, Self, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin
from sklearn.decomposition import PCA
from sklearn.utils.validation import check_is_fitted, validate_data

from dross.errors import raise_gathered
from dross.parameters import count_problems
from dross.representations.base import AbstractRepresentation
from dross.representations.scaling import Scaling, location_and_scale, scaling_problems


@final
class PrincipalComponents(ClassNamePrefixFeaturesOutMixin, AbstractRepresentation):
    """Project scaled columns onto their leading principal components.

    Use it where columns outnumber samples or repeat each other, in front of a density. Do not use it where anomalies
    lie in directions of small variance: those are what it throws away (the components that vary least can matter
    most).

    Parameters
    ----------
    n_components : int or float, default 0.99
        How many components, or the share of the variance to keep.
    scaling : {"standard", "robust", "none"}, default "standard"
        How columns are scaled before the projection.
    whiten : bool, default False
        Scale each component to variance 1.

    Attributes
    ----------
    pca_ : sklearn.decomposition.PCA
        The fitted projection.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(50, 1)) @ np.ones((1, 4))
    >>> PrincipalComponents().fit_transform(X).shape
    (50, 1)

    References
    ----------
    Pearson, "On lines and planes of closest fit to systems of points in space", 1901.
    """

    location_: NDArray[np.float64]
    scale_: NDArray[np.float64]
    pca_: PCA

    def __init__(self, *, n_components: float = 0.99, scaling: Scaling = "standard", whiten: bool = False) -> None:
        self.n_components = n_components
        self.scaling = scaling
        self.whiten = whiten

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the projection from ``X`` (n_samples, n_features)."""
        raise_gathered(self._parameter_problems())
        X = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        self.location_, self.scale_ = location_and_scale(X, self.scaling)
        # A count beyond what the samples span is no mistake of the user's: subsets of the data are smaller than the
        # data.
        n_components = self.n_components if self.n_components < 1 else int(min(self.n_components, *X.shape))
        self.pca_ = PCA(n_components, whiten=self.whiten, svd_solver="full").fit((X - self.location_) / self.scale_)
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Return the components of each sample, shape (n_samples, n_components)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return self.pca_.transform((X - self.location_) / self.scale_)

    def _parameter_problems(self) -> list[str]:
        is_share = isinstance(self.n_components, (float, np.floating)) and 0 < self.n_components < 1
        if is_share or not count_problems("n_components", self.n_components):
            return scaling_problems(self.scaling)
        return [
            f"n_components is {self.n_components!r}; it must be a whole number of at least 1, or a share of the "
            "variance between 0 and 1",
            *scaling_problems(self.scaling),
        ]

    @property
    def _n_features_out(self) -> int:
        return int(self.pca_.n_components_)
