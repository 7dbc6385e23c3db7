"""Every error a user can meet, and every warning, in one place.

Each message says what is wrong, what was found and what to do. All of them are ``ValueError`` as well, because that is
what scikit-learn's tools expect of an estimator that refuses its input. The command line prints the message alone,
without a traceback, and exits with code 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping


class DrossError(ValueError):
    """The base of every error that a user of Dross can cause and mend."""


class DataError(DrossError):
    """A file, table or array cannot be used as data: it names the file, row or column."""


class TooFewSamplesError(DataError):
    """There are fewer samples than an estimator needs to learn from."""


class SchemaError(DataError):
    """New data does not have the columns that the model was fitted on."""


class ParameterError(DrossError):
    """A parameter is misspelt, of the wrong type or out of its range."""


class RunFileError(DrossError):
    """A run file (TOML) says something that cannot be run; all its mistakes are gathered."""


class ResultsError(DrossError):
    """A results file is damaged, or belongs to another sweep."""


class ModelError(DrossError):
    """A model folder is damaged, from a newer version, or holds something that is not trusted."""


class TrainingError(DrossError):
    """Training went wrong: a loss that is not finite."""


class CollapseWarning(UserWarning):
    """Training went through and left a network that has collapsed: it says what no longer depends on the sample.

    It is no error, since such a network still scores; the sentence is kept in the detector's ``findings_`` as well.
    """


class SizeWarning(UserWarning):
    """Images are made smaller than they came, because nobody said what size they shall have: details are lost.

    It is no error, and is said once where images are learned from; what is scored is treated as they were.
    """


class ThresholdWarning(UserWarning):
    """The alarm threshold lies outside the scores, so that all samples raise an alarm, or none.

    It is no error: the ranking is as good as before. The sentence is kept in the detector's ``findings_`` as well.
    """


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the known name nearest to ``name``, or an empty string.

    Parameters
    ----------
    name : str
        What the user wrote.
    known : iterable of str
        What could have been meant.

    Examples
    --------
    >>> did_you_mean("isolation_forrest", ["isolation-forest", "knn"])
    "; did you mean 'isolation-forest'?"
    >>> did_you_mean("zzz", ["isolation-forest", "knn"])
    ''
    """
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def raise_gathered(problems: Iterable[str], error: type[DrossError] = ParameterError) -> None:
    """Raise one error that lists every problem; do nothing when there is none.

    Examples
    --------
    >>> raise_gathered([])
    >>> raise_gathered(["a is 0; it must be at least 1"])
    Traceback (most recent call last):
    ...
    dross.errors.ParameterError: a is 0; it must be at least 1
    """
    found = list(problems)
    if len(found) == 1:
        raise error(found[0])
    if found:
        raise error(f"{len(found)} mistakes:\n" + "\n".join(f"  - {problem}" for problem in found))


def check_known(given: Mapping[str, object], known: Iterable[str], where: str) -> list[str]:
    """Return one problem for each key of ``given`` that is not ``known``, with the nearest name suggested.

    Examples
    --------
    >>> check_known({"sedes": 3}, ["seeds"], "run.toml")
    ["run.toml: unknown key 'sedes'; did you mean 'seeds'?"]
    """
    names = list(known)
    return [f"{where}: unknown key '{key}'{did_you_mean(key, names)}" for key in given if key not in names]
