"""The one list of every detector and representation for tables; what is in it must keep all contracts.

A new detector is added to ``table_detectors``, with parameters that make it fast. ``test_estimator_checks.py`` runs
scikit-learn's checks on all of them, and ``test_detector_contract.py`` ours.
"""

from __future__ import annotations

from typing import Any

from pyod.models.hbos import HBOS
from sklearn.neighbors import LocalOutlierFactor
from sklearn.preprocessing import StandardScaler

from dross.ensemble import ScoreEnsemble
from dross.one_class import (
    GOAD,
    GaussianDensity,
    IsolationForest,
    KernelDensity,
    KMeansDistance,
    NearestNeighbors,
    OneClassSVM,
    OneClassSVMSearch,
    PyODDetector,
    RobustGaussian,
    TwoStage,
)
from dross.reconstruction import (
    ConstantReconstruction,
    ConvolutionalAutoencoder,
    FullyConnectedAutoencoder,
    PCAReconstruction,
    ResidualAutoencoder,
    VariationalAutoencoder,
)
from dross.refinement import SRR, Refined
from dross.representations import AffineTransformations, Identity, PrincipalComponents

#: What a detector that reconstructs needs to be small and quick in tests.
TINY_RECONSTRUCTION: dict[str, Any] = {
    "n_code": 2,
    "max_epochs": 30.0,
    "batch_size": 16,
    "learning_rate": 0.01,
    "device": "cpu",
    "random_state": 0,
}


def tiny_affine() -> AffineTransformations:
    """Return the affine-map representation, small enough for tests and trained long enough to tell its maps."""
    return AffineTransformations(
        n_maps=8, map_dim=8, width=4, n_components=4, batch_size=16, learning_rate=0.01, device="cpu", random_state=0
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
        OneClassSVMSearch(nus=(0.2,), gammas=(1.0, 0.3), degrees=(2,), n_folds=2, random_state=0),
        KMeansDistance(n_clusters=3, random_state=0),
        NearestNeighbors(),
        IsolationForest(n_estimators=20, random_state=0),
        PCAReconstruction(n_components=1, random_state=0),
        ConstantReconstruction(value=0.0),
        FullyConnectedAutoencoder(**TINY_RECONSTRUCTION, hidden=(16,)),
        ConvolutionalAutoencoder(**TINY_RECONSTRUCTION, widths=(4, 8)),
        ResidualAutoencoder(**TINY_RECONSTRUCTION, hidden=8),
        VariationalAutoencoder(**TINY_RECONSTRUCTION, hidden=(16,)),
        TwoStage(StandardScaler(), GaussianDensity()),
        PyODDetector(HBOS()),
        GOAD(tiny_affine(), random_state=0),
        SRR(Identity(), GaussianDensity(), random_state=0),
        SRR(tiny_affine(), GaussianDensity(), random_state=0),
        # scikit-learn's checks fit on ten rows: what each classifier gets of them must do for its neighbours.
        Refined(NearestNeighbors(n_neighbors=1), random_state=0),
        Refined(IsolationForest(n_estimators=20), n_classifiers=3, random_state=0),
        Refined(LocalOutlierFactor(n_neighbors=5, novelty=True), n_classifiers=2, refit_on="all", random_state=0),
        Refined(PyODDetector(HBOS()), random_state=0),
        ScoreEnsemble(
            [("gaussian", GaussianDensity()), ("neighbours", NearestNeighbors(n_neighbors=1))], random_state=0
        ),
    ]


def table_representations() -> list[Any]:
    """Return one unfitted instance of each representation for tables; scikit-learn's checks run on them too."""
    return [
        Identity(),
        Identity(scaling="robust"),
        Identity(scaling="none"),
        PrincipalComponents(),
        PrincipalComponents(n_components=2, scaling="robust", whiten=True),
        tiny_affine(),
    ]
