"""What a detector is told of its training data: nothing, unless it needs labels or the user asks for it."""

from __future__ import annotations

from typing import Any, Final

from numpy.typing import NDArray

from dross.catalog import CATALOG, REFINED_PREFIX
from dross.errors import DataError, ParameterError
from dross.evaluation.label_checks import labels_taken

_HOW_TO_TELL: Final = {
    "tables": "name the column that holds them (on the command line --label COLUMN), or give a table of what is known "
    "of some rows (--labels FILE)",
    "images": "put images into folders named normal and abnormal, or give a table of what is known of some (on the "
    "command line --labels FILE)",
}


def told_labels(name: str, detector: Any, labels: NDArray[Any] | None, source: str, *, asked: bool) -> dict[str, Any]:
    """Return the keyword that hands labels to ``fit``, or none.

    Parameters
    ----------
    name : str
        The detector's in the catalogue.
    detector : unfitted detector
        It says whether it takes labels, and whether it needs them.
    labels : array of shape (n_samples,) or None
        What is known: 0 normal, 1 an anomaly, -1 not known.
    source : str
        What messages call the data.
    asked : bool
        Whether the user wants it to learn from labels.

    Raises
    ------
    ParameterError
        If it takes none, and is asked to learn from them.
    DataError
        If there are none, and it needs or is asked to learn from them.

    Examples
    --------
    >>> from dross.catalog import build
    >>> told_labels("knn", build("knn"), None, "parts.csv", asked=False)
    {}
    """
    takes = labels_taken(detector)
    if asked and takes == "no":
        able = ", ".join(sorted(entry.name for entry in CATALOG.values() if labels_taken(entry.one_class()) != "no"))
        raise ParameterError(
            f"the detector '{name}' does not learn from labels; those that do are {able}, and all with srr- before "
            "their name"
        )
    if not asked and takes != "needed":
        return {}
    if labels is None:
        kind = CATALOG[name.removeprefix(REFINED_PREFIX)].takes
        raise DataError(f"{source}: there are no labels, and '{name}' is to learn from some: {_HOW_TO_TELL[kind]}")
    return {"labels": labels}
