"""Whether a new table has the columns of the training table, and what to do where it has not."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


def column_problems(wanted: Sequence[str], optional: Sequence[str], given: Sequence[str]) -> list[str]:
    """Return one problem a column that is missing, renamed or not known.

    Parameters
    ----------
    wanted : sequence of str
        The columns that the model uses.
    optional : sequence of str
        The columns that training had and the model leaves out: they may be there or not.
    given : sequence of str
        The columns of the new table.

    Examples
    --------
    >>> column_problems(["size", "age"], ["unit"], ["Size", "age", "unit"])
    ["column 'size' is missing, and column 'Size' is not in the training data: rename it to 'size' if it is the same"]
    """
    missing = [name for name in wanted if name not in set(given)]
    known = {*wanted, *optional}
    extra = [name for name in given if name not in known]
    renamed = _pair(missing, extra)
    problems = []
    for name in missing:
        if name in renamed:
            problems.append(
                f"column '{name}' is missing, and column '{renamed[name]}' is not in the training data: rename it to "
                f"'{name}' if it is the same"
            )
        else:
            problems.append(f"column '{name}' of the training data is missing: add it (its cells may be empty)")
    for name in extra:
        if name not in renamed.values():
            problems.append(
                f"column '{name}' is not in the training data: leave it out, or name it as the label or the id column"
            )
    return problems


def _pair(missing: list[str], extra: list[str]) -> dict[str, str]:
    """Return, for a missing column, the extra one whose name is nearest; each extra one at most once."""
    pairs: dict[str, str] = {}
    left = {_plain(name): name for name in extra}
    for name in missing:
        if near := difflib.get_close_matches(_plain(name), list(left), n=1, cutoff=0.6):
            pairs[name] = left.pop(near[0])
    return pairs


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum()) or name
