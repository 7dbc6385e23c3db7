"""What a fit learns of labels: from which places they come, how many there are, and by which name errors call it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.detector import AbstractDetector
from dross.errors import DataError
from dross.evaluation.label_checks import labels_taken
from dross.scoring import ANOMALY, NORMAL, UNKNOWN
from dross.tasks.answered_labels import Answers, labels_of_files, listed_answers, name_of


def gathered_labels(
    own: NDArray[np.int64] | None,
    answers: Answers | Sequence[Answers] | None,
    ids: Iterable[Any],
    source: str,
    *,
    use_labels: bool,
) -> NDArray[np.int64] | None:
    """Return what is known of samples: what the data say themselves, or files of answers, or where asked for both.

    Parameters
    ----------
    own : array of shape (n_samples,) or None
        The data's own labels: 0 normal, 1 an anomaly, -1 not known.
    answers : path, DataFrame, sequence of them or None
        Files of answers.
    ids : iterable
        What names the samples.
    source : str
        What messages call the data.
    use_labels : bool
        Whether the data's own count beside the answers.

    Raises
    ------
    DataError
        If answers cannot be used, or contradict each other or the data; or the data's own are wanted and not there.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"id": ["b"], "label": ["normal"]})
    >>> gathered_labels(np.array([1, -1, -1]), answers, ["a", "b", "c"], "parts.csv", use_labels=True).tolist()
    [1, 0, -1]
    """
    if answers is None:
        return own
    if use_labels and own is None:
        raise DataError(
            f"{source}: it has no labels of its own to learn from beside the files': name their column with --label, "
            "or leave out --use-labels"
        )
    return labels_of_files(answers, ids, own=(source, own) if use_labels and own is not None else None)


def record_of_labels(
    told: NDArray[np.int64] | None, answers: Answers | Sequence[Answers] | None, *, use_labels: bool
) -> dict[str, Any]:
    """Return what a model's provenance says of the labels that its detector was told.

    Examples
    --------
    >>> record_of_labels(np.array([1, 0, -1, -1]), "answers.csv", use_labels=False)
    {'anomalies': 1, 'normal': 1, 'unknown': 2, 'files': ['answers.csv'], 'own': False}
    """
    if told is None:
        return {}
    kinds = (("anomalies", ANOMALY), ("normal", NORMAL), ("unknown", UNKNOWN))
    counts = {kind: int(np.count_nonzero(told == label)) for kind, label in kinds}
    files = [] if answers is None else [name_of(file) for file in listed_answers(answers)]
    return {**counts, "files": files, "own": answers is None or use_labels}


@contextmanager
def naming(name: str, detector: AbstractDetector, record: Mapping[str, Any], source: str) -> Iterator[None]:
    """Have what a fit complains of say where its data and labels come from, and the detector's name in the catalogue.

    Those that learn from labels alone are any of many classifiers in one class, whose name says nothing to who asked
    for another.

    Raises
    ------
    DataError
        As the fit.
    """
    classes = _class_names(detector)

    def renamed(text: str) -> str:
        for each in classes:
            text = text.replace(each, f"'{name}'")
        return text

    labels = ", ".join(record.get("files", ()))
    where = f"{source}, labels of {labels}" if labels else source
    held: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as held:
            yield
    except DataError as error:
        raise type(error)(f"{where}: {renamed(str(error))}") from error
    finally:
        for each in held:
            warnings.warn_explicit(renamed(str(each.message)), each.category, each.filename, each.lineno)


def _class_names(detector: AbstractDetector) -> list[str]:
    if labels_taken(detector) != "needed":
        return []
    parts = [detector, *(part for part in detector.get_params().values() if isinstance(part, AbstractDetector))]
    return [type(part).__name__ for part in parts]
