"""What a one-class classifier is: a detector on an (n, d) array of numbers.

Validation, the alarm threshold and the handling of overflow are written here once. A concrete class says what may be
wrong with its parameters and writes two methods: ``_fit`` (learn from validated samples) and ``_normality`` (score
validated ones).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted, validate_data

from dross.detector import AbstractDetector
from dross.errors import DataError, TooFewSamplesError, raise_gathered
from dross.parameters import contamination_problems
from dross.scoring import finite_scores, threshold_offset

#: Training values beyond this overflow when they are squared and summed.
LARGEST_VALUE = 1e100


class AbstractOneClass(AbstractDetector):
    """The contract of the one-class classifiers, on arrays of shape (n_samples, n_features), finite, at least two rows.

    Features are taken as they are: no classifier scales its input, since that is the work of a representation.

    Parameters
    ----------
    contamination : float in (0, 0.5] or "auto", default="auto"
        The share of the training set that is to raise an alarm; it sets ``offset_`` and nothing else. ``"auto"`` puts
        the threshold at Tukey's outer fence of the training scores.

    Attributes
    ----------
    offset_ : float
        The alarm threshold on ``score_samples``.
    n_features_in_ : int
        The number of features seen in ``fit``.
    """

    contamination: float | Literal["auto"]
    n_features_in_: int

    #: The number types that are computed on as they come; all others become the first.
    _dtypes: ClassVar[tuple[type[np.floating], ...]] = (np.float64,)

    @abstractmethod
    def _fit(self, X: NDArray[Any]) -> None:
        """Learn from validated samples and set the fitted attributes."""

    @abstractmethod
    def _normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Return the scores of validated samples, higher = more normal."""

    @abstractmethod
    def _parameter_problems(self) -> list[str]:
        """Return what is wrong with the parameters of this class (``contamination`` is checked for all)."""

    def _least_samples(self) -> tuple[int, str]:
        """Return the fewest samples that ``fit`` needs, and what to do where there are fewer."""
        return 2, "give it more samples"

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn what normal samples look like.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Samples without labels, finite.
        y : ignored
            Accepted since scikit-learn's tools pass it.

        Returns
        -------
        self

        Raises
        ------
        ParameterError
            If a parameter is out of its range; all such parameters are named at once.
        TooFewSamplesError
            If there are too few samples.
        DataError
            If there are values so large that they overflow.
        """
        raise_gathered([*self._parameter_problems(), *contamination_problems(self.contamination)])
        X = self._validated(X, reset=True)
        self._check_training_samples(X)
        self._fit(X)
        self.offset_ = threshold_offset(self._finite_normality(X), self.contamination)
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return one score a sample: higher = more normal.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Samples, finite. How one is scored does not depend on the others that are scored with it.

        Returns
        -------
        array of shape (n_samples,), float64, finite
        """
        check_is_fitted(self)
        return self._finite_normality(self._validated(X, reset=False))

    def _validated(self, X: Any, *, reset: bool) -> NDArray[Any]:
        return validate_data(self, X, reset=reset, dtype=list(self._dtypes))

    def _finite_normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        return finite_scores(self._normality, X)

    def _check_training_samples(self, X: NDArray[Any]) -> None:
        least, remedy = self._least_samples()
        n_samples = len(X)
        if n_samples < least:
            found = "1 sample" if n_samples == 1 else f"{n_samples} samples"
            raise TooFewSamplesError(
                f"{type(self).__name__} needs at least {least} samples to fit, found {found}: {remedy}"
            )
        if X.dtype == np.float64 and max(X.max(), -X.min()) > LARGEST_VALUE:
            largest = np.abs(X).max(axis=0)
            column = int(largest.argmax())
            raise DataError(
                f"feature {column} holds values up to {largest[column]:.3g}, which overflow when squared: "
                f"scale the features (at most {LARGEST_VALUE:.0e}) before fitting"
            )
