"""What somebody has answered about single samples: a file of ids and labels, checked against the data."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dross.data.tables import read_table
from dross.errors import DataError, raise_gathered
from dross.scoring import ANOMALY, NORMAL, UNKNOWN, parse_label

#: A file of answers, or its table.
Answers = str | os.PathLike[str] | pd.DataFrame

#: What is told in answer to ``dross suspects``: the rows that it names, and what somebody says of them.
ID_COLUMN, LABEL_COLUMN = "id", "label"

#: Mistakes of one kind that are named before the rest are counted.
_MOST_NAMED: Final = 5


def labels_of_file(file: Answers, ids: Iterable[Any]) -> NDArray[np.int64]:
    """Return what a file of answers says of samples: 0 normal, 1 an anomaly, -1 not known.

    Parameters
    ----------
    file : path or DataFrame
        A table with the columns ``id`` and ``label``, such as ``dross suspects`` writes, its labels filled in: normal
        or anomaly, 0 or 1, no or yes. Rows without a label say nothing.
    ids : iterable
        What names the samples.

    Raises
    ------
    DataError
        With every mistake: columns that are missing, words that are not known, ids that are not there or name several
        samples, and contradictions; or if no row has a label.

    Examples
    --------
    >>> labels_of_file(pd.DataFrame({"id": ["b", "c"], "label": ["anomaly", ""]}), ["a", "b", "c"]).tolist()
    [-1, 1, -1]
    """
    table = read_table(file)
    frame, source = table.frame, table.source if isinstance(file, (str, os.PathLike)) else "labels"
    missing = [name for name in (ID_COLUMN, LABEL_COLUMN) if name not in frame.columns]
    raise_gathered([f"{source}: there is no column '{name}': it needs id and label" for name in missing], DataError)
    words = ["" if pd.isna(word) else str(word) for word in frame[LABEL_COLUMN]]
    names = [str(name) for name in frame[ID_COLUMN]]
    said = {(name, word): parse_label(word) for name, word in zip(names, words, strict=True)}
    of_samples = [str(name) for name in ids]
    samples = pd.Series(np.arange(len(of_samples)), index=of_samples)
    answers = {name: label for (name, _), label in said.items() if label in (NORMAL, ANOMALY)}
    both = {name for (name, _), label in said.items() if label in (NORMAL, ANOMALY) and label != answers[name]}
    several = set(samples.index[samples.index.duplicated()])
    raise_gathered(
        [
            *_named(source, "label", "is not known: use normal or anomaly, or leave it empty", _unknown_words(said)),
            *_named(source, "id", "is called normal and an anomaly: decide, or leave it empty", sorted(both)),
            *_named(source, "id", "is not in the data: check the id column (--id)", _strangers(answers, samples)),
            *_named(
                source, "id", "names several samples: give the data an id of its own", sorted(several & set(answers))
            ),
        ],
        DataError,
    )
    if not answers:
        raise DataError(f"{source}: no row has a label: write normal or anomaly into the column label")
    labels = np.full(len(samples), UNKNOWN, dtype=np.int64)
    labels[samples[list(answers)].to_numpy()] = list(answers.values())
    return labels


def labels_of_files(files: Answers | Sequence[Answers], ids: Iterable[Any]) -> NDArray[np.int64]:
    """Return what one file of answers, or several, say of samples, as :func:`labels_of_file` does.

    Raises
    ------
    DataError
        As :func:`labels_of_file`, or if two files contradict each other.

    Examples
    --------
    >>> first, second = (pd.DataFrame({"id": [each], "label": ["yes"]}) for each in "ab")
    >>> labels_of_files([first, second], ["a", "b", "c"]).tolist()
    [1, 1, -1]
    """
    names = [str(name) for name in ids]
    several: Sequence[Answers] = [files] if isinstance(files, (str, os.PathLike, pd.DataFrame)) else files
    told = [labels_of_file(file, names) for file in several]
    together = np.full(len(names), UNKNOWN, dtype=np.int64)
    for labels in told:
        apart = np.flatnonzero((together != UNKNOWN) & (labels != UNKNOWN) & (together != labels))
        raise_gathered(
            _named(
                "labels",
                "id",
                "is called normal in one file and an anomaly in another: decide, or leave it empty in one",
                [names[row] for row in apart],
            ),
            DataError,
        )
        together = np.where(labels == UNKNOWN, together, labels)
    return together


def answered(labels: NDArray[np.int64], ids: Iterable[Any]) -> Mapping[str, int]:
    """Return which samples have a label, and which, by their ids.

    Examples
    --------
    >>> answered(np.array([-1, 1]), ["a", "b"])
    {'b': 1}
    """
    return {str(name): int(label) for name, label in zip(ids, labels, strict=True) if label != UNKNOWN}


def _unknown_words(said: dict[tuple[str, str], int | None]) -> list[str]:
    return list(dict.fromkeys(word for (_, word), label in said.items() if label is None))


def _strangers(answers: dict[str, int], samples: pd.Series) -> list[str]:
    return [name for name in answers if name not in samples.index]


def _named(source: str, what: str, wrong: str, found: list[str]) -> list[str]:
    problems = [f"{source}: {what} '{each}' {wrong}" for each in found[:_MOST_NAMED]]
    left = len(found) - len(problems)
    return problems + ([f"{source}: and {left} more like that"] if left else [])
