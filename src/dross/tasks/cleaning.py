"""From a dirty table or dirty images to their clean part and a ranked list of suspects."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from dross.tasks import defaults
from dross.tasks.choosing import check_reading, choose, kind_of
from dross.tasks.cleaning_images import CleanedImages, clean_images
from dross.tasks.cleaning_tables import Cleaned, clean_table


def clean(
    data: str | os.PathLike[str] | pd.DataFrame | NDArray[Any] | Sequence[Any],
    *,
    detector: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    label: str | None = None,
    id: str | None = None,
    size: int | None = None,
    skip_bad: bool = False,
    seed: int | None = defaults.SEED,
) -> Cleaned | CleanedImages:
    """Split a table, or images, into what to keep and the suspects.

    A refined detector keeps what its ensemble kept in the last round; of a detector that is not refined, what raises no
    alarm is kept. Suspects are for somebody to look at: some of them are rare normal samples.

    Parameters
    ----------
    data, detector, parameters, label, id, size, skip_bad, seed
        As for :func:`dross.tasks.fit`. Labels are not used, and stay in the table.

    Returns
    -------
    Cleaned or CleanedImages
        What is kept, the suspects, and the model that told them apart; :func:`dross.tasks.write_cleaned_images` writes
        the latter to a folder.

    Raises
    ------
    DataError, ParameterError, TrainingError
        As :func:`dross.tasks.fit`.

    Examples
    --------
    >>> import numpy as np
    >>> rows = pd.DataFrame({"size": [*np.random.default_rng(0).normal(size=99), 30.0]})
    >>> cleaned = clean(rows, detector="gaussian", parameters={"contamination": 0.01})
    >>> len(cleaned.kept), cleaned.suspects["id"].tolist()
    (99, [99])
    """
    choice = choose(data, detector, parameters, seed)
    check_reading(data, label=label, id=id, size=size, skip_bad=skip_bad)
    if kind_of(data) == "images":
        return clean_images(data, choice, size=size, skip_bad=skip_bad)
    return clean_table(data, choice, label=label, id=id)
