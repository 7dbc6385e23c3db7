"""When to refine: after which epochs of training, and when to stop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count, pairwise
from math import ceil
from typing import Any, Literal

from dross.parameters import at_least_problems, positive_problems
from dross.refinement.trace import RefinementRound

Schedule = Sequence[float] | Literal["auto"]

#: Epochs after which the paper refines; later ones follow every 500.
PAPER_SCHEDULE = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 500.0)


def refinement_epochs(representation: Any, schedule: Schedule, max_epochs: float | None) -> Iterator[float]:
    """Yield the epochs to train to, one after each refinement, the last of them ``max_epochs``.

    Parameters
    ----------
    representation : trained representation
        Its ``max_epochs`` and ``schedule`` hold where nothing else is said; without a ``schedule`` of its own it gets
        the paper's.
    schedule : "auto" or increasing sequence of float
        After its end, its last point is repeated: ``(1, 5)`` means 1, 5, 10, 15, ...
    max_epochs : float or None
        Where to end; ``None``: the representation's own.

    Examples
    --------
    >>> class Learner:
    ...     max_epochs = 12
    >>> list(refinement_epochs(Learner(), (1, 5), None))
    [1, 5, 10, 12]
    """
    end = representation.max_epochs if max_epochs is None else max_epochs
    points = getattr(representation, "schedule", PAPER_SCHEDULE) if schedule == "auto" else schedule
    later = (points[-1] * step for step in count(2))
    for points_or_later in (points, later):
        for epoch in points_or_later:
            if epoch >= end:
                yield end
                return
            yield epoch


def first_refinement(representation: Any, refine_from: float | Literal["auto"]) -> float:
    """Return how many epochs to train on all samples before the first refinement.

    Parameters
    ----------
    representation : trained representation
        Its own ``refine_from`` holds where nothing else is said; one without is refined before any training, as in the
        paper.
    refine_from : "auto" or float
        Epochs.

    Examples
    --------
    >>> class Learner:
    ...     refine_from = 9.0
    >>> first_refinement(Learner(), "auto"), first_refinement(Learner(), 0), first_refinement(object(), "auto")
    (9.0, 0.0, 0.0)
    """
    return float(getattr(representation, "refine_from", 0.0) if refine_from == "auto" else refine_from)


def first_stretches(representation: Any, start: float, *, saved: bool) -> list[float]:
    """Return the epochs to train to, one after the other, before the first refinement: after each it may be saved.

    Examples
    --------
    >>> class Learner:
    ...     epoch = 1.0
    >>> first_stretches(Learner(), 3.5, saved=True), first_stretches(Learner(), 3.5, saved=False)
    ([2.0, 3.0, 3.5], [3.5])
    """
    if not saved:
        return [start] if start > 0 else []
    return [*(float(epoch) for epoch in range(1, ceil(start)) if epoch > representation.epoch), start]


def has_converged(trace: Sequence[RefinementRound], patience: float) -> bool:
    """Return whether the loss last improved at least ``patience`` epochs before the last round that trained.

    Examples
    --------
    >>> def one(epoch, loss):
    ...     return RefinementRound(1, epoch, None, None, None, 0.1, loss)
    >>> has_converged([one(0, 3.0), one(1, 2.0), one(2, 2.5), one(5, 2.1)], patience=3)
    True
    >>> has_converged([one(0, 3.0), one(1, 2.0), one(2, 2.5), one(5, 1.9)], patience=3)
    False
    """
    losses = [(record.loss, record.epoch) for record in trace if record.loss is not None]
    if not losses:
        return False
    _, best_epoch = min(losses)
    return losses[-1][1] - best_epoch >= patience


def schedule_problems(estimator: Any) -> list[str]:
    """Return what is wrong with ``schedule``, ``refine_from``, ``max_epochs`` and ``patience``, one sentence each.

    Examples
    --------
    >>> class Wrong:
    ...     schedule, refine_from, max_epochs, patience = (5, 1), "auto", 10, None
    >>> schedule_problems(Wrong())
    ['schedule is (5, 1); it must be "auto" or epochs above 0 that increase']
    """
    problems = []
    schedule = estimator.schedule
    if not (isinstance(schedule, str) and schedule == "auto"):
        points = list(schedule) if isinstance(schedule, (list, tuple)) else []
        wrong = [problem for point in points for problem in positive_problems("schedule", point)]
        if wrong or not points or any(b <= a for a, b in pairwise(points)):
            problems.append(f'schedule is {schedule!r}; it must be "auto" or epochs above 0 that increase')
    for name, unset in (("refine_from", "auto"), ("max_epochs", None), ("patience", None)):
        value = getattr(estimator, name)
        if value != unset:
            problems += at_least_problems(name, value)
    return problems
