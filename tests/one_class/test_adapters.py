"""Detectors of PyOD through the adapter, and scikit-learn's as they are."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from pyod.models.hbos import HBOS
from pyod.models.iforest import IForest
from pyod.models.knn import KNN
from sklearn.base import clone
from sklearn.covariance import EllipticEnvelope
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor
from sklearn.preprocessing import StandardScaler

from dross.errors import ParameterError
from dross.one_class import NearestNeighbors, PyODDetector, TwoStage
from dross.scoring import anomaly_scores
from tests.planted import plant, planted_auroc

PLANTED = plant()
PYOD = [HBOS(), KNN(), IForest(random_state=0)]
SKLEARN = [LocalOutlierFactor(novelty=True), EllipticEnvelope(random_state=0)]


def name(detector: Any) -> str:
    return type(detector).__name__


@pytest.mark.parametrize("detector", PYOD, ids=name)
def test_pyod_detectors_take_scikit_learns_sign_and_labels(detector: Any) -> None:
    adapted = PyODDetector(clone(detector)).fit(PLANTED.X_train)
    theirs = clone(detector).fit(PLANTED.X_train)
    np.testing.assert_array_equal(adapted.score_samples(PLANTED.X_test), -theirs.decision_function(PLANTED.X_test))
    alarms = adapted.predict(PLANTED.X_test) == -1
    assert alarms[PLANTED.labels_test == 1].mean() > 0.5 > 0.05 > alarms[PLANTED.labels_test == 0].mean()


@pytest.mark.parametrize("detector", PYOD, ids=name)
def test_pyod_detectors_rank_planted_anomalies(detector: Any) -> None:
    assert planted_auroc(PyODDetector(detector), PLANTED) > 0.95


@pytest.mark.parametrize("detector", PYOD, ids=name)
def test_the_given_pyod_detector_is_not_fitted(detector: Any) -> None:
    given = clone(detector)
    fitted = PyODDetector(given).fit(PLANTED.X_train)
    assert not hasattr(given, "decision_scores_")
    assert hasattr(fitted.detector_, "decision_scores_")


def test_pyod_nearest_neighbours_agree_with_ours_on_new_samples() -> None:
    theirs = PyODDetector(KNN(n_neighbors=5, method="mean")).fit(PLANTED.X_train).score_samples(PLANTED.X_test)
    ours = NearestNeighbors(n_neighbors=5).fit(PLANTED.X_train).score_samples(PLANTED.X_test)
    np.testing.assert_allclose(theirs, ours, rtol=1e-9)


def test_the_alarm_threshold_is_ours_and_not_pyods() -> None:
    fitted = PyODDetector(HBOS(contamination=0.4), contamination=0.1).fit(PLANTED.X_train)
    assert (fitted.predict(PLANTED.X_train) == -1).mean() == pytest.approx(0.1, abs=0.005)


def test_a_detector_of_scikit_learn_needs_no_adapter_and_is_told_so() -> None:
    with pytest.raises(ParameterError) as caught:
        PyODDetector(LocalOutlierFactor()).fit(PLANTED.X_train)
    assert str(caught.value) == (
        "detector is LocalOutlierFactor(); it must be an instance of a PyOD detector, such as pyod.models.hbos.HBOS() "
        "(scikit-learn's detectors need no adapter)"
    )


def test_a_missing_pyod_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyod.models.base", None)
    with pytest.raises(ParameterError) as caught:
        PyODDetector(HBOS()).fit(PLANTED.X_train)
    assert str(caught.value) == "PyODDetector needs PyOD, which is not installed: run 'pip install pyod'"


@pytest.mark.parametrize("detector", SKLEARN, ids=name)
def test_scikit_learns_detectors_stand_in_as_they_are(detector: Any) -> None:
    alone = clone(detector).fit(PLANTED.X_train)
    assert roc_auc_score(PLANTED.labels_test, anomaly_scores(alone, PLANTED.X_test)) > 0.95
    two_stage = TwoStage(StandardScaler(), detector).fit(PLANTED.X_train)
    expected = clone(detector).fit(StandardScaler().fit_transform(PLANTED.X_train))
    new = StandardScaler().fit(PLANTED.X_train).transform(PLANTED.X_test)
    np.testing.assert_allclose(two_stage.score_samples(PLANTED.X_test), expected.score_samples(new), rtol=1e-9)


def test_a_pyod_detector_stands_in_as_the_second_stage() -> None:
    assert planted_auroc(TwoStage(StandardScaler(), PyODDetector(KNN())), PLANTED) > 0.95
