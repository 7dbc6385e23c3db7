"""What can be known to be wrong with an inspection before any image is read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from dross.errors import ParameterError, raise_gathered
from dross.tasks.choosing import is_missing, kind_of, named
from dross.tasks.fitting import check_model_place
from dross.tasks.output_places import check_apart, check_new_folder, check_outside, check_place
from dross.tasks.submission_presets import submission_preset
from dross.tasks.submitting import check_submission
from dross.tasks.table_output import check_output


def check_asked(
    train: Any, test: Any, preset: str | None, columns: Sequence[str] | None, rows: int | None, binary: bool
) -> None:
    """Raise if what is asked for cannot be.

    Raises
    ------
    ParameterError
        If a preset is not known or says what columns say too, alarms are asked for in no file to hand in, or there is
        a table where images must be.
    """
    check_submission(columns, rows)
    problems = []
    if preset is not None:
        submission_preset(preset)
        if columns is not None:
            problems.append(f"preset {preset} and columns both say what the columns are called: give one of them")
    elif binary and columns is None:
        problems.append(
            "binary writes 0 or 1 in place of scores into a file that is handed in: give a preset or columns too "
            "(without these there is a column alarm)"
        )
    for data in (train, test):
        if not is_missing(data) and kind_of(data) != "images":
            problems.append(f"{named(data)} holds a table, but images are inspected: give a folder or an array of them")
    raise_gathered(problems, ParameterError)


def check_places(
    inputs: tuple[Any, Any],
    out: str | os.PathLike[str],
    page: str | os.PathLike[str],
    maps: str | os.PathLike[str] | None,
    model: str | os.PathLike[str] | None,
) -> None:
    """Raise if something cannot be written, or would be among what is read or in something else that is written.

    Raises
    ------
    DataError, ModelError
        It says which.
    """
    check_output(out, inputs=inputs)
    check_place(page)
    places = [place for place in (out, page, maps, model) if place is not None]
    for one, other in combinations(places, 2):
        check_apart(one, other)
    for data in inputs:
        for place in places:
            check_outside(place, data)
        if model is not None:
            check_model_place(model, data)
    if maps is not None:
        check_new_folder(maps)
