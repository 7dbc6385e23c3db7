"""``dross edit``: what single numbers of an autoencoder's code stand for."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from dross.cli.options import IMAGE_KINDS
from dross.cli.output import say
from dross.cli.parser import CommandParser, add_command

if TYPE_CHECKING:
    from dross.reconstruction.latent_edits import LatentEdit

NAME = "edit"


def add_parser(commands: Any) -> CommandParser:
    """Add the subcommand."""
    parser = add_command(
        commands,
        NAME,
        "draw what numbers of a code stand for",
        description="Draw an image, its reconstruction, and what becomes of it when numbers of its code are changed; "
        "by default those that vary most.",
        example="dross edit faces-model testingset.npy --image 3 --multiply 0=2 --add 1=-0.5 --out edits.png",
    )
    parser.add_argument("model", metavar="MODEL", help="the folder of a fitted autoencoder or GAN")
    parser.add_argument("data", metavar="DATA", help=f"images: {IMAGE_KINDS}")
    parser.add_argument("--image", type=int, default=0, metavar="N", help="the number of the image (default: 0)")
    parser.add_argument("--other", type=int, default=1, metavar="N", help="the image to swap with (default: 1)")
    parser.add_argument("--multiply", type=_pair, action="append", metavar="I=A", help="z[I] *= A; may be repeated")
    parser.add_argument("--add", type=_pair, action="append", metavar="I=A", help="z[I] += A; may be repeated")
    parser.add_argument("--swap", type=_index, action="append", metavar="I", help="z[I] from the other image's code")
    parser.add_argument("--interpolate", action="store_true", help="the whole code on its way to the other's")
    parser.add_argument("--out", required=True, metavar="FILE", help="the figure, .svg or .png")
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Draw the edits, and say where."""
    from dross.tasks.edit import edit

    path = edit(
        arguments.model,
        arguments.data,
        arguments.out,
        image=arguments.image,
        other=arguments.other,
        edits=_edits(arguments),
    )
    say(f"Drawn in {path}")
    return 0


def _edits(arguments: argparse.Namespace) -> list[LatentEdit]:
    from dross.reconstruction.latent_edits import LatentEdit, interpolation

    edits = [LatentEdit("multiply", index, amount) for index, amount in arguments.multiply or ()]
    edits += [LatentEdit("add", index, amount) for index, amount in arguments.add or ()]
    edits += [LatentEdit("swap", index) for index in arguments.swap or ()]
    return edits + (interpolation() if arguments.interpolate else [])


def _pair(word: str) -> tuple[int, float]:
    found = re.fullmatch(r"(\d+)=(\S+)", word)
    try:
        if found is None:
            raise ValueError
        return int(found[1]), float(found[2])
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{word!r} is not I=A, the place of a number in the code (from 0) and an amount, such as 0=2"
        ) from None


def _index(word: str) -> int:
    if not word.isdigit():
        raise argparse.ArgumentTypeError(f"{word!r} is not the place of a number in the code, from 0")
    return int(word)
