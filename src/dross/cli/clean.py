"""``dross clean``: the rows to keep, and the suspects ranked."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from dross.cli.fit import describe_fit
from dross.cli.options import add_column_options, add_detector_options, settings
from dross.cli.output import counted, say
from dross.cli.parser import CommandParser, add_command
from dross.progress import explain_interrupt

NAME = "clean"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "split a dirty table into rows to keep and suspects",
        description=(
            "Write the rows that look normal as they are, and beside them the suspects: most anomalous first, with "
            "votes, the round that dropped them, and the columns that stand out (in robust standard deviations)."
        ),
        example="dross clean parts.csv --id part --out clean.csv",
    )
    parser.add_argument("data", metavar="DATA", help="the table: CSV, Parquet, .npz or .mat")
    parser.add_argument("--out", required=True, metavar="CLEAN", help="the file for the kept rows: .csv or .parquet")
    parser.add_argument(
        "--suspects", metavar="SUSPECTS", help="the file for the suspects (default: CLEAN with -suspects in its name)"
    )
    parser.add_argument("--model", metavar="MODEL", help="also save the model, to this folder")
    add_column_options(parser)
    add_detector_options(parser)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Clean the table, and say what was taken out."""
    parameters = settings(arguments.set)
    out = Path(arguments.out)
    suspects = Path(arguments.suspects or out.with_name(f"{out.stem}-suspects{out.suffix}"))
    with explain_interrupt(f"{out} and {suspects} were not both written; run the same command again"):
        from dross.persistence import save
        from dross.persistence.folder import check_target
        from dross.tasks.cleaning import clean
        from dross.tasks.table_output import check_output, check_place, write_table

        check_output(out, inputs=(arguments.data,))
        check_output(suspects, inputs=(arguments.data, out))
        if arguments.model is not None:
            check_target(arguments.model)
            check_place(arguments.model)
        cleaned = clean(
            arguments.data,
            detector=arguments.detector,
            parameters=parameters,
            label=arguments.label,
            id=arguments.id,
            seed=arguments.seed,
        )
        if arguments.model is not None:
            save(arguments.model, cleaned.model)
        write_table(cleaned.suspects, suspects)
        write_table(cleaned.kept, out)
    say(*describe_fit(cleaned.model))
    say(f"{counted(len(cleaned.kept), 'row')} kept, written to {out}")
    say(f"{counted(len(cleaned.suspects), 'suspect')}, most anomalous first, written to {suspects}")
    if arguments.model is not None:
        say(f"Model written to {arguments.model}")
        say(f"Next: dross score {shlex.quote(arguments.model)} NEW_DATA --out scores.csv")
    else:
        say(f"Next: look at the top of {suspects}; put back what is normal")
    return 0
