"""The one list of every detector and representation for tables; what is in it must keep all contracts.

A new detector is added to ``table_detectors``, with parameters that make it fast. ``test_estimator_checks.py`` runs
scikit-learn's checks on all of them, and ``test_detector_contract.py`` ours.
"""

from __future__ import annotations

from typing import Any

from pyod.models.hbos import HBOS
from sklearn.preprocessing import StandardScaler

from dross.one_class import (
    GaussianDensity,
    IsolationForest,
    KernelDensity,
    KMeansDistance,
    NearestNeighbors,
    OneClassSVM,
    PyODDetector,
    RobustGaussian,
    TwoStage,
)


def table_detectors() -> list[Any]:
    """Return one unfitted instance of each detector, and of each way of working that differs inside."""
    return [
        GaussianDensity(),
        GaussianDensity(shrinkage="none"),
        RobustGaussian(random_state=0),
        KernelDensity(),
        OneClassSVM(),
        OneClassSVM(exact_below=0, random_state=0),
        KMeansDistance(n_clusters=3, random_state=0),
        NearestNeighbors(),
        IsolationForest(n_estimators=20, random_state=0),
        TwoStage(StandardScaler(), GaussianDensity()),
        PyODDetector(HBOS()),
    ]


def table_representations() -> list[Any]:
    """Return one unfitted instance of each representation for tables; scikit-learn's checks run on them too."""
    return []
