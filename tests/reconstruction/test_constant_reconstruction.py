"""Reconstruction by a constant, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from dross.errors import ParameterError
from dross.reconstruction import ConstantReconstruction


def test_the_score_is_minus_the_mean_squared_distance_from_the_constant() -> None:
    fitted = ConstantReconstruction(value=2.0).fit([[0.0, 0.0], [1.0, 5.0]])
    # (0² + 0²) / 2, (1² + 3²) / 2, (2² + 0²) / 2
    assert fitted.score_samples([[2.0, 2.0], [1.0, 5.0], [4.0, 2.0]]).tolist() == [0.0, -5.0, -2.0]


def test_the_constant_is_mid_grey_unless_another_is_given() -> None:
    fitted = ConstantReconstruction().fit(np.zeros((2, 4)))
    assert fitted.score_samples([[0.5] * 4, [0.0] * 4, [1.0] * 4]).tolist() == [0.0, -0.25, -0.25]


def test_the_training_set_changes_the_threshold_and_nothing_else() -> None:
    rng = np.random.default_rng(0)
    one = ConstantReconstruction().fit(rng.random((50, 3)))
    other = ConstantReconstruction().fit(1.0 + rng.random((50, 3)))
    X = rng.random((9, 3))
    np.testing.assert_array_equal(one.score_samples(X), other.score_samples(X))
    assert one.offset_ > other.offset_


@pytest.mark.parametrize("value", ["grey", -1.0, float("nan")])
def test_wrong_parameters_are_told(value: object) -> None:
    with pytest.raises(ParameterError) as caught:
        ConstantReconstruction(value=value).fit(np.zeros((2, 2)))  # type: ignore[arg-type]
    assert str(caught.value) == f"value is {value!r}; it must be a number of at least 0"
