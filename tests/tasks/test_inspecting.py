from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from dross.errors import DataError, ModelError, ParameterError
from dross.metrics import auroc
from dross.tasks import Inspected, inspect
from tests.inspection.made_products import mixed, products
from tests.random_weights import random_resnet18

KNN: dict[str, Any] = {"detector": "pixel-knn", "size": 32, "n_categories": 2}
TRAIN, _, _ = mixed((40, 30))
TEST, KINDS, DEFECTIVE = mixed((12, 12), defective=0.5, seed=1)


def write(folder: Path, images: NDArray[np.uint8], first: int = 0) -> Path:
    folder.mkdir()
    for number, image in enumerate(images, first):
        Image.fromarray(image).save(folder / f"{number}.png")
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(Path("train"), TRAIN)
    write(Path("test"), TEST)
    return tmp_path


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Inspected:
    """Return what came of two folders, with the number of categories found out."""
    folder = tmp_path_factory.mktemp("parts")
    train, test = write(folder / "train", TRAIN), write(folder / "test", np.concatenate([TEST, products(2, 1)[0]]))
    return inspect(train, test, folder / "scores.csv", detector="pixel-knn", size=32)


def test_a_mixed_folder_becomes_scores_in_natural_order_on_one_scale(found: Inspected) -> None:
    written = pd.read_csv(found.out)
    assert written.columns.tolist() == ["id", "anomaly_score", "alarm", "category", "known"]
    assert written["id"].tolist() == [f"{number}.png" for number in range(25)]
    assert found.sizes == (40, 30)
    assert found.reason.startswith("2 categories: ")
    # The larger kind is category 0.
    assert written["category"].tolist()[:24] == KINDS.tolist()
    ranked = auroc(DEFECTIVE, written["anomaly_score"].to_numpy()[:24])
    assert ranked is not None
    assert ranked > 0.9
    assert written["alarm"].tolist() == (written["anomaly_score"] > found.threshold).astype(int).tolist()
    assert (found.n_train, found.n_alarms) == (70, written["alarm"].sum())


def test_an_image_of_no_known_category_is_scored_and_flagged(found: Inspected) -> None:
    assert found.verdicts["known"].tolist() == [1] * 24 + [0]
    assert found.n_unknown == 1
    assert np.isfinite(found.verdicts["anomaly_score"]).all()
    assert found.verdicts["alarm"].iloc[-1] == 1


def test_the_page_shows_each_category_and_why_there_are_so_many(found: Inspected) -> None:
    page = found.audit.read_text()
    assert found.audit.name == "scores-categories.html"
    for heading in ("Category 0: training images", "Category 1: test images", "Test images of no known category"):
        assert f"<h2>{heading}</h2>" in page
    assert f"<p>{found.reason}.</p>" in page
    assert page.count("<img ") == 2 * 12 + 2 * 12 + 1
    assert "http" not in page.replace("http://www.w3.org", "")


@pytest.mark.parametrize(("preset", "header"), [("id-prediction", "id,prediction"), ("ID-score", "ID,score")])
def test_a_preset_writes_numbers_from_0_and_scores(here: Path, preset: str, header: str) -> None:
    found = inspect("train", "test", "s.csv", preset=preset, rows=24, **KNN)
    lines = Path("s.csv").read_text().splitlines()
    assert lines[0] == header
    assert [line.split(",")[0] for line in lines[1:]] == [str(number) for number in range(24)]
    assert [float(line.split(",")[1]) for line in lines[1:]] == found.verdicts["anomaly_score"].tolist()


def test_numbers_are_in_order_though_folders_are_not(here: Path) -> None:
    straight = inspect("train", "test", "s.csv", preset="ID-score", **KNN)
    (here / "test" / "a").mkdir()
    (here / "test" / "20.png").rename(here / "test" / "a" / "020.png")
    inspect("train", "test", "t.csv", preset="ID-score", **KNN)
    assert Path("t.csv").read_text() == Path("s.csv").read_text()
    assert straight.findings == ()


def test_binary_writes_alarms_in_place_of_scores(here: Path) -> None:
    found = inspect("train", "test", "s.csv", columns=["name", "y"], binary=True, **KNN)
    written = pd.read_csv("s.csv")
    assert written["name"].tolist()[:2] == ["0.png", "1.png"]
    assert written["y"].tolist() == found.verdicts["alarm"].tolist()
    assert 0 < written["y"].sum() < 24
    assert found.verdicts["anomaly_score"].nunique() > 2


