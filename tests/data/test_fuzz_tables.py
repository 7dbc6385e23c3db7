"""Generated tables, sane and not: reading and encoding ends in a complete array or in a message, never in anything
else."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dross.data.encoder import TableEncoder
from dross.data.tables import iter_table, read_table
from dross.errors import DrossError

FAST = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))

MISSING = st.sampled_from(["", "NA", "nan", "?"])
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=6)
CELLS = {
    "numbers": st.floats(allow_nan=True, allow_infinity=False).map(repr),
    "any numbers": st.floats().map(repr),
    "whole": st.integers(-(10**20), 10**20).map(str),
    "few words": st.sampled_from(["a", "b", "c d", "é,;"]),
    "words": WORDS,
    "truths": st.sampled_from(["true", "False", "TRUE"]),
    "dates": st.datetimes().map(lambda when: when.isoformat(sep=" ")),
    "european": st.dates().map(lambda day: f"{day.day:02}.{day.month:02}.{day.year:04}"),
    "slashes": st.dates().map(lambda day: f"{day.day:02}/{day.month:02}/{day.year:04}"),
    "constant": st.just("7"),
    "mixture": st.one_of(
        st.floats().map(repr), WORDS, st.sampled_from(["true", "2024-01-01", "1,5", '"', "\n", "inf"])
    ),
}


@st.composite
def columns(draw: st.DrawFn, rows: int) -> list[str]:
    cells = CELLS[draw(st.sampled_from(sorted(CELLS)))]
    if draw(st.booleans()):
        cells = st.one_of(cells, MISSING)
    return draw(st.lists(cells, min_size=rows, max_size=rows))


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(1, 30))
    names = draw(st.lists(WORDS, min_size=1, max_size=5, unique=draw(st.booleans())))
    frame = pd.DataFrame([draw(columns(rows)) for _ in names], dtype=object).T
    return frame.set_axis(names, axis=1)


def check_message(error: DrossError, place: str) -> None:
    assert str(error).strip()
    assert place in str(error)


def check_encoding(frame: pd.DataFrame) -> TableEncoder | None:
    try:
        encoder = TableEncoder().fit(frame)
    except DrossError as error:
        check_message(error, "")
        return None
    encoded = encoder.transform(frame)
    assert encoded.shape == (len(frame), len(encoder.feature_origin_))
    assert np.isfinite(encoded).all()
    assert (np.ptp(encoded, axis=0) > 0).all(), "no feature is constant in training"
    assert len(encoder.get_feature_names_out()) == encoded.shape[1]
    again = TableEncoder.from_dict(json.loads(json.dumps(encoder.to_dict())))
    np.testing.assert_array_equal(again.transform(frame), encoded)
    return encoder


def check_csv(frame: pd.DataFrame, delimiter: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(frame.columns)
    writer.writerows(frame.to_numpy().tolist())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_text(text.getvalue(), encoding="utf-8", newline="\n")
        try:
            table = read_table(path)
        except DrossError as error:
            check_message(error, str(path))
            return
        assert table.frame.shape == frame.shape
        encoder = check_encoding(table.frame)
        if encoder is not None:
            parts = [encoder.transform(part.frame) for part in iter_table(path, chunk_rows=4)]
            np.testing.assert_array_equal(np.concatenate(parts), encoder.transform(table.frame))


def check_bytes(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".csv", ".parquet", ".npz", ".mat"):
            path = Path(folder) / f"t{suffix}"
            path.write_bytes(content)
            try:
                check_encoding(read_table(path).frame)
            except DrossError as error:
                check_message(error, str(path))


def check_new_data(train: pd.DataFrame, new: pd.DataFrame) -> None:
    try:
        encoder = TableEncoder().fit(train)
    except DrossError:
        return
    try:
        encoded = encoder.transform(new)
    except DrossError as error:
        check_message(error, "new data")
        return
    assert np.isfinite(encoded).all()
    assert encoded.shape == (len(new), len(encoder.feature_origin_))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    train, new = draw(tables()), draw(tables())
    if draw(st.booleans()):  # the same names, other cells
        new = pd.DataFrame({name: draw(columns(len(new))) for name in train.columns.unique()})
    return train, new


OBJECTS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS, st.dates(), st.binary(max_size=3))
OBJECT_TABLES: st.SearchStrategy[list[list[Any]]] = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(OBJECTS, min_size=width, max_size=width), min_size=1, max_size=12)
)


@FAST
@given(tables())
def test_frames_of_text(frame: pd.DataFrame) -> None:
    check_encoding(frame)


@FAST
@given(tables(), st.sampled_from(",;\t|"))
def test_csv_files(frame: pd.DataFrame, delimiter: str) -> None:
    check_csv(frame, delimiter)


@FAST
@given(pairs())
def test_new_data(pair: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    check_new_data(*pair)


@FAST
@given(OBJECT_TABLES)
def test_frames_of_any_objects(rows: list[list[Any]]) -> None:
    check_encoding(pd.DataFrame(rows, dtype=object))


@FAST
@given(
    st.one_of(
        st.binary(max_size=200), WORDS.map(str.encode), st.text(alphabet='a1,;\n"\t.', max_size=60).map(str.encode)
    )
)
def test_files_of_any_bytes(content: bytes) -> None:
    check_bytes(content)


@pytest.mark.fuzz
@LONG
@given(tables(), st.sampled_from(",;\t|"))
def test_csv_files_long(frame: pd.DataFrame, delimiter: str) -> None:
    check_encoding(frame)
    check_csv(frame, delimiter)


@pytest.mark.fuzz
@LONG
@given(pairs())
def test_new_data_long(pair: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    check_new_data(*pair)


@pytest.mark.fuzz
@LONG
@given(OBJECT_TABLES)
def test_frames_of_any_objects_long(rows: list[list[Any]]) -> None:
    check_encoding(pd.DataFrame(rows, dtype=object))


@pytest.mark.fuzz
@LONG
@given(st.one_of(st.binary(max_size=200), st.text(alphabet='a1,;\n"\t.\r', max_size=60).map(str.encode)))
def test_files_of_any_bytes_long(content: bytes) -> None:
    check_bytes(content)
