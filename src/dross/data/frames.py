"""Any in-memory table as a DataFrame with distinct text for column names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dross.errors import DataError


def to_frame(data: pd.DataFrame | ArrayLike, source: str) -> pd.DataFrame:
    """Return a DataFrame or an array as a DataFrame; the columns of an array are called x0, x1, ...

    Raises
    ------
    DataError
        If it is no table, or two columns have one name.
    """
    if not isinstance(data, pd.DataFrame):
        return _from_array(data, source)
    if data.columns.nlevels > 1:
        raise DataError(f"{source}: column names have {data.columns.nlevels} levels: join them to one name a column")
    names = [str(name) for name in data.columns]
    check_names(names, source)
    if all(isinstance(name, str) for name in data.columns):
        return data
    return data.set_axis(names, axis=1)


def check_names(names: Sequence[str], source: str) -> None:
    """Raise if two columns have one name, or there is no column.

    Raises
    ------
    DataError
        With each name and the places of its columns, counted from 1.
    """
    if not names:
        raise DataError(f"{source} has no columns: it must have at least one")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        shown = "; ".join(
            f"'{name}' names columns {_listed([i + 1 for i, other in enumerate(names) if other == name])}"
            for name in twice
        )
        raise DataError(f"{source} has duplicated column names: {shown}: give each column its own name")


def _from_array(data: Any, source: str) -> pd.DataFrame:
    if hasattr(data, "toarray"):
        raise DataError(f"{source} is a sparse matrix: give a dense one (its toarray())")
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise DataError(f"{source}: its rows have different lengths: give a table (n_samples, n_features)") from error
    if array.ndim != 2:
        hint = ": for one column use reshape(-1, 1)" if array.ndim == 1 else ""
        raise DataError(f"{source} has the shape {array.shape}: it must be a table (n_samples, n_features){hint}")
    if array.dtype.kind == "c":
        raise DataError(f"{source} holds complex numbers: give their real and imaginary parts as columns of their own")
    names = [f"x{i}" for i in range(array.shape[1])]
    check_names(names, source)
    return pd.DataFrame(array, columns=names)


def _listed(places: list[int]) -> str:
    return " and ".join(filter(None, [", ".join(str(place) for place in places[:-1]), str(places[-1])]))
