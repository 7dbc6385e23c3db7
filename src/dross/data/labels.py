"""The label column and the id column of a table, taken apart from its features."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dross.errors import DataError, did_you_mean, raise_gathered
from dross.scoring import parse_label


def split_columns(
    frame: pd.DataFrame, label: str | None, id: str | None, source: str
) -> tuple[pd.DataFrame, pd.Series | None, pd.Series | None]:
    """Return the feature columns, the label column and the id column.

    Raises
    ------
    DataError
        If one is not there (the nearest name is suggested), both are one, or no feature is left.
    """
    names = list(frame.columns)
    problems = [
        f"{source} has no column '{wanted}' to take as the {role}{did_you_mean(wanted, names)}; its "
        f"columns are {shown(names)}"
        for role, wanted in (("label", label), ("id", id))
        if wanted is not None and wanted not in names
    ]
    if label is not None and label == id:
        problems.append(f"{source}: column '{label}' is named as both the label and the id: it can be one of them")
    raise_gathered(problems, DataError)
    features = frame.drop(columns=[name for name in (label, id) if name is not None])
    if features.shape[1] == 0:
        raise DataError(f"{source} has no usable column: nothing is left beside the label and the id")
    return features, None if label is None else frame[label], None if id is None else frame[id]


def parse_labels(column: pd.Series, source: str, *, first_row: int = 0, whole: bool = True) -> NDArray[np.int64]:
    """Return labels (1 anomaly, 0 normal, -1 not known) from a label column.

    Parameters
    ----------
    column : Series
        Words such as ``normal`` and ``anomaly``, ``no`` and ``yes``, or 0 and 1.
    source : str
        What messages call the table.
    first_row : int, default 0
        The number of its first row in messages.
    whole : bool, default True
        Whether this is the whole column, which must then have two values at least.

    Raises
    ------
    DataError
        If a word is not known, or all rows have the same one.

    Examples
    --------
    >>> parse_labels(pd.Series(["ok", "bad", None]), "parts.csv").tolist()
    [0, 1, -1]
    """
    codes, words = pd.factorize(column, use_na_sentinel=True)
    known = [parse_label(word) for word in words]
    unknown = [(int(np.argmax(codes == code)), words[code]) for code, label in enumerate(known) if label is None]
    if unknown:
        listed = ", ".join(f"'{word}' (first in row {first_row + row})" for row, word in unknown[:5])
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        raise DataError(
            f"{source}: the label column '{column.name}' has values that are not known: "
            f"{listed}{more}, rows counted from 0: use 0 or normal, "
            "1 or anomaly, or leave the cell empty where nobody knows"
        )
    labels = np.array([*known, -1], dtype=np.int64)[codes]
    if whole and len(np.unique(labels)) < 2:
        only = f"'{column.iloc[0]}'" if len(words) else "empty cells"
        raise DataError(
            f"{source}: the label column '{column.name}' has one value, {only}: leave the label out, "
            "or give a column that "
            "tells normal rows from anomalies"
        )
    return labels


def shown(names: list[str]) -> str:
    """Return up to ten names for a message."""
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(f"'{name}'" for name in names[:10]) + more
