from __future__ import annotations

from pathlib import Path

import pytest

from dross.errors import ResultsError, RunFileError
from dross.tasks import datasets, detectors, report, sweep, validate

RUN = """
name = "small"
datasets = ["breast-cancer"]
protocol = "controlled"
contamination = [0, 0.05]
seeds = 2
max_train = 100
[[detectors]]
name = "gaussian"
"""


@pytest.fixture
def run_file(tmp_path: Path) -> Path:
    path = tmp_path / "run.toml"
    path.write_text(RUN)
    return path


def test_a_sweep_writes_results_and_their_summary_and_a_report(run_file: Path, tmp_path: Path) -> None:
    assert len(validate(run_file).runs) == 12
    outcome = sweep(run_file)
    assert (outcome.path, outcome.n_done, outcome.n_failed) == (tmp_path / "small.sqlite", 12, 0)
    assert (tmp_path / "summary.csv").read_text().startswith("dataset,protocol,detector,training,variant,")
    page = report(outcome.path)
    assert page == tmp_path / "small-report" / "report.html"
    assert page.is_file()


def test_a_sweep_does_not_overwrite_and_resumes(run_file: Path) -> None:
    sweep(run_file)
    with pytest.raises(ResultsError):
        sweep(run_file)
    assert sweep(run_file, resume=True).n_done == 12


def test_mistakes_in_a_run_file_are_gathered(run_file: Path) -> None:
    run_file.write_text(RUN.replace("seeds = 2", "sedes = 2").replace('"gaussian"', '"gausian"'))
    with pytest.raises(RunFileError) as raised:
        validate(run_file)
    assert "unknown key 'sedes'; did you mean 'seeds'?" in str(raised.value)
    assert "there is no detector 'gausian'; did you mean 'gaussian'?" in str(raised.value)


def test_what_there_is_is_listed() -> None:
    assert {"breast-cancer", "digits", "thyroid"} <= {item.name for item in datasets()}
    assert all(entry.summary and entry.assumes for entry in detectors())


def test_the_summary_of_another_sweep_is_not_written_over(run_file: Path, tmp_path: Path) -> None:
    run_file.write_text(RUN.replace("seeds = 2", "seeds = 1"))
    sweep(run_file)
    first = (tmp_path / "summary.csv").read_text()
    other = tmp_path / "other.toml"
    other.write_text(RUN.replace('"small"', '"other"').replace("seeds = 2", 'seeds = 1\ntitle = "Other"'))
    with pytest.raises(ResultsError) as raised:
        sweep(other)
    assert str(raised.value) == (
        f"{tmp_path / 'summary.csv'} sums up small.sqlite, and would be written over: move both to a folder of their "
        "own, or give this sweep one (on the command line --results FOLDER/other.sqlite)"
    )
    assert not (tmp_path / "other.sqlite").exists()
    assert sweep(run_file, resume=True).n_done == 6  # what is its own it writes anew
    assert (tmp_path / "summary.csv").read_text() == first
    (tmp_path / "apart").mkdir()
    assert sweep(other, results=tmp_path / "apart" / "other.sqlite").n_done == 6
