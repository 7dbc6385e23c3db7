"""What somebody has answered about single samples: a file of ids and labels, checked against the data."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dross.data.labels import shown
from dross.data.tables import read_table
from dross.errors import DataError, ParameterError, did_you_mean, raise_gathered
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
        What names the samples: a table's id column, a ``range`` of row numbers, or a tuple of the files of images.

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
    frame, source = read_table(file).frame, name_of(file)
    raise_gathered(_missing_columns(list(frame.columns), source, getattr(ids, "name", None)), DataError)
    words = ["" if pd.isna(word) else str(word) for word in frame[LABEL_COLUMN]]
    names = [str(name) for name in frame[ID_COLUMN]]
    said = [parse_label(word) for word in words]
    of_samples = [str(name) for name in ids]
    samples = pd.Series(np.arange(len(of_samples)), index=of_samples)
    rows: dict[str, dict[int, int]] = {}
    for row, (name, label) in enumerate(zip(names, said, strict=True)):
        if label in (NORMAL, ANOMALY):
            rows.setdefault(name, {}).setdefault(label, row)
    several = set(samples.index[samples.index.duplicated()])
    strange, ambiguous = _remedies(ids)
    raise_gathered(
        [
            *_limited(source, _unknown_words(names, words, said)),
            *_limited(source, _contradictions(rows)),
            *_limited(source, [f"id '{name}' {strange}" for name in rows if name not in samples.index]),
            *_limited(source, [f"id '{name}' {ambiguous}" for name in sorted(several & set(rows))]),
        ],
        DataError,
    )
    if not rows:
        raise DataError(f"{source}: no row has a label: write normal or anomaly into the column label")
    labels = np.full(len(samples), UNKNOWN, dtype=np.int64)
    labels[samples[list(rows)].to_numpy()] = [next(iter(each)) for each in rows.values()]
    return labels


def labels_of_files(
    files: Answers | Sequence[Answers], ids: Iterable[Any], *, own: tuple[str, NDArray[np.int64]] | None = None
) -> NDArray[np.int64]:
    """Return what one file of answers, or several, say of samples, as :func:`labels_of_file` does.

    Parameters
    ----------
    files : path, DataFrame, or sequence of them
        The answers.
    ids : iterable
        As for :func:`labels_of_file`.
    own : (str, array of shape (n_samples,)), optional
        What the data say themselves, and what messages call that: it counts as one more file.

    Raises
    ------
    ParameterError
        If they are something else.
    DataError
        As :func:`labels_of_file`, or if two files contradict each other.

    Examples
    --------
    >>> first, second = (pd.DataFrame({"id": [each], "label": ["yes"]}) for each in "ab")
    >>> labels_of_files([first, second], ["a", "b", "c"]).tolist()
    [1, 1, -1]
    """
    several = listed_answers(files)
    names = [str(name) for name in ids]
    told = [] if own is None else [own]
    told += [(_numbered(file, place), labels_of_file(file, ids)) for place, file in enumerate(several, start=1)]
    together = np.full(len(names), UNKNOWN, dtype=np.int64)
    said_by = np.zeros(len(names), dtype=np.int64)
    for place, (source, labels) in enumerate(told):
        apart = np.flatnonzero((together != UNKNOWN) & (labels != UNKNOWN) & (together != labels))
        problems = [
            f"id '{names[row]}' is called {_WORDS[int(together[row])]} in {told[said_by[row]][0]} and "
            f"{_WORDS[int(labels[row])]} in {source}: decide, or leave it empty in one"
            for row in apart
        ]
        raise_gathered(_limited("labels", problems), DataError)
        said_by[(together == UNKNOWN) & (labels != UNKNOWN)] = place
        together = np.where(labels == UNKNOWN, together, labels)
    return together


def listed_answers(files: object) -> list[Answers]:
    """Return files of answers as a list, whether there is one or several.

    Raises
    ------
    ParameterError
        If they are no such files.

    Examples
    --------
    >>> listed_answers("answers.csv")
    ['answers.csv']
    """
    several: list[Any] = list(files) if isinstance(files, (list, tuple)) else [files]
    wrong = [each for each in several if not isinstance(each, (str, os.PathLike, pd.DataFrame))]
    if wrong:
        found = f"a {type(files).__name__}" + ("" if wrong[0] is files else f" with a {type(wrong[0]).__name__} in it")
        raise ParameterError(
            f"labels is {found}; it must be a table with the columns id and label (a file or a DataFrame), or a list "
            "of them; a label for each row goes into a column of the data: give label=COLUMN, use_labels=True"
        )
    return several


def name_of(file: Answers) -> str:
    """Return what messages call a file of answers.

    Examples
    --------
    >>> name_of("answers.csv"), name_of(pd.DataFrame())
    ('answers.csv', 'labels')
    """
    return str(file) if isinstance(file, (str, os.PathLike)) else "labels"


def answered(labels: NDArray[np.int64], ids: Iterable[Any]) -> Mapping[str, int]:
    """Return which samples have a label, and which, by their ids.

    Examples
    --------
    >>> answered(np.array([-1, 1]), ["a", "b"])
    {'b': 1}
    """
    return {str(name): int(label) for name, label in zip(ids, labels, strict=True) if label != UNKNOWN}


_WORDS: Final = {NORMAL: "normal", ANOMALY: "an anomaly"}


def _numbered(file: Answers, place: int) -> str:
    return name_of(file) if isinstance(file, (str, os.PathLike)) else f"table {place} of labels"


def _missing_columns(names: list[str], source: str, id_of_data: object) -> list[str]:
    """Return what is missing; the id may be called as in other letters, or as it is in the data."""
    lower = {str(name).lower(): str(name) for name in names}
    problems = []
    for wanted in (ID_COLUMN, LABEL_COLUMN):
        if wanted in names:
            continue
        same = lower.get(wanted) or (str(id_of_data) if wanted == ID_COLUMN and id_of_data in names else None)
        near = f"; did you mean '{same}'?" if same else did_you_mean(wanted, [str(name) for name in names])
        its = shown([str(name) for name in names])
        problems.append(
            f"{source}: there is no column '{wanted}'{near}; it needs id and label, and its columns are {its}"
        )
    return problems


def _unknown_words(names: list[str], words: list[str], said: list[int | None]) -> list[str]:
    first: dict[str, str] = {}
    for name, word, label in zip(names, words, said, strict=True):
        if label is None:
            first.setdefault(word, name)
    remedy = "use normal or anomaly, or leave it empty"
    return [f"label '{word}' (first of id '{name}') is not known: {remedy}" for word, name in first.items()]


def _contradictions(rows: dict[str, dict[int, int]]) -> list[str]:
    return [
        f"id '{name}' is called normal in row {each[NORMAL]} and an anomaly in row {each[ANOMALY]} (counted from 0): "
        "decide, or leave it empty"
        for name, each in sorted(rows.items())
        if len(each) == 2
    ]


def _remedies(ids: Iterable[Any]) -> tuple[str, str]:
    """Return what to say of an id that is not in the data, and of one that names several samples."""
    if isinstance(ids, tuple):
        named = f"images are named by their files, such as '{ids[0]}'" if ids else "there are no images"
        return f"is not in the data: {named}", "names several samples: give each image a name of its own"
    if isinstance(ids, range):
        numbered = f"rows are named by their numbers, 0 to {len(ids) - 1}, unless --id names a column"
        return f"is not in the data: {numbered}", ""
    return "is not in the data: check the id column (--id)", "names several samples: give the data an id of its own"


def _limited(source: str, problems: list[str]) -> list[str]:
    left = len(problems) - _MOST_NAMED
    named = [f"{source}: {each}" for each in problems[:_MOST_NAMED]]
    return named + ([f"{source}: and {left} more like that"] if left > 0 else [])