def test_gaps_and_duplicates_are_an_error_for_a_preset_and_told_without(here: Path) -> None:
    (here / "test" / "3.png").unlink()
    (here / "test" / "7.png").unlink()
    Image.fromarray(TEST[0]).save(here / "test" / "09.png")
    gaps = "the numbering of test has gaps: missing 3 and 7"
    twice = "the numbering of test has duplicates: 9 (09.png and 9.png)"
    wanted = (
        "; the preset ID-score wants every number from 0 once: complete the folder, or leave the preset out and say "
        "columns=... (--columns)"
    )
    with pytest.raises(DataError) as raised:
        inspect("train", "test", "s.csv", preset="ID-score", **KNN)
    assert str(raised.value) == f"2 mistakes:\n  - {gaps}{wanted}\n  - {twice}{wanted}"
    assert not Path("s.csv").exists()
    assert inspect("train", "test", "s.csv", **KNN).findings == (gaps, twice)


def test_images_that_are_not_numbered_have_no_preset(here: Path) -> None:
    (here / "test" / "3.png").rename(here / "test" / "three.png")
    with pytest.raises(DataError) as raised:
        inspect("train", "test", "s.csv", preset="ID-score", **KNN)
    assert str(raised.value) == (
        "test holds three.png, which is not named by a number, as the preset ID-score takes for its ids: rename it, or "
        "leave the preset out and say columns=... (--columns)"
    )


def test_images_of_mixed_sizes_and_modes_are_brought_to_one(here: Path) -> None:
    for number in range(0, 70, 3):
        image = Image.open(here / "train" / f"{number}.png")
        image.convert("RGB").resize((50, 40)).save(here / "train" / f"{number}.png")
    assert inspect("train", "test", "s.csv", **KNN).sizes == (40, 30)


def test_a_category_of_too_few_images_is_told(here: Path) -> None:
    train = np.concatenate([products(0, 40)[0], products(1, 12)[0]])
    found = inspect(train, TEST, "s.csv", **KNN)
    assert found.sizes == (40, 12)
    assert found.findings == (
        "category 1 has 12 images, fewer than the 20 that a detector of its own is fitted on: it is scored by one that "
        "is fitted on all images",
    )
    assert found.findings[0][1:] in found.audit.read_text()


def test_weights_are_loaded_only_where_that_is_allowed(here: Path) -> None:
    torch.save(random_resnet18().state_dict(), "resnet18.pth")
    asked: dict[str, Any] = {
        "detector": "pretrained",
        "parameters": {"weights": "resnet18.pth", "image_size": 32},
        "size": 32,
    }
    with pytest.raises(ModelError) as raised:
        inspect(TRAIN[:25], TEST[:2], "s.csv", n_categories=1, **asked)
    assert str(raised.value) == (
        "weights would be loaded from resnet18.pth, which is not allowed here: take a detector that learns from your "
        "images alone, or allow it (download=True, --download)"
    )
    assert not Path("s.csv").exists()
    inspect(TRAIN[:25], TEST[:2], "s.csv", n_categories=1, download=True, **asked)
    assert Path("s.csv").exists()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"preset": "id-predictions"},
            "there is no preset 'id-predictions'; it must be id-prediction or ID-score; did you mean 'id-prediction'?",
        ),
        (
            {"preset": "ID-score", "columns": ["a", "b"]},
            "preset ID-score and columns both say what the columns are called: give one of them",
        ),
        (
            {"binary": True},
            "binary writes 0 or 1 in place of scores into a file that is handed in: give a preset or columns too "
            "(without these there is a column alarm)",
        ),
        ({"detector": "padimm"}, "there is no detector 'padimm'; did you mean 'padim'?"),
    ],
)
def test_what_cannot_be_asked_for_is_told_before_any_work(here: Path, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as raised:
        inspect("train", "test", "s.csv", **asked)
    assert str(raised.value) == message
    assert not Path("s.csv").exists()


def test_tables_and_the_wrong_number_of_rows_are_refused(here: Path) -> None:
    Path("parts.csv").write_text("a\n1\n")
    with pytest.raises(ParameterError) as raised:
        inspect("train", "parts.csv", "s.csv")
    assert str(raised.value) == ("parts.csv holds a table, but images are inspected: give a folder or an array of them")
    with pytest.raises(DataError, match=r"^test gives 24 images, but 1,725 rows are asked for"):
        inspect("train", "test", "s.csv", rows=1725)
    with pytest.raises(DataError, match=r"^test/s.csv lies in test, which is what is read"):
        inspect("train", "test", "test/s.csv")
    with pytest.raises(DataError, match=r"^there is no folder or file trein; did you mean 'train'\?$"):
        inspect("trein", "test", "s.csv")
