"""What users bring: a file, a DataFrame or an array, as features with an optional label and id column.

``read_table`` holds the whole table; ``iter_table`` streams CSV and Parquet files larger than memory.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from dross.data.arrays import read_mat, read_npz
from dross.data.dataset import array_checksum
from dross.data.delimited import read_delimited, stream_delimited
from dross.data.frames import to_frame
from dross.data.labels import parse_labels, split_columns
from dross.data.parquet import parquet_rows, read_parquet, stream_parquet
from dross.errors import DataError, ParameterError, did_you_mean
from dross.files import sha256

TEXT_SUFFIXES: Final = (".csv", ".tsv", ".txt", ".data", ".dat")
PARQUET_SUFFIXES: Final = (".parquet", ".pq")
SUFFIXES: Final = (*TEXT_SUFFIXES, *PARQUET_SUFFIXES, ".npz", ".mat")


@final
@dataclass(frozen=True)
class Table:
    """A table as users bring it: any types, gaps, perhaps no labels.

    Parameters
    ----------
    frame : DataFrame
        The feature columns. From a CSV file every cell is text as written; :class:`dross.data.encoder.TableEncoder`
        gives cells their meaning.
    labels : array of shape (n_samples,) or None
        1 anomaly, 0 normal, -1 not known; ``None`` without a label column.
    ids : Series or None
        The id column, carried through to what is written.
    source : str
        The file, or what messages call the table.
    checksum : str
        SHA-256 of the file or of the cells; empty for a part of a streamed file.
    """

    frame: pd.DataFrame
    labels: NDArray[np.int64] | None
    ids: pd.Series | None
    source: str
    checksum: str

    def __len__(self) -> int:
        return len(self.frame)


def read_table(
    data: str | os.PathLike[str] | pd.DataFrame | Any, *, label: str | None = None, id: str | None = None
) -> Table:
    """Read a whole table.

    Parameters
    ----------
    data : path, DataFrame or array of shape (n_samples, n_features)
        A file: CSV with any delimiter (``.csv``, ``.tsv``, ``.txt``, ``.data``), Parquet, ``.npz`` or ``.mat`` with
        an array ``X`` and, where there are labels, ``y``.
    label : str, optional
        The column that says what is an anomaly.
    id : str, optional
        The column that names the rows.

    Raises
    ------
    DataError
        If the file cannot be read as a table, or a column that is asked for is not there.

    Examples
    --------
    >>> parts = pd.DataFrame({"part": ["p", "q"], "size": [1.0, 9.0], "bad": ["no", "yes"]})
    >>> table = read_table(parts, label="bad", id="part")
    >>> list(table.frame.columns), table.labels.tolist(), table.ids.tolist()
    (['size'], [0, 1], ['p', 'q'])
    """
    if not isinstance(data, (str, os.PathLike)):
        frame = to_frame(data, "the table")
        if len(frame) == 0:
            raise DataError("the table has no rows: there is nothing to read")
        return _table(frame.reset_index(drop=True), None, label, id, "the table", _frame_checksum(frame))
    path = Path(data)
    with _explain_read_errors(path):
        suffix = _check_file(path)
        labels = None
        if suffix in TEXT_SUFFIXES:
            frame = _frame(read_delimited(path))
        elif suffix in PARQUET_SUFFIXES:
            frame = _frame(read_parquet(path))
        else:
            frame, labels = _read_arrays(path)
        # Labels that come with the arrays without being asked for may be of one kind only, as in a file to be scored.
        whole = labels is None or label is not None
        return _table(frame, labels, label, id, str(path), sha256(path), whole=whole)


def iter_table(
    path: str | os.PathLike[str], *, label: str | None = None, id: str | None = None, chunk_rows: int = 100_000
) -> Iterator[Table]:
    """Yield a file part by part, in order, with a memory that does not grow with the file.

    Use it to score files larger than memory. ``.npz`` and ``.mat`` files are read whole and handed out in parts.

    Parameters
    ----------
    path : path
        As for :func:`read_table`.
    label, id : str, optional
        As for :func:`read_table`; that labels have one value only is no error here.
    chunk_rows : int, default 100_000
        The number of rows of a part; the last has fewer.

    Raises
    ------
    DataError
        As :func:`read_table`, when the part at fault is reached.
    """
    if isinstance(chunk_rows, bool) or not isinstance(chunk_rows, int) or chunk_rows < 1:
        raise ParameterError(f"chunk_rows is {chunk_rows!r}; it must be a whole number, at least 1")
    path = Path(path)
    with _explain_read_errors(path):
        suffix = _check_file(path)
        if suffix in TEXT_SUFFIXES:
            batches = stream_delimited(path)
        elif suffix in PARQUET_SUFFIXES:
            batches = stream_parquet(path, chunk_rows)
        else:
            frame, labels = _read_arrays(path)
            yield from _slices(_table(frame, labels, label, id, str(path), "", whole=False), chunk_rows)
            return
        first_row = 0
        for part in _rechunk(batches, chunk_rows):
            yield _table(_frame(part), None, label, id, str(path), "", first_row=first_row, whole=False)
            first_row += len(part)


def count_rows(path: str | os.PathLike[str]) -> int | None:
    """Return the number of rows of a file where the file says it, as Parquet does, else ``None``."""
    path = Path(path)
    with _explain_read_errors(path):
        return parquet_rows(path) if _check_file(path) in PARQUET_SUFFIXES else None


def _table(
    frame: pd.DataFrame,
    labels: NDArray[Any] | None,
    label: str | None,
    id: str | None,
    source: str,
    checksum: str,
    *,
    first_row: int = 0,
    whole: bool = True,
) -> Table:
    if labels is not None:
        column: pd.Series | None = pd.Series(labels, name="y")
        features, _, ids = split_columns(frame, None if label == "y" else label, id, source)
    else:
        features, column, ids = split_columns(frame, label, id, source)
    parsed = None if column is None else parse_labels(column, source, first_row=first_row, whole=whole)
    return Table(features, parsed, ids, source, checksum)


def _read_arrays(path: Path) -> tuple[pd.DataFrame, NDArray[Any] | None]:
    X, y = read_npz(path) if path.suffix.lower() == ".npz" else read_mat(path)
    if len(X) == 0:
        raise DataError(f"{path}: 'X' has no rows: there is nothing to read")
    if y is None:
        return to_frame(X, str(path)), None
    if y.size != len(X):
        raise DataError(f"{path}: 'y' has {y.size} labels for {len(X)} rows of 'X': give one label a row")
    return to_frame(X, str(path)), y.ravel()


def _slices(table: Table, chunk_rows: int) -> Iterator[Table]:
    for start in range(0, len(table), chunk_rows):
        part = slice(start, start + chunk_rows)
        labels = None if table.labels is None else table.labels[part]
        ids = None if table.ids is None else table.ids.iloc[part]
        yield Table(table.frame.iloc[part], labels, ids, table.source, "")


def _rechunk(batches: Iterable[pa.RecordBatch], chunk_rows: int) -> Iterator[pa.Table]:
    """Yield tables of exactly ``chunk_rows`` rows (the last may have fewer) from batches of any size."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        while rows + len(batch) >= chunk_rows:
            cut = chunk_rows - rows
            yield pa.Table.from_batches([*held, batch.slice(0, cut)])
            batch, held, rows = batch.slice(cut), [], 0
        if len(batch):
            held.append(batch)
            rows += len(batch)
    if held:
        yield pa.Table.from_batches(held)


