from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dross.cli.main import main
from dross.errors import DataError, ParameterError
from dross.persistence import Model
from dross.tasks import fit, score, score_file
from tests.tasks.dirty_images import dirty_images, write_folder
from tests.tasks.peak_memory import is_told

IMAGES = dirty_images()


@pytest.fixture
def model() -> Model:
    return fit(IMAGES, detector="srr-pixel-knn")


@pytest.fixture
def here(tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    fit(IMAGES, detector="srr-pixel-knn", out="m")
    np.save("testingset.npy", IMAGES)
    return tmp_path


def test_a_submission_holds_ids_and_scores_under_the_names_asked_for(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # These are the training images: what refinement made of them is not handed in either.
    words = ["score", "m", "testingset.npy", "--out", "submission.csv", "--columns", "ID,score", "--rows", "60"]
    assert main(words) == 0
    lines = Path("submission.csv").read_text().splitlines()
    assert lines[0] == "ID,score"
    assert [line.split(",")[0] for line in lines[1:]] == [str(number) for number in range(60)]
    expected = score("m", IMAGES)["anomaly_score"].tolist()
    # Full precision: what is read back is the same to the last bit.
    assert [float(line.split(",")[1]) for line in lines[1:]] == expected
    said = capsys.readouterr().err.splitlines()
    assert said[1:] == [
        "Scores written to submission.csv",
        "Next: hand it in; a higher score is a more anomalous one",
    ]


def test_images_of_a_folder_are_named_by_their_files(model: Model, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "photos", dirty_images(12, bad=(4,), seed=1))
    score_file(model, folder, tmp_path / "s.parquet", columns=["name", "y"], rows=12)
    written = pd.read_parquet(tmp_path / "s.parquet")
    assert written.columns.tolist() == ["name", "y"]
    assert written["name"].tolist() == score(model, folder)["id"].tolist()


def test_another_number_of_rows_is_an_error_and_no_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["score", "m", "testingset.npy", "--out", "submission.csv", "--columns", "ID,score", "--rows", "19636"]
    assert main(words) == 2
    assert capsys.readouterr().err == (
        "dross: testingset.npy gives 60 images, but 19,636 rows are asked for (rows=19636, --rows 19636): score the "
        "file that the rows are asked of, whole and without skipping, or correct the number; nothing was written\n"
    )
    assert not Path("submission.csv").exists()


def test_a_file_that_is_there_stays_where_the_number_is_wrong(here: Path) -> None:
    Path("submission.csv").write_text("mine")
    with pytest.raises(DataError):
        score_file("m", "testingset.npy", "submission.csv", columns=("ID", "score"), rows=61)
    assert Path("submission.csv").read_text() == "mine"


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_tables_are_counted_too_before_or_while_they_are_scored(tmp_path: Path, suffix: str) -> None:
    rows = pd.DataFrame({"size": [1.0, 1.1, 0.9, 1.0, 1.2, 0.8, 9.0], "part": list("abcdefg")})
    data = tmp_path / f"new{suffix}"
    rows.to_csv(data, index=False) if suffix == ".csv" else rows.to_parquet(data)
    model = fit(rows, detector="gaussian", id="part")
    score_file(model, data, tmp_path / "s.csv", columns=["ID", "score"], rows=7)
    assert pd.read_csv(tmp_path / "s.csv")["ID"].tolist() == list("abcdefg")
    with pytest.raises(DataError) as raised:
        score_file(model, data, tmp_path / "t.csv", rows=8)
    assert str(raised.value) == (
        f"{data} gives 7 rows, but 8 rows are asked for (rows=8, --rows 8): score the file that the rows are asked of, "
        "whole and without skipping, or correct the number; nothing was written"
    )
    assert not (tmp_path / "t.csv").exists()


@pytest.mark.parametrize("columns", [["ID"], ["ID", "score", "more"], ["ID", "ID"], ["ID", " "], ['I"D', "score"]])
def test_columns_are_two_different_names(tmp_path: Path, columns: list[str]) -> None:
    with pytest.raises(ParameterError) as raised:
        score_file(tmp_path / "m", tmp_path / "new.npy", tmp_path / "s.csv", columns=columns)
    found = ",".join(columns)
    assert str(raised.value) == (
        f"columns is {found!r}; it must be two different names, of the id and of the anomaly score, such as ID,score"
    )


@pytest.mark.parametrize("rows", [0, 1.5, True])
def test_a_number_of_rows_is_one(tmp_path: Path, rows: Any) -> None:
    with pytest.raises(ParameterError, match=r"^rows is "):
        score_file(tmp_path / "m", tmp_path / "new.npy", tmp_path / "s.csv", rows=rows)


# A detector that looks at a batch at a time, in place of one of the catalogue, so that what is measured is the reading.
_FIT = """
import re, sys
from pathlib import Path
import numpy as np
from dross.detector import AbstractDetector
from dross.tasks import choosing, fit

class Streaming(AbstractDetector):
    def fit(self, X, y=None):
        self.mean_ = sum(float(batch.mean()) * len(batch) for batch in X.batches(64)) / len(X)
        self.offset_ = 0.0
        return self

    def score_samples(self, X):
        return np.zeros(len(X))

choosing.Choice.build = lambda choice: Streaming()
for source in sys.argv[1:]:
    model = fit(source, detector="pixel-knn")
    print(model.provenance.n_rows, re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(not is_told(), reason="this system does not tell the peak memory of a process")
def test_training_images_stay_in_their_file_unless_the_detector_asks_for_them(tmp_path: Path) -> None:
    sources = []
    for n_images in (500, 8_500):
        sources.append(tmp_path / f"{n_images}.npy")
        array = np.lib.format.open_memmap(sources[-1], "w+", np.uint8, (n_images, 64, 64, 3))
        array[:] = np.arange(64, dtype=np.uint8)[:, None]
        array.flush()
    # One process for both, the small file first, since only a new peak shows.
    done = subprocess.run([sys.executable, "-c", _FIT, *sources], capture_output=True, text=True, check=True)
    (few, small), (many, large) = (map(int, line.split()) for line in done.stdout.splitlines())
    assert (few, many) == (500, 8_500)
    # 8,000 images more are 98 MB of bytes more.
    assert 1024 * (large - small) < 15e6
