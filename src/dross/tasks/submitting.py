"""Scores as somebody else asks for them: two columns under given names, and so many rows or no file at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from dross.errors import DataError, ParameterError
from dross.parameters import count_problems

#: What a column may not be called: it would be another number of columns to whoever reads the file.
_STRUCTURAL: Final = ',"\r\n'


def check_submission(columns: Sequence[str] | None, rows: int | None) -> None:
    """Raise unless these are two names of columns and a number of rows, where they are given.

    Raises
    ------
    ParameterError
        With what was found.

    Examples
    --------
    >>> check_submission(["ID", "score"], 19636)
    """
    if columns is not None:
        names = [str(name).strip() for name in columns]
        bad = [name for name in names if not name or any(sign in name for sign in _STRUCTURAL)]
        if isinstance(columns, str) or len(names) != 2 or len(set(names)) != 2 or bad:
            found = columns if isinstance(columns, str) else ",".join(map(str, columns))
            raise ParameterError(
                f"columns is {found!r}; it must be two different names, of the id and of the anomaly score, such as "
                "ID,score"
            )
    for problem in [] if rows is None else count_problems("rows", rows):
        raise ParameterError(problem)


def check_row_count(data: str | os.PathLike[str], found: int | None, wanted: int | None, what: str) -> None:
    """Raise if there are not as many rows as shall be handed in; what is not known yet is not checked.

    Parameters
    ----------
    data : path
        What is scored.
    found, wanted : int or None
        How many rows, or images, it has, and how many there shall be.
    what : str
        Such as ``"images"``.

    Raises
    ------
    DataError
        With both numbers.

    Examples
    --------
    >>> check_row_count("testingset.npy", 600, 600, "images")
    """
    if found is not None and wanted is not None and found != wanted:
        raise DataError(
            f"{data} gives {found:,} {what}, but {wanted:,} rows are asked for (rows={wanted}, --rows {wanted}): score "
            "the file that the rows are asked of, whole and without skipping, or correct the number; nothing was "
            "written"
        )


def as_submission(part: pd.DataFrame, columns: Sequence[str] | None) -> pd.DataFrame:
    """Return the ids and anomaly scores under these names and nothing else, or all columns where none are given.

    Examples
    --------
    >>> part = pd.DataFrame({"id": ["0"], "anomaly_score": [0.5], "alarm": [1]})
    >>> as_submission(part, ["ID", "score"]).to_dict("list")
    {'ID': ['0'], 'score': [0.5]}
    """
    if columns is None:
        return part
    names: dict[Any, Any] = dict(zip(("id", "anomaly_score"), (name.strip() for name in columns), strict=True))
    return part[list(names)].rename(columns=names)
