"""scikit-learn's own checks of outlier detectors, on those that learn from labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from dross.representations import Identity
from dross.supervised import ClassifierDetector
from tests.supervised.told import ToldClassifierDetector, ToldCrossValidatedChoice

DETECTORS: list[Any] = [
    ToldClassifierDetector(KNeighborsClassifier(2)),
    ToldClassifierDetector(SVC(class_weight="balanced"), Identity(), n_components=1),
    ToldClassifierDetector(HistGradientBoostingClassifier(max_iter=3), Identity(), smote=True, smote_neighbors=1),
    ToldCrossValidatedChoice(
        ClassifierDetector(KNeighborsClassifier()), "classifier__n_neighbors", [1, 2], n_folds=2, random_state=0
    ),
]
ALARMS = (
    "the share of alarms is asked of the training samples, and a classifier that learned their labels raises alarms on "
    "those labelled anomalies; tests of the thresholds ask it of held-out ones"
)
EXPECTED_FAILURES = {"ToldClassifierDetector": {"check_outliers_fit_predict": ALARMS, "check_outliers_train": ALARMS}}


def expected_failures(estimator: Any) -> dict[str, str]:
    return EXPECTED_FAILURES.get(type(estimator).__name__, {})


# Labels by the place of a sample have nothing to learn in them.
@pytest.mark.filterwarnings("ignore::dross.errors.ThresholdWarning")
@parametrize_with_checks(DETECTORS, expected_failed_checks=expected_failures)  # type: ignore[untyped-decorator]
def test_scikit_learn_check(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)
