"""``dross prepare``: a data set of a folder of collected pictures."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from dross.cli.options import count, seed
from dross.cli.output import counted, say
from dross.cli.parser import CommandParser, add_command
from dross.progress import explain_interrupt

NAME = "prepare"

#: Pairs that are told one by one; all are in the file.
_MOST_PAIRS = 5


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "make a data set of a folder of collected pictures",
        description=(
            "Write the pictures of a folder to a new one: decoded, of one size, renamed by number, and split at random "
            "into train/ and test/ with the same share of each class. Classes are what the names of folders say. "
            "Beside them manifest.csv says where each came from, duplicates.csv which training and test pictures are "
            "the same or nearly so, and same.csv, where there are any, which are the same in two classes or twice in "
            "training."
        ),
        example="dross prepare collected --size 32 --split 0.8 --out pictures",
    )
    parser.add_argument("folder", metavar="FOLDER", help="the pictures, at any depth (JPEG, PNG, WebP, BMP, TIFF)")
    parser.add_argument("--out", required=True, metavar="DIR", help="the folder to make")
    parser.add_argument("--size", type=count, default=32, metavar="N", help="the side in pixels (default: 32)")
    parser.add_argument(
        "--split", type=float, default=0.8, metavar="SHARE", help="the share of each class that trains (default: 0.8)"
    )
    parser.add_argument("--seed", type=seed, default=0, metavar="N", help="draws the split (default: 0)")
    parser.add_argument("--skip-bad", action="store_true", help="leave out files that cannot be used, and say which")
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Prepare the pictures, and say what is on both sides of the split."""
    with explain_interrupt(f"{arguments.out} was not written; run the same command again"):
        from dross.scoring import ANOMALY
        from dross.tasks.preparing import DUPLICATES, MANIFEST, SAME, prepare

        made = prepare(
            arguments.folder,
            arguments.out,
            size=arguments.size,
            split=arguments.split,
            skip_bad=arguments.skip_bad,
            seed=arguments.seed,
        )
    n_test = int(made.test.sum())
    for name, why in made.images.skipped:
        say(f"left out: {name} {why}")
    say(f"{counted(len(made.test) - n_test, 'picture')} to train on and {n_test:,} to test on in {arguments.out}")
    say(f"where each came from is in {arguments.out}/{MANIFEST}")
    in_two_classes = [f"{one} and {other} are the same, in two classes" for one, other in made.in_two_classes]
    _tell(in_two_classes, "one of them is wrong; remove it", f"{arguments.out}/{SAME}")
    twice = [f"{other} is the same as {one}" for one, other in made.same if (one, other) not in made.in_two_classes]
    _tell(twice, "it is trained on twice; remove one of them", f"{arguments.out}/{SAME}")
    for train, test, difference in made.duplicates[:_MOST_PAIRS]:
        alike = "the same" if difference == 0 else "nearly the same"
        say(f"{test} is {alike} as {train}: it was trained on; remove one of them")
    if len(made.duplicates) > _MOST_PAIRS:
        say(f"and {counted(len(made.duplicates) - _MOST_PAIRS, 'more pair')}, in {arguments.out}/{DUPLICATES}")
    labels = made.images.labels
    learning = " --use-labels" if labels is not None and (labels == ANOMALY).any() else ""
    say(f"Next: dross fit {shlex.quote(arguments.out)}/train{learning} --out MODEL")
    return 0


def _tell(pairs: list[str], remedy: str, file: str) -> None:
    say(*(f"{each}: {remedy}" for each in pairs[:_MOST_PAIRS]))
    if len(pairs) > _MOST_PAIRS:
        say(f"and {counted(len(pairs) - _MOST_PAIRS, 'more pair')} like that, in {file}")
