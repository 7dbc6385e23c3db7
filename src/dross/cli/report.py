"""``dross report``: the results of a sweep as one HTML file."""

from __future__ import annotations

import argparse
from typing import Any

from dross.cli.output import say
from dross.cli.parser import CommandParser, add_command
from dross.progress import explain_interrupt

NAME = "report"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "write the report of a sweep",
        description="Write one self-contained HTML file, and its figures and tables beside it.",
        example="dross report studies/thyroid/thyroid.sqlite --out thyroid-report",
    )
    parser.add_argument("results", metavar="RESULTS", help="the results file that `dross sweep` wrote")
    parser.add_argument("--out", metavar="FOLDER", help="the folder to write (default: NAME-report beside the results)")
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Write the report, and say where it is."""
    with explain_interrupt("the report was not finished; run the same command again"):
        from dross.tasks.sweeping import report

        page = report(arguments.results, arguments.out)
    say(f"Report written to {page}; figures and tables are beside it", "Next: open it in a browser")
    return 0
