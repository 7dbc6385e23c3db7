"""The named data sets outside ADBench: where each is published, how its files are read, what misleads in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from dross.data.arrays import read_mat
from dross.data.dataset import Dataset, make_dataset
from dross.errors import DataError
from dross.files import sha256

#: The columns of the raw UCI files, in their order.
UCI_THYROID_FEATURES: Final = (
    "age",
    "sex",
    "on_thyroxine",
    "query_on_thyroxine",
    "on_antithyroid_medication",
    "sick",
    "pregnant",
    "thyroid_surgery",
    "I131_treatment",
    "query_hypothyroid",
    "query_hyperthyroid",
    "lithium",
    "goitre",
    "tumor",
    "hypopituitary",
    "psych",
    "TSH",
    "T3",
    "TT4",
    "T4U",
    "FTI",
)
#: The six of them that are measured on a scale: the columns of the ODDS table.
ODDS_THYROID_FEATURES: Final = ("age", "TSH", "T3", "TT4", "T4U", "FTI")

_ODDS: Final = "https://odds.cs.stonybrook.edu"
_ODDS_LICENCE: Final = (
    "not stated by ODDS, which asks to be cited; the measurements are the UCI repository's (CC BY 4.0)"
)


@final
@dataclass(frozen=True)
class PublishedSet:
    """A named data set outside ADBench: its size, its files in the data folder, and how they are read."""

    name: str
    n_samples: int
    n_features: int
    n_anomalies: int
    licence: str
    source: str
    files: tuple[str, ...]
    load: Callable[[PublishedSet, Path], Dataset]
    notes: tuple[str, ...] = ()


def _load_odds(published: PublishedSet, folder: Path) -> Dataset:
    path = folder / published.files[0]
    X, y = read_mat(path)
    return make_dataset(
        published.name,
        X,
        labels_of(path, y),
        feature_names=ODDS_THYROID_FEATURES if published.name == "thyroid" else None,
        checksum=sha256(path),
        source=published.source,
        licence=published.licence,
        notes=published.notes,
    )


def _load_uci_thyroid(published: PublishedSet, folder: Path) -> Dataset:
    parts = []
    for path in (folder / file for file in published.files):
        try:
            part = np.loadtxt(path, ndmin=2)
        except (ValueError, OSError) as error:
            raise DataError(f"{path} is damaged ({error}); delete it and run `make data` again") from error
        if part.shape[1] != 22 or not np.isin(part[:, 21], (1, 2, 3)).all():
            raise DataError(
                f"{path} is damaged: its rows are not 21 numbers and a class; delete it and run `make data` again"
            )
        parts.append(part)
    rows = np.concatenate(parts)
    return make_dataset(
        published.name,
        rows[:, :21],
        (rows[:, 21] != 3).astype(np.int64),
        feature_names=UCI_THYROID_FEATURES,
        source=published.source,
        licence=published.licence,
        notes=published.notes,
    )


def _load_sklearn(published: PublishedSet, folder: Path) -> Dataset:
    """Load what ships with scikit-learn: malignant tumours, or the digit zero, are the anomalies."""
    from sklearn.datasets import load_breast_cancer, load_digits

    bunch = load_breast_cancer() if published.name == "breast-cancer" else load_digits()
    return make_dataset(
        published.name,
        bunch.data,
        (bunch.target == 0).astype(np.int64),
        feature_names=tuple(str(feature) for feature in bunch.feature_names),
        source=published.source,
        licence=published.licence,
        notes=published.notes,
    )


def labels_of(path: Path, y: NDArray[Any] | None) -> NDArray[Any]:
    """Return the labels of a file that must have them."""
    if y is None:
        raise DataError(f"{path} has no labels: a named data set needs an array 'y' beside 'X'; run `make data` again")
    return y


_UCI: Final = "https://archive.ics.uci.edu"
_UCI_LICENCE: Final = "CC BY 4.0"

SETS: Final[tuple[PublishedSet, ...]] = (
    PublishedSet(
        "thyroid",
        3772,
        6,
        93,
        _ODDS_LICENCE,
        f"{_ODDS}/thyroid-disease-dataset/",
        ("odds/thyroid.mat",),
        _load_odds,
        (
            "3,656 of its 3,772 rows are unique",
            "only hyperfunction counts as an anomaly; the other sick class is normal",
        ),
    ),
    PublishedSet(
        "thyroid-uci",
        7200,
        21,
        534,
        _UCI_LICENCE,
        f"{_UCI}/dataset/102/thyroid+disease",
        ("odds/ann-train.data", "odds/ann-test.data"),
        _load_uci_thyroid,
        ("class 3 is the normal one", "15 of its 21 columns are yes or no"),
    ),
    PublishedSet(
        "arrhythmia",
        452,
        274,
        66,
        _ODDS_LICENCE,
        f"{_ODDS}/arrhythmia-dataset/",
        ("odds/arrhythmia.mat",),
        _load_odds,
        ("17 of its 274 columns are constant", "more than half as many columns as rows"),
    ),
    PublishedSet(
        "breast-cancer",
        569,
        30,
        212,
        _UCI_LICENCE,
        f"{_UCI}/dataset/17/breast+cancer+wisconsin+diagnostic",
        (),
        _load_sklearn,
        ("malignant is the anomaly: 37 % of the rows, so it is no rare event here",),
    ),
    PublishedSet(
        "digits",
        1797,
        64,
        178,
        _UCI_LICENCE,
        f"{_UCI}/dataset/80/optical+recognition+of+handwritten+digits",
        (),
        _load_sklearn,
        (
            "the digit 0 is the anomaly, as in ODDS's optdigits; all 178 are kept, where ODDS draws some at random",
            "its anomalies form a cluster of their own",
            "3 of its 64 columns are constant",
        ),
    ),
)
