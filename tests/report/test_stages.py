"""The section on the stages of a classifier: a sweep keeps the maps, and the page shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dross.catalog import build
from dross.data.named_images import ImageDataset
from dross.evaluation.labelled_protocols import labelled
from dross.evaluation.run import RunKey, RunSpec, execute
from dross.evaluation.variants import ClassRoles
from dross.report.drawings import draw_all
from dross.report.html import render_html
from dross.report.plot_stage_maps import stage_map_drawings, stage_map_rows
from dross.report.summarize import summarize_runs
from tests.image_detectors import tiny_resnet_classifier
from tests.planted_pictures import plant_defects
from tests.report.made_up import made_up_sweep
from tests.report.test_html import Reader

PLANTED = plant_defects(n_train=80, n_test=60, contamination=0.3)
PICTURES = ImageDataset(
    "pictures",
    np.concatenate([PLANTED.X_train, PLANTED.X_test]),
    np.concatenate([PLANTED.labels_train, PLANTED.labels_test]),
    ("whole", "broken"),
    np.arange(140) >= 80,
    "",
    "made up",
    "none",
    (),
)


def executed(detector: str, pictures: bool = True, **parameters: Any) -> dict[str, Any]:
    key = RunKey("pictures", "labelled", detector, "blind", "whole", 0.0, 0)
    split = labelled(PICTURES, "whole", 0.3, 0)
    spec = RunSpec(key, parameters, ClassRoles("whole"), pictures)
    return execute(PICTURES, split, spec, build).details


@pytest.fixture(scope="module")
def maps() -> dict[str, Any]:
    parameters = tiny_resnet_classifier().get_params() | {"max_epochs": 3.0}
    parameters.pop("random_state")
    found: dict[str, Any] = executed("resnet-classifier", **parameters)["stage_maps"]
    assert "stage_maps" not in executed("resnet-classifier", pictures=False, **parameters)
    return found


@pytest.fixture(scope="module")
def summary(maps: dict[str, Any]) -> dict[str, Any]:
    sweep = made_up_sweep(("pictures",), ("resnet-classifier",), (0.0,), 1)
    rows = [
        replace(row, details={**row.details, "stage_maps": maps}) if row.key.training == "blind" else row
        for row in sweep.rows
    ]
    return summarize_runs(replace(sweep, rows=rows))


def test_a_run_keeps_the_maps_of_the_test_images(maps: dict[str, Any]) -> None:
    names = [stage["name"] for stage in maps["stages"]]
    assert names == ["input", "stage 1", "stage 2", "stage 3", "stage 4", "output"]
    assert maps["n_samples"] == 60
    assert sum(maps["label"]) == int(PLANTED.labels_test.sum())


def test_the_page_shows_them_with_words_for_them(summary: dict[str, Any]) -> None:
    page = render_html(summary, draw_all(summary))
    assert '<a href="#stages">What a network makes of images</a>' in page
    assert "Stages of resnet-classifier on pictures" in page
    assert "All 60 test images are drawn." in page
    Reader(page)  # every tag is closed


def test_a_figure_has_both_maps_of_each_stage_and_the_output_as_it_is(summary: dict[str, Any]) -> None:
    (drawing,) = stage_map_drawings(summary["stage_maps"])
    assert drawing.name == "stages-pictures-resnet-classifier-seed-0"
    for words in ("input", "stage 1", "stage 4", "output"):
        assert drawing.svg.count(f">{words}<") == 1
    assert drawing.svg.count(" % of variance<") == 5
    assert "two across and up" in drawing.caption


def test_each_kind_of_error_has_a_sign_of_its_own(summary: dict[str, Any]) -> None:
    (row,) = summary["stage_maps"]
    label = [0] * 30 + [1] * 30
    words = {"normal, no alarm", "anomaly, alarm", "normal, false alarm", "anomaly, missed"}
    for alarm, shown in (
        ([False] * 29 + [True] * 30 + [False], words),
        ([False] * 30 + [True] * 30, {"normal, no alarm", "anomaly, alarm"}),
    ):
        (drawing,) = stage_map_drawings([{**row, "maps": {**row["maps"], "alarm": alarm, "label": label}}])
        assert {word for word in words if f">{word}<" in drawing.svg} == shown


def test_a_sweep_without_any_has_no_such_section() -> None:
    sweep = made_up_sweep(("pictures",), ("resnet-classifier",), (0.0,), 1)
    assert stage_map_rows(sweep.rows) == []
    summary = summarize_runs(sweep)
    assert "What a network makes of images" not in render_html(summary, draw_all(summary))
