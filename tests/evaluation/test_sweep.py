from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from dross.errors import ParameterError, ResultsError
from dross.evaluation.live import Tally, display_for
from dross.evaluation.plan import DetectorPlan, Plan, Sweep
from dross.evaluation.planning import make_plan
from dross.evaluation.pool import limited_threads
from dross.evaluation.results import RunRow, open_results
from dross.evaluation.run import RunResult
from dross.evaluation.sweep import run_sweep
from dross.evaluation.workers import Outcome
from dross.progress import Interrupted
from tests.evaluation.stand_ins import build, load

ROOT = Path(__file__).parents[2]


def plan(*detectors: DetectorPlan, seeds: tuple[int, ...] = (0, 1), datasets: tuple[str, ...] = ("toy",)) -> Plan:
    chosen = detectors or (DetectorPlan("distance", variants=({"rejection": "2x-true-ratio"},)),)
    sweep = Sweep("s", datasets, "controlled", (0.0, 0.1), seeds, chosen)
    return make_plan(sweep, build=build, load=load)


def rows(path: Path) -> list[RunRow]:
    with open_results(path) as results:
        return list(results.rows())


def without_times(found: list[RunRow]) -> list[RunRow]:
    return [
        dataclasses.replace(row, seconds=0.0, started="", details=row.details | {"fit_seconds": 0.0}) for row in found
    ]


def test_a_sweep_stores_every_run_and_several_workers_change_nothing(tmp_path: Path) -> None:
    made = plan(datasets=("toy", "toy-2"))
    alone = run_sweep(made, tmp_path / "one.sqlite", build=build, load=load)
    together = run_sweep(made, tmp_path / "two.sqlite", build=build, load=load, workers=2)
    assert (alone.n_runs, alone.n_done, alone.n_failed) == (32, 32, 0)
    assert (together.n_runs, together.n_done, together.n_failed) == (32, 32, 0)
    assert without_times(rows(tmp_path / "one.sqlite")) == without_times(rows(tmp_path / "two.sqlite"))
    assert {row.key for row in rows(tmp_path / "one.sqlite")} == {spec.key for spec in made.runs}


def test_a_failed_run_is_stored_and_the_sweep_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = plan(DetectorPlan("distance", ("blind",), variants=({"act": "fail"}, {"act": "nan"})), seeds=(0,))
    outcome = run_sweep(made, tmp_path / "s.sqlite", build=build, load=load)
    assert (outcome.n_done, outcome.n_failed) == (2, 4)
    errors = {(row.key.variant, row.key.contamination): row.error for row in rows(tmp_path / "s.sqlite")}
    assert errors["", 0.1] is None
    assert (errors["act=fail", 0.1] or "").startswith("RuntimeError: made to fail (stand_ins.py, line ")
    assert (errors["act=nan", 0.1] or "").endswith("cannot be ranked; the detector is unsound on this data")
    assert "failed: toy 0 distance blind act=fail seed 0: RuntimeError: made to fail" in capsys.readouterr().err


def test_a_worker_that_dies_costs_its_run_alone(tmp_path: Path) -> None:
    made = plan(DetectorPlan("distance", ("blind",), variants=({"act": "die"},)), seeds=(0,))
    outcome = run_sweep(made, tmp_path / "s.sqlite", build=build, load=load, workers=2)
    assert (outcome.n_done, outcome.n_failed) == (2, 2)
    failed = {row.error for row in rows(tmp_path / "s.sqlite") if row.status == "failed"}
    assert failed == {"the worker process died during this run, twice: out of memory, or a crash in a library"}


