"""How much of the damage of contamination refinement undoes."""

from __future__ import annotations

#: Below this difference of AUROC between oracle and blind there is nothing to recover, and `recovery` is undefined.
SMALLEST_GAP = 0.02


def recovery(refined: float | None, blind: float | None, oracle: float | None) -> float | None:
    """Return the share of the damage that refinement undoes: ``(refined - blind) / (oracle - blind)`` on AUROC.

    1 = as good as training without contaminants, 0 = as bad as doing nothing; negative where refinement hurts, above 1
    where it beats the oracle. ``None`` where oracle and blind are less than 0.02 apart, because then it divides noise
    by noise.

    Parameters
    ----------
    refined, blind, oracle : float or None
        AUROC of the three runs on the same split.

    Examples
    --------
    >>> round(recovery(0.88, 0.80, 0.90), 6)
    0.8
    >>> recovery(0.88, 0.89, 0.90) is None
    True
    """
    if refined is None or blind is None or oracle is None:
        return None
    # The margin keeps a gap of exactly 0.02 (0.30 - 0.28 in binary) on the defined side.
    if abs(oracle - blind) < SMALLEST_GAP - 1e-12:
        return None
    return (refined - blind) / (oracle - blind)
