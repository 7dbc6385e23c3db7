"""An argument parser whose mistakes are Dross's errors: with the near name, and without the usage lines."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from typing import Any, NoReturn, final

from dross.errors import ParameterError, did_you_mean, raise_gathered


@final
class CommandParser(argparse.ArgumentParser):
    """Parses the command line, or one subcommand of it; no option may be abbreviated."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=_formatter, **settings)

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print.

        Raises
        ------
        ParameterError
            With the command that shows how it is done.
        """
        raise ParameterError(f"{message}; `{self.prog} --help` shows how it is done")


def add_command(commands: Any, name: str, summary: str, *, description: str, example: str) -> CommandParser:
    """Return the new parser of a subcommand.

    Parameters
    ----------
    commands : what ``add_subparsers`` returned
        Where it is added.
    name : str
        Such as ``"fit"``.
    summary : str
        The line in ``dross --help``.
    description, example : str
        Above and below the options in ``dross NAME --help``.
    """
    lines = "\n".join(f"  {line}" for line in example.strip().splitlines())
    parser: CommandParser = commands.add_parser(
        name, help=summary, description=textwrap.fill(description, 100), epilog=f"example:\n{lines}"
    )
    return parser


def check_words(commands: dict[str, CommandParser], top: CommandParser, arguments: Sequence[str]) -> None:
    """Raise if the subcommand or an option is not known, before argparse complains about what follows from that.

    Raises
    ------
    ParameterError
        With all of them, and the near name of each.
    """
    place = next((i for i, word in enumerate(arguments) if not word.startswith("-")), len(arguments))
    problems = _unknown_options(top, arguments[:place])
    if place < len(arguments):
        name = arguments[place]
        if name not in commands:
            raise ParameterError(
                f"there is no command '{name}' (`dross --help` lists them){did_you_mean(name, commands)}"
            )
        problems += _unknown_options(commands[name], arguments[place + 1 :])
    raise_gathered(problems)


def _unknown_options(parser: argparse.ArgumentParser, words: Sequence[str]) -> list[str]:
    known = {option for action in parser._actions for option in action.option_strings}
    problems = []
    for word in words:
        if word == "--":
            break
        option = word.split("=", 1)[0]
        if option.startswith("-") and option != "-" and not _is_number(option) and option not in known:
            problems.append(
                f"there is no option '{option}' (`{parser.prog} --help` lists them){did_you_mean(option, known)}"
            )
    return problems


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, max_help_position=32)
