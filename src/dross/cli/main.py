"""The command ``dross``: finds the subcommand, runs it, and turns errors into one message and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from dross.cli import (
    clean,
    datasets,
    detectors,
    edit,
    evaluate,
    fit,
    inspect,
    network,
    prepare,
    rank,
    report,
    score,
    suspects,
    sweep,
    validate,
)
from dross.cli.output import say
from dross.cli.parser import CommandParser, check_words
from dross.errors import DrossError

#: In the order of ``dross --help``: what one does first comes first.
COMMANDS = (
    fit,
    score,
    clean,
    suspects,
    prepare,
    rank,
    inspect,
    detectors,
    network,
    edit,
    datasets,
    evaluate,
    validate,
    sweep,
    report,
)

DESCRIPTION = """\
Finds the anomalies in data nobody has labelled, and learns from that same dirty data a detector that scores new data.
"""

EPILOG = """\
example:
  dross clean parts.csv --id part --out clean.csv    # the kept rows, and the suspects ranked
  dross fit parts.csv --id part --out parts-model    # a model from the same dirty table
  dross score parts-model new.csv --out scores.csv   # anomaly scores and alarms of new rows
  dross clean photos --out clean-photos              # the same of a folder of images; fit and score take them too

exit codes: 0 done, 1 some runs of a sweep failed, 2 wrong input, 130 stopped by Ctrl-C
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after ``dross``; by default those of the process.
    """
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            code = _run(sys.argv[1:] if argv is None else argv)
            sys.stdout.flush()
            return code
    except SystemExit as done:  # argparse has printed what --help or --version asked for
        return int(done.code or 0)
    except DrossError as error:
        say(f"dross: {error}")
        return 2
    except BrokenPipeError:
        # Who read our output has gone (such as `head`): say nothing, now and when Python closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        where = f"{error.filename}: " if error.filename is not None else ""
        say(f"dross: {where}{error.strerror or error}: check the path, its permissions and the space on the disk")
        return 2
    except MemoryError as error:
        detail = f" ({error})" if str(error) else ""
        say(f"dross: there is not enough memory{detail}: give fewer samples, or a detector that keeps less of them")
        return 2
    except KeyboardInterrupt as pressed:
        say(f"dross: {str(pressed) or 'interrupted'}")
        return 130


def make_parser() -> tuple[CommandParser, dict[str, CommandParser]]:
    """Return the parser of the command line, and those of the subcommands by name."""
    usage = "dross [--help] [--version] COMMAND ..."
    parser = CommandParser(prog="dross", usage=usage, description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    # prog, since argparse would otherwise put the usage above in front of each subcommand's.
    commands = parser.add_subparsers(title="commands", metavar="COMMAND ...", dest="command", prog="dross")
    return parser, {command.NAME: command.add_parser(commands) for command in COMMANDS}


def _run(argv: Sequence[str]) -> int:
    parser, commands = make_parser()
    check_words(commands, parser, argv)
    arguments = parser.parse_args(argv)
    if arguments.command is None:
        parser.print_help(sys.stderr)
        return 2
    run = next(command.run for command in COMMANDS if arguments.command == command.NAME)
    return run(arguments)


class _Version(argparse.Action):
    """``--version``: looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *rest: Any) -> None:
        from importlib.metadata import version

        print(f"dross {version('dross')}")
        parser.exit()


def _show_warning(
    message: Warning | str, category: Any, filename: str, lineno: int, file: Any = None, line: str | None = None
) -> None:
    say(f"dross: warning: {message}")


if __name__ == "__main__":
    sys.exit(main())
