"""Who votes on what is dropped: copies of the detector that is refined, or another one-class classifier."""

from __future__ import annotations

from typing import Any, Final

from dross.errors import did_you_mean
from dross.one_class import GaussianDensity
from dross.parameters import estimator_problems

#: By name: the detector's own copies, or the Gaussian density of the paper.
JUDGES: Final = ("own", "gaussian")


def judge_problems(judge: Any) -> list[str]:
    """Return what is wrong with who votes.

    Examples
    --------
    >>> judge_problems("gaussain")
    ["judge is 'gaussain'; it must be 'own', 'gaussian' or a one-class classifier; did you mean 'gaussian'?"]
    """
    if isinstance(judge, str):
        if judge in JUDGES:
            return []
        return [
            f"judge is {judge!r}; it must be 'own', 'gaussian' or a one-class classifier{did_you_mean(judge, JUDGES)}"
        ]
    return estimator_problems("judge", judge, ["fit", "score_samples"])


def judge_of(judge: Any, own: Any) -> Any:
    """Return the unfitted classifier whose copies vote.

    Parameters
    ----------
    judge : {"own", "gaussian"} or one-class classifier
        Which.
    own : one-class classifier
        That of the detector.

    Examples
    --------
    >>> judge_of("gaussian", None)
    GaussianDensity()
    """
    if isinstance(judge, str):
        return own if judge == "own" else GaussianDensity()
    return judge
