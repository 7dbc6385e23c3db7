from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from dross.tasks import Cleaned, clean
from dross.tasks.standing_out import STANDS_OUT, columns_that_stand_out, robust_deviations
from tests.tasks.dirty_tables import BAD, dirty_table


def cleaned_table(data: pd.DataFrame | Path, **options: str) -> Cleaned:
    cleaned = clean(data, **options)  # type: ignore[arg-type]
    assert isinstance(cleaned, Cleaned)
    return cleaned


def test_every_row_is_kept_as_it_was_or_a_suspect() -> None:
    table = dirty_table()
    cleaned = cleaned_table(table, label="defect", id="part")
    kept, suspects = cleaned.kept, cleaned.suspects
    assert kept.columns.tolist() == table.columns.tolist()
    assert sorted([*kept["part"], *suspects["id"]]) == table["part"].tolist()
    expected = table[table["part"].isin(kept["part"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, expected)


def test_suspects_are_ranked_and_say_why() -> None:
    table = dirty_table()
    suspects = cleaned_table(table, label="defect", id="part").suspects
    assert suspects.columns.tolist() == [
        *("id", "anomaly_score", "alarm", "votes", "round_dropped", "stands_out"),
        *("made", "size", "weight", "colour", "unit", "defect"),
    ]
    assert suspects["anomaly_score"].is_monotonic_decreasing
    whole = suspects[suspects["size"].notna()]  # that a cell is missing may be more remarkable still
    assert set(whole["id"][: len(BAD)]) == {f"P-{row:04d}" for row in BAD}
    assert whole["stands_out"][: len(BAD)].str.startswith("size (+").all()
    assert (suspects["votes"] > 0).all()
    assert (suspects["round_dropped"] > 0).all()


def test_a_detector_that_is_not_refined_suspects_its_alarms() -> None:
    cleaned = cleaned_table(dirty_table(), detector="isolation-forest", id="part", label="defect")
    assert (cleaned.suspects["alarm"] == 1).all()
    assert "votes" not in cleaned.suspects


def test_columns_of_the_table_that_have_our_names_get_others() -> None:
    table = dirty_table().rename(columns={"weight": "alarm", "part": "id"})
    suspects = cleaned_table(table, label="defect", id="id").suspects
    assert suspects.columns.is_unique
    assert "alarm (data)" in suspects


def test_text_of_a_file_stays_as_it_was_written(tmp_path: Path) -> None:
    table = dirty_table()
    table["size"] = [f"{value:.5f}" if value == value else "n/a" for value in table["size"]]
    source = tmp_path / "parts.csv"
    table.to_csv(source, index=False)
    cleaned = cleaned_table(source, label="defect", id="part")
    written = dict(zip(table["part"], table["size"], strict=True))
    assert dict(zip(cleaned.kept["part"], cleaned.kept["size"], strict=True)).items() <= written.items()
    assert dict(zip(cleaned.suspects["id"], cleaned.suspects["size"], strict=True)).items() <= written.items()


def test_deviations_are_those_of_the_textbook() -> None:
    kept = np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])
    assert robust_deviations(np.array([[3.0], [3.0 + 1.4826]]), kept).ravel().tolist() == pytest.approx([0.0, 1.0])


def test_a_value_that_no_kept_row_has_is_said_to_be() -> None:
    kept = np.zeros((9, 1))
    assert columns_that_stand_out(np.array([[1.0], [0.0]]), kept, ["a"], ["a=b"]) == ["a=b (not in any kept row)", ""]


@given(
    npst.arrays(np.float64, (12, 3), elements=st.floats(-1e6, 1e6)),
    npst.arrays(np.float64, (4, 3), elements=st.floats(-1e6, 1e6)),
    st.floats(0.5, 4.0),
    st.integers(-50, 50),
)
def test_deviations_do_not_depend_on_the_unit(kept: np.ndarray, rows: np.ndarray, scale: float, shift: int) -> None:
    ours = np.abs(robust_deviations(rows, kept))
    scaled = np.abs(robust_deviations(rows * 2.0, kept * 2.0))
    assert ((ours > STANDS_OUT) == (scaled > STANDS_OUT)).all()
    assert not np.isnan(ours).any()
