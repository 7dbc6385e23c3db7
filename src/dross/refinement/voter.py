"""Who votes on what is dropped: copies of the detector that is refined, or another one-class classifier."""

from __future__ import annotations

from typing import Any, Final

from dross.errors import did_you_mean
from dross.one_class import GaussianDensity
from dross.parameters import estimator_problems

#: By name: the detector's own copies, or the Gaussian density of the paper.
VOTERS: Final = ("own", "gaussian")


def voter_problems(voter: Any) -> list[str]:
    """Return what is wrong with who votes.

    Examples
    --------
    >>> voter_problems("gaussain")
    ["voter is 'gaussain'; it must be 'own', 'gaussian' or a one-class classifier; did you mean 'gaussian'?"]
    """
    if isinstance(voter, str):
        if voter in VOTERS:
            return []
        return [
            f"voter is {voter!r}; it must be 'own', 'gaussian' or a one-class classifier{did_you_mean(voter, VOTERS)}"
        ]
    return estimator_problems("voter", voter, ["fit", "score_samples"])


def voter_of(voter: Any, own: Any) -> Any:
    """Return the unfitted classifier whose copies vote.

    Parameters
    ----------
    voter : {"own", "gaussian"} or one-class classifier
        Which.
    own : one-class classifier
        That of the detector.

    Examples
    --------
    >>> voter_of("gaussian", None)
    GaussianDensity()
    """
    if isinstance(voter, str):
        return own if voter == "own" else GaussianDensity()
    return voter
