"""``dross fit``: learn a model from a dirty table or dirty images."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from dross.cli.describing import describe_fit
from dross.cli.options import (
    IMAGE_KINDS,
    TABLE_KINDS,
    add_column_options,
    add_detector_options,
    add_image_options,
    settings,
)
from dross.cli.output import say
from dross.cli.parser import CommandParser, add_command
from dross.progress import explain_interrupt

NAME = "fit"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "learn a model from a dirty table or dirty images",
        description=(
            "Learn from a table or a folder of images, anomalies and all, a model that scores new data. Cells may be "
            "numbers, words, truth values, dates or empty; images may be of any size."
        ),
        example="dross fit parts.csv --id part --label defect --out parts-model\n"
        "dross fit parts.csv --detector srr-gaussian --set rejection=0.1 --out parts-model\n"
        "dross fit parts.csv --id part --labels suspects.csv --out parts-model\n"
        "dross fit parts.csv --id part --false-alarms 0.01 --out parts-model\n"
        "dross fit photos --out photos-model",
    )
    parser.add_argument("data", metavar="DATA", help=f"a table ({TABLE_KINDS}) or images ({IMAGE_KINDS})")
    parser.add_argument("--out", required=True, metavar="MODEL", help="the folder to write; a model there is replaced")
    add_column_options(parser)
    add_image_options(parser)
    add_detector_options(parser)
    parser.add_argument(
        "--use-labels",
        action="store_true",
        help="learn from the --label column, or from folders named normal and abnormal; for detectors that can",
    )
    parser.add_argument(
        "--labels",
        action="append",
        metavar="FILE",
        help="learn from what is known of a few: a table with the columns id and label (normal or anomaly), such as "
        "`dross suspects` writes; may be given several times; for srr- detectors and others that learn from labels",
    )
    parser.add_argument(
        "--false-alarms",
        type=float,
        metavar="RATE",
        help="put the alarm threshold where this share of the samples that refinement kept (or, where nothing is "
        "refined, of all) raises an alarm, such as 0.01",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="write the state of a network's training to MODEL.training as it goes, and go on from there where it was "
        "stopped; for srr- detectors of images",
    )
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Fit and save the model, and say what it was learned from."""
    parameters = settings(arguments.set)
    again = "run the same command again"
    if arguments.resume:
        parameters["checkpoint"] = f"{arguments.out.rstrip('/')}.training"
        again += ", and it goes on where it was"
    with explain_interrupt(f"{arguments.out} was not written; {again}"):
        from dross.tasks.fitting import check_model_place, choose_by_rate, fit

        check_model_place(arguments.out, arguments.data)
        choice = choose_by_rate(arguments.data, arguments.detector, parameters, arguments.seed, arguments.false_alarms)
        model = fit(
            arguments.data,
            detector=choice.name,
            parameters=parameters,
            label=arguments.label,
            id=arguments.id,
            size=arguments.size,
            skip_bad=arguments.skip_bad,
            use_labels=arguments.use_labels,
            labels=arguments.labels,
            false_alarms=arguments.false_alarms,
            out=arguments.out,
            seed=arguments.seed,
        )
    say(*describe_fit(model, choice), f"Model written to {arguments.out}")
    say(f"Next: dross score {shlex.quote(arguments.out)} NEW_DATA --out scores.csv")
    return 0
