"""Centres and units of columns."""

from __future__ import annotations

import numpy as np
import pytest

from dross.errors import ParameterError
from dross.representations import Identity, PrincipalComponents
from dross.representations.scaling import location_and_scale

RNG = np.random.default_rng(0)


def test_standard_is_mean_and_deviation() -> None:
    X = RNG.normal(3.0, 2.0, size=(100, 3))
    location, scale = location_and_scale(X, "standard")
    np.testing.assert_allclose(location, X.mean(axis=0))
    np.testing.assert_allclose(scale, X.std(axis=0))


def test_robust_is_median_and_interquartile_range_in_units_of_a_gaussians_deviation() -> None:
    X = np.random.default_rng(0).normal(3.0, 2.0, size=(100_000, 1))
    location, scale = location_and_scale(X, "robust")
    assert location[0] == np.median(X)
    assert scale[0] == pytest.approx(2.0, rel=0.02)
    low, high = np.percentile(X, [25, 75])
    assert scale[0] == pytest.approx((high - low) / 1.3489795)


def test_anomalies_move_the_standard_and_not_the_robust_scale() -> None:
    X = RNG.normal(size=(200, 1))
    dirty = X.copy()
    dirty[:20] = 1e4
    assert location_and_scale(dirty, "standard")[1][0] > 1000
    assert location_and_scale(dirty, "robust")[1][0] == pytest.approx(location_and_scale(X, "robust")[1][0], rel=0.3)


def test_a_column_whose_quartiles_coincide_falls_back_to_its_deviation() -> None:
    X = np.zeros((100, 1))
    X[:10] = 5.0
    location, scale = location_and_scale(X, "robust")
    assert (location[0], scale[0]) == (0.0, X.std())


@pytest.mark.parametrize("scaling", ["standard", "robust"])
@pytest.mark.parametrize("value", [0.0, 0.1, -1e9 / 3])
def test_a_constant_column_has_the_unit_one(scaling: str, value: float) -> None:
    X = np.full((37, 1), value)
    assert location_and_scale(X, scaling)[1][0] == 1.0  # type: ignore[arg-type]
    np.testing.assert_allclose(Identity(scaling=scaling).fit_transform(X), 0, atol=1e-6)  # type: ignore[arg-type]


def test_none_leaves_columns_as_they_are() -> None:
    X = RNG.normal(3.0, 2.0, size=(10, 2))
    np.testing.assert_array_equal(Identity(scaling="none").fit_transform(X), X)


def test_identity_is_undone_by_its_location_and_scale() -> None:
    X = RNG.normal(3.0, 2.0, size=(50, 2))
    fitted = Identity().fit(X)
    np.testing.assert_allclose(fitted.transform(X) * fitted.scale_ + fitted.location_, X)


@pytest.mark.parametrize("representation", [Identity, PrincipalComponents])
def test_an_unknown_scaling_is_refused(representation: type) -> None:
    with pytest.raises(ParameterError) as caught:
        representation(scaling="robsut").fit([[0.0], [1.0]])
    assert str(caught.value) == (
        "scaling is 'robsut'; it must be 'standard', 'robust' or 'none'; did you mean 'robust'?"
    )
