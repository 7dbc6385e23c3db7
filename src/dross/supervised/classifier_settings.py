"""What scikit-learn has to say of the settings of a classifier, in the words of Dross."""

from __future__ import annotations

import re
from typing import Any

from sklearn.utils._param_validation import InvalidParameterError, validate_parameter_constraints

from dross.errors import did_you_mean
from dross.parameters import count_problems

#: scikit-learn says: The 'C' parameter of SVC must be a float in the range (0.0, inf]. Got -1 instead.
_SAID = re.compile(r"The '\w+' parameter of \w+ must be (.+)\. Got .+ instead\.", re.DOTALL)
_WORDS = (
    (re.compile(r"an int in the range \[(\d+), inf\)"), r"a whole number of at least \1"),
    (re.compile(r"a float in the range \(0\.0, inf[\])]"), "a positive number"),
    (re.compile(r"a float in the range \[0\.0, inf[\])]"), "a number of at least 0"),
)
_CHOICES = re.compile(r"a str among \{(.*?)\}")


def setting_problems(classifier: Any) -> list[str]:
    """Return what is wrong with the settings of a classifier, by the constraints that its class declares.

    Parameters
    ----------
    classifier : estimator
        Of scikit-learn; one that declares no constraints is taken as it is.

    Examples
    --------
    >>> from sklearn.svm import SVC
    >>> setting_problems(SVC(C=-1, kernel="rfb"))  # doctest: +NORMALIZE_WHITESPACE
    ['C is -1; it must be a positive number',
     "kernel is 'rfb'; it must be one of 'linear', 'poly', 'precomputed', 'rbf', 'sigmoid' or a callable; did you mean
     'rbf'?"]
    """
    constraints = getattr(classifier, "_parameter_constraints", {})
    problems = []
    for name, value in classifier.get_params(deep=False).items():
        if name == "n_neighbors":  # None is allowed there, for estimators of scikit-learn's own, and fails later
            problems += count_problems(name, value)
            continue
        try:
            validate_parameter_constraints(constraints, {name: value}, type(classifier).__name__)
        except InvalidParameterError as error:
            problems.append(_problem(name, value, str(error)))
    return problems


def _problem(name: str, value: object, message: str) -> str:
    found = _SAID.fullmatch(message)
    if found is None:
        return f"{name} is {value!r}: {message}"
    near = did_you_mean(value, re.findall(r"'([^']+)'", found[1])) if isinstance(value, str) else ""
    # The words come from a set, in an order that changes from one process to the next.
    must = _CHOICES.sub(lambda match: f"one of {', '.join(sorted(match[1].split(', ')))}", found[1])
    for pattern, words in _WORDS:
        must = pattern.sub(words, must)
    return f"{name} is {value!r}; it must be {must}{near}"
