"""New tables that are not like the training table, and the whole message they get."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dross.data.encoder import TableEncoder
from dross.errors import SchemaError

TRAINING = pd.DataFrame(
    {
        "age": [1.0, 2.0, 3.0],
        "sex": ["m", "f", "m"],
        "ok": [True, False, True],
        "when": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-03-01"]),
        "unit": "mm",
    }
)


def test_a_new_table_without_the_columns_left_out() -> None:
    TableEncoder().fit(TRAINING).transform(TRAINING.drop(columns="unit"))


def test_missing_renamed_and_extra_columns_are_told_together() -> None:
    new = TRAINING.rename(columns={"age": "Age_"}).drop(columns="ok").assign(verdict=0)
    with pytest.raises(SchemaError) as caught:
        TableEncoder().fit(TRAINING).transform(new, source="new.csv")
    assert str(caught.value) == (
        "3 mistakes:\n"
        "  - new.csv: column 'age' is missing, and column 'Age_' is not in the training data: rename "
        "it to 'age' if it is "
        "the same\n"
        "  - new.csv: column 'ok' of the training data is missing: add it (its cells may be empty)\n"
        "  - new.csv: column 'verdict' is not in the training data: leave it out, or name it as the "
        "label or the id column"
    )


def wrong(column: str, kind: str, shown: str) -> str:
    return (
        f"new data: column '{column}' must hold {kind}, as in the training data, but row 101 has "
        f"'{shown}': correct it, or "
        "leave the cell empty"
    )


def unseen(shown: str) -> str:
    return (
        f"new data: column 'sex', row 101: the category '{shown}' was not in the training data "
        "(known: 'f', 'm'): correct it, "
        "leave the cell empty, or fit again with rows that have it"
    )


@pytest.mark.parametrize(
    ("column", "cells", "message"),
    [
        ("age", ["1", "old"], wrong("age", "numbers", "old")),
        ("age", pd.to_datetime(["NaT", "2024-01-01"]), wrong("age", "numbers", "2024-01-01 00:00:00.000000")),
        (
            "age",
            [1, np.inf],
            "new data: column 'age', row 101: the number is infinite: correct it, or leave the cell empty",
        ),
        ("sex", ["m", "x"], unseen("x")),
        ("sex", [np.nan, 3], unseen("3")),
        ("ok", ["true", "maybe"], wrong("ok", "true or false", "maybe")),
        ("ok", [1, 2], wrong("ok", "true or false", "2")),
        ("ok", pd.to_datetime(["NaT", "2024-01-01"]), wrong("ok", "true or false", "2024-01-01 00:00:00.000000")),
        ("when", ["2024-01-01", "soon"], wrong("when", "dates", "soon")),
        ("when", [None, 5], wrong("when", "dates", "5")),
        (
            "age",
            [[1], [2]],
            "new data: column 'age' holds values of the type list<item: int64>, which are no "
            "numbers, words or dates: give "
            "what the training data had there",
        ),
    ],
)
def test_new_cells_of_another_type(column: str, cells: Any, message: str) -> None:
    new = TRAINING.head(2).copy()
    new[column] = cells
    with pytest.raises(SchemaError, match=f"^{re.escape(message)}$"):
        TableEncoder().fit(TRAINING).transform(new, first_row=100)


def test_new_cells_written_otherwise_mean_the_same() -> None:
    encoder = TableEncoder().fit(TRAINING)
    text = pd.DataFrame({"age": ["1", "2.0", "+3e0"], "sex": [" m", "f", "m"], "ok": ["TRUE", "0", "1"]})
    text["when"] = ["2024-01-01", "2024-01-02 00:00", "2024-03-01T00:00:00Z"]
    np.testing.assert_array_equal(encoder.transform(text), encoder.transform(TRAINING))
