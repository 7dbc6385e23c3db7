"""Every file that cannot be read as a table, and the whole message it gets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
import scipy.io

from dross.data.encoder import TableEncoder
from dross.data.tables import count_rows, iter_table, read_table
from dross.errors import DataError, ParameterError

UTF8_REMEDY = "is not UTF-8: save the file as UTF-8, such as with iconv -f LATIN1 -t UTF-8"
EMPTY = "{path} is empty: it must have a line of column names and rows below it"
KINDS = "(.csv, .tsv, .txt, .data, .dat, .parquet, .pq, .npz, .mat)"

CASES: list[tuple[str, bytes, str]] = [
    ("t.csv", b"", EMPTY),
    ("t.csv", b"\xef\xbb\xbf \n\r\n", EMPTY),
    ("t.parquet", b"", EMPTY),
    ("t.csv", b"a,b\n", "{path} has a header but no rows: there is nothing to read below its first line"),
    ("t.csv", "a,b\n1,\xe9\n".encode("latin1"), "{path}, line 2: byte 0xe9 " + UTF8_REMEDY),
    ("t.csv", b"a,b\n" + b"1,2\n" * 99_999 + b"1,\xff\n", "{path}, line 100001: byte 0xff " + UTF8_REMEDY),
    (
        "t.csv",
        "a,b\n1,2\n".encode("utf-16"),
        "{path} is UTF-16, not UTF-8: save it again as UTF-8 (iconv -f UTF-16 -t UTF-8)",
    ),
    (
        "t.csv",
        b"PK\x03\x04\x00",
        "{path} is no text file (it has a zero byte): give a CSV, Parquet, .npz or .mat file",
    ),
    (
        "t.csv",
        b"a,b\n1,2\n3\n4,5,6\n",
        "{path}, line 3: 1 cell where the header has 2 columns: mend the line (a ',' inside a cell "
        'needs "quotes" around '
        "it)",
    ),
    (
        "t.csv",
        b'a;b\n1;"two\nlines"\n3;4;5\n',
        "{path}, line 4: 3 cells where the header has 2 columns: mend the line (a ';' inside a cell "
        'needs "quotes" around '
        "it)",
    ),
    (
        "t.csv",
        b'a,b\n1,"never closed\n2,y\n',
        "{path}, line 2: unexpected end of data: check the quotes from this line on",
    ),
    (
        "t.csv",
        b"a,b,a,a,b\n1,2,3,4,5\n",
        "{path} has duplicated column names: 'a' names columns 1, 3 and 4; 'b' names columns 2 and "
        "5: give each column its own name",
    ),
    (
        "t.csv",
        b",a\n0,1\n",
        "{path}: column 1 has no name in the first line: give it one, or delete the column (pandas "
        "leaves its row numbers out with to_csv(..., index=False))",
    ),
    (
        "t.csv",
        b"5.1,3.5\n4.9,3.0\n",
        "{path} has no header: its first line holds numbers ('5.1', '3.5'): add a line of column names above it",
    ),
    ("t.xlsx", b"x", "{path} is of a kind that is not read here: save it as CSV or Parquet " + KINDS),
    (
        "t.parquet",
        b"not parquet at all",
        "{path} is no readable Parquet file (Parquet magic bytes not found in footer. Either the "
        "file is corrupted or this "
        "is not a parquet file): write it again, or give CSV",
    ),
    (
        "t.npz",
        b"not npz",
        "{path} holds Python objects, which could run code when read, or is damaged: save plain arrays with "
        "numpy.savez(path, X=..., y=...)",
    ),
]


@pytest.mark.parametrize(("name", "content", "message"), CASES)
def test_wrong_files(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for read in (lambda: read_table(path), lambda: list(iter_table(path))):
        with pytest.raises(DataError) as caught:
            read()
        assert str(caught.value) == message.format(path=path)


def test_a_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "parts.csv").touch()
    for read in (read_table, count_rows):
        with pytest.raises(DataError) as caught:
            read(tmp_path / "part.csv")
        assert str(caught.value) == f"there is no file {tmp_path / 'part.csv'}; did you mean 'parts.csv'?"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_table(tmp_path)
    assert str(caught.value) == f"{tmp_path} is a folder: give a file {KINDS}"


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")

    def refuse(self: Path, *arguments: object, **named: object) -> object:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value) == f"{path} cannot be read (Permission denied): check its permissions"


def test_parquet_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": []}).to_parquet(path)
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value) == f"{path} has columns but no rows: there is nothing to read"


def test_parquet_damaged_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": np.random.default_rng(0).normal(size=10_000)}).to_parquet(path)
    content = bytearray(path.read_bytes())
    content[4:2000] = b"\xff" * 1996
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"t.parquet is damaged \(.*\): write it again$"):
        list(iter_table(path))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"Z": np.zeros((2, 2))}, "{path} has no array 'X' but 'Z': name the samples X, and the labels, if any, y"),
        (
            {"X": np.zeros(3)},
            "{path}: 'X' has the shape (3,) and the type float64: it must be a table of numbers, "
            "(n_samples, n_features)",
        ),
        ({"X": np.zeros((0, 2))}, "{path}: 'X' has no rows: there is nothing to read"),
        (
            {"X": np.zeros((3, 2)), "y": np.zeros(2)},
            "{path}: 'y' has 2 labels for 3 rows of 'X': give one label a row",
        ),
        (
            {"X": np.zeros((2, 2)), "y": np.array([0, 7])},
            "{path}: the label column 'y' has values that are not known: '7' (first in row 1), rows counted "
            "from 0: use 0 or normal, 1 or anomaly, or leave the cell empty where nobody knows",
        ),
    ],
)
def test_wrong_npz(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    path = tmp_path / "t.npz"
    np.savez(path, **arrays)
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value) == message.format(path=path)


def test_python_objects_are_never_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "t.npz"
    np.savez(path, X=np.array([[{"a": 1}]], dtype=object))
    with pytest.raises(DataError, match=r"holds Python objects, which could run code when read, or is damaged"):
        read_table(path)


def test_wrong_mat(tmp_path: Path) -> None:
    path = tmp_path / "t.mat"
    scipy.io.savemat(path, {"samples": np.zeros((2, 2))})
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value) == f"{path} has no array 'X' but 'samples': name the samples X, and the labels, if any, y"
    path.write_bytes(b"no mat")
    with pytest.raises(DataError, match=r"t.mat is no readable .mat file \(.*\): write it again, or fetch it again$"):
        read_table(path)


LABELLED = pd.DataFrame({"size": [1.0, 2.0], "verdict": ["ok", "bad"], "same": ["ok", "ok"], "odd": ["ok", "maybe"]})


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"label": "verdikt", "id": "nr"},
            "2 mistakes:\n"
            "  - the table has no column 'verdikt' to take as the label; did you mean 'verdict'?; "
            "its columns are 'size', "
            "'verdict', 'same', 'odd'\n"
            "  - the table has no column 'nr' to take as the id; its columns are 'size', 'verdict', 'same', 'odd'",
        ),
        (
            {"label": "odd", "id": "odd"},
            "the table: column 'odd' is named as both the label and the id: it can be one of them",
        ),
        (
            {"label": "same"},
            "the table: the label column 'same' has one value, 'ok': leave the label out, or give a "
            "column that tells normal "
            "rows from anomalies",
        ),
        (
            {"label": "odd"},
            "the table: the label column 'odd' has values that are not known: 'maybe' (first in row "
            "1), rows counted from 0: use 0 or normal, 1 "
            "or anomaly, or leave the cell empty where nobody knows",
        ),
    ],
)
def test_wrong_labels_and_ids(asked: dict[str, str], message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_table(LABELLED, **asked)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            np.zeros(3),
            "the table has the shape (3,): it must be a table (n_samples, n_features): for one "
            "column use reshape(-1, 1)",
        ),
        (np.zeros((2, 2, 2)), "the table has the shape (2, 2, 2): it must be a table (n_samples, n_features)"),
        (np.zeros((2, 0)), "the table has no columns: it must have at least one"),
        (np.zeros((0, 2)), "the table has no rows: there is nothing to read"),
        ([[1], [1, 2]], "the table: its rows have different lengths: give a table (n_samples, n_features)"),
        (
            np.zeros((2, 2), dtype=complex),
            "the table holds complex numbers: give their real and imaginary parts as columns of their own",
        ),
        (
            pd.DataFrame([[1, 2]], columns=["a", "a"]),
            "the table has duplicated column names: 'a' names columns 1 and 2: give each column its own name",
        ),
        (
            pd.DataFrame([[1, 2]], columns=[1, "1"]),
            "the table has duplicated column names: '1' names columns 1 and 2: give each column its own name",
        ),
        (
            pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])),
            "the table: column names have 2 levels: join them to one name a column",
        ),
    ],
)
def test_wrong_arrays_and_frames(data: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_table(data)
    assert str(caught.value) == message


def test_a_sparse_matrix_is_a_message() -> None:
    with pytest.raises(DataError) as caught:
        TableEncoder().fit(cast(Any, scipy.sparse.eye(3)))
    assert str(caught.value) == "the table is a sparse matrix: give a dense one (its toarray())"


@pytest.mark.parametrize("chunk_rows", [0, -1, True, 2.5])
def test_wrong_chunks(tmp_path: Path, chunk_rows: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        next(iter_table(tmp_path / "t.csv", chunk_rows=chunk_rows))
    assert str(caught.value) == f"chunk_rows is {chunk_rows!r}; it must be a whole number, at least 1"
