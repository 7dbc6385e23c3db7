from __future__ import annotations

import datetime
import decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.io
from pyarrow import parquet as pq

from dross.data.encoder import TableEncoder
from dross.data.tables import count_rows, iter_table, read_table
from dross.errors import DataError
from dross.files import sha256


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_of_any_kind(tmp_path: Path, delimiter: str, mark: str, end: str) -> None:
    lines = ["name; size", '"a;b";1.5', '"say ""x""";2', '"two\nlines";-3e2']
    text = mark + end.join(line.replace(";", delimiter) for line in lines) + end
    table = read_table(write(tmp_path / "t.csv", text), id="name")
    assert list(table.frame.columns) == ["size"]
    assert table.frame["size"].tolist() == ["1.5", "2", "-3e2"]
    assert table.ids is not None
    assert table.ids.tolist() == [f"a{delimiter}b", 'say "x"', "two\nlines"]
    assert (table.labels, table.checksum, len(table)) == (None, sha256(tmp_path / "t.csv"), 3)


def test_decimal_commas_where_the_comma_separates_nothing(tmp_path: Path) -> None:
    table = read_table(write(tmp_path / "t.csv", 'a;b\n1,5;x,y\n-2,25e3;"3,5 mm"\n,5;z\n'))
    assert table.frame["a"].tolist() == ["1.5", "-2.25e3", ".5"]
    assert table.frame["b"].tolist() == ["x,y", "3,5 mm", "z"]


def test_tsv_never_splits_at_commas(tmp_path: Path) -> None:
    assert read_table(write(tmp_path / "t.tsv", "a,b\n1,2\n")).frame.shape == (1, 1)


def test_labels_and_ids(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "id,size,verdict\np,1,Normal\nq,2,ANOMALY\nr,3,\n")
    table = read_table(path, label="verdict", id="id")
    assert table.labels is not None
    assert table.labels.tolist() == [0, 1, -1]
    assert table.ids is not None
    assert table.ids.tolist() == ["p", "q", "r"]
    assert list(table.frame.columns) == ["size"]


@pytest.mark.parametrize(
    "values", [[0, 1, 1], [0.0, 1.0, 1.0], [False, True, True], ["no", "yes", "yes"], ["0", "1", "1"]]
)
def test_labels_of_any_type(values: list[object]) -> None:
    labels = read_table(pd.DataFrame({"x": [1, 2, 3], "y": values}), label="y").labels
    assert labels is not None
    assert labels.tolist() == [0, 1, 1]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "whole": pd.array([1, None, 3], dtype="Int64"),
            "word": ["a", None, "b"],
            "day": [datetime.date(2024, 1, 1), datetime.date(2024, 2, 1), None],
            "price": [decimal.Decimal("1.10"), None, decimal.Decimal("2.20")],
            "gone": pd.Categorical(["u", "v", "u"]),
        },
        index=[5, 6, 9],
    )
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert list(table.frame.columns) == list(frame.columns)
    names = TableEncoder().fit(table.frame).get_feature_names_out().tolist()
    assert names == [
        "whole",
        "whole is missing",
        "word=b",
        "word is missing",
        "day days",
        "day month",
        "day weekday",
        "day is missing",
        "price",
        "price is missing",
        "gone=v",
    ]
    assert count_rows(tmp_path / "t.parquet") == 3


def test_npz_and_mat_bring_their_labels(tmp_path: Path) -> None:
    X, y = np.arange(6.0).reshape(3, 2), np.array([0, 1, 0])
    np.savez(tmp_path / "t.npz", X=X, y=y)
    scipy.io.savemat(tmp_path / "t.mat", {"X": X, "y": y[:, None]})
    for name in ("t.npz", "t.mat"):
        table = read_table(tmp_path / name)
        assert table.labels is not None
        assert table.labels.tolist() == [0, 1, 0]
        assert list(table.frame.columns) == ["x0", "x1"]
        np.testing.assert_array_equal(table.frame.to_numpy(), X)
        assert read_table(tmp_path / name, label="y", id="x0").frame.shape == (3, 1)
    assert count_rows(tmp_path / "t.npz") is None


def test_an_array_and_a_frame_are_known_by_their_cells() -> None:
    X = np.arange(6.0).reshape(3, 2)
    same = read_table(X).checksum == read_table(X.copy()).checksum
    assert same
    assert read_table(X).checksum != read_table(X + 1).checksum
    words = pd.DataFrame({"a": ["x", "y"]})
    assert read_table(words).checksum != read_table(words[::-1]).checksum
    assert len(read_table(pd.DataFrame({"a": [[1], [2]]})).checksum) == 64


@pytest.mark.parametrize("chunk_rows", [1, 7, 100, 1000])
@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".npz"])
def test_a_streamed_file_is_the_whole_file_in_order(
    tmp_path: Path, suffix: str, chunk_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dross.data.delimited._BLOCK_BYTES", 300)  # many blocks even in a small file
    rng = np.random.default_rng(0)
    path = tmp_path / f"t{suffix}"
    X = rng.normal(size=(100, 3))
    y = (np.arange(100) % 10 == 3).astype(int)
    frame = pd.DataFrame(X, columns=["x0", "x1", "x2"]).assign(y=y)
    if suffix == ".csv":
        frame.to_csv(path, index=False)
    elif suffix == ".parquet":
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path, row_group_size=13)
    else:
        np.savez(path, X=X, y=y)
    parts = list(iter_table(path, label="y", chunk_rows=chunk_rows))
    assert [len(part) for part in parts[:-1]] == [chunk_rows] * (len(parts) - 1)
    whole = np.concatenate([part.frame.to_numpy(dtype=float) for part in parts])
    np.testing.assert_allclose(whole, X, rtol=1e-15)
    labels = [part.labels for part in parts if part.labels is not None]
    np.testing.assert_array_equal(np.concatenate(labels), y)


def test_parts_mean_what_the_whole_means(tmp_path: Path) -> None:
    # Each part alone would be taken for something else: whole numbers, one word, no gaps.
    rows = [f"{code},{number}" for code, number in zip(["1"] * 50 + ["A"] * 50, [*range(99), ""], strict=True)]
    path = write(tmp_path / "t.csv", "\n".join(["code,number", *rows]) + "\n")
    whole = read_table(path).frame
    encoder = TableEncoder().fit(whole)
    parts = [encoder.transform(part.frame) for part in iter_table(path, chunk_rows=10)]
    np.testing.assert_array_equal(np.concatenate(parts), encoder.transform(whole))


def test_a_problem_in_a_later_part_names_its_row(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "a,y\n" + "1,ok\n" * 25 + "2,maybe\n")
    with pytest.raises(DataError) as caught:
        list(iter_table(path, label="y", chunk_rows=10))
    assert str(caught.value) == (
        f"{path}: the label column 'y' has values that are not known: 'maybe' (first in row 25), rows counted "
        "from 0: use 0 or normal, 1 or anomaly, or leave the cell empty where nobody knows"
    )
