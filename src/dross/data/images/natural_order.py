"""The order in which people read names: ``2.png`` before ``10.png``."""

from __future__ import annotations

import re
from pathlib import PurePath

NaturalKey = tuple[tuple[str | int, ...], ...]


def natural_key(name: str) -> tuple[NaturalKey, str]:
    """Return what to sort names and paths by, so that numbers in them count as numbers.

    Examples
    --------
    >>> sorted(["b/10.png", "b/2.png", "a 10/1.png", "a 9/1.png"], key=natural_key)
    ['a 9/1.png', 'a 10/1.png', 'b/2.png', 'b/10.png']
    """
    # Splitting by the group leaves words at even places and numbers at odd ones, so keys can always be compared.
    parts = (re.split(r"(\d+)", part.casefold()) for part in PurePath(name).parts)
    key = tuple(tuple(int(word) if place % 2 else word for place, word in enumerate(words)) for words in parts)
    return key, name
