"""Generated tables through ``fit`` and ``score``: a correct result or one message, and never anything else."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from dross.cli.main import main
from dross.persistence import load
from tests.data.test_fuzz_tables import tables

FAST = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))

DETECTORS = st.sampled_from(
    [
        ["--detector", "gaussian"],
        ["--detector", "srr-gaussian"],
        ["--detector", "srr-gaussian", "--set", "n_classifiers=2"],
        ["--detector", "knn"],
        ["--detector", "srr-knn", "--set", "n_classifiers=2", "--set", "rejection=0.2"],
        ["--detector", "k-means"],
        ["--detector", "kernel-density"],
        ["--detector", "mcd"],
        ["--detector", "one-class-svm"],
        ["--detector", "pca-gaussian", "--set", "contamination=0.2"],
        ["--detector", "isolation-forest", "--set", "n_estimators=5"],
        ["--detector", "affine", "--set", "n_maps=4", "--set", "max_epochs=0.5"],
    ]
)
#: What scikit-learn says of nearly equal rows; ``dross fit`` shows it, and goes on.
pytestmark = pytest.mark.filterwarnings("ignore:Number of distinct clusters")

#: Values of every size, with gaps and infinities; few different ones, so that rows and columns repeat.
VALUES = st.one_of(
    st.floats(width=64),
    st.sampled_from([0.0, -0.0, 1.0, 1e-300, 1e300, -1e154, float("nan"), float("inf"), 5e-324]),
    st.floats(-10, 10),
)


@st.composite
def numbers(draw: st.DrawFn) -> pd.DataFrame:
    """Return a table of numbers, mostly tame, sometimes with repeated rows and columns."""
    elements = draw(st.sampled_from([VALUES, st.floats(-10, 10), st.sampled_from([0.0, 1.0, 2.0])]))
    shape = (draw(st.integers(1, 40)), draw(st.integers(1, 5)))
    array = draw(npst.arrays(np.float64, shape, elements=elements))
    if draw(st.booleans()):
        array = np.concatenate([array, array[draw(st.lists(st.integers(0, len(array) - 1), max_size=10))]])
    if draw(st.booleans()):
        array = np.column_stack([array, -array[:, :1]])
    return pd.DataFrame(array, columns=[f"x{i}" for i in range(array.shape[1])])


ANY_TABLE = st.one_of(tables(), numbers())


def check_fit_and_score(frame: pd.DataFrame, other: pd.DataFrame, detector: list[str], suffix: str) -> None:
    """Fit and score a table, and another one with the same model, and check all that may be asked of the outcome."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model, scores = folder / "model", folder / "scores.csv"
        data, new = (write(table, folder / stem, suffix) for table, stem in ((frame, "data"), (other, "new")))
        code = main(["fit", str(data), "--out", str(model), *detector])
        event(f"fit ended with {code}")
        assert code in (0, 2)
        assert model.exists() == (code == 0)
        if code == 0:
            assert main(["score", str(model), str(data), "--out", str(scores)]) == 0
            check_scores(pd.read_csv(scores), load(model).detector, load(model).provenance.n_rows)
            again = folder / "again.csv"
            code = main(["score", str(model), str(new), "--out", str(again)])
            event(f"score of another table ended with {code}")
            assert code in (0, 2)
            assert again.exists() == (code == 0)
        left = {"data", "new", "model", "scores", "again"}
        assert {path.stem for path in folder.iterdir()} <= left


def check_scores(table: pd.DataFrame, detector: Any, n_rows: int | None) -> None:
    assert table["id"].tolist() == list(range(n_rows or 0))
    assert np.isfinite(table["anomaly_score"]).all()
    assert table["alarm"].tolist() == (-table["anomaly_score"] < detector.offset_).astype(int).tolist()
    if hasattr(detector, "votes_"):
        assert table["votes"].tolist() == detector.votes_.tolist()
        assert ((table["round_dropped"] == 0) == detector.inlier_mask_).all()


def write(frame: pd.DataFrame, path: Path, suffix: str) -> Path:
    """Write a table as a user's tool might: what Parquet cannot hold is written as CSV."""
    if suffix == ".parquet" and frame.columns.is_unique:
        frame.to_parquet(path.with_suffix(suffix))
        return path.with_suffix(suffix)
    frame.to_csv(path.with_suffix(".csv"), index=False)
    return path.with_suffix(".csv")


SUFFIXES = st.sampled_from([".csv", ".parquet"])


@FAST
@given(ANY_TABLE, ANY_TABLE, DETECTORS, SUFFIXES)
def test_fit_and_score_end_well_or_with_a_message(
    frame: pd.DataFrame, other: pd.DataFrame, detector: list[str], suffix: str
) -> None:
    check_fit_and_score(frame, other, detector, suffix)


@FAST
@given(numbers(), DETECTORS)
def test_tables_of_numbers_too(frame: pd.DataFrame, detector: list[str]) -> None:
    check_fit_and_score(frame, frame.iloc[:1], detector, ".parquet")


@pytest.mark.fuzz
@LONG
@given(ANY_TABLE, ANY_TABLE, DETECTORS, SUFFIXES)
def test_fit_and_score_end_well_or_with_a_message_at_length(
    frame: pd.DataFrame, other: pd.DataFrame, detector: list[str], suffix: str
) -> None:
    check_fit_and_score(frame, other, detector, suffix)


@pytest.mark.fuzz
@LONG
@given(numbers(), DETECTORS)
def test_tables_of_numbers_too_at_length(frame: pd.DataFrame, detector: list[str]) -> None:
    check_fit_and_score(frame, frame.iloc[:1], detector, ".parquet")
