from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dross.data.tables import read_table
from dross.errors import DataError
from dross.tasks.table_output import check_output, table_writer, write_table

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)


@given(st.lists(st.tuples(WORDS, st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=5))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, float]]) -> None:
    path = tmp_path_factory.mktemp("out") / "table.csv"
    frame = pd.DataFrame(rows, columns=['word, "quoted"', "number"])
    write_table(frame, path)
    read = pd.read_csv(path, keep_default_na=False, dtype={0: str})
    assert read.columns.tolist() == frame.columns.tolist()
    assert read.iloc[:, 0].tolist() == frame.iloc[:, 0].tolist()
    assert read["number"].tolist() == frame["number"].tolist()
    assert len(read_table(path)) == len(frame)


def test_an_empty_cell_alone_in_its_row_is_still_a_row(tmp_path: Path) -> None:
    write_table(pd.DataFrame({"word": ["a", None, "b"]}), tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text() == 'word\na\n""\nb\n'


def test_parts_are_one_table(tmp_path: Path) -> None:
    for suffix in (".csv", ".parquet"):
        path = tmp_path / f"table{suffix}"
        with table_writer(path) as write:
            for start in (0, 2):
                write(pd.DataFrame({"id": ["a", 'b"'][: 2 - start // 2], "n": range(start, start + 2 - start // 2)}))
        frame = pd.read_csv(path) if suffix == ".csv" else pd.read_parquet(path)
        assert frame["id"].tolist() == ["a", 'b"', "a"]
        assert frame["n"].tolist() == [0, 1, 2]


def test_a_table_without_rows_still_has_its_header(tmp_path: Path) -> None:
    write_table(pd.DataFrame({"id": [], "n": []}), tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text() == "id,n\n"


def test_a_failure_leaves_the_old_table(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")

    def fill_the_disk() -> None:
        with table_writer(path) as write:
            write(pd.DataFrame({"n": [1]}))
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DataError) as raised:
        fill_the_disk()
    assert str(raised.value) == (
        f"{path} could not be written: the disk is full (No space left on device). Nothing was left behind; free some "
        "space, or give another place, and run the same command again"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["table.csv"]
    assert path.read_text() == "old"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "{out} is a folder: give the name of a file in it, such as {out}/table.csv"),
        ("x.json", "{out}: tables are written as CSV or Parquet: give a name that ends in .csv or .parquet"),
        ("in.csv", "{out} is needed already, and would be overwritten: give another name for what is written"),
        (
            "in.csv/x.csv",
            "{out} cannot be written: {folder}/in.csv is no folder that you may write to; give another place",
        ),
    ],
)
def test_an_output_that_cannot_be_is_told_before_any_work(tmp_path: Path, name: str, message: str) -> None:
    given: Any = tmp_path / "in.csv"
    given.touch()
    out = tmp_path / name if name else tmp_path
    with pytest.raises(DataError) as raised:
        check_output(out, inputs=(given, None))
    assert str(raised.value) == message.format(out=out, folder=tmp_path)
