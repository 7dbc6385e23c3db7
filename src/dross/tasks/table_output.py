"""Tables on disk, part by part: CSV or Parquet by the file's name, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv
from pyarrow import parquet as pq

from dross.errors import DataError
from dross.files import atomic_path
from dross.tasks.output_places import check_place

SUFFIXES: Final = (".csv", ".parquet")
#: What makes quotes necessary in CSV.
_STRUCTURAL: Final = r'[",\r\n]'


def check_output(out: str | os.PathLike[str], *, inputs: tuple[Any, ...] = ()) -> Path:
    """Return the path of a table to be written after checking, before any work is done, that it can be.

    Parameters
    ----------
    out : path
        Where the table shall be.
    inputs : tuple
        What is read, or written beside it: the table must not take its place.

    Raises
    ------
    DataError
        If it is a folder, is one of the ``inputs``, has another suffix, or its folder cannot be written.
    """
    path = Path(out)
    if path.is_dir():
        raise DataError(f"{out} is a folder: give the name of a file in it, such as {path / 'table.csv'}")
    if path.suffix.lower() not in SUFFIXES:
        raise DataError(
            f"{out}: tables are written as CSV or Parquet: give a name that ends in {' or '.join(SUFFIXES)}"
        )
    for given in inputs:
        if isinstance(given, (str, os.PathLike)) and Path(given).resolve() == path.resolve():
            raise DataError(f"{out} is needed already, and would be overwritten: give another name for what is written")
    check_place(path)
    return path


@contextmanager
def table_writer(out: str | os.PathLike[str]) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Yield what writes the parts of a table one after the other; the file is there when the block has ended well.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "table.csv"
    >>> with table_writer(path) as write:
    ...     write(pd.DataFrame({"id": ["a", "b, c"], "score": [0.1, 2.5e-7]}))
    ...     write(pd.DataFrame({"id": ["d"], "score": [3.0]}))
    >>> print(path.read_text().strip())
    id,score
    a,0.1
    "b, c",2.5e-7
    d,3
    """
    writers: list[Any] = []
    with atomic_path(out) as temporary, ExitStack() as stack:
        if temporary.suffix.lower() == ".csv":
            file = stack.enter_context(temporary.open("wb"))

            def write(frame: pd.DataFrame) -> None:
                if not writers:
                    writers.append(file)
                    file.write(_header(frame))
                _write_csv(frame, file)
        else:

            def write(frame: pd.DataFrame) -> None:
                # Without pandas' notes on its own types, which would follow the table into other programs.
                table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
                if not writers:
                    writers.append(stack.enter_context(pq.ParquetWriter(temporary, table.schema)))
                writers[0].write_table(table)

        yield write


def write_table(frame: pd.DataFrame, out: str | os.PathLike[str]) -> None:
    """Write a whole table as CSV or Parquet."""
    with table_writer(out) as write:
        write(frame)


def _header(frame: pd.DataFrame) -> bytes:
    return frame.iloc[:0].to_csv(index=False, lineterminator="\n").encode()


def _write_csv(frame: pd.DataFrame, file: Any) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    if table.num_columns > 1 and not any(_needs_quotes(column) for column in table.columns):
        arrow_csv.write_csv(table, file, arrow_csv.WriteOptions(include_header=False, quoting_style="none"))
        return
    # Arrow, seven times as fast as pandas, would quote every text where one needs it. An empty cell that is alone in
    # its row needs quotes too, since readers skip empty lines.
    words = pa.table([_as_words(column) for column in table.columns], names=table.column_names)
    words.to_pandas(types_mapper=pd.ArrowDtype).to_csv(file, index=False, header=False, lineterminator="\n")


def _needs_quotes(column: pa.ChunkedArray) -> bool:
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return not pa.types.is_primitive(column.type)
    return bool(pc.any(pc.match_substring_regex(column, _STRUCTURAL)).as_py())


def _as_words(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # lists, records and bytes
        return pa.chunked_array([[None if cell is None else str(cell) for cell in column.to_pylist()]], pa.string())
