from __future__ import annotations

import csv
import dataclasses
import io
import json
from typing import Any

import numpy as np
import pytest

from dross.evaluation.results import RunRow
from dross.evaluation.variants import ClassRoles, variant_name
from dross.metrics import bootstrap_interval
from dross.report.classes import by_class
from dross.report.drawings import draw_all
from dross.report.html import render_html
from dross.report.runs import SweepRuns
from dross.report.summarize import summarize_runs
from dross.report.tables import report_tables
from tests.report.made_up import made_up_sweep

CLASSES = (ClassRoles("cat"), ClassRoles("ship"), ClassRoles("T-shirt/top"))
MEAN = "cifar10: mean over classes"


def image_sweep(
    published: str | None = "cifar10", *, protocol: str = "one-vs-rest", variants: tuple[str, ...] = ("rejection=0.2",)
) -> SweepRuns:
    """Return a made-up sweep of three classes, as a results file holds it."""
    made = made_up_sweep(
        tuple(map(str, CLASSES)),
        ("rotation", "contrastive", "knn"),
        (0.0, 0.1),
        2,
        published=published,
        variants=variants,
        protocol=protocol,
    )
    roles = {str(each): each for each in CLASSES}
    rows = []
    for row in made.rows:
        parameters = dict([row.key.variant.split("=")]) if row.key.variant else {}
        variant = variant_name(parameters, roles[row.key.dataset])
        metrics = {**row.metrics, "ap_minority": (row.metrics["ap"] or 0.0) / 2}
        rows.append(
            dataclasses.replace(
                row, key=dataclasses.replace(row.key, dataset="cifar10", variant=variant), metrics=metrics
            )
        )
    clean_oracles = [row for row in rows if row.key.training == "oracle" and row.key.contamination == 0]
    facts = {"checksum": "c", "source": "s", "licence": "l", "notes": [], "n_samples": 60000, "shape": [32, 32, 3]}
    return dataclasses.replace(made, rows=[row for row in rows if row not in clean_oracles], data={"cifar10": facts})


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    return summarize_runs(image_sweep())


def auroc(rows: list[RunRow], detector: str, training: str, rest: str = "") -> dict[tuple[str, int], float]:
    return {
        (row.key.dataset, row.key.seed): row.metrics["auroc"] or 0.0
        for row in by_class(SweepRuns(rows, {}, [], {}, 0)).rows
        if (row.key.detector, row.key.training, row.key.variant, row.key.contamination)
        == (detector, training, rest, 0.1)
    }


def test_each_class_stands_for_a_data_set_and_the_mean_beside_them(summary: dict[str, Any]) -> None:
    names = ["cifar10: cat", "cifar10: ship", "cifar10: T-shirt/top"]
    assert sorted(row["name"] for row in summary["datasets"]) == sorted(names)
    assert {row["dataset"] for row in summary["means"]} == set(names)
    assert {row["dataset"] for row in summary["over_classes"]} == {MEAN}
    assert {row["variant"] for row in summary["means"]} == {row["variant"] for row in summary["over_classes"]}
    assert {row["variant"] for row in summary["means"]} == {"", "rejection=0.2"}
    assert summary["over_tables"] == summary["left_out"] == []
    assert summary["unit"] == ["class", "classes"]
    assert all(row["n_samples"] == 60000 and row["shape"] == [32, 32, 3] for row in summary["datasets"])
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary


@pytest.mark.parametrize("rest", ["", "rejection=0.2"])
def test_gains_over_classes_pair_every_class_and_seed(rest: str) -> None:
    sweep = image_sweep()
    summary = summarize_runs(sweep)
    blind, refined = auroc(sweep.rows, "rotation", "blind"), auroc(sweep.rows, "rotation", "refined", rest)
    differences = [refined[run] - blind[run] for run in refined]
    assert len(differences) == 6
    place = {"detector": "rotation", "variant": rest, "contamination": 0.1, "metric": "auroc"}
    (gain,) = [row for row in summary["class_gains"] if place.items() <= row.items()]
    assert (gain["dataset"], gain["n_seeds"]) == (MEAN, 2)
    assert gain["gain"] == pytest.approx(np.mean(differences))
    assert (gain["low"], gain["high"]) == pytest.approx(bootstrap_interval(sorted(differences)), abs=2e-3)
    (pooled,) = [row for row in summary["pooled"] if place.items() <= row.items()]
    assert {key: pooled[key] for key in ("gain", "low", "high", "verdict")} == {
        key: gain[key] for key in ("gain", "low", "high", "verdict")
    }
    assert (pooled["n_datasets"], pooled["unit"]) == (3, "classes")


