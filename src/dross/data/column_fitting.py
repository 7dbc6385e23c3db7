"""What a column of training data is, and the encoder that suits it; or why it is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dross.data.cells import (
    Cells,
    are_dressed_numbers,
    guess_text,
    text_to_booleans,
    text_to_dates,
    text_to_numbers,
)
from dross.data.column_encoders import (
    AbstractColumnEncoder,
    BooleanEncoder,
    CategoryEncoder,
    DateEncoder,
    FrequencyEncoder,
    NumberEncoder,
    date_parts,
    number_problems,
)

ENCODERS: Final[dict[str, type[AbstractColumnEncoder]]] = {
    cls.__name__: cls for cls in (NumberEncoder, BooleanEncoder, CategoryEncoder, FrequencyEncoder, DateEncoder)
}


#: A column in which fewer than this share of the cells are gaps gets no feature that tells them. A feature that hardly
#: ever fires makes every row in which it does an anomaly: the density of the rest has no spread in its direction.
LEAST_GAPS: Final = 0.1


@final
@dataclass(frozen=True)
class LeftOut:
    """A column that says nothing, and why."""

    reason: str


def fit_column(name: str, cells: Cells, max_categories: int) -> tuple[AbstractColumnEncoder | LeftOut, list[str]]:
    """Return the encoder of a training column (or why it is left out) and what is wrong with its cells."""
    if cells.kind == "unusable":
        return LeftOut(str(cells.values)), []
    if cells.kind == "number":
        return _fit_number(name, cells.values)
    if cells.kind == "boolean":
        return _fit_boolean(name, cells.values), []
    if cells.kind == "date":
        return _fit_date(name, cells.values, "ISO8601"), []
    if cells.kind == "category":
        return _fit_category(name, cells.values, max_categories), []
    return _fit_text(name, cells.values, max_categories)


def encoder_from_dict(description: dict[str, Any]) -> AbstractColumnEncoder:
    """Return the column encoder that ``to_dict`` described."""
    fields = {key: value for key, value in description.items() if key not in ("encoder", "kind")}
    if "categories" in fields:
        fields["categories"] = tuple(fields["categories"])
    return ENCODERS[description["encoder"]](**fields)


def _fit_text(name: str, words: pa.Array, max_categories: int) -> tuple[AbstractColumnEncoder | LeftOut, list[str]]:
    guess, date_format = guess_text(words)
    if guess == "empty":
        return LeftOut("empty"), []
    if guess == "number":
        return _fit_number(name, text_to_numbers(words)[0])
    if guess == "boolean":
        return _fit_boolean(name, text_to_booleans(words)[0]), []
    if guess == "date" and date_format is not None:
        return _fit_date(name, text_to_dates(words, date_format)[0], date_format), []
    example = words.drop_null()[0].as_py()
    if guess == "ambiguous date":
        return LeftOut("unclear dates"), [
            f"column '{name}': '{example}' can be day/month or month/day, and no row tells which: "
            "write dates as 2024-01-31"
        ]
    if guess == "grouped number":
        return LeftOut("unclear numbers"), [
            f"column '{name}': '{example}' looks like a number with thousands separators: write numbers as 1234.5"
        ]
    problems = _almost_numbers(name, words, max_categories)
    return _fit_category(name, words, max_categories), problems


def _almost_numbers(name: str, words: pa.Array, max_categories: int) -> list[str]:
    """Return the message for a column of numbers that cannot be read, which would become useless categories."""
    if pc.count_distinct(words).as_py() <= max_categories:
        return []
    if are_dressed_numbers(words):
        return [
            f"column '{name}': '{words.drop_null()[0]}' looks like a number with a decimal comma, a currency or a "
            "unit: write numbers as 1234.5, or leave the column out"
        ]
    numbers, bad = text_to_numbers(words)
    found = int(np.isfinite(numbers).sum())
    present = len(words) - words.null_count
    if bad is None or found < present / 2:
        return []
    return [
        f"column '{name}' holds numbers in {found:,} of {present:,} rows, but row {bad.row} has "
        f"'{bad.shown}': correct it, "
        "leave the cell empty, or leave the column out"
    ]


def _has_many_gaps(n_present: int, n_cells: int) -> bool:
    return n_cells - n_present >= max(1, LEAST_GAPS * n_cells)


def _fit_number(name: str, numbers: NDArray[np.float64]) -> tuple[AbstractColumnEncoder | LeftOut, list[str]]:
    if problems := number_problems(name, numbers, 0):
        return LeftOut("unusable numbers"), problems
    gone = np.isnan(numbers)
    present = numbers[~gone] if gone.any() else numbers
    missing = _has_many_gaps(len(present), len(numbers))
    if len(present) == 0:
        return LeftOut("empty"), []
    # A spread that small vanishes when it is squared: for every detector the column is constant.
    constant = bool(present.max() - present.min() <= 1e-100)
    if constant and not missing:
        return LeftOut(f"constant: always {present[0]:g}"), []
    return NumberEncoder(name, float(np.median(present)), constant, missing), []


def _fit_boolean(name: str, numbers: NDArray[np.float64]) -> AbstractColumnEncoder | LeftOut:
    present = numbers[~np.isnan(numbers)]
    if len(present) == 0:
        return LeftOut("empty")
    constant = bool((present == present[0]).all())
    missing = _has_many_gaps(len(present), len(numbers))
    if constant and not missing:
        return LeftOut(f"constant: always {'true' if present[0] else 'false'}")
    return BooleanEncoder(name, float(present.mean() > 0.5), constant, missing)


def _fit_category(name: str, words: pa.Array, max_categories: int) -> AbstractColumnEncoder | LeftOut:
    present = words.drop_null()
    missing = _has_many_gaps(len(present), len(words))
    counted = sorted(
        ((item["values"], item["counts"]) for item in pc.value_counts(present).to_pylist()),
        key=lambda pair: (-pair[1], pair[0]),
    )
    if not counted:
        return LeftOut("empty")
    if len(counted) == 1 and not missing:
        return LeftOut(f"constant: always '{counted[0][0]}'")
    if len(counted) <= max_categories:
        return CategoryEncoder(name, tuple(word for word, _ in counted), missing)
    if counted[0][1] == 1:
        return LeftOut("every value is different: it looks like an identifier")
    if counted[0][1] == counted[-1][1] and not missing:
        return LeftOut("every value is equally frequent")
    return FrequencyEncoder(name, {word: count / len(words) for word, count in counted}, missing)


def _fit_date(name: str, dates: NDArray[np.datetime64], date_format: str) -> AbstractColumnEncoder | LeftOut:
    present = dates[~np.isnat(dates)]
    if len(present) == 0:
        return LeftOut("empty")
    missing = _has_many_gaps(len(present), len(dates))
    start = present.min()
    parts = date_parts(present, start)
    medians = {part: float(np.median(values)) for part, values in parts.items() if values.max() > values.min()}
    if not medians and not missing:
        return LeftOut(f"constant: always {present[0]}")
    return DateEncoder(name, date_format, str(start), medians, missing)
