"""Reconstruction from principal components: the linear autoencoder."""

from __future__ import annotations

from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from dross.one_class.base import AbstractOneClass
from dross.one_class.normal_density import row_chunks
from dross.parameters import count_problems


@final
class PCAReconstruction(AbstractOneClass):
    """Score samples by the mean squared error of their reconstruction from a few principal components.

    Use it as the baseline of every autoencoder, of which it is the best linear one, and on features that lie near a
    flat subspace, such as small aligned images. Do not use it where anomalies lie in that subspace, only further out:
    they are reconstructed perfectly, and a ``GaussianDensity`` sees them.

    It assumes a training set nearly free of anomalies: with enough components each of them gets its own.

    Parameters
    ----------
    n_components : int, default=50
        Components to keep; fewer where the samples span fewer.
    contamination : float in (0, 0.5] or "auto", default="auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.
    random_state : int, RandomState or None, default=None
        For the randomised decomposition of large training sets.

    Attributes
    ----------
    mean_ : array of shape (n_features,)
        The mean of the training samples.
    components_ : array of shape (n_components, n_features)
        The principal axes, orthonormal.

    References
    ----------
    K. Pearson, "On lines and planes of closest fit to systems of points in space", 1901; P. Baldi, K. Hornik, "Neural
    networks and principal component analysis", Neural Networks 2 (1989), for the linear autoencoder.

    Examples
    --------
    >>> import numpy as np
    >>> from dross.reconstruction import PCAReconstruction
    >>> line = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    >>> PCAReconstruction(n_components=1).fit(line).score_samples([[5.0, 5.0], [1.0, 3.0]]).round(6).tolist()
    [-0.0, -1.0]
    """

    mean_: NDArray[np.float64]
    components_: NDArray[np.float64]

    def __init__(
        self,
        *,
        n_components: int = 50,
        contamination: float | Literal["auto"] = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.contamination = contamination
        self.random_state = random_state

    def _parameter_problems(self) -> list[str]:
        return count_problems("n_components", self.n_components)

    def _fit(self, X: NDArray[Any]) -> None:
        pca = PCA(min(self.n_components, len(X) - 1, X.shape[1]), random_state=self.random_state)
        # One row moves the data near the origin: PCA takes the mean without care for a large offset. Where all samples
        # are alike it divides by a variance of 0, for a share that is not used here.
        with np.errstate(invalid="ignore"):
            pca.fit(X - X[0])
        # In one piece in memory, as copies and loaded models have them: products add up differently in another order.
        self.mean_, self.components_ = pca.mean_ + X[0], np.ascontiguousarray(pca.components_)

    def _normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        errors = np.empty(len(X))
        for rows in row_chunks(len(X), 3 * X.shape[1]):
            centred = X[rows] - self.mean_
            missed = centred - (centred @ self.components_.T) @ self.components_
            errors[rows] = np.square(missed).mean(axis=1)
        return -errors
