from __future__ import annotations

import datetime
import json
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from dross.catalog import build
from dross.data.encoder import TableEncoder
from dross.errors import DataError, ParameterError
from dross.scoring import anomaly_scores


def features(frame: pd.DataFrame, **parameters: int) -> dict[str, list[float]]:
    encoder = TableEncoder(**parameters).fit(frame)
    names = encoder.get_feature_names_out().tolist()
    return dict(zip(names, encoder.transform(frame).T.tolist(), strict=True))


@pytest.mark.parametrize("text", [False, True])
def test_numbers_are_imputed_and_their_gaps_told(text: bool) -> None:
    column: list[Any] = ["1", " 5 ", "NA", "3"] if text else [1.0, 5.0, np.nan, 3.0]
    assert features(pd.DataFrame({"x": column})) == {"x": [1.0, 5.0, 3.0, 3.0], "x is missing": [0.0, 0.0, 1.0, 0.0]}


@pytest.mark.parametrize("column", [[True, False, True], ["true", "False", "TRUE"]])
def test_truth_values(column: list[Any]) -> None:
    assert features(pd.DataFrame({"x": column})) == {"x": [1.0, 0.0, 1.0]}


def test_few_words_get_a_feature_each() -> None:
    frame = pd.DataFrame({"x": ["b", "a", "b", None, "c"]})
    assert features(frame) == {
        "x=b": [1.0, 0.0, 1.0, 0.0, 0.0],
        "x=a": [0.0, 1.0, 0.0, 0.0, 0.0],
        "x=c": [0.0, 0.0, 0.0, 0.0, 1.0],
        "x is missing": [0.0, 0.0, 0.0, 1.0, 0.0],
    }


def test_two_words_get_one_feature() -> None:
    assert features(pd.DataFrame({"x": ["m", "f", "m"]})) == {"x=f": [0.0, 1.0, 0.0]}


def test_many_words_become_their_frequency() -> None:
    frame = pd.DataFrame({"x": ["a", "a", "b", "c"]})
    assert features(frame, max_categories=2) == {"x frequency": [0.5, 0.5, 0.25, 0.25]}
    encoder = TableEncoder(max_categories=2).fit(frame)
    assert encoder.transform(pd.DataFrame({"x": ["a", "never seen", None]})).tolist() == [[0.5], [0.0], [0.0]]