def test_a_seed_that_a_class_lacks_takes_no_part_in_the_gain_over_classes() -> None:
    sweep = image_sweep()
    lost = next(
        row.key
        for row in sweep.rows
        if (row.key.detector, row.key.training, row.key.contamination) == ("rotation", "refined", 0.1)
        and row.key.variant == "normal=cat"
        and row.key.seed == 1
    )
    rows = [row for row in sweep.rows if row.key != lost]
    blind, refined = auroc(rows, "rotation", "blind"), auroc(rows, "rotation", "refined")
    (gain,) = [
        row
        for row in summarize_runs(dataclasses.replace(sweep, rows=rows))["class_gains"]
        if (row["detector"], row["variant"], row["contamination"], row["metric"]) == ("rotation", "", 0.1, "auroc")
    ]
    expected = np.mean([refined[run] - blind[run] for run in refined if run[1] == 0])
    assert (gain["gain"], gain["n_seeds"]) == (pytest.approx(expected), 1)


def test_the_verdict_speaks_of_classes(summary: dict[str, Any]) -> None:
    assert " over 3 classes from " in summary["headline"]["sentences"][0]
    page = render_html(summary, [])
    assert "3 classes ·" in page
    assert "over the runs of all classes and seeds" in page
    assert "data sets" not in page.split("<main>")[1].split("</header>")[0]


def test_published_curves_stand_beside_the_mean_over_classes_and_the_detector_they_are_of(
    summary: dict[str, Any],
) -> None:
    assert summary["headline_metric"] == "auroc"
    assert {curve["dataset"] for curve in summary["published"]} == {MEAN}
    assert {(curve["method"], curve["detector"]) for curve in summary["published"]} == {
        ("RotNet", "rotation"),
        ("Rotation; MLP head", "rotation"),
        ("Contrastive DA", "contrastive"),
        ("SRR (contrastive DA)", "contrastive"),
        ("Denoising autoencoder", "pixel-pca"),
    }
    drawings = {drawing.name: drawing for drawing in draw_all(summary) if drawing.section == "contamination"}
    over_classes = drawings["auroc-cifar10-mean-over-classes"]
    assert over_classes.caption == (
        "Means over classes and seeds; bands are 95 % bootstrap intervals over the runs of all classes and seeds. "
        "Dashed with hollow markers: published by the SRR paper, read off the figures of arXiv:2106.06115, error about "
        "0.3; mean over all ten classes."
    )
    assert over_classes.svg.count("published: Contrastive DA") == over_classes.svg.count("published: RotNet") == 1
    assert "autoencoder" not in over_classes.svg
    assert "ap-minority-cifar10-mean-over-classes" in drawings
    of_classes = [drawing for name, drawing in drawings.items() if "mean-over-classes" not in name]
    assert of_classes
    assert not [drawing for drawing in of_classes if "published" in drawing.svg + drawing.caption]


def test_curves_of_one_class_against_all_are_not_drawn_beside_pairs() -> None:
    summary = summarize_runs(image_sweep(protocol="pair"))
    assert summary["published"] == []
    assert summary["published_missing"] == (
        "The curves published on 'cifar10' are those of one class against all others, so they are not drawn beside the "
        "pair protocol."
    )


def test_the_tables_hold_each_class_and_the_mean_before_them(summary: dict[str, Any]) -> None:
    tables = report_tables(summary)
    for name in ("means.csv", "gains.csv", "comparison.csv"):
        rows = list(csv.reader(io.StringIO(tables[name])))[1:]
        named = list(dict.fromkeys(row[0] for row in rows))
        assert named[0] == MEAN
        assert set(named[1:]) == {"cifar10: cat", "cifar10: ship", "cifar10: T-shirt/top"}
    clean = [
        line for line in tables["comparison.md"].splitlines() if line.startswith(f"| {MEAN} | rotation | default | 0 %")
    ]
    # The oracle that was not run without contaminants is the blind run.
    blind, oracle = clean[0].split(" | ")[5], clean[0].split(" | ")[7]
    assert blind == oracle != "–"


def test_runs_on_tables_stay_as_they_are() -> None:
    sweep = made_up_sweep(n_seeds=1, variants=("rejection=0.1",))
    assert by_class(sweep) == sweep
    summary = summarize_runs(sweep)
    assert summary["over_classes"] == summary["class_gains"] == []
    assert summary["unit"] == ["data set", "data sets"]


def test_weights_from_elsewhere_are_marked_wherever_a_variant_is_named() -> None:
    """Those of one variant alone: names of the others stay as they are."""
    summary = summarize_runs(image_sweep(variants=("weights=resnet18.safetensors", "rejection=0.2")))
    marked = "PRE-TRAINED: weights=resnet18.safetensors"
    assert {row["variant"] for row in summary["means"]} == {"", "rejection=0.2", marked}
    assert {row["variant"] for row in summary["over_classes"]} == {"", "rejection=0.2", marked}
    assert {row["variant"] for row in summary["differences"]} <= {"", "rejection=0.2", marked}
    page = render_html(summary, draw_all(summary))
    assert marked in page
    assert page.count("weights=resnet18.safetensors") == page.count(marked)
