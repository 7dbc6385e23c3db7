from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dross.data.adbench import TABLES
from dross.data.dataset import make_dataset
from dross.data.named import data_folder, dataset_names, load_dataset
from dross.errors import DataError

PUBLISHED = [item for item in dataset_names() if item.available]


@pytest.mark.parametrize("name", [item.name for item in PUBLISHED])
def test_every_set_at_hand_has_its_published_size(name: str) -> None:
    (item,) = (item for item in PUBLISHED if item.name == name)
    data = load_dataset(name)
    assert (data.n_samples, data.n_features, data.n_anomalies) == (item.n_samples, item.n_features, item.n_anomalies)
    assert data.name == item.name
    assert data.X.dtype == np.float64
    assert set(np.unique(data.labels)) == {0, 1}
    assert len(data.checksum) == 64
    assert data.source.startswith("https://")
    assert data.licence == item.licence


@pytest.mark.data("thyroid", "adbench/thyroid", "thyroid-uci")
def test_thyroid_is_the_same_table_in_all_three_places() -> None:
    odds, adbench, uci = load_dataset("thyroid"), load_dataset("adbench/thyroid"), load_dataset("Thyroid-UCI")
    np.testing.assert_array_equal(odds.X, adbench.X)
    np.testing.assert_array_equal(odds.labels, adbench.labels)
    columns = [uci.feature_names.index(name) for name in odds.feature_names]
    train = uci.X[:3772, columns]
    scaled = (train - train.min(axis=0)) / np.ptp(train, axis=0)
    np.testing.assert_allclose(scaled, odds.X, atol=1e-9)
    assert (uci.labels[:3772] >= odds.labels).all()  # ODDS calls one of the two sick classes normal


@pytest.mark.data("http", "arrhythmia")
def test_notes_say_what_is_so() -> None:
    http = load_dataset("http")
    normal = {row.tobytes() for row in http.X[http.labels == 0]}
    equal = sum(row.tobytes() in normal for row in http.X[http.labels == 1])
    assert f"{equal:,} of its {http.n_anomalies:,} anomalies equal a normal row" in http.notes
    constant = int((np.ptp(load_dataset("arrhythmia").X, axis=0) == 0).sum())
    assert f"{constant} of its 274 columns are constant" in load_dataset("arrhythmia").notes
    for table in TABLES:
        if data_folder().joinpath("adbench", table.file).is_file():
            data = load_dataset(f"adbench/{table.name}")
            by_label = bool((np.diff(data.labels) >= 0).all() or (np.diff(data.labels) <= 0).all())
            assert any("sorted by label" in note for note in data.notes) == by_label, table.name


def test_digits_and_breast_cancer_need_no_file(tmp_path: Path) -> None:
    assert load_dataset("digits", tmp_path).n_anomalies == 178
    cancer = load_dataset("Breast-Cancer", tmp_path)
    assert (cancer.n_anomalies, cancer.feature_names[0]) == (212, "mean radius")
    assert [item.name for item in dataset_names(tmp_path) if item.available] == ["breast-cancer", "digits"]


def test_every_name_is_listed_once() -> None:
    names = [item.name.lower() for item in dataset_names()]
    assert len(names) == len(set(names)) == 52
    assert "adbench/thyroid" in names


def test_a_typing_error_suggests_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_dataset("cardoi", tmp_path)
    assert str(caught.value) == (
        "no data set is called 'cardoi'; did you mean 'cardio'?; `dross datasets` lists those there are"
    )


@pytest.mark.parametrize(
    ("asked", "name", "file", "publisher"),
    [
        ("THYROID", "thyroid", "odds/thyroid.mat", "https://odds.cs.stonybrook.edu/thyroid-disease-dataset/"),
        ("aloi", "ALOI", "adbench/1_ALOI.npz", "https://github.com/Minqi824/ADBench"),
        ("adbench/aloi", "ALOI", "adbench/1_ALOI.npz", "https://github.com/Minqi824/ADBench"),
    ],
)
def test_an_absent_set_says_how_to_get_it(tmp_path: Path, asked: str, name: str, file: str, publisher: str) -> None:
    with pytest.raises(DataError) as caught:
        load_dataset(asked, tmp_path)
    assert str(caught.value) == (
        f"the data set '{name}' is not at hand: there is no file {tmp_path / file}. Run `make data` "
        "to fetch it from its "
        f"publisher ({publisher}), or set DROSS_DATA to the folder that has it"
    )


def test_tables_beyond_the_47_are_found_by_name(tmp_path: Path) -> None:
    (tmp_path / "adbench").mkdir()
    np.savez(tmp_path / "adbench" / "99_mine.npz", X=np.eye(3, dtype=np.uint8), y=np.array([0, 0, 1]))
    data = load_dataset("mine", tmp_path)
    assert (data.name, str(data.X.dtype), data.n_anomalies) == ("mine", "float64", 1)


def test_damaged_files_are_messages(tmp_path: Path) -> None:
    (tmp_path / "adbench").mkdir()
    (tmp_path / "odds").mkdir()
    (tmp_path / "odds" / "ann-train.data").write_text("1 2 3\n")
    (tmp_path / "odds" / "ann-test.data").write_text("1 2 3\n")
    path = tmp_path / "odds" / "ann-train.data"
    with pytest.raises(DataError) as caught:
        load_dataset("thyroid-uci", tmp_path)
    assert str(caught.value) == (
        f"{path} is damaged: its rows are not 21 numbers and a class; delete it and run `make data` again"
    )
    path.write_text("1 x 3\n")
    with pytest.raises(DataError, match=r"ann-train.data is damaged \(.*\); delete it and run `make data` again$"):
        load_dataset("thyroid-uci", tmp_path)
    np.savez(tmp_path / "adbench" / "6_cardio.npz", X=np.eye(3))
    with pytest.raises(DataError) as caught:
        load_dataset("cardio", tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'adbench' / '6_cardio.npz'} has no labels: a named data set needs an array 'y' "
        "beside 'X'; run `make "
        "data` again"
    )


def test_the_folder_is_the_one_given_then_the_environment_then_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROSS_DATA", "/elsewhere")
    assert (data_folder("given"), data_folder()) == (Path("given"), Path("/elsewhere"))
    monkeypatch.delenv("DROSS_DATA")
    assert data_folder() == Path("data")


@pytest.mark.parametrize(
    ("X", "labels", "names", "message"),
    [
        ([1, 2], [0, 1], None, "toy: an array of shape (2,) is no table; it must be (n_samples, n_features)"),
        ([[1], [2]], [0], None, "labels have the shape (1,), but there are 2 samples: give one label each"),
        ([[1], [np.nan]], [0, 1], None, "toy: row 1, column 'x0' is not a finite number"),
        (
            [[1], [2]],
            [0, -1],
            None,
            "toy: labels must be 0 or 1 for every sample of a data set that detectors are measured on",
        ),
        (
            [[1], [2]],
            [0, 1],
            ("a", "b"),
            "toy: 2 feature names for an array of shape (2, 1): give an array (n_samples, "
            "n_features) and one name a column",
        ),
    ],
)
def test_parts_that_do_not_fit_are_no_data_set(
    X: list[object], labels: list[int], names: tuple[str, ...] | None, message: str
) -> None:
    with pytest.raises(DataError) as caught:
        make_dataset("toy", np.array(X), labels, feature_names=names)
    assert str(caught.value) == message
