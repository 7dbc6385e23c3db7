"""``dross sweep``: every run of a run file, resumable."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from dross.cli.describing import describe_absent
from dross.cli.options import count
from dross.cli.output import say
from dross.cli.parser import CommandParser, add_command
from dross.progress import explain_interrupt

NAME = "sweep"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "run everything a run file asks for",
        description=(
            "Run every combination of data set, detector, training, contamination and seed. Each result is written as "
            "it ends: after Ctrl-C, or whatever else stopped it, --resume goes on where it was."
        ),
        example="dross sweep studies/thyroid/run.toml --workers 4\ndross sweep studies/thyroid/run.toml --resume",
    )
    parser.add_argument("run_file", metavar="RUN.toml", help="the run file; `dross validate` checks it alone")
    parser.add_argument("--resume", action="store_true", help="go on with the results of an earlier start")
    parser.add_argument("--workers", type=count, metavar="N", default=1, help="processes (default: 1)")
    parser.add_argument("--results", metavar="FILE", help="the results file (default: NAME.sqlite beside the run file)")
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Sweep, and say where the results are."""
    with explain_interrupt("no run had ended; run the same command again"):
        from dross.tasks.sweeping import sweep

        outcome = sweep(
            arguments.run_file, results=arguments.results, resume=arguments.resume, workers=arguments.workers
        )
    say(f"{outcome.n_done:,} of {outcome.n_runs:,} runs are done and in {outcome.path}")
    say(f"Means and intervals written to {outcome.path.parent / 'summary.csv'}")
    say(*describe_absent(outcome.absent))
    if outcome.n_failed:
        say(f"{outcome.n_failed:,} runs failed; the report says why, and --resume tries them again")
    say(f"Next: dross report {shlex.quote(str(outcome.path))}")
    return 1 if outcome.n_failed else 0
