"""What the commands print: messages on stderr, tables on stdout, for people or for the next program."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def say(*lines: str) -> None:
    """Print messages on stderr."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def counted(n: int, what: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()) -> None:
    """Print a table on stdout: in columns with rules on a terminal, else with a tab between two cells.

    Parameters
    ----------
    columns : sequence of str
        The headings.
    rows : sequence of sequences of str
        The cells.
    right : sequence of str
        The columns of numbers, which are aligned to the right.
    """
    if not sys.stdout.isatty():
        for row in [columns, *rows]:
            print("\t".join(" ".join(cell.split()) for cell in row))
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
