"""CSV and its relatives: any delimiter, quotes, a byte order mark, decimal commas; whole or streamed.

Cells stay the text they are in the file (see :mod:`dross.data.cells` for what they mean), so what is written back,
such as a cleaned copy, says the same.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from dross.data.frames import check_names
from dross.errors import DataError

DELIMITERS: Final = (",", ";", "\t", "|")
_HEAD_BYTES: Final = 1 << 18
_HEAD_RECORDS: Final = 50
#: A record may not be longer than a block, and a block is held in memory whole.
_BLOCK_BYTES: Final = 1 << 23
#: Where the comma does not separate columns it may be the decimal sign.
_DECIMAL_COMMA: Final = r"^\s*([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)\s*$"


@final
@dataclass(frozen=True)
class Dialect:
    """How one file separates its columns, and what it calls them."""

    delimiter: str
    names: tuple[str, ...]


def read_dialect(path: Path) -> Dialect:
    """Return the delimiter that splits the first records most evenly, and the column names of the first record.

    Raises
    ------
    DataError
        If the head of the file shows that it is no table with a header.
    """
    head = _read_head(path)
    candidates = ("\t",) if path.suffix.lower() == ".tsv" else DELIMITERS
    delimiter = max(candidates, key=lambda each: _evenness(head, each))
    records = _records(head, delimiter)
    if not records:
        raise DataError(f"{path} is empty: it must have a line of column names and rows below it")
    names = tuple(name.strip() for name in records[0])
    nameless = [place for place, name in enumerate(names, start=1) if not name]
    if nameless:
        raise DataError(
            f"{path}: column {nameless[0]} has no name in the first line: give it one, or delete the "
            "column (pandas leaves "
            "its row numbers out with to_csv(..., index=False))"
        )
    _check_header(path, names)
    if len(records) == 1:
        raise DataError(f"{path} has a header but no rows: there is nothing to read below its first line")
    return Dialect(delimiter, names)


def read_delimited(path: Path) -> pa.Table:
    """Return a whole file as Arrow strings."""
    dialect = read_dialect(path)
    try:
        table = arrow_csv.read_csv(path, **_options(dialect))
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        explain_parse_error(path, dialect, error)
    _check_last_quote(path, dialect, table)
    return pa.table(_decimal_points(table.columns, dialect), names=list(dialect.names))


def stream_delimited(path: Path) -> Iterator[pa.RecordBatch]:
    """Yield a file part by part as Arrow strings, in order; a part is some megabytes."""
    dialect = read_dialect(path)
    try:
        with arrow_csv.open_csv(path, **_options(dialect)) as reader:
            for batch in reader:
                _check_last_quote(path, dialect, batch)
                yield pa.record_batch(_decimal_points(batch.columns, dialect), names=list(dialect.names))
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        explain_parse_error(path, dialect, error)


def _options(dialect: Dialect) -> dict[str, object]:
    # Columns go by their place until they are read: the names in the file may have blanks around them.
    places = [str(place) for place in range(len(dialect.names))]
    return {
        "read_options": arrow_csv.ReadOptions(
            column_names=places, skip_rows_after_names=1, block_size=_BLOCK_BYTES, encoding="utf8"
        ),
        "parse_options": arrow_csv.ParseOptions(delimiter=dialect.delimiter, newlines_in_values=True),
        "convert_options": arrow_csv.ConvertOptions(
            column_types={place: pa.string() for place in places}, strings_can_be_null=False
        ),
    }


def _decimal_points(columns: list[Any], dialect: Dialect) -> list[Any]:
    if dialect.delimiter == ",":
        return columns
    return [
        pc.replace_substring_regex(column, _DECIMAL_COMMA, r"\1.\2")
        if pc.any(pc.match_substring(column, ",")).as_py()
        else column
        for column in columns
    ]


def _check_last_quote(path: Path, dialect: Dialect, part: pa.Table | pa.RecordBatch) -> None:
    """Raise if a quote is never closed: Arrow then takes all the rest of the file as one cell, without a word."""
    if len(part) and "\n" in part.column(part.num_columns - 1)[-1].as_py():
        explain_parse_error(path, dialect, None)


def _read_head(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(_HEAD_BYTES)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError(f"{path} is UTF-16, not UTF-8: save it again as UTF-8 (iconv -f UTF-16 -t UTF-8)")
    if b"\x00" in start:
        raise DataError(f"{path} is no text file (it has a zero byte): give a CSV, Parquet, .npz or .mat file")
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        raise DataError(f"{path} is empty: it must have a line of column names and rows below it")
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(start, final=len(start) < _HEAD_BYTES)
    except UnicodeDecodeError:
        _raise_not_utf8(path)


def _records(head: str, delimiter: str) -> list[list[str]]:
    """Return the first records that are not blank; the last of them may be cut off."""
    records: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(head), delimiter=delimiter):
            if record:
                records.append(record)
            if len(records) == _HEAD_RECORDS:
                break
    except csv.Error:  # told in full when the file is read
        pass
    return records


def _evenness(head: str, delimiter: str) -> tuple[float, int]:
    """Return how well a delimiter fits: the share of records as long as the first, then how many columns it makes."""
    records = _records(head, delimiter)
    if not records or len(records[0]) == 1:
        return (0.0, 0)
    return (sum(len(record) == len(records[0]) for record in records) / len(records), len(records[0]))


def _check_header(path: Path, names: tuple[str, ...]) -> None:
    """Raise if the first line looks like data, or two columns have one name."""
    numbers = [name for name in names if _is_number(name)]
    plain = all(name.isdecimal() for name in names) and len(set(names)) == len(names)
    if len(numbers) == len(names) and not plain:
        shown = ", ".join(f"'{name}'" for name in names[:3])
        raise DataError(
            f"{path} has no header: its first line holds numbers ({shown}): add a line of column names above it"
        )
    check_names(names, str(path))


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def explain_parse_error(path: Path, dialect: Dialect, error: Exception | None) -> None:
    """Raise the error that names the line at fault in a file that could not be parsed.

    Raises
    ------
    DataError
        Always where there is an ``error`` to explain, else only if a line is at fault.
    """
    _check_utf8(path)
    expected = len(dialect.names)
    last = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=dialect.delimiter, strict=True)
            for record in reader:
                if record and len(record) != expected:
                    cells = "1 cell" if len(record) == 1 else f"{len(record)} cells"
                    raise DataError(
                        f"{path}, line {last}: {cells} where the header has {expected} columns: mend the line (a "
                        f"'{dialect.delimiter}' inside a cell needs \"quotes\" around it)"
                    ) from error
                last = reader.line_num + 1
    except csv.Error as mistake:
        raise DataError(f"{path}, line {last}: {mistake}: check the quotes from this line on") from mistake
    if error is not None:
        raise DataError(f"{path} could not be read as CSV ({error}): write it again, or give Parquet") from error


def _check_utf8(path: Path) -> None:
    with path.open("rb") as file:
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(_BLOCK_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            _raise_not_utf8(path)


def _raise_not_utf8(path: Path) -> NoReturn:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise DataError(
                    f"{path}, line {number}: byte 0x{line[error.start]:02x} is not UTF-8: save the "
                    "file as UTF-8, such as "
                    "with iconv -f LATIN1 -t UTF-8"
                ) from error
    raise DataError(f"{path} is not UTF-8: save the file as UTF-8, such as with iconv -f LATIN1 -t UTF-8")
