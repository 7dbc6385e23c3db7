"""``dross rank``: which detector finds the defects that are made in images that nobody has labelled."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from dross.cli.options import IMAGE_KINDS, count, seed
from dross.cli.output import print_table, say
from dross.cli.parser import CommandParser, add_command
from dross.progress import explain_interrupt
from dross.tasks import defaults

NAME = "rank"
#: What the kinds of defects are called in the printed table.
KINDS = {"piece": "pasted piece", "scar": "scar", "perlin": "blot", "blended": "blended patch"}


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "choose a detector for images without labels",
        description=(
            "Fit detectors on four fifths of the images, make defects of four published kinds in the others, and print "
            "how well each detector tells these from the images as they are (AUROC; 0.5 is chance), the best first. "
            "The order is worth more than the figures: real defects may be easier or harder."
        ),
        example="dross rank parts\ndross rank parts --detectors padim surface cutpaste --repeats 5 --out ranking.csv",
    )
    parser.add_argument("data", metavar="IMAGES", help=f"all normal, or nearly so ({IMAGE_KINDS})")
    parser.add_argument(
        "--detectors",
        nargs="+",
        metavar="NAME",
        default=list(defaults.RANKED),
        help=f"of those that `dross detectors` lists (default: {', '.join(defaults.RANKED)})",
    )
    parser.add_argument(
        "--repeats",
        type=count,
        metavar="N",
        default=defaults.N_REPEATS,
        help=f"divide the images anew so often (default: {defaults.N_REPEATS})",
    )
    parser.add_argument(
        "--size",
        type=count,
        metavar="PIXELS",
        default=defaults.INSPECTION_SIZE,
        help=f"the width and height that images are brought to (default: {defaults.INSPECTION_SIZE})",
    )
    parser.add_argument("--out", metavar="TABLE", help="write the table to this file: .csv or .parquet")
    parser.add_argument(
        "--seed", type=seed, metavar="N", default=defaults.SEED, help=f"of everything random (default: {defaults.SEED})"
    )
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Rank, and print the table."""
    with explain_interrupt("nothing was kept; run the same command again"):
        from dross.tasks.ranking import rank
        from dross.tasks.table_output import check_output, write_table

        if arguments.out is not None:
            check_output(arguments.out, inputs=(arguments.data,))
        table = rank(
            arguments.data,
            detectors=arguments.detectors,
            repeats=arguments.repeats,
            size=arguments.size,
            seed=arguments.seed,
        )
        if arguments.out is not None:
            write_table(table, arguments.out)
    figures = ("auroc", "std", *KINDS)
    rows = [
        [str(name), *(f"{value:.3f}" for value in values)]
        for name, *values in table[["detector", *figures]].itertuples(index=False)
    ]
    names = ("AUROC", "std", *KINDS.values())
    print_table(("detector", *names), rows, right=names)
    if arguments.out is not None:
        say(f"Table written to {arguments.out}")
    data = shlex.quote(arguments.data)
    say(f"Next: dross inspect {data} NEW_IMAGES --detector {table['detector'][0]} --out scores.csv")
    return 0
