from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dross.data.images.encoder import ImageEncoder
from dross.errors import DataError
from dross.persistence import load
from dross.tasks import fit
from tests.persistence.bits import bits
from tests.tasks.dirty_images import BAD, dirty_images, write_folder

IMAGES = dirty_images()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "photos", IMAGES)


def test_a_model_raises_alarms_on_what_stands_out(folder: Path) -> None:
    model = fit(folder, detector="srr-pixel-knn")
    assert model.takes == "images"
    assert set(BAD) <= set(np.flatnonzero(model.alarms(IMAGES)))


def test_a_folder_and_an_array_of_the_same_images_give_the_same_model(folder: Path) -> None:
    # Natural order of the names, folders among them, is not the order of the numbers: scores tell by the image.
    one, other = (fit(data, detector="pixel-knn") for data in (folder, IMAGES))
    assert one.anomaly_scores(IMAGES).tolist() == pytest.approx(other.anomaly_scores(IMAGES).tolist(), rel=1e-9)


def test_what_it_was_fitted_on_is_recorded_and_saved(folder: Path, tmp_path: Path) -> None:
    (folder / "7.png").write_bytes(b"")
    fit(folder, detector="pixel-knn", parameters={"n_neighbors": 3}, skip_bad=True, size=12, out=tmp_path / "m", seed=7)
    model = load(tmp_path / "m")
    known, encoder = model.provenance, model.encoder
    assert (known.detector, known.parameters, known.seed) == ("pixel-knn", {"n_neighbors": 3}, 7)
    assert (known.source, known.n_rows, known.label, known.id) == (str(folder), 59, None, None)
    assert len(known.checksum) == 64
    assert known.skipped == (("7.png", "is empty (0 bytes): copy it again"),)
    assert isinstance(encoder, ImageEncoder)
    assert (encoder.size_, encoder.channels_) == ((12, 12), 1)


def test_networks_are_trained_and_give_the_same_scores_again(folder: Path) -> None:
    small = {"width": 2, "max_epochs": 1, "device": "cpu"}
    one, other = (fit(folder, detector="rotation", parameters=small, seed=3) for _ in range(2))
    assert bits(one.anomaly_scores(IMAGES)) == bits(other.anomaly_scores(IMAGES))


def test_a_network_gets_square_images_and_others_get_them_as_they_are(tmp_path: Path) -> None:
    wide = np.concatenate([IMAGES, IMAGES], axis=2)
    small = {"width": 2, "max_epochs": 1, "device": "cpu"}
    sizes = {}
    for name, parameters in (("rotation", small), ("pixel-knn", {})):
        encoder = fit(wide, detector=name, parameters=parameters).encoder
        assert isinstance(encoder, ImageEncoder)
        sizes[name] = encoder.size_
    assert sizes == {"rotation": (16, 16), "pixel-knn": (8, 16)}


def test_too_few_images_name_the_folder(tmp_path: Path) -> None:
    few = write_folder(tmp_path / "few", IMAGES[:8])
    with pytest.raises(DataError, match="needs at least 10 samples, found 8 samples") as raised:
        fit(few, detector="srr-pixel-knn")
    assert str(raised.value).startswith(f"{few}: ")


def test_the_model_does_not_go_into_the_folder_that_is_read(folder: Path) -> None:
    for out in (folder, folder / "m", folder / "more" / ".." / "m"):
        with pytest.raises((DataError, ValueError)):
            fit(folder, detector="pixel-knn", out=out)
    with pytest.raises(DataError) as raised:
        fit(folder, detector="pixel-knn", out=folder / "m")
    assert str(raised.value) == f"{folder / 'm'} lies in {folder}, which is what is read: give a place outside of it"
    assert not (folder / "m").exists()
