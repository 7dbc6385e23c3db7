"""Sets of parts mixed into one folder: what is hidden of them, what is measured, and what it comes to in a summary."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dross.data.dataset import Dataset
from dross.data.named_images import ImageDataset
from dross.errors import DataError, ParameterError, RunFileError
from dross.evaluation.category_metrics import CLUSTERS, mean_within
from dross.evaluation.mixed_inspection import MIXED, MIXED_SHAPE, mix
from dross.evaluation.results import RunRow, open_results
from dross.evaluation.runfile import read_run_file
from dross.evaluation.summary import summarise
from dross.evaluation.sweep import run_sweep
from dross.inspection import MixedDetector
from dross.one_class import NearestNeighbors, TwoStage
from dross.representations import Pixels
from tests.evaluation import stand_ins
from tests.inspection.made_products import products

RUN_FILE: Final = """
name = "parts"
datasets = ["stripes", "discs"]
protocol = "mixed-inspection"
contamination = [0]
seeds = 2
[[detectors]]
name = "mixed"
training = ["blind"]
parameters = {n_categories = 2}
"""


def parts(name: str, n_defective: int = 12) -> Dataset | ImageDataset:
    """Return a set of made-up products with colours or without, as its own set of parts would have them."""
    if name.startswith("toy"):
        return stand_ins.load(name)
    if name not in ("stripes", "discs"):
        raise DataError(f"no data set is called '{name}'")
    kind = int(name == "discs")
    images, labels = products(kind, 60, n_defective=n_defective, seed=kind)
    colours = np.repeat(images[..., None], 3 if kind else 1, axis=3)
    test = np.arange(60) >= 36
    names = ("good", "spot")
    return ImageDataset(name, colours, labels, names, test, f"sum of {name}", f"{name} & co", "none", ("made up",))


def build(name: str, *, training: str, random_state: Any = None, **parameters: Any) -> Any:
    detector = TwoStage(Pixels(), NearestNeighbors(n_neighbors=1))
    return MixedDetector(detector, n_folds=2, random_state=random_state, **parameters) if name == "mixed" else detector


def swept(folder: Path, text: str = RUN_FILE) -> list[RunRow]:
    file = folder / "run.toml"
    file.write_text(text)
    plan = read_run_file(file, build=build, load=parts)
    outcome = run_sweep(plan, folder / "parts.sqlite", build=build, load=parts)
    with open_results(outcome.path) as results:
        return list(results.rows())


def test_nothing_but_the_part_says_which_set_an_image_is_of() -> None:
    sets = [parts("stripes"), parts("discs")]
    both = mix(sets)  # type: ignore[arg-type]
    assert both.X.shape == (120, *MIXED_SHAPE)
    assert both.categories is not None
    assert both.name == MIXED
    assert both.category_names == ("stripes", "discs")
    assert both.class_names == ("good", "defective")
    assert both.source == "stripes & co; discs & co"
    assert both.notes == ("stripes, discs, all grey and of 128 x 128 pixels", "made up")
    assert not both.test[:72].any()
    assert both.test[72:].all()
    for number, single in enumerate(sets):
        mine = both.categories == number
        assert np.array_equal(both.classes[mine], single.classes)  # type: ignore[union-attr]
        assert np.array_equal(both.test[mine], single.test)  # type: ignore[union-attr]
    # An image of the second set, by hand: grey is grey already, and each pixel has become four by four.
    first = both.X[both.categories == 1][0, ..., 0]
    assert abs(first[2::4, 2::4].astype(int) - sets[1].X[0, ..., 0]).mean() < 12


def test_a_run_measures_pooled_and_within_each_category_and_the_clusters(tmp_path: Path) -> None:
    rows = swept(tmp_path)
    assert [row.status for row in rows] == ["done", "done"]
    tested = rows[0].details["tested"]
    label, score, category = (np.array(tested[key]) for key in ("label", "score", "category"))
    of_each = [roc_auc_score(label[category == number], score[category == number]) for number in (0, 1)]
    metrics = rows[0].metrics
    assert metrics["auroc"] == pytest.approx(roc_auc_score(label, score), abs=1e-12)
    assert metrics["auroc_within"] == pytest.approx(np.mean(of_each), abs=1e-12)
    assert metrics["auroc_pooling"] == pytest.approx(roc_auc_score(label, score) - np.mean(of_each), abs=1e-12)
    assert [metrics[name] for name in CLUSTERS] == [1.0, 1.0, 2.0]
    assert set(tested["scales"]) == {"rank", "z", "none"}
    summary = {(row.cell.dataset, row.cell.variant, row.metric): row for row in summarise(rows)}
    one = summary["mixed: stripes", "", "auroc"]
    by_seed = []
    for row in rows:
        label, score, category = (np.array(row.details["tested"][key]) for key in ("label", "score", "category"))
        by_seed.append(roc_auc_score(label[category == 0], score[category == 0]))
    assert one.mean == pytest.approx(np.mean(by_seed), abs=1e-12)
    assert one.low is not None
    assert one.high is not None
    assert one.low <= one.mean <= one.high  # type: ignore[operator]
    plain = summary[MIXED, "calibration=none;normal=good", "auroc"]
    by_hand = [roc_auc_score(row.details["tested"]["label"], row.details["tested"]["scales"]["none"]) for row in rows]
    assert plain.mean == pytest.approx(np.mean(by_hand), abs=1e-12)
    assert plain.low is not None
    # A category is ranked alike on every scale that does not fold: what differs is how they mix.
    assert summary["mixed: discs", "calibration=none", "auroc"].mean == pytest.approx(
        summary["mixed: discs", "calibration=z", "auroc"].mean
    )
    assert summary[MIXED, "normal=good", "auroc_pooling"].low is not None
    assert summary[MIXED, "normal=good", "adjusted_rand"].mean == 1.0


def test_clusters_that_are_wrong_are_said_to_be(tmp_path: Path) -> None:
    rows = swept(tmp_path, RUN_FILE.replace("n_categories = 2", "n_categories = 1").replace("seeds = 2", "seeds = 1"))
    assert [rows[0].metrics[name] for name in CLUSTERS] == [0.0, 0.0, 1.0]


def test_a_category_without_defects_takes_no_part_in_the_mean() -> None:
    assert mean_within([0, 1, 0, 0], [1, 2, 3, 4], [0, 0, 1, 1]) == 1.0
    assert mean_within([0, 0], [1, 2], [0, 1]) is None


def test_what_cannot_be_mixed_is_said() -> None:
    with pytest.raises(ParameterError) as caught:
        mix([parts("discs")])  # type: ignore[list-item]
    assert str(caught.value) == "a mixed folder takes two sets or more, found 'discs': take inspection for one"


def test_a_run_file_names_all_sets_that_are_wrong(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text(RUN_FILE.replace('"discs"', '"disks", "toy"'))
    with pytest.raises(RunFileError) as caught:
        read_run_file(file, build=build, load=parts)
    assert str(caught.value).split("\n") == [
        "run.toml: datasets: 2 mistakes:",
        "  - no data set is called 'disks'",
        "  - 'toy' is a table; mixed-inspection takes sets of images",
    ]


def test_large_images_keep_their_detail() -> None:
    pictures = np.zeros((4, 128, 128, 1), dtype=np.uint8)
    pictures[:, ::2] = 255
    sets = [
        ImageDataset(name, pictures, np.zeros(4, np.int64), ("good",), np.arange(4) >= 2, name, "", "", ())
        for name in ("a", "b")
    ]
    np.testing.assert_array_equal(mix(sets).X, np.concatenate([pictures, pictures]))
