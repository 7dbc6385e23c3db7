"""A sweep: every run of a plan, several at a time, each written down as it ends, and taken up again after any stop."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import final

from dross.errors import ParameterError
from dross.evaluation.live import Tally, display_for
from dross.evaluation.plan import ImageFacts, Loader, Plan
from dross.evaluation.pool import outcomes
from dross.evaluation.results import Results, create_results
from dross.evaluation.run import Builder, RunKey
from dross.evaluation.workers import Outcome, Worker
from dross.progress import Interrupted


@final
@dataclass(frozen=True)
class SweepOutcome:
    """How a sweep ended: where its results are, how many runs are done and failed, and how to get absent data sets."""

    path: Path
    n_runs: int
    n_done: int
    n_failed: int
    absent: Mapping[str, str] = field(default_factory=dict)


def run_sweep(
    plan: Plan, path: str | os.PathLike[str], *, build: Builder, load: Loader, workers: int = 1, resume: bool = False
) -> SweepOutcome:
    """Run what is left of a plan and store each run as it ends.

    A run that fails is stored with its error, and the sweep goes on; it is tried again when the sweep is resumed.
    Ctrl-C or ``kill -9`` loses only the runs in flight.

    Parameters
    ----------
    plan : Plan
        Of `dross.evaluation.runfile.read_run_file` or `dross.evaluation.planning.make_plan`.
    path : path
        The results file (SQLite), new or, to resume, of an earlier start.
    build : callable
        Makes a detector of its name, such as ``dross.catalog.build``. With several workers it must be importable from
        them: a function of a module, not a lambda.
    load : callable
        Makes a data set of its name, such as ``dross.evaluation.loading.load_named``; the same holds.
    workers : int, default 1
        Processes: one thread each on tables, an equal share of the cores each on images. Images on a machine with a
        GPU get one whatever is asked.
    resume : bool, default False
        Whether to go on with the results file of an earlier start.

    Raises
    ------
    ResultsError
        If the results file is of another sweep, or holds runs already and ``resume`` is false.
    Interrupted
        After Ctrl-C; it says what is kept and how to go on.
    """
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise ParameterError(f"workers is {workers!r}; it must be a whole number of at least 1")
    with create_results(path, plan, resume=resume) as results:
        kept = results.done()
        tally = Tally(plan, kept)
        try:
            _run_all(plan, results, kept, tally, build, load, workers)
        except KeyboardInterrupt:
            raise Interrupted(
                f"interrupted: {tally.done - tally.failed} of {tally.total} runs are kept in {results.path}; go on "
                f"with the same command and --resume"
            ) from None
        return SweepOutcome(results.path, tally.total, tally.done - tally.failed, tally.failed, plan.absent)


def _run_all(
    plan: Plan, results: Results, kept: set[RunKey], tally: Tally, build: Builder, load: Loader, workers: int
) -> None:
    left = [spec for spec in plan.runs if spec.key not in kept]
    if not left:
        return
    for row in results.rows():
        if row.status == "done":
            tally.add_metrics(row.key, row.metrics)
    worker = functools.partial(Worker, build, load, plan.sweep)
    n_workers, n_threads = shares(plan, min(workers, len(left)))
    with display_for(tally, n_workers) as display:
        for outcome in outcomes(left, worker, n_workers=n_workers, n_threads=n_threads, on_running=display.running):
            _store(results, outcome)
            tally.count(outcome)
            display.ended(outcome)


def shares(plan: Plan, workers: int) -> tuple[int, int]:
    """Return how many worker processes a sweep gets, and how many threads each of them.

    A run on a table is far too short to gain from several threads. Training on images gains from all there are, so the
    workers share the cores; and where there is a GPU one worker has it to itself.
    """
    if not any(isinstance(facts, ImageFacts) for facts in plan.facts.values()):
        return workers, 1
    from torch import cuda

    n_workers = 1 if cuda.is_available() else workers
    return n_workers, max(1, usable_cores() // n_workers)


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _store(results: Results, outcome: Outcome) -> None:
    if outcome.result is not None:
        results.add_done(outcome.spec.key, outcome.result, outcome.started)
    else:
        results.add_failed(outcome.spec.key, outcome.error or "no reason given", outcome.seconds, outcome.started)
