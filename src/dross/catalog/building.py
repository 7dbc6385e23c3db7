"""From the name of a detector to the detector."""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np
from sklearn.utils import check_random_state

from dross.catalog.images import IMAGE_ENTRIES
from dross.catalog.inspection import INSPECTION_ENTRIES
from dross.catalog.reconstruction import RECONSTRUCTION_ENTRIES
from dross.catalog.supervised import SUPERVISED_ENTRIES
from dross.catalog.tables import TABLE_ENTRIES
from dross.detector import AbstractDetector
from dross.errors import ParameterError, did_you_mean, raise_gathered
from dross.one_class import TwoStage
from dross.parameters import choice_problems
from dross.refinement import SRR, Refined
from dross.seeding import set_random_states

#: Before a name, it stands for the refined detector: ``srr-knn`` is ``knn``, refined.
REFINED_PREFIX: Final = "srr-"

#: What ``dross fit`` uses for tables where nothing is said.
DEFAULT_DETECTOR: Final = "srr-gaussian"

ENTRIES: Final = (*TABLE_ENTRIES, *IMAGE_ENTRIES, *INSPECTION_ENTRIES, *RECONSTRUCTION_ENTRIES, *SUPERVISED_ENTRIES)

#: The catalogue, by name.
CATALOG = {entry.name: entry for entry in ENTRIES}


def detector_names() -> list[str]:
    """Return every name that :func:`build` takes, refined ones included.

    Examples
    --------
    >>> "knn" in detector_names() and "srr-knn" in detector_names()
    True
    """
    return [*CATALOG, *(REFINED_PREFIX + name for name in CATALOG)]


def build(
    name: str,
    *,
    training: Literal["blind", "refined"] | None = None,
    random_state: int | np.random.RandomState | None = None,
    **parameters: Any,
) -> AbstractDetector:
    """Return an unfitted detector of the catalogue.

    Parameters
    ----------
    name : str
        A name of the catalogue, or ``srr-`` and a name for the refined one.
    training : {"blind", "refined"} or None, default None
        Whether to wrap it in refinement; ``None`` lets the name decide.
    random_state : int, RandomState or None, default None
        Seeds every part.
    **parameters : object
        Parameters of any of its parts by their own names: ``n_neighbors=10``, ``n_maps=64``, ``rejection=0.1``.

    Raises
    ------
    ParameterError
        If the name is not in the catalogue, or no part has such a parameter; all such parameters are named at once.

    Examples
    --------
    >>> build("srr-knn", n_neighbors=10, rejection=0.1)
    SRR(one_class=NearestNeighbors(n_neighbors=10), rejection=0.1,
        representation=Identity())
    """
    base = name.removeprefix(REFINED_PREFIX)
    if base not in CATALOG:
        raise ParameterError(f"there is no detector '{name}'{did_you_mean(name, detector_names())}")
    if training is not None:
        raise_gathered(choice_problems("training", training, ["blind", "refined"]))
    entry = CATALOG[base]
    refined = name != base if training is None else training == "refined"
    one_class = entry.one_class()
    detector: Any
    if entry.representation is None:
        detector = Refined(one_class, rejection=entry.rejection) if refined else one_class
    else:
        representation = entry.representation()
        detector = (
            SRR(representation, one_class, rejection=entry.rejection)
            if refined
            else TwoStage(representation, one_class)
        )
    _set_flat(detector, parameters, name)
    if random_state is not None:
        set_random_states(detector, check_random_state(random_state))
    return detector


def _set_flat(detector: Any, parameters: dict[str, Any], name: str) -> None:
    """Set parameters by their own names on the outermost part that has them."""
    places: dict[str, str] = {}
    for path in sorted(detector.get_params(deep=True), key=lambda path: (path.count("__"), path)):
        places.setdefault(path.split("__")[-1], path)
    known = [place for place, path in places.items() if not hasattr(detector.get_params()[path], "get_params")]
    raise_gathered(
        f"the detector '{name}' has no parameter '{key}'{did_you_mean(key, known)}"
        for key in parameters
        if key not in known
    )
    detector.set_params(**{places[key]: value for key, value in parameters.items()})
