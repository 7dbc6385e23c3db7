from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dross.errors import DataError, ParameterError
from dross.report.write import write_report
from dross.tasks import evaluate
from dross.tasks.evaluating import load_labelled
from tests.tasks.dirty_tables import dirty_table


def test_a_file_with_labels_is_measured(tmp_path: Path) -> None:
    source = tmp_path / "parts.csv"
    dirty_table(400, bad=tuple(range(0, 400, 10))).to_csv(source, index=False)
    table = evaluate(
        source, label="defect", id="part", detectors=["gaussian"], contamination=[0.0, 0.05], seeds=2
    ).set_index(["training", "contamination", "metric"])
    assert float(str(table.loc[("oracle", 0.05, "auroc"), "mean"])) > 0.95
    assert table.loc[("refined", 0.05, "auroc"), "n_seeds"] == 2
    assert set(table["detector"]) == {"gaussian"}


def test_results_can_be_kept_for_a_report(tmp_path: Path) -> None:
    results = tmp_path / "results.sqlite"
    evaluate("breast-cancer", detectors=["gaussian"], training=["blind"], contamination=[0.0], seeds=1, results=results)
    assert write_report(results, tmp_path / "report").is_file()


def test_a_file_without_a_label_column_is_no_measure(tmp_path: Path) -> None:
    source = tmp_path / "parts.csv"
    dirty_table().to_csv(source, index=False)
    with pytest.raises(DataError) as raised:
        evaluate(source)
    assert str(raised.value) == (
        f"{source}: detectors are measured against labels: name the label column (--label COLUMN)"
    )


def test_rows_without_a_label_are_left_out_and_said_to_be(tmp_path: Path) -> None:
    table = dirty_table()
    table.loc[[50, 51], "defect"] = None
    source = tmp_path / "parts.csv"
    table.to_csv(source, index=False)
    dataset = load_labelled(str(source), label="defect", id="part")
    assert dataset.n_samples == 118
    assert dataset.notes == ("2 rows without a label are left out",)
    assert np.isfinite(dataset.X).all()


def test_a_ratio_that_the_data_cannot_give_says_the_largest() -> None:
    with pytest.raises(ParameterError, match=r"contamination: .*breast-cancer.*0\.7.*in \[0, 0\.5\]"):
        evaluate("breast-cancer", detectors=["gaussian"], contamination=[0.7], seeds=1)


@pytest.mark.parametrize("seeds", [0, -1, True, 2.5])
def test_seeds_are_counted(seeds: int) -> None:
    with pytest.raises(ParameterError) as raised:
        evaluate("breast-cancer", seeds=seeds)
    assert str(raised.value) == f"seeds is {seeds!r}; it must be a whole number of at least 1"
