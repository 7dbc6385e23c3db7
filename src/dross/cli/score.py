"""``dross score``: anomaly scores and alarms of new rows or images."""

from __future__ import annotations

import argparse
from typing import Any

from dross.cli.describing import describe_skipped
from dross.cli.options import IMAGE_KINDS, add_column_options, add_image_options, count
from dross.cli.output import counted, say
from dross.cli.parser import CommandParser, add_command
from dross.progress import explain_interrupt

NAME = "score"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "score new rows or images with a model",
        description=(
            "Write id, anomaly_score (higher = more anomalous) and alarm (1 or 0) of each row of a table, in order, or "
            "of each image, in the natural order of their names. Of what a refined model was fitted on, also "
            "round_dropped (0 = kept) and votes. Files and folders larger than memory are fine."
        ),
        example="dross score parts-model new.csv --out scores.csv\n"
        "dross score photos-model new-photos --out scores.csv\n"
        "dross score bottles-model new-bottles --out scores.csv --maps maps\n"
        "dross score faces-model testingset.npy --out submission.csv --columns ID,score --rows 19636",
    )
    parser.add_argument("model", metavar="MODEL", help="the folder that `dross fit` wrote")
    parser.add_argument(
        "data", metavar="DATA", help=f"a table with the columns of the training table, or images ({IMAGE_KINDS})"
    )
    parser.add_argument("--out", required=True, metavar="SCORES", help="the file to write: .csv or .parquet")
    parser.add_argument(
        "--columns",
        type=lambda words: words.split(","),
        metavar="ID,SCORE",
        help="write the ids and the anomaly scores alone, under these two names, as a task asks for them",
    )
    parser.add_argument(
        "--rows", type=count, metavar="N", help="how many rows there must be; with any other number nothing is written"
    )
    parser.add_argument(
        "--maps",
        metavar="FOLDER",
        help="write score maps of images too: pictures with what is anomalous in colour, and maps.npy with all numbers",
    )
    add_column_options(parser, trained=True)
    add_image_options(parser, trained=True)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Score the rows or images, and say how many are alarms."""
    with explain_interrupt(f"{arguments.out} was not written; run the same command again"):
        from dross.tasks.scoring import score_file

        scored = score_file(
            arguments.model,
            arguments.data,
            arguments.out,
            label=arguments.label,
            id=arguments.id,
            skip_bad=arguments.skip_bad,
            columns=arguments.columns,
            rows=arguments.rows,
            maps=arguments.maps,
        )
    what = "image" if scored.of == "images" else "row"
    share = scored.n_alarms / max(scored.n_rows, 1)
    say(f"Scored {counted(scored.n_rows, what)}: {counted(scored.n_alarms, 'alarm')} ({share:.2%})")
    say(*describe_skipped(scored.skipped))
    if scored.training_data and arguments.columns is None:
        say(f"These are the {what}s the model was fitted on: round_dropped and votes say what refinement made of each")
    say(f"Scores written to {scored.out}")
    if arguments.maps is not None:
        say(f"Score maps written to {arguments.maps}: overlays/, and maps.npy in the order of the scores")
    if arguments.columns is None:
        say(f"Next: sort them by anomaly_score, highest first, and look at the top {what}s")
    else:
        say("Next: hand it in; a higher score is a more anomalous one")
    return 0
