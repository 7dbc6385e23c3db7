"""Intervals and paired tests from what became of each test sample, or each fold: chance in a small test set."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dross.evaluation.category_metrics import resampled_within
from dross.evaluation.protocols import INSPECTION_PROTOCOLS
from dross.evaluation.results import RunRow
from dross.evaluation.summary_row import TIMES, SummaryRow
from dross.metrics import (
    RESAMPLED,
    Difference,
    bootstrap_difference,
    corrected_t,
    interval_of_resamples,
    mcnemar_exact,
    resampled_metrics,
    resampling_weights,
)

#: How the chance of a difference is reckoned, by the name that a report gives it.
TestName = Literal["paired bootstrap over test samples", "McNemar, exact", "corrected resampled t"]


class PairedTest(NamedTuple):
    """The difference of one metric between two methods, and the test that it was put to."""

    difference: Difference
    test: TestName


def with_tested_interval(row: SummaryRow, runs: Sequence[RunRow]) -> SummaryRow:
    """Return a row of a summary with the interval that suits its protocol.

    ``fixed-split`` is one draw of test samples, so that its interval is a bootstrap over these (and over the seeds,
    where there are several). The folds of ``cross-validation`` share most of what they train on: theirs is the
    corrected resampled t interval. Under ``inspection`` it is the bootstrap as well, and where contamination moves
    defects out of the test set, over those that each seed left there. Of clusters, it is over seeds alone.

    Parameters
    ----------
    row : SummaryRow
        Of a cell under one of these protocols.
    runs : sequence of RunRow
        The runs of that cell that ended well.
    """
    if row.mean is None or row.metric in TIMES:
        return row
    if row.cell.protocol == "cross-validation":
        values = [value for run in runs if (value := run.metrics.get(row.metric)) is not None]
        found = corrected_t(values, held_out_share(runs))
        low, high = _within_unit(found) if row.metric in RESAMPLED else (found.low, found.high)
        return dataclasses.replace(row, low=low, high=high)
    resamples = resampled_runs(runs).get(row.metric)
    if row.cell.protocol in INSPECTION_PROTOCOLS and resamples is None:
        return row
    if resamples is None or not np.isfinite(resamples).any():
        return dataclasses.replace(row, low=None, high=None)
    low, high = interval_of_resamples(resamples[np.isfinite(resamples)])
    return dataclasses.replace(row, low=low, high=high)


def paired_test(first: Sequence[RunRow], second: Sequence[RunRow], metric: str) -> PairedTest | None:
    """Return the difference of a metric between two methods, first minus second, over what both were tested on.

    Parameters
    ----------
    first, second : sequences of RunRow
        The runs of two cells of one data set and protocol that ended well.
    metric : str
        One of `dross.metrics.RESAMPLED`.

    Returns
    -------
    PairedTest or None
        ``None`` where they share no seed that defines the metric for both, or no scores were kept.
    """
    one, other = ({run.key.seed: run for run in runs} for runs in (first, second))
    seeds = [seed for seed in sorted(one) if seed in other and _defined(one[seed], other[seed], metric)]
    if not seeds:
        return None
    ours, theirs = [one[seed] for seed in seeds], [other[seed] for seed in seeds]
    values = np.array([[run.metrics[metric] for run in runs] for runs in (ours, theirs)], dtype=np.float64)
    if ours[0].key.protocol == "cross-validation":
        return PairedTest(corrected_t(values[0] - values[1], held_out_share(ours)), "corrected resampled t")
    resamples = [resampled_runs(runs).get(metric) for runs in (ours, theirs)]
    if resamples[0] is None or resamples[1] is None:
        return None
    found = bootstrap_difference(resamples[0], resamples[1], float(values[0].mean() - values[1].mean()))
    if metric == "accuracy" and _decide_alike(ours) and _decide_alike(theirs):
        # Of two sets of decisions there is an exact test, which needs no resampling.
        return PairedTest(found._replace(p=mcnemar_exact(_right(ours[0]), _right(theirs[0]))), "McNemar, exact")
    return PairedTest(found, "paired bootstrap over test samples")


def held_out_share(runs: Sequence[RunRow]) -> float:
    """Return test samples / training samples of the folds."""
    return float(np.mean([run.details["n_test"] / run.details["n_train"] for run in runs]))


def resampled_runs(runs: Sequence[RunRow]) -> dict[str, NDArray[np.float64]]:
    """Return the mean of each metric over the runs of a fixed split for each resample of test samples and seeds.

    The resamples are the same for all methods, so that differences between them are paired. Nothing where scores were
    not kept.
    """
    kept = [run for run in runs if "tested" in run.details]
    if not kept or len(kept) < len(runs):
        return {}
    of_runs = [_resampled(run) for run in kept]
    of_seeds = resampling_weights(len(kept), seed=1)
    found = {}
    for metric in of_runs[0]:
        values = np.stack([each[metric] for each in of_runs], axis=1)
        share = np.where(np.isnan(values), 0.0, of_seeds)
        with np.errstate(invalid="ignore"):
            found[metric] = np.nansum(share * values, axis=1) / share.sum(axis=1)
    return found


def _resampled(run: RunRow) -> dict[str, NDArray[np.float64]]:
    tested = run.details["tested"]
    weights = resampling_weights(len(tested["label"]))
    found = resampled_metrics(tested["label"], tested["score"], np.asarray(tested["alarm"], dtype=bool), weights)
    return found | resampled_within(tested, found["auroc"], weights)


def _decide_alike(runs: Sequence[RunRow]) -> bool:
    """Return whether every seed decided the same, as those of methods without randomness do."""
    return all(run.details["tested"]["alarm"] == runs[0].details["tested"]["alarm"] for run in runs)


def _right(run: RunRow) -> NDArray[np.bool_]:
    tested = run.details["tested"]
    return np.asarray(np.asarray(tested["label"]) == np.asarray(tested["alarm"]))


def _defined(one: RunRow, other: RunRow, metric: str) -> bool:
    return one.metrics.get(metric) is not None and other.metrics.get(metric) is not None


def _within_unit(found: Difference) -> tuple[float | None, float | None]:
    """Return an interval of a share, which is none beyond 0 and 1."""
    low = None if found.low is None else max(found.low, 0.0)
    return low, None if found.high is None else min(found.high, 1.0)
