"""Sweeps of runs from a run file, and the report on their results."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from dross.catalog import build
from dross.errors import ResultsError
from dross.evaluation.loading import load_named
from dross.evaluation.plan import Plan
from dross.evaluation.results import open_results
from dross.evaluation.runfile import read_run_file, results_path
from dross.evaluation.summary import summarise
from dross.evaluation.summary_table import csv_text, write_summary
from dross.evaluation.sweep import SweepOutcome, run_sweep

_SUMMARY: Final = "summary.csv"


def sweep(
    run_file: str | os.PathLike[str],
    *,
    results: str | os.PathLike[str] | None = None,
    resume: bool = False,
    workers: int = 1,
) -> SweepOutcome:
    """Run every combination that a run file asks for, write each result as it ends, and sum them up at the end.

    Parameters
    ----------
    run_file : path
        A TOML file; :func:`validate` checks it alone.
    results : path, optional
        The results file (SQLite); by default ``NAME.sqlite`` beside the run file, with ``NAME`` as it says.
    resume : bool, default False
        Whether to go on with the results file of an earlier start.
    workers : int, default 1
        Processes.

    Returns
    -------
    SweepOutcome
        Where the results are, and how many runs are done and failed. ``summary.csv`` stands beside them.

    Raises
    ------
    RunFileError
        With every mistake in the run file.
    ResultsError
        If the results file is of another sweep, or has runs and ``resume`` is false; or ``summary.csv`` beside it sums
        up other results, which it says before the first run.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> run_file = Path(tempfile.mkdtemp()) / "run.toml"
    >>> _ = run_file.write_text('''
    ... name = "small"
    ... datasets = ["breast-cancer"]
    ... protocol = "controlled"
    ... contamination = [0.05]
    ... seeds = 1
    ... [[detectors]]
    ... name = "gaussian"
    ... training = ["blind"]
    ... ''')
    >>> outcome = sweep(run_file)
    >>> outcome.n_done, outcome.path.name
    (1, 'small.sqlite')
    """
    plan = validate(run_file)
    target = Path(results) if results is not None else results_path(run_file, plan.sweep)
    _check_summary(target)
    outcome = run_sweep(plan, target, build=build, load=load_named, workers=workers, resume=resume)
    with open_results(outcome.path) as stored:
        write_summary(outcome.path.parent / _SUMMARY, summarise(stored.rows()))
    return outcome


def _check_summary(target: Path) -> None:
    """Raise if the summary beside a results file sums up other results there: the sweep would write over it."""
    summary = target.parent / _SUMMARY
    if not summary.is_file():
        return
    for other in sorted(target.parent.glob("*.sqlite")):
        if other.name != target.name and _sums_up(summary, other):
            raise ResultsError(
                f"{summary} sums up {other.name}, and would be written over: move both to a folder of their own, or "
                f"give this sweep one (on the command line --results FOLDER/{target.name})"
            )


def _sums_up(summary: Path, results: Path) -> bool:
    try:
        with open_results(results) as stored:
            return csv_text(summarise(stored.rows())) == summary.read_text(encoding="utf-8")
    except ResultsError:
        return False  # some other file, of which there can be no summary


def validate(run_file: str | os.PathLike[str]) -> Plan:
    """Return the plan of a run file after finding every mistake in it, without running anything.

    Parameters
    ----------
    run_file : path
        A TOML file.

    Raises
    ------
    RunFileError
        With every mistake: unknown keys, wrong values, unknown data sets, classes, detectors and parameters, ratios
        that the data cannot give, detectors that do not take this kind of data.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> run_file = Path(tempfile.mkdtemp()) / "run.toml"
    >>> _ = run_file.write_text('''
    ... name = "small"
    ... datasets = ["breast-cancer"]
    ... protocol = "controlled"
    ... contamination = [0.05]
    ... seeds = 1
    ... [[detectors]]
    ... name = "gaussian"
    ... training = ["blind"]
    ... ''')
    >>> len(validate(run_file).runs)
    1
    """
    return read_run_file(run_file, build=build, load=load_named)


def report(results: str | os.PathLike[str], out: str | os.PathLike[str] | None = None) -> Path:
    """Write the report of a sweep and return the path of its HTML file.

    Parameters
    ----------
    results : path
        The results file that :func:`sweep` wrote.
    out : path, optional
        The folder for the report; by default ``NAME-report`` beside the results ``NAME.sqlite``.

    Raises
    ------
    ResultsError
        If the results cannot be read, or no run has ended yet.

    Examples
    --------
    >>> report("no-such.sqlite")
    Traceback (most recent call last):
    ...
    dross.errors.ResultsError: there is no results file no-such.sqlite: run the sweep first, or check the path
    """
    from dross.report.write import write_report  # draws its figures with matplotlib, which only reports wait for

    source = Path(results)
    return write_report(source, source.with_name(f"{source.stem}-report") if out is None else out)
