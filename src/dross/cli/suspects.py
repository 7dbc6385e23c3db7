"""``dross suspects``: which rows or images to ask somebody about."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from dross.cli.options import IMAGE_KINDS, add_column_options, add_image_options, count
from dross.cli.output import counted, say
from dross.cli.parser import CommandParser, add_command
from dross.progress import explain_interrupt

NAME = "suspects"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "list the rows or images whose label would help most",
        description=(
            "Write the rows of a table, or the images, that a label would teach a model most about: the most anomalous "
            "ones, and those that it is least certain of. Fill in the empty column label (normal or anomaly; what you "
            "cannot tell stays empty) and learn from the answers with `dross fit DATA --labels SUSPECTS`."
        ),
        example="dross suspects parts-model parts.csv --n 20 --out suspects.csv\n"
        "dross suspects photos-model photos --out suspects.csv",
    )
    parser.add_argument("model", metavar="MODEL", help="the folder that `dross fit` wrote")
    parser.add_argument(
        "data", metavar="DATA", help=f"what it was fitted on, which a model does not keep: a table, or {IMAGE_KINDS}"
    )
    parser.add_argument("--n", type=count, default=20, metavar="N", help="how many (default: 20)")
    parser.add_argument("--out", required=True, metavar="SUSPECTS", help="the file to write: .csv or .parquet")
    add_column_options(parser, trained=True)
    add_image_options(parser, trained=True)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Write what to ask, and say how to go on."""
    with explain_interrupt(f"{arguments.out} was not written; run the same command again"):
        from dross.cli.refitting import words_to_refit
        from dross.persistence import load
        from dross.tasks.suspecting import check_unanswered, suspects
        from dross.tasks.table_output import check_output, write_table

        check_output(arguments.out, inputs=(arguments.data,))
        check_unanswered(arguments.out)
        model = load(arguments.model)
        asked = suspects(
            model,
            arguments.data,
            n=arguments.n,
            label=arguments.label,
            id=arguments.id,
            skip_bad=arguments.skip_bad,
        )
        write_table(asked, arguments.out)
    say(f"{counted(len(asked), 'suspect')} written to {arguments.out}")
    words = words_to_refit(
        model,
        arguments.data,
        [arguments.out],
        label=arguments.label,
        id=arguments.id,
        skip_bad=arguments.skip_bad,
    )
    say(f"Next: write normal or anomaly into its column label, then {shlex.join(words)} --out NEW_MODEL")
    return 0
