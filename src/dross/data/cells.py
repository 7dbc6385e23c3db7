"""What the cells of one column mean: numbers, booleans, dates or words, from any pandas type or from plain text.

CSV files are read as text, cell by cell as written, and turned into values only here. So a streamed part of a file,
whose cells may happen to look different (only whole numbers, no word), means the same as the whole file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Literal, final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Kind = Literal["number", "boolean", "date", "category"]

#: Words (in lower case, trimmed) that mean an empty cell.
MISSING_WORDS: Final = ("", "na", "n/a", "nan", "null", "none", "nat", "<na>", "#n/a", "?", "-", "--")
TRUE_WORDS: Final = ("true",)
FALSE_WORDS: Final = ("false",)

#: How dates are written; ``ISO8601`` is pandas' name for 2024-01-31, with or without a time and a zone.
DATE_FORMATS: Final = (
    "ISO8601",
    *(day + time for day in ("%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y") for time in ("", " %H:%M", " %H:%M:%S")),
)
_DATE_LIKE: Final = r"^(\d{4}[-/]\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4})"
_NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(inf|infinity)$"
_GROUPED_NUMBER: Final = r"^[+-]?\d{1,3}([.,' ]\d{3})+([.,]\d+)?$"
#: A number with a decimal comma, a currency, per cent or a short unit.
_DRESSED_NUMBER: Final = (
    r"^[$€£¥]?\s?[+-]?(\d+([.,]\d+)?\s?[$€£¥%‰]?|\d+[.,]\d+\s?[a-zA-Zµ°]{1,3}|\d+\s+[a-zA-Zµ°]{1,3})$"
)


@final
@dataclass(frozen=True)
class Cells:
    """The cells of one column as they came: what they are, and the values.

    ``values`` is a float64 array for numbers and booleans (NaN = missing), ``datetime64[us]`` in UTC for dates (NaT =
    missing), and an Arrow array of trimmed strings for ``"text"`` and ``"category"`` (null = missing). A pandas
    categorical is a ``"category"``; text may yet turn out to be anything. ``"unusable"`` says why in ``values``.
    """

    kind: Literal["number", "boolean", "date", "category", "text", "unusable"]
    values: Any


@final
@dataclass(frozen=True)
class BadCell:
    """The first cell of a column that does not mean what the column holds."""

    row: int
    shown: str


def open_cells(column: pd.Series) -> Cells:
    """Return the cells of a column, whatever pandas type it has."""
    dtype = column.dtype
    if isinstance(dtype, np.dtype):
        if dtype.kind in "biuf":
            return Cells("boolean" if dtype.kind == "b" else "number", column.to_numpy(dtype=np.float64))
        if dtype.kind == "m":
            return Cells("number", column.dt.total_seconds().to_numpy(dtype=np.float64))
        if dtype.kind == "M":
            return Cells("date", column.to_numpy().astype("datetime64[us]"))
    if isinstance(dtype, pd.DatetimeTZDtype):
        return Cells("date", column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype("datetime64[us]"))
    return _open_arrow(_to_arrow(column), isinstance(dtype, pd.CategoricalDtype))


def _to_arrow(column: pd.Series) -> pa.Array:
    # Arrow reads a whole number among dates as days since 1970: what is mixed so is read as it is written.
    mixed = column.dtype == object and pd.api.types.infer_dtype(column, skipna=True) == "mixed-integer"
    try:
        array = _as_written(column) if mixed else pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        array = _as_written(column)  # Python objects of several kinds: what they share is how they are written
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _as_written(column: pd.Series) -> pa.Array:
    return pa.array([None if _is_missing(cell) else str(cell) for cell in column], type=pa.string())


def _is_missing(cell: object) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and math.isnan(cell))


def _open_arrow(array: pa.Array, categorical: bool) -> Cells:
    kind = array.type
    if categorical and not pa.types.is_nested(kind):
        return Cells("category", _trimmed(array.cast(pa.string())))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return Cells("text", _trimmed(array.cast(pa.string())))
    if pa.types.is_null(kind):
        return Cells("text", array.cast(pa.string()))
    if pa.types.is_boolean(kind):
        return Cells("boolean", _floats(array.cast(pa.uint8())))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return Cells("number", _floats(array))
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        try:
            dates = array.cast(pa.timestamp("us"))
        except pa.ArrowInvalid:
            return Cells("unusable", "holds dates too far away to compute with")
        return Cells("date", dates.to_numpy(zero_copy_only=False).astype("datetime64[us]"))
    if pa.types.is_duration(kind):
        return Cells("number", _floats(array.cast(pa.duration("us")).cast(pa.int64())) / 1e6)
    return Cells("unusable", f"holds values of the type {kind}, which are no numbers, words or dates")


def _floats(array: pa.Array) -> NDArray[np.float64]:
    wide = pc.cast(array, pa.float64(), safe=False)
    return wide.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)


def _trimmed(array: pa.Array) -> pa.Array:
    """Trim the words and turn those that mean an empty cell into nulls."""
    words = pc.utf8_trim_whitespace(array)
    empty = pc.is_in(pc.utf8_lower(words), value_set=pa.array(MISSING_WORDS))
    return pc.if_else(empty, pa.scalar(None, pa.string()), words)


def text_to_numbers(words: pa.Array) -> tuple[NDArray[np.float64], BadCell | None]:
    """Return the numbers that words write (NaN for a null or a word that is none) and the first word that is none."""
    try:
        return _floats(words.cast(pa.float64())), None
    except pa.ArrowInvalid:
        is_number = pc.fill_null(pc.match_substring_regex(words, _NUMBER, ignore_case=True), True)
        good = pc.if_else(is_number, pc.replace_substring_regex(words, r"^\+", ""), pa.scalar(None, pa.string()))
        try:
            numbers = _floats(good.cast(pa.float64()))
        except pa.ArrowInvalid:  # beyond the largest float: Python reads it as infinity, which is refused later by name
            numbers = np.array([np.nan if word is None else float(word) for word in good.to_pylist()])
        return numbers, _first_bad(words, is_number)


def text_to_booleans(words: pa.Array) -> tuple[NDArray[np.float64], BadCell | None]:
    """Return 1 for true, 0 for false, NaN for a null or another word, and the first other word."""
    lower = pc.utf8_lower(words)
    true = pc.is_in(lower, value_set=pa.array((*TRUE_WORDS, "1", "1.0")))
    known = pc.or_(true, pc.is_in(lower, value_set=pa.array((*FALSE_WORDS, "0", "0.0"))))
    numbers = pc.if_else(known, true.cast(pa.float64()), pa.scalar(None, pa.float64()))
    return _floats(numbers), _first_bad(words, pc.or_(known, pc.is_null(words)))


def text_to_dates(words: pa.Array, date_format: str) -> tuple[NDArray[np.datetime64], BadCell | None]:
    """Return the dates (``datetime64[us]``, UTC) that words write in a format, and the first word that is none."""
    text = pd.Series(words.to_pandas(), dtype=object)
    parsed = pd.to_datetime(text, format=date_format, errors="coerce", utc=True)
    dates = parsed.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    return dates, _first_bad(words, pc.or_(pa.array(~np.isnat(dates)), pc.is_null(words)))


def guess_text(words: pa.Array) -> tuple[Kind | Literal["empty", "ambiguous date", "grouped number"], str | None]:
    """Return what a whole column of words holds, and the format where it holds dates."""
    present = words.drop_null()
    if len(present) == 0:
        return "empty", None
    if text_to_numbers(present)[1] is None:
        return "number", None
    known = pa.array((*TRUE_WORDS, *FALSE_WORDS))
    if pc.all(pc.is_in(pc.utf8_lower(present), value_set=known)).as_py():
        return "boolean", None
    distinct = present.unique()
    if pc.all(pc.match_substring_regex(distinct, _DATE_LIKE)).as_py():
        formats = [each for each in DATE_FORMATS if text_to_dates(distinct, each)[1] is None]
        if len(formats) == 1 or "ISO8601" in formats:
            return "date", "ISO8601" if "ISO8601" in formats else formats[0]
        if formats:
            return "ambiguous date", None
    if pc.all(pc.match_substring_regex(distinct, _GROUPED_NUMBER)).as_py():
        return "grouped number", None
    return "category", None


def are_dressed_numbers(words: pa.Array) -> bool:
    """Return whether all words are numbers with a decimal comma, a currency, per cent or a short unit.

    Examples
    --------
    >>> are_dressed_numbers(pa.array(["1,08", "0,5"])), are_dressed_numbers(pa.array(["51.6 mm", "red"]))
    (True, False)
    """
    return bool(pc.all(pc.match_substring_regex(words.drop_null(), _DRESSED_NUMBER)).as_py())


def numbers_to_text(numbers: NDArray[np.float64]) -> pa.Array:
    """Return numbers as words: whole ones without a decimal point, NaN as null."""
    return pa.array([None if np.isnan(number) else f"{number:.15g}" for number in numbers], type=pa.string())


def _first_bad(words: pa.Array, good: pa.Array) -> BadCell | None:
    row = pc.index(good, False).as_py()
    return None if row < 0 else BadCell(row, words[row].as_py())
