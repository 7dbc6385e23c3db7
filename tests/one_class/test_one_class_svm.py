"""One-class SVM against scikit-learn's, and its approximation against the exact solution."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.linear_model import SGDOneClassSVM
from sklearn.svm import OneClassSVM as SklearnOneClassSVM

from dross.one_class import OneClassSVM
from tests.planted import plant, planted_auroc

PLANTED = plant()


def test_parity_with_scikit_learn() -> None:
    centred = PLANTED.X_train - PLANTED.X_train.mean(axis=0)
    theirs = SklearnOneClassSVM(nu=0.2, gamma=1.0 / centred.var(axis=0).sum()).fit(centred)
    ours = OneClassSVM(nu=0.2).fit(PLANTED.X_train)
    expected = theirs.score_samples(PLANTED.X_test - PLANTED.X_train.mean(axis=0))
    # Two centrings differ in their last digits, and the solver stops at its tolerance.
    np.testing.assert_allclose(ours.score_samples(PLANTED.X_test), expected, rtol=1e-3)


def test_the_scale_rule_is_one_over_the_sum_of_variances() -> None:
    by_rule = OneClassSVM().fit(PLANTED.X_train)
    by_number = OneClassSVM(gamma=float(1.0 / PLANTED.X_train.var(axis=0).sum())).fit(PLANTED.X_train)
    np.testing.assert_allclose(
        by_rule.score_samples(PLANTED.X_test), by_number.score_samples(PLANTED.X_test), rtol=1e-6
    )


def test_translation_and_rotation_change_no_order() -> None:
    rotation, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(4, 4)))
    before = OneClassSVM().fit(PLANTED.X_train).score_samples(PLANTED.X_test)
    moved = OneClassSVM().fit(PLANTED.X_train @ rotation + 1e6).score_samples(PLANTED.X_test @ rotation + 1e6)
    assert spearmanr(before, moved).statistic > 0.9999


def test_nu_bounds_the_share_left_outside() -> None:
    for nu in (0.1, 0.5):
        machine = OneClassSVM(nu=nu).fit(PLANTED.X_train).machine_
        outside = (machine.decision_function(PLANTED.X_train - PLANTED.X_train.mean(axis=0)) < -1e-6).mean()
        assert outside <= nu + 0.01
        assert len(machine.support_) >= nu * len(PLANTED.X_train)


def test_the_size_decides_between_exact_and_approximate() -> None:
    n_samples = len(PLANTED.X_train)
    exact = OneClassSVM(exact_below=n_samples + 1).fit(PLANTED.X_train)
    approximate = OneClassSVM(exact_below=n_samples, random_state=0).fit(PLANTED.X_train)
    assert exact.kernel_map_ is None
    assert isinstance(exact.machine_, SklearnOneClassSVM)
    assert approximate.kernel_map_ is not None
    assert isinstance(approximate.machine_, SGDOneClassSVM)


def test_the_approximation_orders_samples_nearly_as_the_exact_solution() -> None:
    planted = plant(n_train=2000)
    exact = OneClassSVM().fit(planted.X_train).score_samples(planted.X_test)
    approximate = OneClassSVM(exact_below=0, random_state=0).fit(planted.X_train).score_samples(planted.X_test)
    assert spearmanr(exact, approximate).statistic > 0.95
    assert planted_auroc(OneClassSVM(exact_below=0, random_state=0), planted) > 0.99


def test_approximate_scores_do_not_depend_on_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = OneClassSVM(exact_below=0, random_state=0).fit(PLANTED.X_train)
    whole = fitted.score_samples(PLANTED.X_test)
    monkeypatch.setattr("dross.one_class.one_class_svm._CHUNK_ROWS", 7)
    np.testing.assert_allclose(fitted.score_samples(PLANTED.X_test), whole, rtol=1e-10)
