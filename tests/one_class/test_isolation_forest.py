"""Isolation forest against scikit-learn's, and its properties."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import IsolationForest as SklearnIsolationForest

from dross.one_class import IsolationForest
from tests.planted import plant

PLANTED = plant()


def test_parity_with_scikit_learn() -> None:
    theirs = SklearnIsolationForest(n_estimators=200, random_state=3).fit(PLANTED.X_train).score_samples(PLANTED.X_test)
    ours = IsolationForest(random_state=3).fit(PLANTED.X_train).score_samples(PLANTED.X_test)
    np.testing.assert_array_equal(ours, theirs)


def test_a_shift_and_scale_of_each_feature_change_nothing() -> None:
    # By powers of two, which single precision multiplies by exactly.
    scale = np.array([2.0**-20, 1.0, 4.0, 2.0**30])
    before = IsolationForest(random_state=0).fit(PLANTED.X_train).score_samples(PLANTED.X_test)
    after = IsolationForest(random_state=0).fit(PLANTED.X_train * scale).score_samples(PLANTED.X_test * scale)
    np.testing.assert_allclose(before, after, atol=0.02)
    assert np.corrcoef(before, after)[0, 1] > 0.999


def test_more_samples_a_tree_than_there_are_means_all() -> None:
    all_samples = IsolationForest(max_samples=len(PLANTED.X_train), random_state=0).fit(PLANTED.X_train)
    more = IsolationForest(max_samples=10_000, random_state=0).fit(PLANTED.X_train)
    assert more.forest_.max_samples_ == len(PLANTED.X_train)
    np.testing.assert_array_equal(more.score_samples(PLANTED.X_test), all_samples.score_samples(PLANTED.X_test))


def test_the_number_of_trees_is_that_asked_for() -> None:
    assert len(IsolationForest(n_estimators=7, random_state=0).fit(PLANTED.X_train).forest_.estimators_) == 7


def test_another_seed_grows_another_forest() -> None:
    first = IsolationForest(n_estimators=5, random_state=0).fit(PLANTED.X_train).score_samples(PLANTED.X_test)
    second = IsolationForest(n_estimators=5, random_state=1).fit(PLANTED.X_train).score_samples(PLANTED.X_test)
    assert not np.array_equal(first, second)
