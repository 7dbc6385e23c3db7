"""What the parameters of refinement may be, and what is said of those that may not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dross.errors import ParameterError
from dross.one_class import GaussianDensity
from dross.refinement import DataRefiner
from tests.planted import plant

X = plant(contamination=0.1).X_train


def test_all_wrong_parameters_are_told_at_once() -> None:
    wrong: dict[str, Any] = {
        "n_classifiers": 0,
        "rejection": 0.5,
        "agreement": "majority",
        "n_rounds": 2.5,
        "refit_on": "keep",
    }
    with pytest.raises(ParameterError) as caught:
        DataRefiner("knn", **wrong).fit(X)
    assert str(caught.value) == (
        "6 mistakes:\n"
        "  - one_class is 'knn'; it must be an unfitted estimator with fit and score_samples\n"
        "  - n_classifiers is 0; it must be a whole number of at least 1\n"
        "  - n_rounds is 2.5; it must be a whole number of at least 1\n"
        "  - rejection is 0.5; it must be 'auto' or a share in [0, 0.5)\n"
        "  - agreement is 'majority'; it must be 'unanimous' or a number of classifiers\n"
        "  - refit_on is 'keep'; it must be 'kept' or 'all'"
    )


def test_more_cannot_agree_than_there_are() -> None:
    with pytest.raises(ParameterError) as caught:
        DataRefiner(GaussianDensity(), n_classifiers=3, agreement=4).fit(X)
    assert str(caught.value) == (
        "agreement is 4, more than the 3 classifiers there are; lower it or raise n_classifiers"
    )


@pytest.mark.parametrize("rejection", [True, -0.1, float("nan"), "otsu", None])
def test_a_rejection_that_is_no_share_is_refused(rejection: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        DataRefiner(GaussianDensity(), rejection=rejection).fit(X)
    assert str(caught.value) == f"rejection is {rejection!r}; it must be 'auto' or a share in [0, 0.5)"


def test_numbers_of_numpy_are_numbers() -> None:
    parameters: dict[str, Any] = {
        "n_classifiers": np.int64(3),
        "rejection": np.float32(0.125),
        "agreement": np.int32(2),
    }
    ours = DataRefiner(GaussianDensity(), random_state=0, **parameters).fit(X)
    plain = DataRefiner(GaussianDensity(), n_classifiers=3, rejection=0.125, agreement=2, random_state=0).fit(X)
    np.testing.assert_array_equal(ours.votes_, plain.votes_)
