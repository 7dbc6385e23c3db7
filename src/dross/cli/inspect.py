"""``dross inspect``: a folder of mixed parts to learn from, another one to score, and a file to hand in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from dross.cli.describing import describe_skipped
from dross.cli.options import IMAGE_KINDS, add_set_option, count, seed, settings
from dross.cli.output import counted, say
from dross.cli.parser import CommandParser, add_command
from dross.progress import explain_interrupt
from dross.tasks import defaults

if TYPE_CHECKING:
    from dross.tasks import Inspected

NAME = "inspect"
CALIBRATIONS = ("tail", "rank", "z", "none")


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "score images of mixed products, and write what is handed in",
        description=(
            "Sort the images in TRAIN, all normal or nearly so, into categories without being told any, fit a detector "
            "on each, and write the scores of the images in TEST, all on one scale: id, anomaly_score (higher = more "
            "anomalous), alarm, category and known (0 for an image that is like no category), or what a preset asks "
            "for. A page beside it shows the categories."
        ),
        example="dross inspect train test --out scores.csv\n"
        "dross inspect train test --out submission.csv --preset id-prediction --rows 1725\n"
        "dross inspect train test --out submission.csv --columns name,y --binary\n"
        "dross inspect train test --out scores.csv --maps maps --model parts-model",
    )
    parser.add_argument("train", metavar="TRAIN", help=f"images to learn from ({IMAGE_KINDS})")
    parser.add_argument("test", metavar="TEST", help="images to score")
    parser.add_argument("--out", required=True, metavar="SCORES", help="the file to write: .csv or .parquet")
    parser.add_argument(
        "--audit", metavar="PAGE", help="the page that shows the categories (default: SCORES with -categories.html)"
    )
    parser.add_argument(
        "--maps", metavar="FOLDER", help="write where in each test image the defect is: overlays (PNG) and one array"
    )
    parser.add_argument("--model", metavar="MODEL", help="save what was fitted, for dross score")
    _add_submission_options(parser)
    _add_learning_options(parser)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Fit, score and write, and say what was found."""
    with explain_interrupt(f"{arguments.out} was not written; run the same command again"):
        from dross.tasks.inspecting import inspect

        found = inspect(
            arguments.train,
            arguments.test,
            arguments.out,
            detector=arguments.detector,
            parameters=settings(arguments.set),
            n_categories=arguments.categories,
            calibration=arguments.calibration,
            n_folds=arguments.folds,
            size=arguments.size,
            preset=arguments.preset,
            columns=arguments.columns,
            rows=arguments.rows,
            binary=arguments.binary,
            audit=arguments.audit,
            maps=arguments.maps,
            model=arguments.model,
            download=arguments.download,
            skip_bad=arguments.skip_bad,
            seed=arguments.seed,
        )
    say(*_described(found, arguments))
    return 0


def _described(found: Inspected, arguments: argparse.Namespace) -> list[str]:
    n_test = len(found.verdicts)
    sizes = ", ".join(f"{size:,}" for size in found.sizes)
    lines = [f"Found {found.reason}", f"Fitted {arguments.detector} on {counted(found.n_train, 'image')}: {sizes}"]
    lines += [f"Note: {finding}" for finding in found.findings]
    lines += describe_skipped(found.skipped)
    lines.append(
        f"Scored {counted(n_test, 'image')}: {counted(found.n_alarms, 'alarm')} ({found.n_alarms / n_test:.2%}), which "
        f"is a score above {found.threshold:.3g}{_rarity(found, arguments)}"
    )
    if found.n_unknown:
        lines.append(
            f"{counted(found.n_unknown, 'image')} of no known category: scored by the nearest, with 0 in the column "
            "known"
        )
    lines.append(f"Categories shown in {found.audit}")
    lines += [f"Score maps written to {arguments.maps}"] if arguments.maps else []
    lines += [f"Model written to {arguments.model}"] if arguments.model else []
    lines.append(f"Scores written to {found.out}")
    if arguments.binary:
        lines.append("Next: look whether what is asked for is a ranking: then hand in scores, without --binary")
    elif arguments.preset or arguments.columns:
        lines.append("Next: hand it in; a higher score is a more anomalous one")
    else:
        lines.append("Next: look at the categories, then at the images of the highest scores")
    return lines


def _rarity(found: Inspected, arguments: argparse.Namespace) -> str:
    """Return what the threshold means on a scale that says it."""
    if arguments.calibration != "tail" or found.threshold <= 0:
        return ""
    return f", as high as one normal image in {10**found.threshold:,.0f} has"


def _add_submission_options(parser: CommandParser) -> None:
    parser.add_argument(
        "--preset",
        metavar="NAME",
        help="what the file shall be: id-prediction or ID-score, under this header the numbers that images are named "
        "by, which must be 0, 1, 2, ..., and their scores",
    )
    parser.add_argument(
        "--columns",
        type=lambda words: words.split(","),
        metavar="ID,SCORE",
        help="write the ids and the anomaly scores alone, under these two names",
    )
    parser.add_argument(
        "--rows", type=count, metavar="N", help="how many rows there must be; with any other number nothing is written"
    )
    parser.add_argument(
        "--binary", action="store_true", help="write alarms, 0 or 1, in place of scores; a ranking loses by it"
    )


def _add_learning_options(parser: CommandParser) -> None:
    parser.add_argument(
        "--detector",
        metavar="NAME",
        default=defaults.INSPECTION_DETECTOR,
        help=f"what is fitted on each category (default: {defaults.INSPECTION_DETECTOR})",
    )
    add_set_option(parser)
    parser.add_argument(
        "--categories", type=_categories, metavar="N", default="auto", help="how many there are (default: found out)"
    )
    parser.add_argument(
        "--calibration",
        choices=CALIBRATIONS,
        default="tail",
        help="the scale that all categories share: how rarely normal images score as high (tail, the default), rank or "
        "z-score among held-out training images, or none",
    )
    parser.add_argument(
        "--folds",
        type=count,
        metavar="N",
        default=defaults.INSPECTION_FOLDS,
        help=f"parts that images are held out in for it; as many fits each (default: {defaults.INSPECTION_FOLDS})",
    )
    parser.add_argument(
        "--size",
        type=count,
        metavar="PIXELS",
        default=defaults.INSPECTION_SIZE,
        help=f"the width and height that images are brought to (default: {defaults.INSPECTION_SIZE})",
    )
    parser.add_argument(
        "--download",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="whether weights from elsewhere may be loaded; without it, any attempt is an error (the default)",
    )
    parser.add_argument(
        "--skip-bad", action="store_true", help="leave out, and list, files in a folder that are no readable images"
    )
    parser.add_argument(
        "--seed", type=seed, metavar="N", default=defaults.SEED, help=f"of everything random (default: {defaults.SEED})"
    )


def _categories(word: str) -> int | str:
    return word if word == "auto" else count(word)