def test_categories_of_a_frame_stay_categories_even_as_numbers() -> None:
    frame = pd.DataFrame({"x": pd.Categorical([3, 1, 3, 2])})
    assert list(features(frame)) == ["x=3", "x=1", "x=2"]
    assert TableEncoder().fit(frame).transform(pd.DataFrame({"x": ["1", "2"]})).tolist() == [[0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    "column",
    [
        pd.to_datetime(["2024-01-01", "NaT", "2024-03-02 12:00"], format="ISO8601"),
        pd.to_datetime(["2024-01-01", "NaT", "2024-03-02 12:00"], format="ISO8601", utc=True),
        ["2024-01-01", "", "2024-03-02T12:00:00Z"],
        ["01.01.2024 00:00", "", "02.03.2024 12:00"],
        ["2024/01/01 00:00", "", "2024/03/02 12:00"],
    ],
)
def test_dates_become_the_parts_that_vary(column: Any) -> None:
    assert features(pd.DataFrame({"t": column})) == {
        "t days": [0.0, 30.75, 61.5],
        "t month": [1.0, 2.0, 3.0],
        "t day": [1.0, 1.5, 2.0],
        "t weekday": [0.0, 2.5, 5.0],
        "t hour": [0.0, 6.0, 12.0],
        "t is missing": [0.0, 1.0, 0.0],
    }


def test_one_row_tells_day_from_month() -> None:
    days = features(pd.DataFrame({"t": ["01/02/2024", "31/01/2024"]}))["t days"]
    assert days == [1.0, 0.0]
    days = features(pd.DataFrame({"t": ["01/02/2024", "01/31/2024"]}))["t days"]
    assert days == [0.0, 29.0]


def test_columns_that_say_nothing_are_left_out_and_named() -> None:
    frame = pd.DataFrame(
        {
            "x": [1.0, 2.0, 3.0],
            "five": 5,
            "word": "w",
            "yes": True,
            "void": np.nan,
            "blank": ["", "NA", "?"],
            "serial": ["p1", "p2", "p3"],
            "day": pd.Timestamp("2024-01-01"),
            "list": [[1], [2], [3]],
        }
    )
    encoder = TableEncoder(max_categories=2).fit(frame)
    assert encoder.feature_origin_ == ["x"]
    assert encoder.dropped_columns_ == {
        "five": "constant: always 5",
        "word": "constant: always 'w'",
        "yes": "constant: always true",
        "void": "empty",
        "blank": "empty",
        "serial": "every value is different: it looks like an identifier",
        "day": "constant: always 2024-01-01T00:00:00.000000",
        "list": "holds values of the type list<item: int64>, which are no numbers, words or dates",
    }
    assert encoder.transform(frame[["x"]]).tolist() == [[1.0], [2.0], [3.0]]


def test_a_constant_with_gaps_keeps_its_gaps() -> None:
    frame = pd.DataFrame({"n": [7, None], "w": ["a", None], "b": [True, None], "t": [pd.Timestamp("2024-01-01"), None]})
    assert features(frame) == {f"{name} is missing": [0.0, 1.0] for name in "nwbt"}


def test_origins_follow_the_features() -> None:
    encoder = TableEncoder().fit(pd.DataFrame({"x": [1, 2, None], "k": 1, "w": ["a", "b", "c"]}))
    assert encoder.feature_origin_ == ["x", "x", "w", "w", "w"]


def test_a_tenth_of_gaps_get_a_feature_and_fewer_do_not() -> None:
    def names(n_gaps: int) -> list[str]:
        size = [float(k) for k in range(40)]
        size[:n_gaps] = [float("nan")] * n_gaps
        words = [None if k < n_gaps else "abc"[k % 3] for k in range(40)]
        return TableEncoder().fit(pd.DataFrame({"size": size, "word": words})).get_feature_names_out().tolist()

    assert names(3) == ["size", "word=a", "word=b", "word=c"]
    assert names(4) == ["size", "size is missing", "word=a", "word=b", "word=c", "word is missing"]


def test_a_rare_gap_does_not_make_an_anomaly() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(400, 3)), columns=["a", "b", "c"])
    frame["word"] = rng.choice(["x", "y", "z"], 400)
    frame.loc[::40, ["a", "word"]] = None
    X = TableEncoder().fit_transform(frame)
    scores = anomaly_scores(build("srr-gaussian", random_state=0).fit(X), X)
    assert scores[::40].mean() < np.quantile(scores, 0.75)


def test_gaps_that_training_did_not_have_are_imputed() -> None:
    encoder = TableEncoder().fit(pd.DataFrame({"x": [1.0, 2.0, 9.0], "w": ["a", "b", "c"]}))
    assert encoder.transform(pd.DataFrame({"x": [None], "w": [None]})).tolist() == [[2.0, 1.0, 0.0, 0.0]]


def test_an_array_stays_as_it_is() -> None:
    X = np.random.default_rng(0).normal(size=(50, 4))
    encoder = TableEncoder().fit(X)
    np.testing.assert_array_equal(encoder.transform(X), X)
    assert encoder.get_feature_names_out().tolist() == ["x0", "x1", "x2", "x3"]
    assert encoder.n_features_in_ == 4


def mixed(n: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "x": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n)),
            "w": rng.choice(["a", "b", "c"], n),
            "many": rng.choice([f"w{i}" for i in range(12)], n),
            "b": rng.random(n) < 0.5,
            "t": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 10_000_000, n), unit="s"),
        }
    )


def test_plain_json_and_back_is_the_same_encoder() -> None:
    frame = mixed()
    encoder = TableEncoder(max_categories=5).fit(frame)
    again = TableEncoder.from_dict(json.loads(json.dumps(encoder.to_dict())))
    np.testing.assert_array_equal(again.transform(frame), encoder.transform(frame))
    assert again.get_params() == encoder.get_params()
    assert again.get_feature_names_out().tolist() == encoder.get_feature_names_out().tolist()
    assert again.feature_origin_ == encoder.feature_origin_
    assert again.dropped_columns_ == encoder.dropped_columns_


@pytest.mark.parametrize("damage", [{}, {"max_categories": 20, "n_columns": 1, "columns": [{"encoder": "os"}]}])
def test_a_damaged_description_is_a_message(damage: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=r"^the description of the table's columns is damaged .*: fit the model again$"):
        TableEncoder.from_dict(damage)


