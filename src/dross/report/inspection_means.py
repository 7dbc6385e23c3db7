"""Means of AUROC over sets of parts, with intervals over their test images and seeds, and differences of such means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from dross.evaluation.results import RunRow
from dross.evaluation.tested_samples import resampled_runs
from dross.metrics import interval_of_resamples
from dross.report.averages import verdict
from dross.report.classes import OF_PARTS
from dross.report.runs import by_cell

#: What the sets of one mean have in common: detector, training, variant, contamination.
Method = tuple[str, str, str, float]

#: The runs of each method, by set.
RunsOf = dict[Method, dict[str, list[RunRow]]]


@final
@dataclass(frozen=True)
class Estimate:
    """A mean, and the same mean of each resample of test images and seeds; ``None`` where scores were not kept.

    Attributes
    ----------
    mean : float
        Over sets, of the means over seeds.
    resamples : array of shape (n_resamples,) or None
        Those of two estimates over the same sets are paired.
    """

    mean: float
    resamples: NDArray[np.float64] | None

    def row(self) -> dict[str, float | None]:
        """Return ``mean``, ``low`` and ``high``, a 95 % interval."""
        low, high = _interval(self.resamples)
        return {"mean": self.mean, "low": low, "high": high}


def inspected(runs: Iterable[RunRow]) -> RunsOf:
    """Return the runs of inspection that ended well, by method and set."""
    found: RunsOf = {}
    done = [run for run in runs if run.status == "done" and run.key.protocol in OF_PARTS]
    for cell, mine in by_cell(done).items():
        method = (cell.detector, cell.training, cell.variant, cell.contamination)
        found.setdefault(method, {})[cell.dataset] = mine
    return found


def over_sets(runs: Mapping[str, Sequence[RunRow]], sets: Sequence[str]) -> Estimate | None:
    """Return the mean AUROC of a method over sets; ``None`` where it is not defined for each of them.

    Sets are drawn anew independently of each other, as they share no image.

    Parameters
    ----------
    runs : mapping of str to sequence of RunRow
        The runs of one method, by set.
    sets : sequence of str
        Which of them count; each must be there.
    """
    means: list[float] = []
    resamples: list[NDArray[np.float64] | None] = []
    for number, name in enumerate(sets):
        values = [value for run in runs.get(name, ()) if (value := run.metrics.get("auroc")) is not None]
        if not values:
            return None
        means.append(float(np.mean(values)))
        drawn = resampled_runs(runs[name]).get("auroc")
        # Sets of one size would else all be drawn alike.
        resamples.append(None if drawn is None else np.random.default_rng(number).permutation(drawn))
    if not means:
        return None
    kept = [drawn for drawn in resamples if drawn is not None]
    return Estimate(float(np.mean(means)), np.mean(kept, axis=0) if len(kept) == len(means) else None)


def difference(one: Estimate, other: Estimate) -> dict[str, float | str | None]:
    """Return the first mean minus the second: ``mean``, ``low``, ``high`` and ``verdict``, "" without an interval.

    Examples
    --------
    >>> draws = np.linspace(0.0, 0.01, 101)
    >>> difference(Estimate(0.9, 0.9 + draws), Estimate(0.8, 0.8 + draws))["verdict"]
    'gain'
    >>> difference(Estimate(0.9, None), Estimate(0.8, None))["verdict"]
    ''
    """
    paired = one.resamples is not None and other.resamples is not None
    low, high = _interval(one.resamples - other.resamples) if paired else (None, None)  # type: ignore[operator]
    return {"mean": one.mean - other.mean, "low": low, "high": high, "verdict": verdict(low, high) if paired else ""}


def _interval(resamples: NDArray[np.float64] | None) -> tuple[float, float] | tuple[None, None]:
    found = None if resamples is None else resamples[np.isfinite(resamples)]
    return (None, None) if found is None or not len(found) else interval_of_resamples(found)