def test_resuming_runs_only_what_is_left_and_tries_failed_runs_again(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    made = plan()
    first = dataclasses.replace(made, runs=made.runs[:5])
    run_sweep(first, path, build=build, load=load)
    with open_results(path) as results:
        results.add_failed(made.runs[0].key, "no luck", 0.1, "then")
    before = {row.key: row.started for row in rows(path)}
    with pytest.raises(ResultsError, match="already holds 4 of the 16 runs"):
        run_sweep(made, path, build=build, load=load)
    outcome = run_sweep(made, path, build=build, load=load, resume=True)
    assert (outcome.n_done, outcome.n_failed) == (16, 0)
    after = {row.key: row.started for row in rows(path)}
    assert [spec.key for spec in made.runs[:5] if before[spec.key] == after[spec.key]] == [
        spec.key for spec in made.runs[1:5]
    ]
    again = run_sweep(made, path, build=build, load=load, resume=True)
    assert (again.n_done, again.n_failed) == (16, 0)


_SWEEP = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from dross.errors import DrossError
from dross.evaluation.plan import DetectorPlan, Sweep
from dross.evaluation.planning import make_plan
from dross.evaluation.sweep import run_sweep
from tests.evaluation.stand_ins import build, load

if __name__ == "__main__":
    sweep = Sweep(
        "s", ("toy",), "controlled", (0.0, 0.1), tuple(range(7)),
        (DetectorPlan("distance", ("blind",), variants=({{"act": "sleep0.5"}},)),),
    )
    try:
        run_sweep(make_plan(sweep, build=build, load=load), {path!r}, build=build, load=load, workers=2, resume=True)
    except KeyboardInterrupt as stopped:
        print(stopped)
        sys.exit(130)
"""


def start_sweep(folder: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a sweep of 28 runs in its own process and wait until some of them are stored."""
    path, script = folder / "s.sqlite", folder / "script.py"
    script.write_text(_SWEEP.format(root=str(ROOT), path=str(path)), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not path.exists() or n_stored(path) < 4:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process, path


def n_stored(path: Path) -> int:
    try:
        return len(rows(path))
    except ResultsError:
        return 0


def processes_of_group(group: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def assert_no_process_left(group: int) -> None:
    deadline = time.monotonic() + 20
    while processes_of_group(group):
        assert time.monotonic() < deadline, "worker processes outlived their sweep"
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="counts processes in /proc")
def test_a_sweep_killed_with_kill_9_goes_on_where_it_stopped(tmp_path: Path) -> None:
    process, path = start_sweep(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert_no_process_left(process.pid)
    kept = {row.key: row.started for row in rows(path)}
    assert 4 <= len(kept) < 28
    done = subprocess.run([sys.executable, str(tmp_path / "script.py")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    after = {row.key: row.started for row in rows(path)}
    assert len(after) == 28
    assert {key: after[key] for key in kept} == kept


def test_ctrl_c_in_this_process_keeps_what_has_ended(tmp_path: Path) -> None:
    made = plan(DetectorPlan("distance", ("blind",), variants=({"act": "ctrl-c"},)), seeds=(0,))
    path = tmp_path / "s.sqlite"
    with pytest.raises(Interrupted) as stopped:
        run_sweep(made, path, build=build, load=load)
    assert str(stopped.value) == (
        f"interrupted: 1 of 4 runs are kept in {path}; go on with the same command and --resume"
    )
    assert [row.key.variant for row in rows(path)] == [""]


def test_a_script_that_starts_itself_again_is_told_to_guard_the_call(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    text = _SWEEP.format(root=str(ROOT), path=str(tmp_path / "s.sqlite"))
    script.write_text(text.replace('if __name__ == "__main__"', "if True").replace("KeyboardInterrupt", "DrossError"))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.endswith(
        "the worker processes cannot start: in a script, guard the call with `if __name__ == '__main__':`, or run with "
        "one worker\n"
    )


def test_warnings_of_a_run_are_kept_with_it(tmp_path: Path) -> None:
    made = plan(DetectorPlan("distance", ("blind",), variants=({"act": "warn"},)), seeds=(0,))
    run_sweep(made, tmp_path / "s.sqlite", build=build, load=load)
    told = {row.key.variant: row.details.get("warnings") for row in rows(tmp_path / "s.sqlite")}
    assert told == {"": None, "act=warn": ["UserWarning: made to warn"]}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="counts processes in /proc")
def test_ctrl_c_says_how_to_go_on_and_leaves_no_process(tmp_path: Path) -> None:
    process, path = start_sweep(tmp_path)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to the workers too
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 130, output
    kept = len(rows(path))
    assert f"interrupted: {kept} of 28 runs are kept in {path}; go on with the same command and --resume" in output
    assert "Traceback" not in output
    assert_no_process_left(process.pid)


@pytest.mark.parametrize("n_threads", [1, 2])
def test_runs_use_the_threads_they_are_given_and_the_limit_ends_with_the_sweep(
    monkeypatch: pytest.MonkeyPatch, n_threads: int
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    np.linalg.inv(np.eye(2))
    with limited_threads(n_threads):
        assert {library["num_threads"] for library in threadpool_info()} == {n_threads}
        assert os.environ["OMP_NUM_THREADS"] == os.environ["MKL_NUM_THREADS"] == str(n_threads)
    assert os.environ["OMP_NUM_THREADS"] == "3"
    assert "MKL_NUM_THREADS" not in os.environ


@pytest.mark.parametrize("workers", [0, -1, True, 1.5])
def test_the_number_of_workers_is_checked(tmp_path: Path, workers: Any) -> None:
    with pytest.raises(ParameterError) as error:
        run_sweep(plan(), tmp_path / "s.sqlite", build=build, load=load, workers=workers)
    assert str(error.value) == f"workers is {workers!r}; it must be a whole number of at least 1"
    assert not (tmp_path / "s.sqlite").exists()


def test_the_tally_knows_what_is_left_and_what_is_best_at_the_highest_ratio() -> None:
    made = plan(datasets=("toy", "toy-2"))
    tally = Tally(made, {made.runs[0].key})
    specs = [spec for spec in made.runs if spec.key.contamination == 0.1 and spec.key.dataset == "toy"]
    clean = next(spec for spec in made.runs[1:] if spec.key.contamination == 0.0)
    for spec, value in ((specs[0], 0.7), (specs[1], 0.9), (clean, 1.0)):
        tally.count(Outcome(spec, RunResult({"auroc": value}, {}, 0.1), None, 0.1, "now"))
    tally.count(Outcome(specs[2], None, "no luck", 0.1, "now"))
    assert tally.of_subject == {"toy": [5, 16], "toy-2": [0, 16]}
    assert tally.best("toy") == f"distance {specs[1].key.training}: AUROC 90.0 at 10 %"
    assert tally.best("toy-2") == ""
    assert tally.line().startswith("s: 5 of 32 runs, 1 failed, 0 s, about 0 s left")


def test_a_terminal_gets_a_live_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("dross.evaluation.live.shows_bars", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")
    made = plan()
    tally = Tally(made, set())
    spec = made.runs[-1]
    with display_for(tally, 1) as display:
        display.running((spec,))
        outcome = Outcome(spec, RunResult({"auroc": 0.875}, {}, 0.1), None, 0.1, "now")
        tally.count(outcome)
        display.ended(outcome)
    shown = capsys.readouterr().err
    assert f"runs: {spec.key}" in shown
    assert "s: 1 of 16 runs" in shown
    assert "AUROC 87.5 at 10 %" in shown
