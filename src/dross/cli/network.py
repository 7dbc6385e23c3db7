"""``dross network``: what a detector's network is made of."""

from __future__ import annotations

import argparse
from typing import Any

from dross.cli.options import count
from dross.cli.output import say
from dross.cli.parser import CommandParser, add_command

NAME = "network"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "print and draw a detector's network",
        description="Print the layers of a network with their shapes and weights, and draw them where asked to.",
        example="dross network conv-autoencoder --size 64 --out network.svg",
    )
    parser.add_argument("subject", metavar="DETECTOR", help="a name that `dross detectors` lists, or a MODEL folder")
    parser.add_argument("--size", type=count, default=64, metavar="PIXELS", help="side of the images (default: 64)")
    parser.add_argument("--grey", action="store_true", help="of grey images rather than RGB")
    parser.add_argument("--columns", type=count, default=16, metavar="N", help="of rows of this many (default: 16)")
    parser.add_argument("--out", metavar="FILE", help="draw it, as .svg or .png")
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Print the table, and write the drawing."""
    from dross.tasks.network import draw_network, network

    found = network(arguments.subject, size=arguments.size, grey=arguments.grey, columns=arguments.columns)
    for each in found:
        print(each.name)
        print(each)
    if arguments.out is not None:
        for path in draw_network(found, arguments.out):
            say(f"Drawn in {path}")
    return 0
