from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dross.errors import DataError, DrossError, ModelError, ParameterError
from dross.files import sha256
from dross.persistence import load
from dross.tasks import defaults, fit
from tests.persistence.bits import bits
from tests.tasks.dirty_tables import BAD, dirty_table


def test_a_model_raises_alarms_on_what_stands_out() -> None:
    table = dirty_table()
    model = fit(table, label="defect", id="part")
    alarms = model.alarms(table.drop(columns=["defect", "part"]))
    assert set(BAD) <= set(np.flatnonzero(alarms))


def test_the_same_seed_gives_the_same_scores() -> None:
    table = dirty_table().drop(columns=["defect", "part"])
    one, other = (fit(table, detector="isolation-forest", seed=3).anomaly_scores(table) for _ in range(2))
    assert bits(one) == bits(other)


def test_what_it_was_fitted_on_is_recorded_and_saved(tmp_path: Path) -> None:
    source = tmp_path / "parts.csv"
    dirty_table().to_csv(source, index=False)
    fit(source, detector="knn", parameters={"n_neighbors": 3}, label="defect", id="part", out=tmp_path / "m", seed=7)
    known = load(tmp_path / "m").provenance
    assert (known.detector, known.parameters, known.seed) == ("knn", {"n_neighbors": 3}, 7)
    assert (known.source, known.checksum, known.n_rows) == (str(source), sha256(source), 120)
    assert (known.label, known.id) == ("defect", "part")
    assert known.environment["libraries"]["dross"]


def test_the_default_detector_is_the_catalogues() -> None:
    from dross.catalog import DEFAULT_DETECTOR

    assert defaults.DETECTOR == DEFAULT_DETECTOR


def test_too_few_rows_names_the_table(tmp_path: Path) -> None:
    source = tmp_path / "parts.csv"
    dirty_table(6, bad=(1,)).to_csv(source, index=False)
    with pytest.raises(DataError) as raised:
        fit(source, detector="srr-gaussian", id="part")
    assert str(raised.value) == (
        f"{source}: refinement with 5 classifiers needs at least 10 samples, found 6 samples: give more samples, or "
        "lower n_classifiers"
    )


def test_a_misspelt_detector_shows_before_the_file_is_read(tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as raised:
        fit(tmp_path / "none.csv", detector="isolation-forrest")
    assert str(raised.value) == "there is no detector 'isolation-forrest'; did you mean 'isolation-forest'?"


def test_an_output_that_is_in_the_way_shows_before_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(ModelError, match="is left alone"):
        fit(tmp_path / "none.csv", out=tmp_path)


@pytest.mark.parametrize("array", [np.zeros((5, 2)), np.zeros(3), np.zeros((0, 2)), np.full((9, 2), np.nan)])
def test_arrays_without_anything_to_learn_are_refused(array: np.ndarray) -> None:
    with pytest.raises(DrossError):
        fit(array, detector="gaussian")
