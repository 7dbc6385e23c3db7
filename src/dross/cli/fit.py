"""``dross fit``: learn a model from a dirty table."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from dross.cli.options import add_column_options, add_detector_options, settings
from dross.cli.output import counted, say
from dross.cli.parser import CommandParser, add_command
from dross.progress import explain_interrupt

NAME = "fit"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "learn a model from a dirty table",
        description=(
            "Learn from a table, anomalies and all, a model that scores new data. Cells may be numbers, words, truth "
            "values, dates or empty."
        ),
        example="dross fit parts.csv --id part --label defect --out parts-model\n"
        "dross fit parts.csv --detector srr-gaussian --set rejection=0.1 --out parts-model",
    )
    parser.add_argument("data", metavar="DATA", help="the table: CSV, Parquet, .npz or .mat")
    parser.add_argument("--out", required=True, metavar="MODEL", help="the folder to write; a model there is replaced")
    add_column_options(parser)
    add_detector_options(parser)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Fit and save the model, and say what it was learned from."""
    parameters = settings(arguments.set)
    with explain_interrupt(f"{arguments.out} was not written; run the same command again"):
        from dross.tasks.fitting import fit

        model = fit(
            arguments.data,
            detector=arguments.detector,
            parameters=parameters,
            label=arguments.label,
            id=arguments.id,
            out=arguments.out,
            seed=arguments.seed,
        )
    say(*describe_fit(model), f"Model written to {arguments.out}")
    say(f"Next: dross score {shlex.quote(arguments.out)} NEW_DATA --out scores.csv")
    return 0


def describe_fit(model: Any) -> list[str]:
    """Return what a model was learned from, a line each."""
    encoder, known = model.encoder, model.provenance
    lines = [
        f"Fitted {known.detector} on {known.source}: {counted(known.n_rows, 'row')}, "
        f"{counted(len(encoder.columns_), 'column')} as {counted(len(encoder.feature_origin_), 'feature')}"
    ]
    lines += [f"Column '{name}' is left out: {reason}" for name, reason in encoder.dropped_columns_.items()]
    if known.label is not None:
        lines.append(f"Column '{known.label}' is the label, which fitting does not use")
    if hasattr(model.detector, "inlier_mask_"):
        dropped = int((~model.detector.inlier_mask_).sum())
        lines.append(
            f"Refinement dropped {dropped:,} of {counted(known.n_rows, 'row')}; the detector learned from the rest"
        )
    return lines
