"""What is seen where a change of an image shows what lies beyond its rim."""

from __future__ import annotations

from numbers import Real
from typing import Literal

from dross.parameters import at_least_problems

#: "border" continues an image by its own outermost pixels; a number in [0, 1] is that grey.
Fill = float | Literal["border"]


def fill_problems(fill: object) -> list[str]:
    """Return what is wrong with a filling, which must be ``"border"`` or a grey in [0, 1].

    Examples
    --------
    >>> fill_problems("edge")
    ["fill is 'edge'; it must be 'border' or a number in [0, 1]"]
    """
    grey = isinstance(fill, Real) and not at_least_problems("fill", fill) and float(fill) <= 1
    if grey or (isinstance(fill, str) and fill == "border"):
        return []
    return [f"fill is {fill!r}; it must be 'border' or a number in [0, 1]"]
