"""What commands write: whole or not at all, never over the user's files, and of any type a table may hold."""

from __future__ import annotations

import errno
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dross import files
from dross.cli.main import main
from tests.cli.failing import Fails


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ["fit", "parts.csv", "--out", "parts.csv"],
            "parts.csv is a file and is left alone: a model is a folder; give another path for it",
        ),
        (
            ["score", "m", "parts.csv", "--out", "parts.csv"],
            "parts.csv is needed already, and would be overwritten: give another name for what is written",
        ),
        (
            ["clean", "parts.csv", "--out", "./parts.csv"],
            "parts.csv is needed already, and would be overwritten: give another name for what is written",
        ),
        (
            ["clean", "parts.csv", "--out", "a.csv", "--suspects", "a.csv"],
            "a.csv is needed already, and would be overwritten: give another name for what is written",
        ),
        (
            ["score", "m", "parts.csv", "--out", "m"],
            "m is a folder: give the name of a file in it, such as m/table.csv",
        ),
        (
            ["score", "m", "parts.csv", "--out", "scores.xlsx"],
            "scores.xlsx: tables are written as CSV or Parquet: give a name that ends in .csv or .parquet",
        ),
        (
            ["fit", "parts.csv", "--out", "parts.csv/m"],
            "parts.csv/m cannot be written: {here}/parts.csv is no folder that you may write to; give another place",
        ),
    ],
)
def test_nothing_of_the_users_is_overwritten(argv: list[str], message: str, here: Path, fails: Fails) -> None:
    assert fails(*argv) == message.format(here=here)


def full_disk(*rest: Any, **more: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("argv", "out"),
    [
        (["fit", "parts.csv", "--detector", "gaussian", "--out", "m"], "m"),
        (["score", "m", "parts.csv", "--out", "scores.csv"], "scores.csv"),
        (["clean", "parts.csv", "--detector", "gaussian", "--out", "clean.csv"], "clean-suspects.csv"),
    ],
)
def test_a_full_disk(argv: list[str], out: str, here: Path, fails: Fails, monkeypatch: pytest.MonkeyPatch) -> None:
    # The last moment at which a disk can be found full: when what was written shall reach it.
    monkeypatch.setattr(files.atomic, "_flush", full_disk)
    assert fails(*argv) == (
        f"{out} could not be written: the disk is full (No space left on device). Nothing was left behind; free some "
        "space, or give another place, and run the same command again"
    )


def test_parquet_columns_of_odd_types_are_kept_as_they_are(here: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "size": rng.normal(size=40),
            "list": [[1, 2], None] * 20,
            "record": [{"a": 1}, {"a": 2}] * 20,
            "bytes": [b"\xff", b"a"] * 20,
            "sort": pd.Categorical(["a", "b"] * 20),
            "price": [Decimal("1.50"), Decimal("2.25")] * 20,
            "when": pd.date_range("2024-01-01", periods=40, tz="Europe/Berlin"),
        }
    )
    frame.to_parquet("odd.parquet")
    for suffix in (".csv", ".parquet"):
        argv = ["clean", "odd.parquet", "--detector", "gaussian", "--set", "contamination=0.1", "--out", f"c{suffix}"]
        assert main(argv) == 0
    kept = pd.read_csv("c.csv")
    assert len(kept) == len(pd.read_parquet("c.parquet")) == 36
    assert kept["list"].dropna().unique().tolist() == ["[1, 2]"]
    assert set(kept["price"]) == {1.5, 2.25}
    assert set(kept["sort"]) == {"a", "b"}
