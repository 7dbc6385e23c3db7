"""``dross score``: anomaly scores and alarms of new rows."""

from __future__ import annotations

import argparse
from typing import Any

from dross.cli.options import add_column_options
from dross.cli.output import counted, say
from dross.cli.parser import CommandParser, add_command
from dross.progress import explain_interrupt

NAME = "score"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "score new rows with a model",
        description=(
            "Write id, anomaly_score (higher = more anomalous) and alarm (1 or 0) of each row, in order. Of the rows "
            "that a refined model was fitted on, also round_dropped (0 = kept) and votes. Files larger than memory are "
            "fine."
        ),
        example="dross score parts-model new.csv --out scores.csv",
    )
    parser.add_argument("model", metavar="MODEL", help="the folder that `dross fit` wrote")
    parser.add_argument("data", metavar="DATA", help="the table, with the columns of the training table")
    parser.add_argument("--out", required=True, metavar="SCORES", help="the file to write: .csv or .parquet")
    add_column_options(parser, trained=True)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Score the rows, and say how many are alarms."""
    with explain_interrupt(f"{arguments.out} was not written; run the same command again"):
        from dross.tasks.scoring_tables import score_file

        scored = score_file(arguments.model, arguments.data, arguments.out, label=arguments.label, id=arguments.id)
    share = scored.n_alarms / max(scored.n_rows, 1)
    say(f"Scored {counted(scored.n_rows, 'row')}: {counted(scored.n_alarms, 'alarm')} ({share:.2%})")
    if scored.training_data:
        say("These are the rows the model was fitted on: round_dropped and votes say what refinement made of each")
    say(f"Scores written to {scored.out}", "Next: sort them by anomaly_score, highest first, and look at the top rows")
    return 0
