"""What Dross does for its users, as functions: the command line has the same names, and only parses and prints.

The functions are imported when they are first asked for, so that ``dross --help`` need not wait for them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dross.tasks.cleaning import Cleaned, clean
    from dross.tasks.evaluating import evaluate
    from dross.tasks.fitting import fit
    from dross.tasks.listing import datasets, detectors
    from dross.tasks.scoring_tables import Scored, score, score_file
    from dross.tasks.sweeping import report, sweep, validate

_HOMES = {
    "Cleaned": "cleaning",
    "Scored": "scoring_tables",
    "clean": "cleaning",
    "datasets": "listing",
    "detectors": "listing",
    "evaluate": "evaluating",
    "fit": "fitting",
    "report": "sweeping",
    "score": "scoring_tables",
    "score_file": "scoring_tables",
    "sweep": "sweeping",
    "validate": "sweeping",
}

__all__ = [
    "Cleaned",
    "Scored",
    "clean",
    "datasets",
    "detectors",
    "evaluate",
    "fit",
    "report",
    "score",
    "score_file",
    "sweep",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"dross.tasks.{_HOMES[name]}"), name)
