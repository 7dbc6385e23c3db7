"""``dross clean``: what to keep of a table or of images, and the suspects ranked."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
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
from dross.cli.output import counted, say
from dross.cli.parser import CommandParser, add_command
from dross.errors import ParameterError
from dross.progress import explain_interrupt

NAME = "clean"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "split a dirty table, or dirty images, into what to keep and suspects",
        description=(
            "Write what looks normal as it is, and beside it the suspects: most anomalous first, with votes and the "
            "round that dropped them. Of a table, two files: the kept rows, and the suspects with the columns that "
            "stand out (in robust standard deviations). Of images, a new folder: copies of the kept files in kept/, "
            "suspects.csv, and gallery.html to look at."
        ),
        example="dross clean parts.csv --id part --out clean.csv\ndross clean photos --out clean-photos",
    )
    parser.add_argument("data", metavar="DATA", help=f"a table ({TABLE_KINDS}) or images ({IMAGE_KINDS})")
    parser.add_argument(
        "--out",
        required=True,
        metavar="CLEAN",
        help="of a table, the file for the kept rows: .csv or .parquet; of images, the folder to make",
    )
    parser.add_argument(
        "--suspects",
        metavar="SUSPECTS",
        help="of a table, the file for the suspects (default: CLEAN with -suspects in its name)",
    )
    parser.add_argument("--model", metavar="MODEL", help="also save the model, to this folder")
    add_column_options(parser)
    add_image_options(parser)
    add_detector_options(parser)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Clean the table or the images, and say what was taken out."""
    with explain_interrupt("nothing was written; run the same command again"):
        from dross.tasks.choosing import check_there, kind_of

        check_there(arguments.data)
        images = kind_of(arguments.data) == "images"
    return _clean_images(arguments) if images else _clean_table(arguments)


def _clean_table(arguments: argparse.Namespace) -> int:
    out = Path(arguments.out)
    suspects = Path(arguments.suspects or out.with_name(f"{out.stem}-suspects{out.suffix}"))
    with explain_interrupt(f"{out} and {suspects} were not both written; run the same command again"):
        from dross.tasks.table_output import check_output, write_table

        check_output(out, inputs=(arguments.data,))
        check_output(suspects, inputs=(arguments.data, out))
        cleaned, fitted = _cleaned(arguments)
        write_table(cleaned.suspects, suspects)
        write_table(cleaned.kept, out)
    say(*fitted)
    say(f"{counted(len(cleaned.kept), 'row')} kept, written to {out}")
    say(f"{counted(len(cleaned.suspects), 'suspect')}, most anomalous first, written to {suspects}")
    return _say_next(arguments, f"look at the top of {suspects}; put back what is normal")


def _clean_images(arguments: argparse.Namespace) -> int:
    out = Path(arguments.out)
    if arguments.suspects is not None:
        raise ParameterError(
            f"--suspects is for tables: of images the suspects go to {out / 'suspects.csv'}; leave --suspects out"
        )
    with explain_interrupt(f"{out} was not written; run the same command again"):
        from dross.tasks.image_output import GALLERY, SUSPECTS, check_clean_folder, write_cleaned_images
        from dross.tasks.output_places import check_apart

        check_clean_folder(out, arguments.data)
        check_apart(arguments.model, out)
        cleaned, fitted = _cleaned(arguments)
        kept = write_cleaned_images(cleaned, out)
    say(*fitted)
    say(f"{counted(int(cleaned.is_kept.sum()), 'image')} kept, copied to {kept}")
    say(f"{counted(len(cleaned.suspects), 'suspect')}, most anomalous first, written to {out / SUSPECTS}")
    return _say_next(arguments, f"open {out / GALLERY} in a browser; put back what is normal")


def _cleaned(arguments: argparse.Namespace) -> tuple[Any, list[str]]:
    """Return what is kept, the suspects and the model, after saving that where it was asked for; and what to say."""
    from dross.persistence import save
    from dross.tasks.choosing import choose
    from dross.tasks.cleaning import clean
    from dross.tasks.fitting import check_model_place

    if arguments.model is not None:
        check_model_place(arguments.model, arguments.data)
    choice = choose(arguments.data, arguments.detector, settings(arguments.set), arguments.seed)
    cleaned = clean(
        arguments.data,
        detector=choice.name,
        parameters=choice.parameters,
        label=arguments.label,
        id=arguments.id,
        size=arguments.size,
        skip_bad=arguments.skip_bad,
        seed=arguments.seed,
    )
    if arguments.model is not None:
        save(arguments.model, cleaned.model)
    return cleaned, describe_fit(cleaned.model, choice)


def _say_next(arguments: argparse.Namespace, step: str) -> int:
    if arguments.model is None:
        say(f"Next: {step}")
        return 0
    say(f"Model written to {arguments.model}")
    say(f"Next: dross score {shlex.quote(arguments.model)} NEW_DATA --out scores.csv")
    return 0
