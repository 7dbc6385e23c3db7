"""How one column becomes numbers: fitted on training cells, applied to new ones, plain JSON on disk.

Each encoder names its output features, imputes what is missing and says what is wrong with cells it cannot take.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any, Final, final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dross.data.cells import BadCell, Cells, Kind, numbers_to_text, text_to_booleans, text_to_dates, text_to_numbers

#: Numbers beyond this are refused: their squares and products would overflow further on.
LARGEST: Final = 1e100

_HOLDS: Final[dict[Kind, str]] = {
    "number": "numbers",
    "boolean": "true or false",
    "date": "dates",
    "category": "words",
}


class AbstractColumnEncoder(ABC):
    """A fitted encoder of one column."""

    name: str
    missing: bool
    kind: Kind

    @property
    @abstractmethod
    def values(self) -> list[str]:
        """The names of the features that its present cells give."""

    @abstractmethod
    def encode(self, cells: Cells, first_row: int) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[str]]:
        """Return the value features (n, k), which rows are missing (n,), and what is wrong."""

    @property
    def features(self) -> list[str]:
        """The names of all its output features."""
        return [*self.values, f"{self.name} is missing"] if self.missing else self.values

    def transform(self, cells: Cells, first_row: int) -> tuple[NDArray[np.float64], list[str]]:
        """Return its output features (n, k) and what is wrong with the cells."""
        encoded, gone, problems = self.encode(cells, first_row)
        if self.missing:
            encoded = np.column_stack([encoded, gone])
        return encoded, problems

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {"kind": self.kind, **asdict(self)}  # type: ignore[call-overload]


def wrong_type(name: str, kind: Kind, bad: BadCell, first_row: int) -> str:
    """Return the message for a cell that is not of the column's kind."""
    return (
        f"column '{name}' must hold {_HOLDS[kind]}, as in the training data, but row {first_row + bad.row} has "
        f"'{bad.shown}': correct it, or leave the cell empty"
    )


def number_problems(name: str, numbers: NDArray[np.float64], first_row: int) -> list[str]:
    """Return what is wrong with the numbers of a column: infinite or too large ones (the first of each column)."""
    with np.errstate(invalid="ignore"):
        bad = np.abs(numbers) > LARGEST
    if not bad.any():
        return []
    row = int(np.argmax(bad))
    what = "infinite" if np.isinf(numbers[row]) else f"too large to compute with ({numbers[row]:g})"
    return [f"column '{name}', row {first_row + row}: the number is {what}: correct it, or leave the cell empty"]


@final
@dataclass(frozen=True)
class NumberEncoder(AbstractColumnEncoder):
    """A number: itself, or the training median where it is missing."""

    name: str
    median: float
    constant: bool
    missing: bool
    kind = "number"

    @property
    def values(self) -> list[str]:
        """The number, unless it never changes."""
        return [] if self.constant else [self.name]

    def encode(self, cells: Cells, first_row: int) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[str]]:
        """Impute the median."""
        bad = None
        if cells.kind in ("number", "boolean"):
            numbers = cells.values
        elif cells.kind in ("text", "category"):
            numbers, bad = text_to_numbers(cells.values)
        else:
            numbers, bad = np.full(len(cells.values), np.nan), _first_present(cells)
        if bad is None and len(numbers) and numbers.min() >= -LARGEST and numbers.max() <= LARGEST:
            return numbers[:, None][:, : len(self.values)], np.zeros(len(numbers), dtype=bool), []  # nothing to mend
        problems = [wrong_type(self.name, "number", bad, first_row)] if bad else []
        problems += number_problems(self.name, numbers, first_row)
        gone = np.isnan(numbers)
        filled = np.where(gone, self.median, numbers) if gone.any() else numbers
        return filled[:, None][:, : len(self.values)], gone, problems


@final
@dataclass(frozen=True)
class BooleanEncoder(AbstractColumnEncoder):
    """True or false: 1 or 0, or the commoner of the two where it is missing."""

    name: str
    commoner: float
    constant: bool
    missing: bool
    kind = "boolean"

    @property
    def values(self) -> list[str]:
        """The truth value, unless it never changes."""
        return [] if self.constant else [self.name]

    def encode(self, cells: Cells, first_row: int) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[str]]:
        """Impute the commoner value."""
        bad = None
        if cells.kind in ("boolean", "number"):
            numbers = cells.values
            other = ~(np.isnan(numbers) | (numbers == 0) | (numbers == 1))
            if other.any():
                row = int(np.argmax(other))
                bad = BadCell(row, f"{numbers[row]:g}")
        elif cells.kind in ("text", "category"):
            numbers, bad = text_to_booleans(cells.values)
        else:
            numbers, bad = np.full(len(cells.values), np.nan), _first_present(cells)
        gone = np.isnan(numbers)
        problems = [wrong_type(self.name, "boolean", bad, first_row)] if bad else []
        return np.where(gone, self.commoner, numbers)[:, None][:, : len(self.values)], gone, problems


