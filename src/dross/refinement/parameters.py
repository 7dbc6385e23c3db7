"""What may be wrong with the parameters of refinement: said once for all that refine."""

from __future__ import annotations

from numbers import Real
from typing import Any, Literal

from dross.parameters import count_problems

Rejection = float | Literal["auto"]
Agreement = int | Literal["unanimous"]
RefitOn = Literal["kept", "all"]


def refinement_problems(estimator: Any) -> list[str]:
    """Return what is wrong with the parameters of ``DataRefiner``, ``Refined`` or ``SRR``, one sentence each.

    Examples
    --------
    >>> from dross.refinement import DataRefiner
    >>> refinement_problems(DataRefiner(None, n_classifiers=0))
    ['n_classifiers is 0; it must be a whole number of at least 1']
    """
    problems: list[str] = []
    for name in ("n_classifiers", "n_rounds"):
        if hasattr(estimator, name):
            problems += count_problems(name, getattr(estimator, name))
    rejection, agreement = estimator.rejection, estimator.agreement
    if not (rejection == "auto" or _is_share(rejection)):
        problems.append(f"rejection is {rejection!r}; it must be 'auto' or a share in [0, 0.5)")
    if not (agreement == "unanimous" or _is_count(agreement)):
        problems.append(f"agreement is {agreement!r}; it must be 'unanimous' or a number of classifiers")
    elif agreement != "unanimous" and _is_count(estimator.n_classifiers) and agreement > estimator.n_classifiers:
        problems.append(
            f"agreement is {agreement}, more than the {estimator.n_classifiers} classifiers there are; lower it or "
            "raise n_classifiers"
        )
    if estimator.refit_on not in ("kept", "all"):
        problems.append(f"refit_on is {estimator.refit_on!r}; it must be 'kept' or 'all'")
    return problems


def _is_count(value: object) -> bool:
    return not count_problems("", value)


def _is_share(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    return 0 <= float(value) < 0.5
