"""Principal components: parity with a singular value decomposition, and what its parameters mean."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dross.errors import ParameterError
from dross.representations import PrincipalComponents

X = np.random.default_rng(0).normal(size=(60, 5)) @ np.random.default_rng(1).normal(size=(5, 5))


def test_components_are_those_of_the_singular_value_decomposition() -> None:
    scaled = (X - X.mean(axis=0)) / X.std(axis=0)
    _, _, directions = np.linalg.svd(scaled, full_matrices=False)
    ours = PrincipalComponents(n_components=2).fit_transform(X)
    np.testing.assert_allclose(np.abs(ours), np.abs(scaled @ directions[:2].T))


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_a_share_keeps_the_fewest_components_that_hold_that_much_variance(share: float) -> None:
    scaled = (X - X.mean(axis=0)) / X.std(axis=0)
    variances = np.linalg.svd(scaled, compute_uv=False) ** 2
    expected = int(np.searchsorted(np.cumsum(variances) / variances.sum(), share)) + 1
    assert PrincipalComponents(n_components=share).fit_transform(X).shape == (60, expected)


def test_whitened_components_have_variance_one() -> None:
    whitened = PrincipalComponents(n_components=3, whiten=True).fit_transform(X)
    np.testing.assert_allclose(np.cov(whitened, rowvar=False), np.eye(3), atol=1e-10)


def test_more_components_than_there_can_be_become_as_many_as_there_are() -> None:
    assert PrincipalComponents(n_components=10).fit_transform(X).shape == (60, 5)
    assert PrincipalComponents(n_components=10).fit_transform(X[:3]).shape == (3, 3)


def test_features_have_names() -> None:
    names = PrincipalComponents(n_components=2).fit(X).get_feature_names_out()
    assert names.tolist() == ["principalcomponents0", "principalcomponents1"]


@pytest.mark.parametrize("n_components", [0, -1, 0.0, 1.5, "all", True, float("nan")])
def test_a_wrong_number_of_components_is_refused(n_components: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        PrincipalComponents(n_components=n_components).fit(X)
    assert str(caught.value) == (
        f"n_components is {n_components!r}; it must be a whole number of at least 1, or a share of the variance "
        "between 0 and 1"
    )


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        PrincipalComponents(n_components=0, scaling="minmax").fit(X)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "2 mistakes:\n"
        "  - n_components is 0; it must be a whole number of at least 1, or a share of the variance between 0 and 1\n"
        "  - scaling is 'minmax'; it must be 'standard', 'robust' or 'none'"
    )