@final
@dataclass(frozen=True)
class CategoryEncoder(AbstractColumnEncoder):
    """One of a few known words: one feature a word (one feature in all where there are two).

    A word that the training data did not have is refused: nothing was learnt about it.
    """

    name: str
    categories: tuple[str, ...]
    missing: bool
    kind = "category"

    @property
    def values(self) -> list[str]:
        """One feature a category; the rarer one alone of two, and none of one."""
        shown = self.categories[1:] if len(self.categories) <= 2 else self.categories
        return [f"{self.name}={category}" for category in shown]

    def encode(self, cells: Cells, first_row: int) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[str]]:
        """One-hot."""
        words = as_words(cells)
        codes = pc.index_in(words, value_set=pa.array(self.categories, type=pa.string()))
        gone = words.is_null().to_numpy(zero_copy_only=False)
        codes = pc.fill_null(codes, -1).to_numpy(zero_copy_only=False)
        if not self.missing:
            # No feature tells the gap, and a row with none of the words would be told by that: it gets the commonest.
            codes = np.where(gone, 0, codes)
        first = len(self.categories) - len(self.values)
        encoded = (codes[:, None] == np.arange(first, len(self.categories))).astype(np.float64)
        unseen = (codes < 0) & ~gone
        problems = [self._unseen(words, unseen, first_row)] if unseen.any() else []
        return encoded, gone, problems

    def _unseen(self, words: pa.Array, unseen: NDArray[np.bool_], first_row: int) -> str:
        row = int(np.argmax(unseen))
        known = ", ".join(f"'{category}'" for category in sorted(self.categories))
        return (
            f"column '{self.name}', row {first_row + row}: the category '{words[row].as_py()}' was "
            "not in the training data "
            f"(known: {known}): correct it, leave the cell empty, or fit again with rows that have it"
        )


@final
@dataclass(frozen=True)
class FrequencyEncoder(AbstractColumnEncoder):
    """One of many words: the share of training rows that have it; 0 for a word they did not have."""

    name: str
    frequencies: dict[str, float]
    missing: bool
    kind = "category"

    @property
    def values(self) -> list[str]:
        """The frequency."""
        return [f"{self.name} frequency"]

    def encode(self, cells: Cells, first_row: int) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[str]]:
        """Look the frequency up."""
        words = as_words(cells)
        table = np.array([*self.frequencies.values(), 0.0])
        codes = pc.index_in(words, value_set=pa.array(list(self.frequencies), type=pa.string()))
        codes = pc.fill_null(codes, -1).to_numpy(zero_copy_only=False)
        return table[codes][:, None], words.is_null().to_numpy(zero_copy_only=False), []


@final
@dataclass(frozen=True)
class DateEncoder(AbstractColumnEncoder):
    """A date: those of its parts that varied in training, or their medians where it is missing."""

    name: str
    date_format: str
    start: str
    medians: dict[str, float]
    missing: bool
    kind = "date"

    @property
    def values(self) -> list[str]:
        """One feature a part."""
        return [f"{self.name} {part}" for part in self.medians]

    def encode(self, cells: Cells, first_row: int) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[str]]:
        """Take the date apart."""
        bad = None
        if cells.kind == "date":
            dates = cells.values
        elif cells.kind in ("text", "category"):
            dates, bad = text_to_dates(cells.values, self.date_format)
        else:
            dates, bad = np.full(len(cells.values), np.datetime64("NaT", "us")), _first_present(cells)
        gone = np.isnat(dates)
        parts = date_parts(dates, np.datetime64(self.start, "us"))
        columns = [np.where(gone, median, parts[part]) for part, median in self.medians.items()]
        encoded = np.column_stack(columns) if columns else np.empty((len(dates), 0))
        return encoded, gone, [wrong_type(self.name, "date", bad, first_row)] if bad else []


def date_parts(dates: NDArray[np.datetime64], start: np.datetime64) -> dict[str, NDArray[np.float64]]:
    """Return the numeric parts of dates (NaN for NaT): days since ``start``, year, month, day, weekday, hour."""
    when = pd.Series(dates)
    days = (dates - start) / np.timedelta64(1, "D")
    parts = {
        "year": when.dt.year,
        "month": when.dt.month,
        "day": when.dt.day,
        "weekday": when.dt.day_of_week,
        "hour": when.dt.hour + when.dt.minute / 60 + when.dt.second / 3600,
    }
    return {"days": days.astype(np.float64), **{name: part.to_numpy(dtype=np.float64) for name, part in parts.items()}}


def as_words(cells: Cells) -> pa.Array:
    """Return cells of any kind as words, the way a CSV file would write them."""
    if cells.kind in ("text", "category"):
        return cells.values
    if cells.kind == "date":
        return pa.array(cells.values).cast(pa.string())
    return numbers_to_text(cells.values)


def _first_present(cells: Cells) -> BadCell | None:
    words = numbers_to_text(cells.values) if cells.kind != "date" else pa.array(cells.values).cast(pa.string())
    row = pc.index(words.is_valid(), True).as_py()
    return None if row < 0 else BadCell(row, words[row].as_py())
