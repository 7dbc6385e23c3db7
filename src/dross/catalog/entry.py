"""What the catalogue says of a detector."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, final

from dross.representations import Identity

CLEAN: Final = "clean training data: every anomaly in it is learned as normal"
LABELLED: Final = "labelled anomalies beside normal samples, of every kind that is to be found"
ROBUST: Final = "that anomalies are a minority of the training data; tolerates them by construction"


@final
@dataclass(frozen=True)
class Entry:
    """A detector of the catalogue.

    Attributes
    ----------
    name : str
        What the command line and run files call it.
    summary : str
        What it does, in a line.
    assumes : str
        What it assumes of its training data.
    paper : str
        Where it was published.
    one_class : callable
        Makes the unfitted one-class classifier.
    representation : callable or None
        Makes the unfitted representation in front of it; ``None`` where the detector brings its own.
    takes : {"tables", "images"}
        What its samples are.
    rejection : "auto" or float
        What refinement rejects by default. On learned features of images contaminants lie within the fence, and to
        reject a fifth costs next to nothing where there are none.
    """

    name: str
    summary: str
    assumes: str
    paper: str
    one_class: Callable[[], Any]
    representation: Callable[[], Any] | None = Identity
    takes: Literal["tables", "images"] = "tables"
    rejection: float | Literal["auto"] = "auto"
