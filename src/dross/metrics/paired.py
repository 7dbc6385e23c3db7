"""Is one method better than another, or was it luck? Tests that pair what both did on the same samples or folds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dross.errors import DataError


class Difference(NamedTuple):
    """A mean difference, its 95 % interval and the two-sided p-value of there being none; ``None`` where unknown."""

    mean: float
    low: float | None
    high: float | None
    p: float | None


def corrected_t(values: ArrayLike, test_share: float, *, level: float = 0.95) -> Difference:
    """Return the mean over the folds of a repeated cross-validation with the corrected resampled t interval and test.

    Use it on differences between two methods, fold by fold, or on one metric of one method. An ordinary t-test takes
    folds for independent; their training sets overlap, and it calls far too many differences real.

    Parameters
    ----------
    values : array of shape (n_folds,)
        One value a fold.
    test_share : float
        Test samples / training samples: 0.25 for five folds.
    level : float in (0, 1), default 0.95
        Coverage of the interval.

    References
    ----------
    Nadeau and Bengio, "Inference for the Generalization Error", Machine Learning 2003.

    Examples
    --------
    >>> found = corrected_t([0.02, 0.04, 0.03, 0.01, 0.05], 0.25)
    >>> round(found.mean, 3), round(found.low, 3), round(found.high, 3), round(found.p, 3)
    (0.03, 0.001, 0.059, 0.047)
    """
    from scipy.stats import t

    array = np.asarray(values, dtype=np.float64)
    mean, n = float(array.mean()), array.size
    if n < 2:
        return Difference(mean, None, None, None)
    error = float(np.sqrt((1 / n + test_share) * array.var(ddof=1)))
    if error == 0:
        return Difference(mean, mean, mean, 1.0 if mean == 0 else 0.0)
    half = float(t.ppf((1 + level) / 2, n - 1)) * error
    return Difference(mean, mean - half, mean + half, float(2 * t.sf(abs(mean) / error, n - 1)))


def bootstrap_difference(first: NDArray[np.float64], second: NDArray[np.float64], mean: float) -> Difference:
    """Return the difference of two methods with the percentile interval and test of paired bootstrap resamples.

    Parameters
    ----------
    first, second : arrays of shape (n_resamples,)
        A metric of the two methods on the same resamples; those where it is not defined (NaN) do not count.
    mean : float
        The difference on the test set itself.

    References
    ----------
    Efron and Tibshirani, An Introduction to the Bootstrap, 1993.

    Examples
    --------
    >>> bootstrap_difference(np.array([0.8, 0.9, 0.7]), np.array([0.7, 0.7, 0.6]), 0.12).p
    0.5
    """
    differences = first - second
    differences = differences[np.isfinite(differences)]
    if differences.size < 2:
        return Difference(mean, None, None, None)
    low, high = np.quantile(differences, [0.025, 0.975])
    # One more on each side: no number of resamples makes a difference certain.
    tails = (np.count_nonzero(differences <= 0) + 1, np.count_nonzero(differences >= 0) + 1)
    return Difference(mean, float(low), float(high), float(min(1.0, 2 * min(tails) / (differences.size + 1))))


def mcnemar_exact(first_right: ArrayLike, second_right: ArrayLike) -> float:
    """Return the two-sided p-value of two methods being right equally often on the same samples.

    Only samples on which one is right and the other wrong count: under chance, either may be the one that is right.

    Parameters
    ----------
    first_right, second_right : arrays of shape (n_samples,), bool
        Where each method judged rightly.

    Raises
    ------
    DataError
        If their shapes differ.

    References
    ----------
    McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
    Psychometrika 1947.

    Examples
    --------
    >>> mcnemar_exact([True, True, True, True, True], [False, False, False, False, True])
    0.125
    """
    from scipy.stats import binomtest

    one, other = np.asarray(first_right, dtype=bool), np.asarray(second_right, dtype=bool)
    if one.shape != other.shape:
        raise DataError(f"one method has {one.size} samples and the other {other.size}: give both the same")
    only_one, only_other = int(np.count_nonzero(one & ~other)), int(np.count_nonzero(other & ~one))
    if only_one + only_other == 0:
        return 1.0
    return float(binomtest(only_one, only_one + only_other, 0.5).pvalue)


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return p-values adjusted for their number, so that one false claim among all of them is as rare as one alone.

    References
    ----------
    Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 1979.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    found = np.empty(p.size)
    found[order] = np.minimum(adjusted, 1.0)
    return found
