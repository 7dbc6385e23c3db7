"""``dross datasets``: the data sets that have a name."""

from __future__ import annotations

import argparse
from typing import Any

from dross.cli.output import print_table, say
from dross.cli.parser import CommandParser, add_command

NAME = "datasets"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "list the data sets that have a name",
        description="List the labelled data sets, tables and images, that `evaluate` and run files know by name, with "
        "size and licence.",
        example="dross datasets\ndross datasets --folder /data/dross",
    )
    parser.add_argument("--folder", metavar="FOLDER", help="where the data lie (default: $DROSS_DATA, else ./data)")
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Print the table."""
    from dross.tasks.listing import datasets, how_to_get, image_datasets

    found = datasets(arguments.folder)
    images = image_datasets(arguments.folder)
    rows = [
        (
            item.name,
            f"{item.n_samples:,}",
            f"{item.n_features:,}",
            f"{item.n_anomalies:,}",
            f"{item.n_anomalies / item.n_samples:.1%}",
            "yes" if item.available else "no",
            item.licence,
        )
        for item in found
    ]
    # Of images, each class in turn is the normal one, or the anomalous one.
    rows += [
        (
            item.name,
            "" if item.n_images is None else f"{item.n_images:,}",
            " x ".join(map(str, item.shape)),
            f"{len(item.class_names)} classes",
            "",
            "yes" if item.available else "no",
            item.licence,
        )
        for item in images
    ]
    numbers = ("rows", "features", "anomalies", "share")
    print_table(("name", *numbers, "at hand", "licence"), rows, right=numbers)
    at_hand = sum(item.available for item in found) + sum(item.available for item in images)
    say(f"{at_hand} of {len(found) + len(images)} are at hand; `make data` fetches the others")
    # Said once of sets that are got alike.
    say(*dict.fromkeys(how_to_get(item) for item in images if not item.available and item.how_to_get))
    say("Next: dross evaluate breast-cancer")
    return 0
