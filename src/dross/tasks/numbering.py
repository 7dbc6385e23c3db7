"""Images that are named by numbers: whether every one from 0 is there once, as whoever counts rows assumes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count, islice
from pathlib import PurePath
from typing import Final

#: Numbers that a message lists.
_LISTED: Final = 5


def numbers_of(ids: Sequence[str]) -> list[int] | None:
    """Return the numbers that images are named by, or ``None`` where one of them is not.

    Examples
    --------
    >>> numbers_of(["0.png", "more/12.jpg"]), numbers_of(["0.png", "a1.png"])
    ([0, 12], None)
    """
    stems = [PurePath(name).stem for name in ids]
    return [int(stem) for stem in stems] if all(stem.isascii() and stem.isdigit() for stem in stems) else None


def numbering_problems(ids: Sequence[str], source: str) -> list[str]:
    """Return what is wrong with the numbers that images are named by: gaps, and numbers that are there twice.

    Images that are not named by numbers have none of these.

    Examples
    --------
    >>> numbering_problems(["0.png", "1.png"], "test")
    []
    >>> for problem in numbering_problems(["0.png", "3.png", "3.jpg"], "test"):
    ...     print(problem)
    the numbering of test has gaps: missing 1 and 2
    the numbering of test has duplicates: 3 (3.png and 3.jpg)
    """
    numbers = numbers_of(ids)
    if not numbers:
        return []
    counts = Counter(numbers)
    problems = []
    n_missing = max(numbers) + 1 - len(counts)
    if n_missing:
        first = islice((number for number in count() if number not in counts), min(n_missing, _LISTED))
        problems.append(f"the numbering of {source} has gaps: missing {_listed(list(map(str, first)), n_missing)}")
    twice = [
        f"{number} ({' and '.join(name for name, found in zip(ids, numbers, strict=True) if found == number)})"
        for number, times in sorted(counts.items())
        if times > 1
    ]
    if twice:
        problems.append(f"the numbering of {source} has duplicates: {_listed(twice[:_LISTED], len(twice))}")
    return problems


def _listed(words: Sequence[str], total: int) -> str:
    if total > len(words):
        return f"{', '.join(words)} and {total - len(words):,} more"
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
