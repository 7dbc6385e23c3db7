"""The samples whose labels are known, which are what a classifier learns from."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dross.errors import DataError, TooFewSamplesError
from dross.scoring import ANOMALY, NORMAL, UNKNOWN, check_labels

#: What becomes of samples whose label is not known.
Unlabelled = Literal["left out", "normal"]


def known_rows(
    labels: ArrayLike | None, n_samples: int, unlabelled: Unlabelled, name: str
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return the numbers of the samples to learn from, and their labels, 0 or 1, of which both kinds are there.

    Parameters
    ----------
    labels : array of shape (n_samples,) or None
        0 normal, 1 an anomaly, -1 not known.
    n_samples : int
        How many there must be.
    unlabelled : {"left out", "normal"}
        What becomes of those not known.
    name : str
        What the error calls the detector.

    Raises
    ------
    TooFewSamplesError
        If there is but one sample.
    DataError
        If there are no labels, not one for each sample, or none of one kind.

    Examples
    --------
    >>> rows, known = known_rows([0, -1, 1], 3, "left out", "ClassifierDetector")
    >>> rows.tolist(), known.tolist()
    ([0, 2], [0, 1])
    """
    if n_samples < 2:
        raise TooFewSamplesError(f"{name} needs at least 2 samples to fit, found {n_samples} sample: give it more")
    if labels is None:
        raise DataError(
            f"{name} learns from labelled anomalies beside labelled normal samples, and there are no labels: give "
            "fit(X, labels=...) with 0 for normal, 1 for an anomaly, -1 for not known, or use a detector that needs "
            "none"
        )
    given = check_labels(labels, n_samples)
    needs = f"{name} learns from labelled anomalies beside labelled normal samples, and none of the {n_samples} labels"
    known_to_be = {kind: int(np.count_nonzero(given == kind)) for kind in (NORMAL, ANOMALY)}
    if unlabelled == "normal":
        given = np.where(given == UNKNOWN, NORMAL, given)
    rows = np.flatnonzero(given != UNKNOWN)
    known = given[rows]
    if not (known == ANOMALY).any():
        raise DataError(
            f"{needs} says anomaly (1), while {_say(known_to_be[NORMAL])} normal (0): label some anomalies, or use a "
            "detector that needs none"
        )
    if not (known == NORMAL).any():
        raise DataError(
            f"{needs} says normal (0), while {_say(known_to_be[ANOMALY])} anomaly (1): label some normal samples, or "
            "set unlabelled to normal (on the command line --set unlabelled=normal) where nearly all that are not "
            "labelled are"
        )
    return rows, known


def _say(count: int) -> str:
    return "1 says" if count == 1 else f"{count} say"
