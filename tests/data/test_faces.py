from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dross.data.animals import how_to_get_animals
from dross.data.faces import FACES_FILES, read_faces
from dross.data.fetch import fetch
from dross.data.fetch import main as fetch_main
from dross.data.named_images import image_dataset_names, load_image_dataset
from dross.errors import DataError
from dross.evaluation.image_protocols import image_problems, one_vs_rest
from dross.evaluation.variants import ClassRoles

HOW = (
    "'faces' has no publisher to fetch it from: put trainingset.npy and testingset.npy (uint8, n x 64 x 64 x 3) and "
    "testing_labels.npy (0 human, 1 anime, one a test image) into {folder}"
)


def write_faces(folder: Path, n_train: int = 30, labels: Any = (0, 1, 1, 0, 1)) -> list[Path]:
    """Write made-up files of that layout, and return their paths."""
    (folder / "faces").mkdir(parents=True)
    paths = [folder / file for file in FACES_FILES]
    generator = np.random.default_rng(0)
    for path, n in zip(paths, (n_train, 5), strict=False):
        np.save(path, generator.integers(0, 256, (n, 64, 64, 3), dtype=np.uint8))
    np.save(paths[2], np.asarray(labels, dtype=np.uint8))
    return paths


def test_files_of_any_size_are_faces(tmp_path: Path) -> None:
    paths = write_faces(tmp_path)
    data = load_image_dataset("Faces", tmp_path)
    np.testing.assert_array_equal(data.X, np.concatenate([np.load(path) for path in paths[:2]]))
    assert data.classes.tolist() == [0] * 30 + [0, 1, 1, 0, 1]
    assert data.test.tolist() == [False] * 30 + [True] * 5
    assert data.class_names == ("human", "anime")
    assert len(data.checksum) == 64
    (item,) = (item for item in image_dataset_names(tmp_path) if item.name == "faces")
    assert (item.n_images, item.n_test, item.available) == (35, 5, True)


def test_people_are_normal_and_nothing_can_contaminate_them(tmp_path: Path) -> None:
    write_faces(tmp_path)
    data = load_image_dataset("faces", tmp_path)
    split = one_vs_rest(data, "human", 0.0, 0)
    assert (split.n_train, split.n_contaminants, split.labels_test.tolist()) == (30, 0, [0, 1, 1, 0, 1])
    assert image_problems(data, [ClassRoles("human")], [0.0, 0.1]) == [
        "data set 'faces', class 'human' cannot give the contamination 0.1: it takes 3 anomalies, and there are 0 to "
        "contaminate with; the largest is 0"
    ]


def test_absent_files_are_not_said_to_be_fetched(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_image_dataset("faces", tmp_path)
    how = HOW.format(folder=tmp_path / "faces")
    assert str(caught.value) == (
        f"the data set 'faces' is not at hand: there is no file {tmp_path / FACES_FILES[0]}. {how}, or set DROSS_DATA "
        "to the folder that has it"
    )
    (item,) = (item for item in image_dataset_names(tmp_path) if item.name == "faces")
    assert (item.n_images, item.n_test, item.available) == (None, None, False)
    with pytest.raises(DataError) as caught:
        fetch(tmp_path, tmp_path, ["faces"])
    assert str(caught.value) == how


def test_laying_everything_out_says_what_is_left_to_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("dross.data.fetch.fetch", lambda *given: [])
    assert fetch_main([str(tmp_path)]) == 0
    animals, faces = how_to_get_animals(tmp_path), HOW.format(folder=tmp_path / "faces")
    assert capsys.readouterr().err == f"{animals}\n{faces}\n"
    assert fetch_main([str(tmp_path), "thyroid"]) == 0
    assert capsys.readouterr().err == ""
    write_faces(tmp_path)
    assert fetch_main([str(tmp_path)]) == 0
    assert capsys.readouterr().err == f"{animals}\n"


def test_files_that_hold_something_else_are_named_with_what_they_hold(tmp_path: Path) -> None:
    paths = write_faces(tmp_path, labels=[0, 1, 2, 0])
    np.save(paths[0], np.zeros((3, 64, 64, 3)))
    np.save(paths[1], np.zeros((5, 32, 32, 3), dtype=np.uint8))
    with pytest.raises(DataError) as caught:
        read_faces(paths)
    assert str(caught.value).splitlines() == [
        "3 mistakes:",
        f"  - {paths[0]} holds an array of shape (3, 64, 64, 3) and type float64; it must be (n, 64, 64, 3) of uint8",
        f"  - {paths[1]} holds an array of shape (5, 32, 32, 3) and type uint8; it must be (n, 64, 64, 3) of uint8",
        f"  - {paths[2]} holds an array of shape (4,) with values from 0 to 2; it must have a 0 (human) or a 1 (anime) "
        "for each of the 5 images of testingset.npy",
    ]


@pytest.mark.data("faces")
def test_the_files_at_hand() -> None:
    (item,) = (item for item in image_dataset_names() if item.name == "faces")
    data = load_image_dataset("faces")
    assert (data.n_images, int(data.test.sum())) == (item.n_images, item.n_test)
    assert set(data.classes[~data.test]) == {0}
    assert set(data.classes[data.test]) == {0, 1}
