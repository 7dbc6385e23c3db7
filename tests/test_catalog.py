"""The catalogue: every name builds a detector that works, and misspellings are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dross.catalog import CATALOG, DEFAULT_DETECTOR, build, detector_names
from dross.detector import AbstractDetector
from dross.errors import ParameterError
from dross.one_class import GOAD, IsolationForest, NearestNeighbors, RobustGaussian, TwoStage
from dross.refinement import SRR, Refined
from dross.representations import AffineTransformations, Identity, PrincipalComponents
from tests.planted import plant, planted_auroc

#: What makes an entry quick enough to be fitted here.
QUICK: dict[str, dict[str, Any]] = {
    "affine": {"n_maps": 8, "max_epochs": 2, "n_components": 4, "device": "cpu"},
    "goad": {"n_maps": 8, "max_epochs": 2, "device": "cpu"},
}


@pytest.mark.parametrize("name", detector_names())
def test_every_detector_ranks_planted_anomalies(name: str) -> None:
    detector = build(name, random_state=0, **QUICK.get(name.removeprefix("srr-"), {}))
    assert isinstance(detector, AbstractDetector)
    assert planted_auroc(detector, plant(contamination=0.02)) > 0.95


def test_names_come_plain_and_refined() -> None:
    assert detector_names() == [*CATALOG, *("srr-" + name for name in CATALOG)]
    assert {"affine", "gaussian", "goad", "isolation-forest", "k-means", "kernel-density", "knn"} <= set(CATALOG)
    assert {"mcd", "one-class-svm", "pca-gaussian"} <= set(CATALOG)
    assert DEFAULT_DETECTOR in detector_names()


@pytest.mark.parametrize("name", CATALOG)
def test_every_entry_says_what_it_is(name: str) -> None:
    entry = CATALOG[name]
    assert entry.name == name
    assert entry.summary
    assert entry.assumes
    assert entry.paper
    assert entry.one_class() is not entry.one_class()  # nobody shares one


def test_parts() -> None:
    knn = build("knn")
    assert isinstance(knn, TwoStage)
    assert isinstance(knn.representation, Identity)
    assert isinstance(knn.one_class, NearestNeighbors)
    assert isinstance(build("srr-knn"), SRR)
    pca: Any = build("srr-pca-gaussian")
    assert isinstance(pca.representation, PrincipalComponents)
    affine: Any = build("affine")
    assert isinstance(affine.representation, AffineTransformations)
    mcd: Any = build("mcd")
    assert isinstance(mcd.one_class, RobustGaussian)


def test_training_overrules_the_name() -> None:
    assert isinstance(build("knn", training="refined"), SRR)
    assert isinstance(build("srr-knn", training="blind"), TwoStage)
    assert isinstance(build("goad"), GOAD)
    assert isinstance(build("goad", training="refined"), Refined)


def test_parameters_reach_the_outermost_part_that_has_them() -> None:
    detector: Any = build("srr-knn", n_neighbors=9, rejection=0.2, contamination=0.1, scaling="robust")
    assert detector.one_class.n_neighbors == 9
    assert detector.representation.scaling == "robust"
    assert (detector.rejection, detector.contamination) == (0.2, 0.1)
    assert detector.one_class.contamination == "auto"


def test_a_seed_reaches_every_part() -> None:
    seeds: list[Any] = [5, np.int64(5), np.random.RandomState(5)]
    for seed in seeds:
        detector: Any = build("srr-isolation-forest", random_state=seed)
        expected: Any = build("srr-isolation-forest", random_state=5)
        assert detector.random_state == expected.random_state is not None
        assert isinstance(detector.one_class, IsolationForest)
        assert detector.one_class.random_state == expected.one_class.random_state is not None
    unseeded: Any = build("srr-isolation-forest")
    assert unseeded.random_state is unseeded.one_class.random_state is None


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    for name, message in (
        ("isolation-forrest", "there is no detector 'isolation-forrest'; did you mean 'isolation-forest'?"),
        ("srr-gausian", "there is no detector 'srr-gausian'; did you mean 'srr-gaussian'?"),
        ("zzz", "there is no detector 'zzz'"),
    ):
        with pytest.raises(ParameterError) as caught:
            build(name)
        assert str(caught.value) == message


def test_all_unknown_parameters_are_told_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        build("srr-knn", n_neighbours=3, rejektion=0.1, one_class=None, zzz=1)
    assert str(caught.value) == (
        "4 mistakes:\n"
        "  - the detector 'srr-knn' has no parameter 'n_neighbours'; did you mean 'n_neighbors'?\n"
        "  - the detector 'srr-knn' has no parameter 'rejektion'; did you mean 'rejection'?\n"
        "  - the detector 'srr-knn' has no parameter 'one_class'; did you mean 'n_classifiers'?\n"
        "  - the detector 'srr-knn' has no parameter 'zzz'"
    )


def test_parameters_of_refinement_are_none_of_a_blind_detectors() -> None:
    with pytest.raises(ParameterError) as caught:
        build("knn", rejection=0.1)
    assert str(caught.value) == "the detector 'knn' has no parameter 'rejection'"


def test_an_unknown_training_is_told() -> None:
    with pytest.raises(ParameterError) as caught:
        build("knn", training="refind")  # type: ignore[arg-type]
    assert str(caught.value) == "training is 'refind'; it must be 'blind' or 'refined'; did you mean 'refined'?"