def test_the_order_of_columns_and_rows_does_not_matter() -> None:
    frame = mixed()
    encoder = TableEncoder(max_categories=5).fit(frame)
    expected = encoder.transform(frame)
    np.testing.assert_array_equal(encoder.transform(frame[frame.columns[::-1]]), expected)
    np.testing.assert_array_equal(encoder.transform(frame[::-1]), expected[::-1])
    assert np.isfinite(expected).all()
    assert (np.ptp(expected, axis=0) > 0).all()


def test_scikit_learn_can_clone_it_and_asks_for_a_fit() -> None:
    copy = clone(TableEncoder(max_categories=3).fit(mixed()))
    assert copy.max_categories == 3
    with pytest.raises(NotFittedError):
        copy.transform(mixed())


def test_mixed_objects_mean_what_is_written() -> None:
    # Arrow by itself would read 106751992 as a date too.
    mixed = pd.DataFrame({"x": [datetime.date(2000, 1, 1), 106751992, None]}, dtype=object)
    assert list(features(mixed)) == ["x=2000-01-01", "x is missing"]


def test_dates_too_far_away_are_left_out_and_named() -> None:
    far = pd.Series(pa.array([10**15, 0], type=pa.timestamp("s")), dtype=pd.ArrowDtype(pa.timestamp("s")))
    encoder = TableEncoder().fit(pd.DataFrame({"t": far, "x": [1, 2]}))
    assert encoder.dropped_columns_ == {"t": "holds dates too far away to compute with"}


@pytest.mark.parametrize("value", [1, 2.5, "all", True])
def test_a_wrong_limit_is_a_message(value: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        TableEncoder(max_categories=value).fit(mixed())
    assert str(caught.value) == f"max_categories is {value!r}; it must be a whole number, at least 2"


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            [None, 9e307, 9e307],
            "t.csv: column 'x', row 1: the number is too large to compute with (9e+307): correct it, "
            "or leave the cell empty",
        ),
        ([1.0, np.inf], "t.csv: column 'x', row 1: the number is infinite: correct it, or leave the cell empty"),
        (["1", "-Infinity"], "t.csv: column 'x', row 1: the number is infinite: correct it, or leave the cell empty"),
        (["1", "+1e999"], "t.csv: column 'x', row 1: the number is infinite: correct it, or leave the cell empty"),
        (
            [1e300, 0],
            "t.csv: column 'x', row 0: the number is too large to compute with (1e+300): correct it, "
            "or leave the cell empty",
        ),
        (
            ["03/02/2024", "01/02/2024"],
            "t.csv: column 'x': '03/02/2024' can be day/month or month/day, and no row tells which: write dates as "
            "2024-01-31",
        ),
        (
            ["1,234.5", "9,876"],
            "t.csv: column 'x': '1,234.5' looks like a number with thousands separators: write numbers as 1234.5",
        ),
        *(
            (
                [dress.format(number) for number in range(60)],
                f"t.csv: column 'x': '{dress.format(0)}' looks like a number with a decimal comma, a currency or a "
                "unit: write numbers as 1234.5, or leave the column out",
            )
            for dress in ("{},25", "${}.50", "{} %", "{}.5mm", "{} kg")
        ),
        (
            [*map(str, range(40)), "forty"],
            "t.csv: column 'x' holds numbers in 40 of 41 rows, but row 40 has 'forty': correct it, "
            "leave the cell empty, or "
            "leave the column out",
        ),
    ],
)
def test_cells_that_cannot_be_learnt_from(column: list[Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        TableEncoder().fit(pd.DataFrame({"x": column}), source="t.csv")
    assert str(caught.value) == message


@pytest.mark.parametrize("dress", ["seat {}", "{}a", "{}-b", "v1.{}"])
def test_words_with_digits_are_words(dress: str) -> None:
    words = [dress.format(number % 60) for number in range(90)]
    assert TableEncoder().fit_transform(pd.DataFrame({"x": words})).shape == (90, 1)


def test_no_usable_column_says_why() -> None:
    with pytest.raises(DataError) as caught:
        TableEncoder().fit(pd.DataFrame({"five": [5, 5], "void": [None, None]}), source="t.csv")
    assert str(caught.value) == (
        "t.csv has no usable column: 'five' is left out (constant: always 5); 'void' is left out "
        "(empty): add a column of "
        "numbers, words or dates that varies"
    )


def test_no_rows() -> None:
    with pytest.raises(DataError) as caught:
        TableEncoder().fit(pd.DataFrame({"x": []}), source="t.csv")
    assert str(caught.value) == "t.csv has no rows: there is nothing to learn from"
