from __future__ import annotations

import dataclasses
import sqlite3
from pathlib import Path

import pytest

from dross.errors import ResultsError
from dross.evaluation.environment import describe_environment, git_commit
from dross.evaluation.plan import DetectorPlan, Plan, Sweep
from dross.evaluation.planning import make_plan
from dross.evaluation.results import create_results, open_results
from dross.evaluation.run import RunKey, RunResult
from tests.evaluation.stand_ins import build, load

KEY = RunKey("toy", "controlled", "distance", "blind", "", 0.1, 0)
RESULT = RunResult({"auroc": 0.75, "precision": None}, {"n_train": 3}, 0.5)


def plan(**changes: object) -> Plan:
    sweep = Sweep("s", ("toy",), "controlled", (0.0, 0.1), (0, 1), (DetectorPlan("distance"),))
    return make_plan(dataclasses.replace(sweep, **changes), build=build, load=load)  # type: ignore[arg-type]


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "s.sqlite"
    with create_results(path, plan()) as results:
        results.add_done(KEY, RESULT, "2024-01-01T00:00:00+00:00")
        other = dataclasses.replace(KEY, seed=1)
        results.add_failed(other, "no luck", 0.25, "2024-01-01T00:00:01+00:00")
        assert results.done() == {KEY}
    with open_results(path) as results:
        first, second = results.rows()
        assert (first.key, first.status, first.metrics, first.details) == (KEY, "done", RESULT.metrics, RESULT.details)
        assert (first.seconds, first.error, first.started) == (0.5, None, "2024-01-01T00:00:00+00:00")
        assert (second.key, second.status, second.error, second.metrics) == (other, "failed", "no luck", {})
        metadata = results.metadata
    assert metadata["configuration"]["datasets"] == ["toy"]
    assert metadata["data"]["toy"]["checksum"] == load("toy").checksum
    assert metadata["data"]["toy"]["n_train"] == 200
    assert metadata["n_runs"] == 12
    assert metadata["environments"][0]["libraries"]["numpy"]
    assert sqlite3.connect(path).execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_failed_run_is_replaced_when_it_succeeds(tmp_path: Path) -> None:
    with create_results(tmp_path / "s.sqlite", plan()) as results:
        results.add_failed(KEY, "no luck", 0.25, "then")
        results.add_done(KEY, RESULT, "later")
        assert [row.status for row in results.rows()] == ["done"]


def test_nan_is_never_stored(tmp_path: Path) -> None:
    with create_results(tmp_path / "s.sqlite", plan()) as results:
        with pytest.raises(ValueError, match="Out of range float values are not JSON compliant"):
            results.add_done(KEY, dataclasses.replace(RESULT, metrics={"auroc": float("nan")}), "now")
        assert list(results.rows()) == []


def test_runs_that_are_there_are_not_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with create_results(path, plan()) as results:
        results.add_done(KEY, RESULT, "now")
    with pytest.raises(ResultsError) as error:
        create_results(path, plan())
    assert str(error.value) == (
        f"{path} already holds 1 of the 12 runs of this sweep: go on with --resume (resume=True), or remove the file "
        f"to start afresh"
    )
    with create_results(path, plan(title="Another title"), resume=True) as results:
        assert results.done() == {KEY}
        assert results.metadata["configuration"]["title"] == "Another title"
        assert len(results.metadata["environments"]) == 2


def test_another_sweep_is_refused_with_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    create_results(path, plan()).close()
    with pytest.raises(ResultsError) as error:
        create_results(path, plan(contamination=(0.0, 0.05), max_train=50), resume=True)
    assert str(error.value) == (
        f"{path} holds the results of another sweep; what differs: contamination, max_train\n"
        "  - contamination: the file has [0.0, 0.1], asked is [0.0, 0.05]\n"
        "  - max_train: the file has None, asked is 50\n"
        "Give another results file, remove this one to start afresh, or restore the run file"
    )


def test_other_data_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    create_results(path, plan()).close()
    changed = plan()
    facts = {"toy": dataclasses.replace(changed.facts["toy"], checksum="0" * 64)}
    with pytest.raises(ResultsError) as error:
        create_results(path, dataclasses.replace(changed, facts=facts), resume=True)
    assert str(error.value) == (
        f"{path} was made from other data: the checksum of toy has changed since. Restore the data, give another "
        f"results file, or remove this one to start afresh"
    )


def test_a_file_that_is_no_results_file_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.sqlite"
    text.write_text("this is no database, and it is longer than a header of a hundred bytes " * 3)
    with pytest.raises(ResultsError) as error:
        open_results(text)
    assert str(error.value) == (
        f"{text} is damaged or not a results file (file is not a database): give another path, or remove it and run "
        f"the sweep again"
    )
    assert text.read_text().startswith("this is no database")
    other = tmp_path / "other.sqlite"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    before = other.read_bytes()
    with pytest.raises(ResultsError) as error:
        open_results(other)
    assert str(error.value) == f"{other} is an SQLite file, but not the results of a sweep: give another path"
    assert other.read_bytes() == before
    with pytest.raises(ResultsError) as error:
        open_results(tmp_path / "none.sqlite")
    assert str(error.value) == (
        f"there is no results file {tmp_path / 'none.sqlite'}: run the sweep first, or check the path"
    )
    assert not (tmp_path / "none.sqlite").exists()


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with create_results(path, plan()) as results:
        results.set_metadata(schema_version=99)
    with pytest.raises(ResultsError) as error:
        open_results(path)
    assert str(error.value) == (
        f"{path} has the format 99, this version of Dross knows 1: use the version that wrote it, or run the sweep "
        f"again into another file"
    )


def test_a_place_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ResultsError) as error:
        create_results(blocked / "s.sqlite", plan())
    assert str(error.value) == f"{blocked / 's.sqlite'} cannot be written (File exists): give another place"


def test_a_package_outside_a_checkout_has_no_commit(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("")
    assert git_commit(tmp_path / "module.py") is None
    assert describe_environment()["python"].startswith("3.")
