"""Options that several subcommands have, and the meaning of ``--set``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from dross.errors import raise_gathered
from dross.tasks import defaults

#: The largest seed that NumPy's generators take.
LARGEST_SEED = 2**32 - 1
#: What every command that reads data takes.
TABLE_KINDS = "CSV, Parquet, .npz or .mat"
IMAGE_KINDS = "a folder, .npy, IDX or CIFAR's .bin"


def add_column_options(parser: argparse.ArgumentParser, *, trained: bool = False) -> None:
    """Add ``--label`` and ``--id``; ``trained`` where a model knows them already."""
    default = "; by default that of the training table, where it is there" if trained else ""
    parser.add_argument(
        "--label", metavar="COLUMN", help=f"the column of a table that says what is an anomaly: no feature{default}"
    )
    parser.add_argument("--id", metavar="COLUMN", help=f"the column that names a table's rows: no feature{default}")


def add_image_options(parser: argparse.ArgumentParser, *, trained: bool = False) -> None:
    """Add ``--size`` and ``--skip-bad``; ``trained`` where a model knows the size already."""
    if not trained:
        parser.add_argument(
            "--size",
            type=count,
            metavar="PIXELS",
            help="the width and height that images are brought to (default: images of one size up to 64 stay as they "
            "are, larger ones become 64 x 64, which a warning says)",
        )
    parser.add_argument(
        "--skip-bad", action="store_true", help="leave out, and list, files in a folder that are no readable images"
    )


def add_detector_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--detector``, ``--set`` and ``--seed``."""
    parser.add_argument(
        "--detector",
        metavar="NAME",
        help=f"the detector (default: {defaults.DETECTOR} for a table, {defaults.IMAGE_DETECTOR} for images); `dross "
        "detectors` lists them",
    )
    add_set_option(parser)
    parser.add_argument(
        "--seed", type=seed, metavar="N", default=defaults.SEED, help=f"of everything random (default: {defaults.SEED})"
    )


def add_set_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--set``."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a parameter of the detector, such as --set contamination=0.02; may be given several times",
    )


def seed(word: str) -> int:
    """Return a seed from its word on the command line."""
    value = int(word)
    if not 0 <= value <= LARGEST_SEED:
        raise argparse.ArgumentTypeError(f"it is {word}; it must be a whole number from 0 to {LARGEST_SEED}")
    return value


def count(word: str) -> int:
    """Return a whole number of at least 1 from its word on the command line."""
    value = int(word)
    if value < 1:
        raise argparse.ArgumentTypeError(f"it is {word}; it must be a whole number of at least 1")
    return value


def settings(words: Sequence[str]) -> dict[str, Any]:
    """Return parameters from their words: a value is what it would be in JSON, and else text.

    Raises
    ------
    ParameterError
        With every word that is not ``key=value``, and every key that is given twice.

    Examples
    --------
    >>> settings(["rejection=0.1", "agreement=unanimous", "schedule=[1, 2]", "max_samples=null"])
    {'rejection': 0.1, 'agreement': 'unanimous', 'schedule': [1, 2], 'max_samples': None}
    """
    found: dict[str, Any] = {}
    problems = []
    for word in words:
        key, equals, value = word.partition("=")
        key = key.strip()
        if not equals or not key.isidentifier():
            problems.append(f"--set {word}: it must be KEY=VALUE, such as --set contamination=0.02")
        elif key in found:
            problems.append(f"--set {word}: '{key}' is given twice")
        else:
            found[key] = _value(value)
    raise_gathered(problems)
    return found


def _value(word: str) -> Any:
    text = word.strip()
    if text in ("True", "False", "None"):
        return {"True": True, "False": False, "None": None}[text]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