def _frame(table: pa.Table) -> pd.DataFrame:
    # Arrow's own types: whole numbers with gaps stay whole, and nothing is copied.
    return table.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)


def _frame_checksum(frame: pd.DataFrame) -> str:
    if all(isinstance(dtype, np.dtype) and dtype.kind in "biuf" for dtype in frame.dtypes):
        return array_checksum(frame.to_numpy())
    digest = hashlib.sha256(repr(list(frame.columns)).encode())
    try:
        digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    except TypeError:  # cells such as lists cannot be hashed
        digest.update(frame.to_csv(index=False).encode())
    return digest.hexdigest()


def _check_file(path: Path) -> str:
    """Return the suffix of a file that is there and of a known kind."""
    if path.is_dir():
        raise DataError(f"{path} is a folder: give a file ({', '.join(SUFFIXES)})")
    if not path.exists():
        siblings = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DataError(f"there is no file {path}{did_you_mean(path.name, siblings)}")
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError(f"{path} is of a kind that is not read here: save it as CSV or Parquet ({', '.join(SUFFIXES)})")
    if path.stat().st_size == 0:
        raise DataError(f"{path} is empty: it must have a line of column names and rows below it")
    return suffix


@contextmanager
def _explain_read_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): check its permissions") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror or error}): check the disk and the path") from error
