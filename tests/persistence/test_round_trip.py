"""A model that was saved and loaded is the model: its scores are equal to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pyod.models.hbos import HBOS
from sklearn.decomposition import PCA
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

from dross.catalog import CATALOG, REFINED_PREFIX, build, detector_names
from dross.catalog.supervised import SUPERVISED_ENTRIES
from dross.data.encoder import TableEncoder
from dross.detector import AbstractDetector
from dross.errors import ModelError
from dross.one_class import GaussianDensity, IsolationForest, PyODDetector, TwoStage
from dross.persistence import Model, Provenance, load, save
from dross.refinement import Refined
from tests.persistence.bits import bits, same
from tests.planted import Planted
from tests.table_detectors import table_detectors

SAVED = [detector for detector in table_detectors() if "PyODDetector" not in repr(detector)]
WITH_SCIKIT_LEARN = [
    TwoStage(make_pipeline(QuantileTransformer(n_quantiles=20), PCA(2)), LocalOutlierFactor(novelty=True)),
    Refined(TwoStage(StandardScaler(), GaussianDensity()), random_state=0),
]


def takes_unlabelled_tables(name: str) -> bool:
    entry = CATALOG[name.removeprefix(REFINED_PREFIX)]
    return entry.takes == "tables" and entry not in SUPERVISED_ENTRIES


def check_round_trip(detector: AbstractDetector, planted: Planted, folder: Path) -> None:
    detector.fit(planted.X_train)
    loaded = load(save(folder, detector)).detector
    for X in (planted.X_train, planted.X_test, planted.X_test[:1], np.asfortranarray(planted.X_test)):
        assert bits(loaded.score_samples(X)) == bits(detector.score_samples(X))
    assert loaded.predict(planted.X_test).tolist() == detector.predict(planted.X_test).tolist()
    assert same(loaded, detector)


@pytest.mark.parametrize("detector", SAVED, ids=str)
def test_every_detector_scores_bit_for_bit_the_same(detector: Any, planted: Planted, tmp_path: Path) -> None:
    check_round_trip(detector, planted, tmp_path / "model")


@pytest.mark.parametrize("detector", WITH_SCIKIT_LEARN, ids=["pipeline and local outlier factor", "refined"])
def test_parts_of_scikit_learn_score_bit_for_bit_the_same(detector: Any, planted: Planted, tmp_path: Path) -> None:
    check_round_trip(detector, planted, tmp_path / "model")


@pytest.mark.parametrize("name", [name for name in detector_names() if takes_unlabelled_tables(name)])
def test_every_entry_of_the_catalogue_scores_bit_for_bit_the_same(name: str, planted: Planted, tmp_path: Path) -> None:
    small: dict[str, Any] = {"n_maps": 16} if name.endswith(("affine", "goad")) else {}
    check_round_trip(build(name, random_state=0, **small), planted, tmp_path / "model")


def test_a_model_takes_tables_after_loading_as_before(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "size": np.where(rng.random(60) < 0.1, np.nan, rng.normal(size=60)),
            "sort": rng.choice(["a", "b", "ä"], 60),
            "made": pd.date_range("2024-01-01", periods=60).astype(str),
            "unit": "mm",
        }
    )
    encoder = TableEncoder().fit(frame)
    detector = IsolationForest(n_estimators=10, random_state=0).fit(encoder.transform(frame))
    provenance = Provenance(
        "isolation-forest", {"n_estimators": 10}, 0, "parts.csv", "abc", 60, "defect", None, {"python": "3.11"}
    )
    loaded = load(save(tmp_path / "model", Model(detector, encoder, provenance)))
    assert bits(loaded.anomaly_scores(frame)) == bits(Model(detector, encoder).anomaly_scores(frame))
    assert loaded.provenance == provenance
    assert isinstance(loaded.encoder, TableEncoder)
    assert loaded.encoder.dropped_columns_ == {"unit": "constant: always 'mm'"}


def test_what_a_model_was_fitted_on_is_recorded(tmp_path: Path) -> None:
    detector = GaussianDensity().fit([[0.0], [1.0], [2.0]])
    known = load(save(tmp_path / "model", detector)).provenance
    assert known.detector == "GaussianDensity"
    assert set(known.environment["libraries"]) >= {"dross", "numpy", "scikit-learn", "torch"}


def test_generators_are_not_stored(planted: Planted, tmp_path: Path) -> None:
    detector = IsolationForest(n_estimators=5, random_state=np.random.RandomState(0)).fit(planted.X_train)
    loaded = load(save(tmp_path / "model", detector)).detector
    assert loaded.get_params()["random_state"] is None
    assert bits(loaded.score_samples(planted.X_test)) == bits(detector.score_samples(planted.X_test))


def test_a_loaded_model_can_be_saved_again_and_is_the_same(planted: Planted, tmp_path: Path) -> None:
    detector = Refined(GaussianDensity(), random_state=0).fit(planted.X_train)
    once = load(save(tmp_path / "once", detector))
    twice = load(save(tmp_path / "twice", once))
    assert same(twice.detector, detector)
    assert twice.provenance == once.provenance


def test_what_cannot_be_saved_without_pickle_is_named(planted: Planted, tmp_path: Path) -> None:
    detector = PyODDetector(HBOS()).fit(planted.X_train)
    with pytest.raises(ModelError) as raised:
        save(tmp_path / "model", detector)
    assert str(raised.value) == (
        "detector.detector holds pyod.models.hbos.HBOS, which Dross does not load and so does not save: use one of "
        "Dross's detectors, or one of scikit-learn's outlier detectors"
    )
    assert list(tmp_path.iterdir()) == []
