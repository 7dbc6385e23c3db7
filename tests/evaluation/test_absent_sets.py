"""Data sets that are not at hand: left out and named where the run file asks for that, else an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from dross.errors import RunFileError
from dross.evaluation.loading import not_at_hand
from dross.evaluation.results import open_results
from dross.evaluation.runfile import read_run_file
from dross.evaluation.sweep import run_sweep
from dross.report.run_file_text import run_file_text
from tests.evaluation.stand_ins import build, load

RUN_FILE = """
name = "a"
datasets = ["toy", "toy-away"]
missing = "skip"
protocol = "controlled"
contamination = [0.1]
seeds = 1
[[detectors]]
name = "distance"
training = ["blind"]
"""


def how_to_get(name: str) -> str | None:
    return "ask for it" if name.endswith("-away") else None


def written(folder: Path, text: str) -> Path:
    path = folder / "run.toml"
    path.write_text(text)
    return path


def test_they_are_left_out_and_named_and_the_run_file_comes_back(tmp_path: Path) -> None:
    plan = read_run_file(written(tmp_path, RUN_FILE), build=build, load=load, how_to_get=how_to_get)
    assert plan.absent == {"toy-away": "ask for it"}
    assert plan.sweep.datasets == ("toy",)
    assert {run.key.dataset for run in plan.runs} == {"toy"}
    outcome = run_sweep(plan, tmp_path / "a.sqlite", build=build, load=load)
    assert outcome.absent == plan.absent
    with open_results(outcome.path) as results:
        text = run_file_text(results.metadata["configuration"])
    again = read_run_file(written(tmp_path, text), build=build, load=load, how_to_get=how_to_get)
    assert again.sweep == plan.sweep


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            RUN_FILE.replace('"toy", ', ""),
            "run.toml: datasets: none of toy-away is at hand: ask for it",
        ),
        (
            RUN_FILE.replace('"skip"', "true"),
            "run.toml: missing is True; it must be 'skip', to leave out data sets that are not at hand",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RunFileError) as caught:
        read_run_file(written(tmp_path, text), build=build, load=load, how_to_get=how_to_get)
    assert message in str(caught.value)


def test_files_that_are_there_in_part_are_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROSS_DATA", str(tmp_path))
    assert not_at_hand("mvtec-wood") is not None
    (tmp_path / "mvtec" / "wood" / "train").mkdir(parents=True)
    assert not_at_hand("mvtec-wood") is None
    assert not_at_hand("thyroid") == "run `make data` to fetch it from its publisher"
