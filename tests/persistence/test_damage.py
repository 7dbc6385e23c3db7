"""A folder that is damaged, foreign or malicious: one message, and nothing in it is run."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from dross.errors import DataError, ModelError
from dross.one_class import GaussianDensity, IsolationForest
from dross.persistence import load, save
from dross.persistence.folder import _checksum

Change = Callable[[dict[str, Any]], None]
REMEDY = "copy it again from where it came from, or fit it again"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    X = np.random.default_rng(0).normal(size=(50, 2))
    return save(tmp_path / "model", IsolationForest(n_estimators=2, random_state=0).fit(X))


def rewrite(folder: Path, change: Change) -> None:
    """Change the description as a forger would, who gets every checksum right."""
    description = json.loads((folder / "model.json").read_text())
    change(description)
    for name in description["files"]:
        if (folder / name).is_file():
            description["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    description["checksum"] = _checksum(description)
    (folder / "model.json").write_text(json.dumps(description))


def message(folder: Path) -> str:
    with pytest.raises(ModelError) as raised:
        load(folder)
    return str(raised.value)


def nothing(description: dict[str, Any]) -> None:
    pass


def test_no_folder(tmp_path: Path) -> None:
    where = tmp_path / "none"
    assert message(where) == (
        f"there is no model {where}: check the path, or make one with `dross fit DATA --out {where}`"
    )


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    where = tmp_path / "model"
    where.write_text("x")
    assert message(where) == f"{where} is a file, but a model is a folder: give the folder that `dross fit` wrote"


def test_another_folder(tmp_path: Path) -> None:
    assert message(tmp_path) == (
        f"{tmp_path} is no model: it has no model.json; give the folder that `dross fit` wrote"
    )


@pytest.mark.parametrize("name", ["arrays.safetensors", "detector.forest_.skops"])
def test_a_missing_file_is_named(model: Path, name: str) -> None:
    (model / name).unlink()
    assert message(model) == f"the model {model} is damaged: {name} is missing; {REMEDY}"


@pytest.mark.parametrize("name", ["arrays.safetensors", "detector.forest_.skops"])
def test_a_changed_byte_is_noticed(model: Path, name: str) -> None:
    content = bytearray((model / name).read_bytes())
    content[-1] ^= 1
    (model / name).write_bytes(content)
    assert message(model) == f"the model {model} is damaged: the checksum of {name} is wrong; {REMEDY}"


def test_a_changed_description_is_noticed(model: Path) -> None:
    text = (model / "model.json").read_text()
    (model / "model.json").write_text(text.replace('"n_estimators": 2', '"n_estimators": 3'))
    assert message(model) == f"the model {model} is damaged: the checksum of model.json is wrong; {REMEDY}"


def test_a_truncated_description_is_noticed(model: Path) -> None:
    text = (model / "model.json").read_text()
    (model / "model.json").write_text(text[: len(text) // 2])
    assert message(model).startswith(f"the model {model} is damaged: ")


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"format": "other"}', "[" * 100_000, "\x00"])
def test_a_description_that_is_none_is_damage(model: Path, text: str) -> None:
    (model / "model.json").write_text(text)
    assert message(model).startswith(f"the model {model} is damaged: ")


def test_truncated_arrays_are_damage_even_with_right_checksums(tmp_path: Path) -> None:
    model = save(tmp_path / "model", GaussianDensity().fit([[0.0], [1.0], [2.0]]))
    content = (model / "arrays.safetensors").read_bytes()
    for length in (0, 4, len(content) // 2, len(content) - 1):
        (model / "arrays.safetensors").write_bytes(content[:length])
        rewrite(model, nothing)
        assert message(model).startswith(f"the model {model} is damaged: ")


def test_a_truncated_part_is_damage_even_with_right_checksums(model: Path) -> None:
    content = (model / "detector.forest_.skops").read_bytes()
    for length in (0, 10, len(content) // 2):
        (model / "detector.forest_.skops").write_bytes(content[:length])
        rewrite(model, nothing)
        assert message(model).startswith(f"the model {model} is damaged: ")


def test_other_shapes_are_named(tmp_path: Path) -> None:
    model = save(tmp_path / "model", GaussianDensity().fit([[0.0], [1.0], [2.0]]))
    arrays = safetensors.numpy.load_file(model / "arrays.safetensors")
    arrays["detector.location_"] = np.zeros(7)
    safetensors.numpy.save_file(arrays, model / "arrays.safetensors")
    rewrite(model, nothing)
    assert message(model) == (
        f"the model {model} is damaged: the array 'detector.location_' in arrays.safetensors is "
        "{'dtype': 'float64', 'shape': [7]}, not {'dtype': 'float64', 'shape': [1]}; " + REMEDY
    )


def test_a_newer_version_is_told(model: Path) -> None:
    rewrite(model, lambda description: description.update(format_version=2))
    assert message(model) == (
        f"the model {model} cannot be used: it was written by a newer version of Dross (format 2, this one reads up to "
        "1): install that version, or fit the model again"
    )


@pytest.mark.parametrize("name", ["Popen", "TableEncoder", "GausianDensity", None, ["list"]])
def test_a_class_that_is_not_on_the_list_is_refused(model: Path, name: Any) -> None:
    rewrite(model, lambda description: description["detector"].update({"class": name}))
    hint = "; did you mean 'GaussianDensity'?" if name == "GausianDensity" else ""
    assert message(model) == (
        f"the model {model} cannot be used: it holds a detector or representation of the class {name!r}, which is not "
        f"one that Dross loads{hint}: use a model that Dross itself has written, with the same or a newer version of "
        "Dross"
    )


def test_a_forbidden_type_in_a_part_is_named_and_not_run(model: Path, tmp_path: Path) -> None:
    forge_part(model, {"__class__": "system", "__module__": "os", "__loader__": "FunctionNode", "content": {}})
    assert message(model) == (
        f"the model {model} cannot be used: detector.forest_.skops holds os.system, which is not among the types that "
        "Dross trusts: do not use this model unless you know who made it; fit it again from its training data"
    )


def test_a_trusted_type_made_in_a_forbidden_way_is_refused(model: Path) -> None:
    forge_part(model, {"__class__": "dict", "__module__": "builtins", "__loader__": "MethodNode", "content": {}})
    assert "holds builtins.dict (as MethodNode), which is not among the types that Dross trusts" in message(model)


def test_a_pickle_in_place_of_a_part_is_not_read(model: Path) -> None:
    (model / "detector.forest_.skops").write_bytes(pickle.dumps({"a": 1}))
    rewrite(model, nothing)
    assert message(model) == f"the model {model} is damaged: BadZipFile: File is not a zip file; {REMEDY}"


def test_a_file_outside_the_folder_is_not_read(model: Path) -> None:
    shutil.copy(model / "arrays.safetensors", model.parent / "secret.skops")
    rewrite(model, lambda description: description["files"].update({"../secret.skops": ""}))
    assert message(model) == (
        f"the model {model} is damaged: '../secret.skops' is no name of a file in a model; {REMEDY}"
    )


@pytest.mark.parametrize("name", ["__class__", "_private_", "fit", "offset", "__dict__", "decision_function"])
def test_only_fitted_attributes_are_set(model: Path, name: str) -> None:
    rewrite(model, lambda description: description["detector"]["fitted"].update({name: 1}))
    assert message(model) == (
        f"the model {model} is damaged: {name!r} is no fitted attribute of IsolationForest; {REMEDY}"
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda description: description.pop("detector"),
        lambda description: description.update(detector=None),
        lambda description: description.update(detector={"kind": "unheard-of"}),
        lambda description: description["detector"]["fitted"].pop("offset_"),
        lambda description: description["detector"]["parameters"].update(unheard_of=1),
        lambda description: description.update(schema={"columns": 3}),
        lambda description: description.update(provenance=[]),
        lambda description: description.update(files={}),
    ],
)
def test_any_other_damage_is_a_model_error(model: Path, change: Change) -> None:
    rewrite(model, change)
    assert str(model) in message(model)


def forge_part(model: Path, node: dict[str, Any]) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("schema.json", json.dumps({**node, "protocol": 3}))
    (model / "detector.forest_.skops").write_bytes(content.getvalue())
    rewrite(model, nothing)


def test_other_things_are_never_overwritten(tmp_path: Path) -> None:
    detector = GaussianDensity().fit([[0.0], [1.0], [2.0]])
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "cat.jpg").write_text("cat")
    with pytest.raises(ModelError) as raised:
        save(folder, detector)
    assert str(raised.value) == (
        f"{folder} is a folder with other things in it (cat.jpg) and is left alone: give another path for the model"
    )
    with pytest.raises(ModelError) as raised:
        save(folder / "cat.jpg", detector)
    assert str(raised.value) == (
        f"{folder / 'cat.jpg'} is a file and is left alone: a model is a folder; give another path for it"
    )
    (tmp_path / "model.json").write_text("{}")
    shutil.rmtree(folder)
    with pytest.raises(ModelError) as raised:
        save(tmp_path, detector)
    assert str(raised.value) == (
        f"{tmp_path} is a folder, but no model, and is left alone: give another path for the model"
    )
    assert (tmp_path / "model.json").read_text() == "{}"


def test_a_model_with_notes_in_it_is_not_replaced(model: Path) -> None:
    (model / "NOTES.txt").write_text("fitted for Anna")
    with pytest.raises(ModelError, match=r"other things in it \(NOTES.txt\) and is left alone"):
        save(model, GaussianDensity().fit([[0.0], [1.0], [2.0]]))
    assert (model / "NOTES.txt").read_text() == "fitted for Anna"


def test_a_model_is_replaced_whole(model: Path) -> None:
    save(model, GaussianDensity().fit([[0.0], [1.0], [2.0]]))
    assert sorted(file.name for file in model.iterdir()) == ["arrays.safetensors", "model.json"]
    assert isinstance(load(model).detector, GaussianDensity)


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    assert load(save(tmp_path / "model", GaussianDensity().fit([[0.0], [1.0], [2.0]]))).provenance.detector


def test_a_full_disk_leaves_the_old_model(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*rest: Any, **more: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = {file.name: file.read_bytes() for file in model.iterdir()}
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(DataError) as raised:
        save(model, GaussianDensity().fit([[0.0], [1.0], [2.0]]))
    assert str(raised.value) == (
        f"{model} could not be written: the disk is full (No space left on device). Nothing was left behind; free some "
        "space, or give another place, and run the same command again"
    )
    assert {file.name: file.read_bytes() for file in model.iterdir()} == before
    assert [file.name for file in model.parent.iterdir()] == ["model"]


def test_nothing_in_dross_can_read_a_pickle() -> None:
    source = Path(__file__).parents[2] / "src"
    for file in source.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        for word in (
            "import pickle",
            "joblib.load",
            "weights_only=False",
            "allow_pickle=True",
            "read_pickle",
            "import dill",
        ):
            assert word not in text, f"{file} has {word!r}"
