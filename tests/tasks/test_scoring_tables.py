from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from dross.errors import DataError, SchemaError
from dross.persistence import Model
from dross.tasks import fit, score, score_file, scoring_tables
from tests.persistence.bits import bits
from tests.tasks.dirty_tables import BAD, dirty_table
from tests.tasks.peak_memory import is_told, peak_of_scoring


@pytest.fixture
def training_file(tmp_path: Path) -> Path:
    path = tmp_path / "parts.csv"
    dirty_table().to_csv(path, index=False)
    return path


@pytest.fixture
def model(training_file: Path) -> Model:
    return fit(training_file, detector="srr-gaussian", label="defect", id="part")


def test_new_data_get_id_score_and_alarm(model: Model) -> None:
    new = dirty_table(30, bad=(4,), seed=1).drop(columns="defect")
    table = score(model, new)
    assert table.columns.tolist() == ["id", "anomaly_score", "alarm"]
    assert table["id"].tolist() == new["part"].tolist()
    whole = new["size"].notna()  # that a cell is missing may be more remarkable still
    assert table.loc[whole, "anomaly_score"].idxmax() == 4
    assert table["alarm"][4] == 1
    assert bits(table["anomaly_score"].to_numpy()) == bits(model.anomaly_scores(new.drop(columns="part")))


def test_training_data_also_get_what_refinement_made_of_them(model: Model, training_file: Path) -> None:
    table = score(model, training_file)
    assert table.columns.tolist() == ["id", "anomaly_score", "alarm", "round_dropped", "votes"]
    assert table["votes"].tolist() == model.detector.votes_.tolist()
    assert (table.loc[list(BAD), "round_dropped"] > 0).all()
    dropped = table["round_dropped"] > 0
    assert dropped.tolist() == (~model.detector.inlier_mask_).tolist()


def test_training_rows_in_a_frame_are_known_too() -> None:
    frame = dirty_table()
    assert "votes" in score(fit(frame, label="defect", id="part"), frame)


def test_the_same_rows_in_another_file_are_new_data(model: Model, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    dirty_table().iloc[::-1].to_csv(other, index=False)
    assert "votes" not in score(model, other)


def test_a_detector_that_is_not_refined_has_no_votes(training_file: Path) -> None:
    assert "votes" not in score(fit(training_file, detector="gaussian", label="defect", id="part"), training_file)


def test_without_an_id_rows_are_numbered(training_file: Path) -> None:
    table = dirty_table().drop(columns=["part", "defect"])
    assert score(fit(table, detector="gaussian"), table)["id"].tolist() == list(range(120))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("chunk_rows", [1, 7, 120, 1000])
def test_a_stream_gives_what_memory_gives_whatever_its_parts(
    model: Model, training_file: Path, tmp_path: Path, suffix: str, chunk_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = score(model, training_file)
    monkeypatch.setattr(scoring_tables, "CHUNK_ROWS", chunk_rows)
    out = tmp_path / f"scores{suffix}"
    scored = score_file(model, training_file, out)
    read = pd.read_csv(out) if suffix == ".csv" else pd.read_parquet(out)
    assert read["id"].tolist() == whole["id"].tolist()
    # A product of matrices may add up in another order for other numbers of rows.
    assert read["anomaly_score"].tolist() == pytest.approx(whole["anomaly_score"].tolist(), rel=1e-12)
    for column in ("alarm", "round_dropped", "votes"):
        assert read[column].tolist() == whole[column].tolist()
    assert (scored.out, scored.n_rows, scored.training_data) == (out, 120, True)
    assert scored.n_alarms == whole["alarm"].sum()


def test_labels_play_no_part_in_scoring(model: Model) -> None:
    new = dirty_table(20, bad=(), seed=2)
    without = score(model, new.drop(columns="defect"))
    for words in ("no", "perhaps", ""):
        assert score(model, new.assign(defect=words)).equals(without)


def test_another_label_and_id_can_be_named(model: Model) -> None:
    new = dirty_table(20, bad=(), seed=2).rename(columns={"defect": "checked", "part": "serial"})
    assert score(model, new, label="checked", id="serial")["id"].tolist() == new["serial"].tolist()
    with pytest.raises(DataError) as raised:
        score(model, new, label="chekked", id="serial")
    assert str(raised.value) == (
        "the table has no column 'chekked' to take as the label; did you mean 'checked'?; its columns are 'serial', "
        "'made', 'size', 'weight', 'colour', 'unit', 'checked'"
    )


def test_a_mistake_in_a_late_part_names_file_and_row_and_leaves_nothing(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = dirty_table(50, bad=(), seed=3)
    new.loc[43, "colour"] = "mauve"
    source, out = tmp_path / "new.csv", tmp_path / "scores.csv"
    new.to_csv(source, index=False)
    monkeypatch.setattr(scoring_tables, "CHUNK_ROWS", 10)
    with pytest.raises(SchemaError) as raised:
        score_file(model, source, out)
    assert str(raised.value) == (
        f"{source}: column 'colour', row 43: the category 'mauve' was not in the training data (known: 'blue', "
        "'green', 'red'): correct it, leave the cell empty, or fit again with rows that have it"
    )
    assert sorted(file.name for file in tmp_path.iterdir()) == ["new.csv", "parts.csv"]


@pytest.mark.skipif(not is_told(), reason="this system does not tell the peak memory of a process")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    names = [f"x{i}" for i in range(16)]
    fit(pd.DataFrame(rng.normal(size=(500, 16)), columns=names), detector="gaussian", out=tmp_path / "model")

    def peak(n_groups: int) -> int:
        """Return the peak memory, in bytes, of scoring so many times 10,000 rows in a process of its own."""
        source, out = tmp_path / f"{n_groups}.parquet", tmp_path / f"{n_groups}.csv"
        group = pa.table({name: rng.normal(size=10_000) for name in names})
        with pq.ParquetWriter(source, group.schema) as writer:
            for _ in range(n_groups):
                writer.write_table(group)
        n_rows, used = peak_of_scoring(tmp_path / "model", source, out)
        assert n_rows == n_groups * 10_000
        with out.open() as file:
            assert sum(1 for _ in file) == n_rows + 1
        return used

    # 180,000 rows more are 23 MB more to hold, and twice that once they are encoded.
    small, large = peak(2), peak(20)
    assert large - small < 15e6
    assert large < 2 << 30
