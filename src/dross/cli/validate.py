"""``dross validate``: find every mistake in a run file before hours are spent on it."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from dross.cli.describing import describe_absent
from dross.cli.output import counted, say
from dross.cli.parser import CommandParser, add_command

NAME = "validate"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "check a run file without running it",
        description="Find every mistake in a run file: unknown names, wrong values, ratios the data cannot give.",
        example="dross validate studies/thyroid/run.toml",
    )
    parser.add_argument("run_file", metavar="RUN.toml", help="the run file")
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Check, and say what the file comes to."""
    from dross.evaluation.protocols import LABELLED_PROTOCOLS
    from dross.tasks.sweeping import validate

    plan = validate(arguments.run_file)
    asked = plan.sweep
    say(
        f"{arguments.run_file} is sound: {counted(len(plan.runs), 'run')} of "
        f"{counted(len(asked.detectors), 'detector')}"
    )
    told = asked.protocol in LABELLED_PROTOCOLS
    for name, facts in plan.facts.items():
        pool = f"{facts.n_pool:,} anomalies" + (" to label" if told else " to contaminate with")
        say(f"  {name}: {facts.n_train:,} training samples, a pool of {pool}")
    say(*describe_absent(plan.absent))
    say(f"Next: dross sweep {shlex.quote(arguments.run_file)}")
    return 0
