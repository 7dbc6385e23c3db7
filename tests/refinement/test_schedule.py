"""When to refine and when to stop."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import numpy as np
import pytest

from dross.refinement import RefinementRound
from dross.refinement.schedule import has_converged, refinement_epochs, schedule_problems
from dross.representations import AffineTransformations


class Learner:
    """A trained representation as far as schedules go."""

    max_epochs = 2100


def test_the_papers_schedule_is_the_default() -> None:
    epochs = list(refinement_epochs(Learner(), "auto", None))
    assert epochs == [1, 2, 5, 10, 20, 50, 100, 500, 1000, 1500, 2000, 2100]


@pytest.mark.parametrize(
    ("schedule", "max_epochs", "epochs"),
    [
        ("auto", 20, [1, 2, 5, 10, 20]),
        ("auto", 7, [1, 2, 5, 7]),
        ("auto", 0.5, [0.5]),
        ("auto", 0, [0]),
        ((3,), 10, [3, 6, 9, 10]),
        ([0.5, 2], 5, [0.5, 2, 4, 5]),
        ((10, 20), 5, [5]),
    ],
)
def test_the_last_epoch_is_the_end_and_the_last_point_repeats(
    schedule: Any, max_epochs: float, epochs: list[float]
) -> None:
    assert list(refinement_epochs(Learner(), schedule, max_epochs)) == epochs


def test_a_representations_own_schedule_and_epochs_hold_where_nothing_is_said() -> None:
    affine = AffineTransformations(max_epochs=3.0)
    epochs = list(refinement_epochs(affine, "auto", None))
    assert epochs == [*takewhile(lambda epoch: epoch < 3, affine.schedule), 2.0, 3.0]
    assert epochs == sorted(set(epochs))
    assert list(refinement_epochs(affine, (1,), 2)) == [1, 2]


def rounds(*losses: tuple[float, float | None]) -> list[RefinementRound]:
    nothing: Any = np.zeros(0)
    return [
        RefinementRound(i + 1, epoch, nothing, nothing, nothing, 0.1, loss) for i, (epoch, loss) in enumerate(losses)
    ]


def test_training_has_converged_once_the_loss_has_not_improved_for_so_many_epochs() -> None:
    falling = rounds((0, 3.0), (1, 2.0), (2, 1.0), (5, 0.5))
    assert not has_converged(falling, patience=1)
    risen = rounds((0, 3.0), (1, 2.0), (2, 2.5), (5, 2.4))
    assert has_converged(risen, patience=4)
    assert not has_converged(risen, patience=4.5)
    assert not has_converged(rounds((0, 3.0)), patience=1)


def test_what_has_not_been_trained_has_not_converged() -> None:
    assert not has_converged(rounds((0, None)), patience=1)
    assert not has_converged([], patience=1)


@pytest.mark.parametrize("schedule", [(), (0, 1), (1, 1), (5, 1), (-1,), "often", 5, (1, "2"), (1, float("nan")), None])
def test_a_schedule_that_is_none_is_refused(schedule: Any) -> None:
    wrong = Learner()
    vars(wrong).update(schedule=schedule, refine_from="auto", max_epochs=None, patience=None)
    assert schedule_problems(wrong) == [f'schedule is {schedule!r}; it must be "auto" or epochs above 0 that increase']


@pytest.mark.parametrize("value", [-1, float("inf"), float("nan"), "ten", True])
def test_epochs_that_cannot_be_reached_are_refused(value: Any) -> None:
    wrong = Learner()
    vars(wrong).update(schedule="auto", refine_from="auto", max_epochs=value, patience=value)
    assert schedule_problems(wrong) == [
        f"max_epochs is {value!r}; it must be a number of at least 0",
        f"patience is {value!r}; it must be a number of at least 0",
    ]
