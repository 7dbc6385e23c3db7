"""Parquet files, whole or streamed with a memory that does not grow with the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
from pyarrow import parquet as pq

from dross.data.frames import check_names
from dross.errors import DataError

#: Bytes read ahead in each column, instead of its whole part of a row group.
_BUFFER_BYTES: Final = 1 << 20


def open_parquet(path: Path) -> pq.ParquetFile:
    """Open a Parquet file.

    Raises
    ------
    DataError
        If it is damaged, has no rows, or two of its columns have one name.
    """
    try:
        file = pq.ParquetFile(path, buffer_size=_BUFFER_BYTES, pre_buffer=False)
    except (pa.ArrowInvalid, OSError) as error:
        if isinstance(error, PermissionError):
            raise
        raise DataError(
            f"{path} is no readable Parquet file ({_first_line(error)}): write it again, or give CSV"
        ) from error
    check_names(file.schema_arrow.names, str(path))
    if file.metadata.num_rows == 0:
        raise DataError(f"{path} has columns but no rows: there is nothing to read")
    return file


def read_parquet(path: Path) -> pa.Table:
    """Return a whole file, less the row numbers that pandas may have written into it."""
    return pa.Table.from_batches(stream_parquet(path, 1 << 20))


def stream_parquet(path: Path, chunk_rows: int) -> Iterator[pa.RecordBatch]:
    """Yield a file part by part, in order, at most ``chunk_rows`` rows each."""
    with open_parquet(path) as file:
        names = [name for name in file.schema_arrow.names if not re.fullmatch(r"__index_level_\d+__", name)]
        try:
            for batch in file.iter_batches(batch_size=chunk_rows, columns=names):
                yield batch.select(names)
        except (pa.ArrowInvalid, OSError) as error:
            raise DataError(f"{path} is damaged ({_first_line(error)}): write it again") from error


def parquet_rows(path: Path) -> int:
    """Return the number of rows, from the file's own directory."""
    with open_parquet(path) as file:
        return int(file.metadata.num_rows)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
