from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from dross.errors import DataError, ResultsError
from dross.evaluation.plan import DetectorPlan, Plan, Sweep
from dross.evaluation.results import create_results
from dross.evaluation.run import RunResult
from dross.report.summarize import summarize, summarize_runs
from dross.report.write import write_report
from tests.report.made_up import made_up_sweep


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A results file as a sweep leaves it, with one failed run."""
    made_up = made_up_sweep(("breast-cancer",), ("knn",), (0.0, 0.1), 2, n_failed=1)
    plan = Plan(
        Sweep("made-up", ("breast-cancer",), "controlled", (0.0, 0.1), (0, 1), (DetectorPlan("knn"),), title="Made up"),
        {},
        (),
    )
    path = tmp_path / "made-up.sqlite"
    with create_results(path, plan) as stored:
        stored.set_metadata(data=dict(made_up.data), n_runs=len(made_up.rows))
        for row in made_up.rows:
            if row.status == "done":
                stored.add_done(row.key, RunResult(row.metrics, row.details, row.seconds), row.started)
            else:
                stored.add_failed(row.key, row.error or "", row.seconds, row.started)
    return path


def test_the_results_file_is_read_as_it_was_written(results: Path) -> None:
    summary = summarize(results)
    made_up = summarize_runs(made_up_sweep(("breast-cancer",), ("knn",), (0.0, 0.1), 2, n_failed=1))
    assert summary["title"] == "Made up"
    assert summary["counts"] == made_up["counts"]
    assert sorted(map(str, summary["gains"])) == sorted(map(str, made_up["gains"]))
    assert summary["failures"] == made_up["failures"]


def test_everything_is_written_and_nothing_else(results: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    page = write_report(results, folder)
    assert page == folder / "report.html"
    assert sorted(path.name for path in folder.iterdir()) == ["figures", "report.html", "summary.json", "tables"]
    assert sorted(path.name for path in (folder / "tables").iterdir()) == [
        "comparison.csv",
        "comparison.md",
        "gains.csv",
        "losses.csv",
        "means.csv",
        "summary.md",
    ]
    figures = {path.stem for path in (folder / "figures").iterdir()}
    assert {path.name for path in (folder / "figures").iterdir()} == {
        f"{f}.{e}" for f in figures for e in ("svg", "png")
    }
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    with (folder / "tables" / "means.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(summary["means"])
    assert float(rows[0]["mean"]) == pytest.approx(summary["means"][0]["mean"], rel=1e-5)


def test_two_reports_of_the_same_results_are_the_same_bytes(results: Path, tmp_path: Path) -> None:
    write_report(results, tmp_path / "a")
    write_report(results, tmp_path / "b")
    write_report(results, tmp_path / "b")  # over an older one
    files = [path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file()]
    assert len(files) > 20
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


def test_a_report_that_fails_leaves_the_old_one(results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = write_report(results, tmp_path / "out")
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}

    def fail(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("dross.report.write.render_html", fail)
    with pytest.raises(KeyboardInterrupt):
        write_report(results, tmp_path / "out")
    assert page.exists()
    assert before == {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}


def test_figures_that_are_no_reports_stay(results: Path, tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    (paper / "figures").mkdir(parents=True)
    (paper / "figures" / "mine.svg").write_text("mine")
    (paper / "report.html").write_text("mine")
    message = (
        f"{paper} has figures and report.html already, which no report of Dross wrote, and which would be replaced: "
        "give another folder"
    )
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        write_report(results, paper)
    assert sorted(path.name for path in paper.rglob("*") if path.is_file()) == ["mine.svg", "report.html"]


def test_a_results_file_without_runs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite"
    create_results(path, Plan(Sweep("x", (), "controlled", (), (), ()), {}, ())).close()
    message = f"{path} has no run in it yet: let the sweep end at least one, then report"
    with pytest.raises(ResultsError, match=f"^{re.escape(message)}$"):
        write_report(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
