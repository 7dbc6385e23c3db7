from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dross.catalog import CATALOG
from dross.detector import AbstractDetector
from dross.errors import ParameterError
from dross.tasks import choosing, clean, defaults, fit
from tests.tasks.dirty_images import dirty_images, write_folder
from tests.tasks.dirty_tables import dirty_table

IMAGES = dirty_images(12)


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)


def test_what_data_hold_decides_on_the_detector(tmp_path: Path, no_gpu: None) -> None:
    folder = write_folder(tmp_path / "photos", IMAGES)
    np.save(tmp_path / "photos.npy", IMAGES)
    images: list[Any] = [IMAGES, folder, str(folder), tmp_path / "photos.npy", [folder / "0.png", folder / "1.png"]]
    tables: list[Any] = [dirty_table(), IMAGES[:, 0, :], tmp_path / "parts.csv"]
    assert [choosing.choose(data).name for data in images] == [defaults.IMAGE_DETECTOR] * len(images)
    assert [choosing.choose(data).name for data in tables] == [defaults.DETECTOR] * len(tables)


def values_of(detector: AbstractDetector, name: str) -> list[Any]:
    """Return the values of a parameter in a detector and its parts."""
    return [value for path, value in detector.get_params().items() if path.split("__")[-1] == name]


def test_without_a_gpu_a_network_keeps_to_its_defaults_and_they_are_told(no_gpu: None) -> None:
    choice = choosing.choose(IMAGES, parameters={"max_epochs": 3})
    assert (choice.parameters, choice.has_gpu) == ({"max_epochs": 3}, False)
    parameters = choice.build().get_params()
    assert choice.preset == {name: parameters[f"representation__{name}"] for name in choice.preset}
    assert set(choice.preset) == set(defaults.GPU_PRESET["rotation"]) - {"max_epochs"}


def test_with_a_gpu_a_network_is_as_the_preset_says_but_for_what_is_set(gpu: None) -> None:
    choice = choosing.choose(IMAGES, parameters={"max_epochs": 3})
    expected = {**defaults.GPU_PRESET["rotation"], "max_epochs": 3}
    assert (choice.parameters, choice.has_gpu) == (expected, True)
    built = choice.build()
    assert all(value in values_of(built, name) for name, value in expected.items())
    assert choosing.choose(IMAGES, parameters={"device": "cpu"}).parameters == {"device": "cpu"}


@pytest.mark.parametrize("name", [*defaults.GPU_PRESET, *(f"srr-{name}" for name in defaults.GPU_PRESET)])
def test_every_preset_fits_its_detector(name: str, gpu: None) -> None:
    base = name.removeprefix("srr-")
    assert choosing.choose(IMAGES, name).parameters == defaults.GPU_PRESET[base]


def test_the_preset_for_a_gpu_is_that_of_the_study() -> None:
    study = tomllib.loads((Path(__file__).parents[2] / "studies" / "cifar10" / "run.toml").read_text())
    assert {
        item["name"]: item["parameters"] for item in study["detectors"] if item["name"] in defaults.GPU_PRESET
    } == defaults.GPU_PRESET


def test_what_needs_no_network_has_no_preset() -> None:
    for data, name in ((IMAGES, "pixel-knn"), (dirty_table(), "gaussian")):
        choice = choosing.choose(data, name, {"contamination": 0.1})
        assert (choice.parameters, choice.preset) == ({"contamination": 0.1}, {})


@pytest.mark.parametrize("do", [fit, clean])
def test_a_detector_for_tables_does_not_take_images(do: Any, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "photos", IMAGES)
    with pytest.raises(ParameterError) as raised:
        do(folder, detector="srr-knn")
    fitting = ", ".join(entry.name for entry in CATALOG.values() if entry.takes == "images")
    assert "rotation" in fitting
    assert str(raised.value) == (
        f"the detector 'srr-knn' takes tables, but {folder} holds images: give one that takes images ({fitting}), or "
        "the same with srr- in front, such as srr-rotation"
    )


@pytest.mark.parametrize("do", [fit, clean])
def test_a_detector_for_images_does_not_take_a_table(do: Any) -> None:
    with pytest.raises(ParameterError) as raised:
        do(dirty_table(), detector="pixel-knn")
    fitting = ", ".join(entry.name for entry in CATALOG.values() if entry.takes == "tables")
    assert str(raised.value) == (
        f"the detector 'pixel-knn' takes images, but the data holds a table: give one that takes tables ({fitting}), "
        "or the same with srr- in front, such as srr-gaussian"
    )


def test_what_is_said_of_the_other_kind_of_data_is_told_at_once() -> None:
    with pytest.raises(ParameterError) as raised:
        fit(IMAGES, detector="pixel-knn", label="defect", id="part")
    assert str(raised.value) == (
        "2 mistakes:\n"
        "  - label is 'defect', a column of a table, but the data holds images, which are named by their files: leave "
        "label out\n"
        "  - id is 'part', a column of a table, but the data holds images, which are named by their files: leave id out"
    )
    with pytest.raises(ParameterError) as raised:
        clean(dirty_table(), size=32, skip_bad=True)
    assert str(raised.value) == (
        "2 mistakes:\n"
        "  - size is 32, which is for images, but the data is a table: leave size out\n"
        "  - skip_bad is True, which is for images, but the data is a table: leave skip_bad out"
    )


def test_what_is_misspelt_shows_before_images_are_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "photos", IMAGES)
    (folder / "0.png").write_bytes(b"")
    with pytest.raises(ParameterError) as raised:
        fit(folder, detector="rotatoin")
    assert str(raised.value) == "there is no detector 'rotatoin'; did you mean 'rotation'?"


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        (
            "srr-descriptor-svm",
            {},
            "there is no detector 'srr-descriptor-svm': 'descriptor-svm' needs labels to learn from, and cannot be "
            "refined: leave out srr-",
        ),
        (
            "pixel-knn",
            {"random_state": 3},
            "random_state is no parameter to set: give the seed (on the command line --seed)",
        ),
        (
            "pixel-knn",
            {"name": "gaussian"},
            "name is no parameter to set: give the detector by its name (on the command line --detector)",
        ),
        (
            "pixel-knn",
            {"training": "refined"},
            "training is no parameter to set: the name says it, so give the detector 'srr-pixel-knn'",
        ),
        (
            "srr-pixel-knn",
            {"training": "blind"},
            "training is no parameter to set: the name says it, so give the detector 'pixel-knn'",
        ),
        (
            "descriptor-svm",
            {"training": "refined"},
            "training is no parameter to set: the name says it, so give the detector 'descriptor-svm'",
        ),
    ],
)
def test_what_is_no_parameter_says_where_it_goes(name: str, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as raised:
        choosing.choose(IMAGES, name, parameters)
    assert str(raised.value) == message
