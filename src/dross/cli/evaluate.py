"""``dross evaluate``: what detectors are worth on a labelled table."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from dross.cli.options import add_column_options, add_set_option, count, settings
from dross.cli.output import print_table, say
from dross.cli.parser import CommandParser, add_command
from dross.progress import explain_interrupt
from dross.tasks import defaults

NAME = "evaluate"
SHOWN = {"auroc": "AUROC", "ap": "AP", "f1_oracle": "F1 at the true count", "recovery": "recovery"}


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "measure detectors on a labelled table",
        description=(
            "Contaminate training sets with known anomalies, fit each detector without refinement (blind), with it "
            "(refined) and without the anomalies (oracle), and print means over seeds with 95 % intervals."
        ),
        example="dross evaluate breast-cancer --detectors gaussian knn --contamination 0 0.05 --seeds 10\n"
        "dross evaluate parts.csv --label defect --id part",
    )
    parser.add_argument("data", metavar="DATA", help="a name from `dross datasets`, or a file with a label column")
    parser.add_argument("--detectors", nargs="+", metavar="NAME", default=list(defaults.EVALUATED))
    parser.add_argument("--training", nargs="+", metavar="WAY", default=["blind", "refined", "oracle"])
    parser.add_argument("--protocol", default="controlled", metavar="NAME", help="controlled, paper or adbench")
    parser.add_argument("--contamination", nargs="+", type=float, metavar="SHARE", help="(default: 0 0.02 0.05)")
    parser.add_argument("--seeds", type=count, metavar="N", default=defaults.N_SEEDS, help="repetitions (default: 5)")
    parser.add_argument("--max-train", type=count, metavar="N", help="the largest training size")
    parser.add_argument("--workers", type=count, metavar="N", default=1, help="processes (default: 1)")
    parser.add_argument("--results", metavar="FILE", help="keep the results in this file, for `dross report`")
    parser.add_argument("--out", metavar="TABLE", help="write all metrics to this file: .csv or .parquet")
    add_column_options(parser)
    add_set_option(parser)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, and print the table."""
    parameters = settings(arguments.set)
    kept = f"what is done is kept in {arguments.results}" if arguments.results else "nothing was kept"
    with explain_interrupt(f"{kept}; run the same command again"):
        from dross.tasks.evaluating import evaluate
        from dross.tasks.table_output import check_output, write_table

        if arguments.out is not None:
            check_output(arguments.out, inputs=(arguments.data, arguments.results))
        table = evaluate(
            arguments.data,
            parameters=parameters,
            **{name: getattr(arguments, name) for name in ("detectors", "training", "protocol", "contamination")},
            **{name: getattr(arguments, name) for name in ("seeds", "max_train", "workers", "results", "label", "id")},
        )
        if arguments.out is not None:
            write_table(table, arguments.out)
    _print(table)
    if arguments.out is not None:
        say(f"All metrics written to {arguments.out}")
    if arguments.results is not None:
        say(f"Results kept in {arguments.results}", f"Next: dross report {shlex.quote(arguments.results)}")
    return 0


def _print(table: Any) -> None:
    cells: dict[tuple[str, str, float], dict[str, str]] = {}
    for row in table.itertuples():
        cells.setdefault((row.detector, row.training, row.contamination), {})[row.metric] = _shown(row)
    rows = [
        (detector, training, f"{ratio:.1%}", *(metrics.get(metric, "") for metric in SHOWN))
        for (detector, training, ratio), metrics in cells.items()
    ]
    print_table(("detector", "training", "contamination", *SHOWN.values()), rows, right=("contamination",))


def _shown(row: Any) -> str:
    if row.mean != row.mean or row.mean is None:
        return "undefined"
    interval = "" if row.low is None or row.low != row.low else f" ({row.low:.3f} to {row.high:.3f})"
    return f"{row.mean:.3f}{interval}"
