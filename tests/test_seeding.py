"""Randomness comes from ``random_state`` alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pyod.models.iforest import IForest
from sklearn.pipeline import make_pipeline

from dross.one_class import GaussianDensity, IsolationForest, PyODDetector, TwoStage
from dross.refinement import SRR
from dross.representations import AffineTransformations
from dross.seeding import LARGEST_SEED, integer_seed, set_random_states


def test_integer_seeds() -> None:
    assert integer_seed(5) == integer_seed(5) == integer_seed(np.int64(5))  # type: ignore[arg-type]
    assert integer_seed(5) != integer_seed(6)
    rng = np.random.RandomState(5)
    first, second = integer_seed(rng), integer_seed(rng)
    assert first == integer_seed(5)
    assert second != first  # a generator moves on
    assert 0 <= first < LARGEST_SEED


def states(estimator: Any) -> dict[str, Any]:
    return {name: value for name, value in estimator.get_params().items() if name.endswith("random_state")}


def test_every_part_gets_a_seed_of_its_own_and_the_same_from_the_same_generator() -> None:
    def seeded(seed: int) -> dict[str, Any]:
        detector = TwoStage(make_pipeline(AffineTransformations()), IsolationForest())
        return states(set_random_states(detector, np.random.RandomState(seed)))

    first, again, other = seeded(1), seeded(1), seeded(2)
    assert set(first) == {"representation__affinetransformations__random_state", "one_class__random_state"}
    assert first == again
    assert len({*first.values(), *other.values()}) == 4
    assert all(isinstance(seed, int) for seed in first.values())


def test_pyods_detectors_are_seeded_through_their_adapter() -> None:
    seeded = set_random_states(PyODDetector(IForest()), np.random.RandomState(0))
    assert seeded.detector.random_state == np.random.RandomState(0).randint(LARGEST_SEED)


def test_what_is_not_random_draws_nothing_and_comes_back_itself() -> None:
    rng, detector = np.random.RandomState(0), GaussianDensity()
    assert set_random_states(detector, rng) is detector
    assert rng.randint(LARGEST_SEED) == np.random.RandomState(0).randint(LARGEST_SEED)


@pytest.mark.parametrize("random_state", ["zero", 1.5])
def test_what_is_no_random_state_is_refused(random_state: Any) -> None:
    with pytest.raises(ValueError, match="cannot be used to seed"):
        integer_seed(random_state)


def test_equal_parts_of_different_wholes_get_equal_seeds() -> None:
    blind = TwoStage(AffineTransformations(), IsolationForest())
    refined = SRR(AffineTransformations(), IsolationForest())
    for whole in (blind, refined):
        set_random_states(whole, np.random.RandomState(3))
    assert {**states(blind), **states(refined)} == states(refined)


def test_a_seed_that_is_set_may_be_kept() -> None:
    forest = IsolationForest(random_state=7)
    assert set_random_states(forest, np.random.RandomState(0), only_unset=True).random_state == 7
    assert set_random_states(forest, np.random.RandomState(0)).random_state != 7
