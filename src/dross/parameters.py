"""What may be wrong with a parameter: each function returns sentences, so that all mistakes are told at once."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any, TypeGuard

import numpy as np

from dross.errors import ParameterError, did_you_mean
from dross.scoring import check_contamination


def contamination_problems(contamination: object) -> list[str]:
    """Return what is wrong with a ``contamination``, which must be ``"auto"`` or a share in (0, 0.5].

    Examples
    --------
    >>> contamination_problems(0.7)
    ["contamination is 0.7; it must be 'auto' or a share in (0, 0.5]"]
    """
    try:
        check_contamination(contamination)
    except ParameterError as error:
        return [str(error)]
    return []


def count_problems(name: str, value: object, *, least: int = 1) -> list[str]:
    """Return what is wrong with a whole number that must be ``least`` or more.

    Examples
    --------
    >>> count_problems("n_neighbors", 0)
    ['n_neighbors is 0; it must be a whole number of at least 1']
    """
    if not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= least:
        return []
    return [f"{name} is {value!r}; it must be a whole number of at least {least}"]


def width_problems(name: str, widths: object, *, least: int = 1) -> list[str]:
    """Return what is wrong with the widths of layers, of which there must be ``least`` or more.

    Examples
    --------
    >>> width_problems("hidden", (64, 0))
    ['hidden is (64, 0); it must be a tuple of 1 or more whole numbers above 0']
    """
    layers = list(widths) if isinstance(widths, (tuple, list)) else [None]
    if len(layers) >= least and not any(count_problems(name, width) for width in layers):
        return []
    return [
        f"{name} is {widths!r}; it must be a tuple of {'' if least == 0 else f'{least} or more '}whole numbers above 0"
    ]


def share_problems(name: str, value: object) -> list[str]:
    """Return what is wrong with a share that must lie in (0, 1].

    Examples
    --------
    >>> share_problems("nu", 2.0)
    ['nu is 2.0; it must be a share in (0, 1]']
    """
    if _is_number(value) and 0 < value <= 1:
        return []
    return [f"{name} is {value!r}; it must be a share in (0, 1]"]


def choice_or_positive_problems(name: str, value: object, choices: Iterable[str]) -> list[str]:
    """Return what is wrong with a value that must be one of some words, or a positive number.

    Examples
    --------
    >>> choice_or_positive_problems("bandwidth", "scot", ["scott", "silverman"])
    ["bandwidth is 'scot'; it must be 'scott', 'silverman' or a positive number; did you mean 'scott'?"]
    """
    words = list(choices)
    if (isinstance(value, str) and value in words) or (_is_number(value) and value > 0):
        return []
    near = did_you_mean(value, words) if isinstance(value, str) else ""
    return [f"{name} is {value!r}; it must be {', '.join(map(repr, words))} or a positive number{near}"]


def choice_problems(name: str, value: object, choices: Iterable[str]) -> list[str]:
    """Return what is wrong with a value that must be one of some words.

    Examples
    --------
    >>> choice_problems("shrinkage", "ledoit-wolff", ["ledoit-wolf", "none"])
    ["shrinkage is 'ledoit-wolff'; it must be 'ledoit-wolf' or 'none'; did you mean 'ledoit-wolf'?"]
    """
    words = list(choices)
    if isinstance(value, str) and value in words:
        return []
    near = did_you_mean(value, words) if isinstance(value, str) else ""
    listed = " or ".join(part for part in (", ".join(map(repr, words[:-1])), repr(words[-1])) if part)
    return [f"{name} is {value!r}; it must be {listed}{near}"]


def truth_problems(name: str, value: object) -> list[str]:
    """Return what is wrong with a value that must be true or false.

    Examples
    --------
    >>> truth_problems("smote", "yes")
    ["smote is 'yes'; it must be true or false"]
    """
    return [] if isinstance(value, (bool, np.bool_)) else [f"{name} is {value!r}; it must be true or false"]


def at_least_problems(name: str, value: object, least: float = 0) -> list[str]:
    """Return what is wrong with a finite number that must be ``least`` or more.

    Examples
    --------
    >>> at_least_problems("margin", -1.0)
    ['margin is -1.0; it must be a number of at least 0']
    """
    return (
        []
        if _is_number(value) and value >= least
        else [f"{name} is {value!r}; it must be a number of at least {least}"]
    )


def positive_problems(name: str, value: object) -> list[str]:
    """Return what is wrong with a finite number that must be above 0.

    Examples
    --------
    >>> positive_problems("learning_rate", 0)
    ['learning_rate is 0; it must be a positive number']
    """
    return [] if _is_number(value) and value > 0 else [f"{name} is {value!r}; it must be a positive number"]


def range_problems(name: str, value: object, *, most: float = np.inf) -> list[str]:
    """Return what is wrong with a pair of positive numbers, of which the second is not the smaller one.

    Examples
    --------
    >>> range_problems("area", (0.2, 0.1), most=1.0)
    ['area is (0.2, 0.1); it must be two numbers above 0, the smaller one first, and the other at most 1']
    >>> range_problems("ratio", 3.3)
    ['ratio is 3.3; it must be two numbers above 0, the smaller one first']
    """
    pair = list(value) if isinstance(value, (tuple, list)) else []
    if len(pair) == 2 and all(_is_number(end) and end > 0 for end in pair) and pair[0] <= pair[1] <= most:
        return []
    limit = "" if np.isinf(most) else f", and the other at most {most:g}"
    return [f"{name} is {value!r}; it must be two numbers above 0, the smaller one first{limit}"]


def estimator_problems(name: str, part: Any, verbs: Iterable[str]) -> list[str]:
    """Return what is wrong with a part that must be an estimator with certain methods, or with its own parameters.

    Whoever is made of parts asks this of each, so that all mistakes are told at once, however deep they lie.

    Examples
    --------
    >>> estimator_problems("one_class", "knn", ["fit", "score_samples"])
    ["one_class is 'knn'; it must be an unfitted estimator with fit and score_samples"]
    """
    names = list(verbs)
    if not isinstance(part, type) and all(hasattr(part, verb) for verb in [*names, "get_params"]):
        return list(getattr(part, "_parameter_problems", list)())
    return [f"{name} is {part!r}; it must be an unfitted estimator with {' and '.join(names)}"]


def _is_number(value: object) -> TypeGuard[float]:
    return not isinstance(value, bool) and isinstance(value, Real) and bool(np.isfinite(float(value)))
