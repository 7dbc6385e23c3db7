"""Changes to the code of a sample: what single numbers of it stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np
from numpy.typing import NDArray

from dross.errors import ParameterError

Operation = Literal["multiply", "add", "swap", "interpolate"]
#: How many of the code's numbers are edited where nothing is said, and by how many standard deviations.
DEFAULT_ELEMENTS, DEFAULT_STEPS = 3, 2.0
#: Places between two codes.
_PLACES: Final = (0.25, 0.5, 0.75)


@final
@dataclass(frozen=True)
class LatentEdit:
    """One change to a code.

    Attributes
    ----------
    operation : {"multiply", "add", "swap", "interpolate"}
        ``z[i] *= a``; ``z[i] += a``; ``z[i]`` from another sample's code; or the whole code between the two.
    index : int or None
        Which number of the code; ``None`` for "interpolate".
    amount : float
        The factor, the summand, or the place between the two codes.
    """

    operation: Operation
    index: int | None
    amount: float = 0.0

    def __str__(self) -> str:
        """Return the edit as one would write it."""
        if self.operation == "interpolate":
            return f"{100 * self.amount:.0f} % of the other"
        if self.operation == "swap":
            return f"z[{self.index}] of the other"
        return f"z[{self.index}] {'*' if self.operation == 'multiply' else '+'}= {self.amount:.3g}"

    def apply(self, code: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the changed code.

        Parameters
        ----------
        code : array of shape (n_code,)
            Left as it is.
        other : array of shape (n_code,)
            The code of another sample, for "swap" and "interpolate".

        Raises
        ------
        ParameterError
            If the code has no such number.

        Examples
        --------
        >>> LatentEdit("multiply", 1, 2.0).apply(np.array([1.0, 3.0]), np.zeros(2)).tolist()
        [1.0, 6.0]
        >>> LatentEdit("interpolate", None, 0.25).apply(np.array([4.0]), np.array([0.0])).tolist()
        [3.0]
        """
        if self.operation == "interpolate":
            return (1.0 - self.amount) * code + self.amount * other
        if self.index is None or not 0 <= self.index < len(code):
            raise ParameterError(f"z[{self.index}] is not in the code: it has {len(code)} numbers, from z[0] on")
        changed = code.copy()
        if self.operation == "multiply":
            changed[self.index] *= self.amount
        elif self.operation == "add":
            changed[self.index] += self.amount
        else:
            changed[self.index] = other[self.index]
        return changed


def default_edits(codes: NDArray[np.float64]) -> list[LatentEdit]:
    """Return edits of the numbers that vary most over codes: doubled, shifted either way, swapped; then the way over.

    Parameters
    ----------
    codes : array of shape (n_samples, n_code)
        Of some samples.

    Examples
    --------
    >>> [str(edit) for edit in default_edits(np.array([[0.0, 1.0], [0.0, 3.0]]))][:3]
    ['z[1] *= 2', 'z[1] += -2', 'z[1] += 2']
    """
    deviations = codes.std(axis=0)
    edits = []
    for index in np.argsort(-deviations, kind="stable")[:DEFAULT_ELEMENTS]:
        step = float(DEFAULT_STEPS * deviations[index])
        edits += [
            LatentEdit("multiply", int(index), 2.0),
            LatentEdit("add", int(index), -step),
            LatentEdit("add", int(index), step),
            LatentEdit("swap", int(index)),
        ]
    return edits + interpolation()


def interpolation(places: Sequence[float] = _PLACES) -> list[LatentEdit]:
    """Return the edits that lead from one code to another.

    Examples
    --------
    >>> [str(edit) for edit in interpolation([0.5])]
    ['50 % of the other']
    """
    return [LatentEdit("interpolate", None, place) for place in places]
