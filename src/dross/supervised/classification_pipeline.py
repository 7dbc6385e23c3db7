"""A classifier and the steps in front of it, which learn from the training samples alone."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.errors import DataError, DrossError, ParameterError
from dross.supervised.stratified_folds import rarer_kind, there_are


def fit_pipeline(
    classifier: Any,
    features: NDArray[np.float64],
    known: NDArray[np.int64],
    *,
    n_components: int | None,
    n_neighbors: int | None,
    seed: int,
) -> Any:
    """Return an imbalanced-learn pipeline, fitted: principal components, SMOTE, the classifier.

    Components are learned of the samples there are, and SMOTE makes up new ones between them: it comes after, since
    distances mean more in few dimensions.

    Parameters
    ----------
    classifier : estimator
        Of scikit-learn; fitted in place.
    features : array of shape (n_samples, n_features)
        Of the training samples.
    known : array of shape (n_samples,)
        1 anomaly, 0 normal.
    n_components : int or None
        Principal components to keep; ``None``: all features as they are.
    n_neighbors : int or None
        Of SMOTE, which makes as many samples as the rarer kind lacks; ``None``: no SMOTE.
    seed : int
        Of SMOTE.

    Raises
    ------
    ParameterError, DataError
        If there are fewer components, neighbours or samples of the rarer kind than asked for, or the classifier refuses
        its settings.

    References
    ----------
    Chawla, Bowyer, Hall and Kegelmeyer, "SMOTE: Synthetic Minority Over-sampling Technique", JAIR 2002.
    """
    from imblearn.over_sampling import SMOTE
    from imblearn.pipeline import Pipeline
    from sklearn.decomposition import PCA

    steps: list[tuple[str, Any]] = []
    if n_components is not None:
        _check_components(n_components, features.shape)
        steps.append(("components", PCA(n_components, svd_solver="full")))
    if n_neighbors is not None:
        _check_neighbors(n_neighbors, known)
        steps.append(("smote", SMOTE(k_neighbors=n_neighbors, random_state=seed)))
    try:
        pipeline = Pipeline([*steps, ("classifier", classifier)]).fit(features, known)
    except DrossError:
        raise
    except ValueError as error:  # of settings that show themselves to be wrong beside the samples alone
        raise ParameterError(
            f"{type(classifier).__name__} does not learn from {len(known)} samples with the settings it has: {error}"
        ) from error
    _check_nearest(classifier, len(known))
    return pipeline


def _check_nearest(classifier: Any, n_samples: int) -> None:
    # A classifier of nearest neighbours would not notice before it is asked for its first score.
    learned = getattr(classifier, "n_samples_fit_", n_samples)
    nearest = getattr(classifier, "n_neighbors", 0)
    if isinstance(nearest, Integral) and int(nearest) > learned:
        raise ParameterError(
            f"n_neighbors is {nearest}, and there are {learned} samples to learn from: give at most that"
        )


def _check_components(n_components: int, shape: tuple[int, ...]) -> None:
    if n_components > min(shape):
        raise ParameterError(
            f"n_components is {n_components}, and {shape[0]} training samples of {shape[1]} features have "
            f"{min(shape)}: give at most that"
        )


def _check_neighbors(n_neighbors: int, known: NDArray[np.int64]) -> None:
    rarer, kind = rarer_kind(known)
    if rarer <= n_neighbors and 2 * rarer != len(known):
        remedy = f"give smote_neighbors = {rarer - 1} at most" if rarer > 1 else "label more of them"
        raise DataError(
            f"SMOTE makes up samples between each of the {kind} and its {n_neighbors} nearest others, and "
            f"{there_are(rarer, kind, 'only ')} to learn from: {remedy}, or turn smote off"
        )
