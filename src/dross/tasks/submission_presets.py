"""How tasks want scores handed in: under which names, and with which ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from dross.errors import DataError, ParameterError, did_you_mean, raise_gathered
from dross.tasks.numbering import numbering_problems, numbers_of


@final
@dataclass(frozen=True)
class SubmissionPreset:
    """What one kind of task wants: the numbers of the images, from 0 and without gaps, in order, and their scores.

    Attributes
    ----------
    name : str
        What the command line calls it.
    columns : tuple of two str
        The header.
    """

    name: str
    columns: tuple[str, str]


#: By name.
PRESETS: Final = {
    preset.name: preset
    for preset in (
        SubmissionPreset("id-prediction", ("id", "prediction")),
        SubmissionPreset("ID-score", ("ID", "score")),
    )
}


def submission_preset(name: str) -> SubmissionPreset:
    """Return a preset.

    Raises
    ------
    ParameterError
        If there is none of that name; the nearest is suggested.

    Examples
    --------
    >>> submission_preset("id-prediction").columns
    ('id', 'prediction')
    """
    if name not in PRESETS:
        raise ParameterError(
            f"there is no preset '{name}'; it must be {' or '.join(PRESETS)}{did_you_mean(name, PRESETS)}"
        )
    return PRESETS[name]


def numbered_order(ids: Sequence[str], source: str, preset: SubmissionPreset) -> NDArray[np.intp]:
    """Return the places of images in the order of their numbers, which are then 0, 1, 2, ...

    Raises
    ------
    DataError
        If an image is not named by a number, or numbers are missing or there twice; all that are are named.

    Examples
    --------
    >>> numbered_order(["1.png", "0.png"], "test", PRESETS["ID-score"]).tolist()
    [1, 0]
    """
    numbers = numbers_of(ids)
    if numbers is None:
        other = next(name for name in ids if numbers_of([name]) is None)
        raise DataError(
            f"{source} holds {other}, which is not named by a number, as the preset {preset.name} takes for its ids: "
            "rename it, or leave the preset out and say columns=... (--columns)"
        )
    problems = numbering_problems(ids, source)
    raise_gathered(
        [
            f"{problem}; the preset {preset.name} wants every number from 0 once: complete the folder, or leave the "
            "preset out and say columns=... (--columns)"
            for problem in problems
        ],
        DataError,
    )
    return np.argsort(numbers, kind="stable")
