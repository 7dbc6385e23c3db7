"""``dross detectors``: what there is, and what each assumes of its training data."""

from __future__ import annotations

import argparse
from typing import Any

from dross.cli.output import print_table, say
from dross.cli.parser import CommandParser, add_command

NAME = "detectors"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    return add_command(
        commands,
        NAME,
        "list the detectors, with what each assumes",
        description="List every detector by name, with what it takes, does, and assumes of its training data.",
        example="dross detectors",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the table."""
    from dross.tasks import defaults
    from dross.tasks.listing import detectors

    rows = [(entry.name, entry.takes, entry.summary, entry.assumes) for entry in detectors()]
    print_table(("name", "takes", "what it does", "what it assumes of its training data"), rows)
    say(
        "Each that needs no labels can be refined: with srr- in front of its name it learns from what it keeps of "
        "dirty training data",
        f"Default: {defaults.DETECTOR} for a table, {defaults.IMAGE_DETECTOR} for images",
        f"Next: dross fit DATA --detector {defaults.DETECTOR} --out MODEL",
    )
    return 0
