"""What Dross does for its users, as functions: the command line has the same names, and only parses and prints.

The functions are imported when they are first asked for, so that ``dross --help`` need not wait for them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dross.tasks.cleaning import clean
    from dross.tasks.cleaning_images import CleanedImages
    from dross.tasks.cleaning_tables import Cleaned
    from dross.tasks.evaluating import evaluate
    from dross.tasks.fitting import fit
    from dross.tasks.image_output import write_cleaned_images
    from dross.tasks.inspecting import Inspected, inspect
    from dross.tasks.listing import datasets, detectors, image_datasets
    from dross.tasks.preparing import Prepared, prepare
    from dross.tasks.ranking import rank
    from dross.tasks.scoring import Scored, score, score_file
    from dross.tasks.suspecting import suspects
    from dross.tasks.sweeping import report, sweep, validate

_HOMES = {
    "Cleaned": "cleaning_tables",
    "CleanedImages": "cleaning_images",
    "Inspected": "inspecting",
    "Prepared": "preparing",
    "Scored": "scoring",
    "clean": "cleaning",
    "datasets": "listing",
    "detectors": "listing",
    "evaluate": "evaluating",
    "fit": "fitting",
    "image_datasets": "listing",
    "inspect": "inspecting",
    "prepare": "preparing",
    "rank": "ranking",
    "report": "sweeping",
    "score": "scoring",
    "score_file": "scoring",
    "suspects": "suspecting",
    "sweep": "sweeping",
    "validate": "sweeping",
    "write_cleaned_images": "image_output",
}

__all__ = [
    "Cleaned",
    "CleanedImages",
    "Inspected",
    "Prepared",
    "Scored",
    "clean",
    "datasets",
    "detectors",
    "evaluate",
    "fit",
    "image_datasets",
    "inspect",
    "prepare",
    "rank",
    "report",
    "score",
    "score_file",
    "suspects",
    "sweep",
    "validate",
    "write_cleaned_images",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"dross.tasks.{_HOMES[name]}"), name)
