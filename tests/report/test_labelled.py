from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from dross.catalog import CATALOG
from dross.evaluation.results import RunRow
from dross.evaluation.run import RunKey
from dross.metrics import bootstrap_interval
from dross.report.class_curves import class_curve_rows
from dross.report.classes import by_class
from dross.report.drawings import draw_all
from dross.report.html import SECTIONS, SOMETIMES, render_html
from dross.report.plot_class_curves import class_curve_drawings
from dross.report.ranking import BASELINES, paired_difference
from dross.report.runs import SweepRuns
from dross.report.summarize import summarize_runs
from dross.report.tables import report_tables
from tests.report.made_up import GRID
from tests.report.test_html import Reader

CLASSES = ("T-shirt/top", "coat", "bag")

#: Mean AUROC of each detector on the three classes, and whether it is told labels.
DETECTORS = {
    "gan": ((0.98, 0.95, 0.99), True),
    "conv-autoencoder": ((0.94, 0.96, 0.97), False),
    "pixel-knn": ((0.93, 0.92, 0.95), False),
    "pixel-pca": ((0.90, 0.94, 0.91), False),
}


def run(detector: str, number: int, seed: int, protocol: str) -> RunRow:
    values, told = DETECTORS[detector]
    auroc = values[number] + 0.002 * seed
    metrics: dict[str, float | None] = {"auroc": auroc, "ap": 0.9, "ap_minority": 0.6, "f1_oracle": 0.8}
    details: dict[str, Any] = {"n_train": 120, "n_contaminants": 0, "n_pool": 600, "n_test": 900, "undefined": {}}
    details["roc"] = {"fpr": GRID.tolist(), "tpr": (GRID ** ((1 - auroc) / auroc)).tolist()}
    if protocol != "one-vs-rest":
        details |= {"n_labelled": 20, "told_labels": told, "seen_classes": ["bag"]}
    if protocol == "labelled-unseen":
        metrics["auroc_unseen"] = auroc - (0.1 if told else 0.0)
    if detector in ("gan", "conv-autoencoder"):
        metrics |= {"mean_error_normal": 0.0523, "mean_error_anomaly": 0.824}
        details["n_parameters"] = 47355
    if detector == "gan" and number == 1:
        details["findings"] = ["the discriminator of <normals> has won"]
    key = RunKey("fashion-mnist", protocol, detector, "blind", f"normal={CLASSES[number]}", 0.0, seed)  # type: ignore[arg-type]
    return RunRow(key, "done", metrics, details, 12.0, "", None)


def sweep(protocol: str = "labelled-unseen") -> SweepRuns:
    rows = [run(name, number, seed, protocol) for name in DETECTORS for number in range(3) for seed in range(3)]
    facts = {"checksum": "c", "source": "s", "licence": "l", "notes": [], "n_samples": 70000, "shape": [28, 28, 1]}
    configuration: dict[str, Any] = {
        "name": "fashion-labelled",
        "title": "Labelled anomalies",
        "protocol": protocol,
        "datasets": ["fashion-mnist"],
        "contamination": [0.0],
        "detectors": [{"name": name} for name in DETECTORS],
    }
    if protocol != "one-vs-rest":
        configuration |= {"labelled": 0.1, "seen_classes": 1}
    return SweepRuns(rows, configuration, [], {"fashion-mnist": facts}, len(rows))


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    return summarize_runs(sweep())


@pytest.fixture(scope="module")
def reader(summary: dict[str, Any]) -> Reader:
    return Reader(render_html(summary, draw_all(summary)))


def sections(reader: Reader) -> list[str | None]:
    return [attrs["id"] for tag, attrs in reader.tags if tag == "section"]


def test_all_detectors_stand_in_one_table_best_first(summary: dict[str, Any]) -> None:
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    ranking = summary["ranking"]
    assert [row["detector"] for row in ranking] == ["gan", "conv-autoencoder", "pixel-knn", "pixel-pca"]
    assert [row["told_labels"] for row in ranking] == [True, False, False, False]
    assert [row["n_parameters"] for row in ranking] == [47355, 47355, None, None]
    expected = np.add.outer(np.array(DETECTORS["gan"][0]), [0.0, 0.002, 0.004])
    assert ranking[0]["auroc"]["mean"] == pytest.approx(expected.mean())
    assert ranking[0]["auroc_unseen"]["mean"] == pytest.approx(expected.mean() - 0.1)
    assert ranking[0]["mean_error_anomaly"]["mean"] == pytest.approx(0.824)
    table = report_tables(summary)["summary.md"].splitlines()
    head = next(line for line in table if line.startswith("| Detector"))
    assert head == (
        "| Detector | Labels | AUROC | AUROC, unseen classes | Mean error of normals | Mean error of anomalies | "
        "Seconds | Parameters |"
    )
    line = next(line for line in table if line.startswith("| gan"))
    assert line.startswith("| gan | given | 97.5 (")
    assert "| 0.0523 (0.0523 to 0.0523) | 0.824 (0.824 to 0.824) | 12.00 (12.00 to 12.00) | 47,355 |" in line


def test_the_verdict_names_the_best_and_its_paired_distance_from_the_strongest_baseline(
    summary: dict[str, Any],
) -> None:
    differences = np.repeat(np.subtract(DETECTORS["gan"][0], DETECTORS["pixel-knn"][0]), 3)
    low, high = bootstrap_interval(differences) or (0.0, 0.0)
    found = paired_difference(by_class(sweep()).rows, summary["ranking"][0], summary["ranking"][2])
    assert found is not None
    assert (found["mean"], found["n"], found["verdict"]) == (pytest.approx(differences.mean()), 9, "gain")
    assert (found["low"], found["high"]) == (pytest.approx(low), pytest.approx(high))
    sentences = summary["headline"]["sentences"]
    assert sentences[0].startswith(
        "The best of 4 on fashion-mnist: mean over classes is gan: AUROC 97.5 (95 % interval "
    )
    assert sentences[1] == (
        "gan is above the strongest baseline, pixel-knn: +4.0 points of AUROC, paired over 9 runs (95 % interval "
        f"+{100 * low:.1f} to +{100 * high:.1f})."
    )
    assert sentences[2].startswith("Against anomalies of classes never seen the best is conv-autoencoder: AUROC 95.9 (")


def test_detectors_that_share_no_run_are_not_compared(summary: dict[str, Any]) -> None:
    rows = [row for row in by_class(sweep()).rows if row.key.detector == "gan"]
    assert paired_difference(rows, summary["ranking"][0], summary["ranking"][2]) is None


def test_the_page_leaves_out_what_is_about_contamination_and_explains_the_protocol(reader: Reader) -> None:
    left_out = {"method", "curves", "refinement", "losses", *dict(SOMETIMES)}
    assert sections(reader) == [name for name, _ in SECTIONS if name not in left_out]
    text = " ".join(reader.text.split())
    assert "Labelled anomalies: 10 % of the training set, of 1 class a seed." in text
    assert "These figures never stand beside those of another protocol." in text
    assert "contamination level" not in text
    assert "Refined" not in text


def test_what_went_wrong_in_training_stands_before_the_verdict(summary: dict[str, Any], reader: Reader) -> None:
    places = [f"fashion-mnist: coat, 0 %, seed {seed}" for seed in range(3)]
    assert summary["warnings"] == [
        {
            "detector": "gan",
            "variant": "",
            "finding": "the discriminator of <normals> has won",
            "n_runs": 3,
            "where": places,
        }
    ]
    text = " ".join(reader.text.split())
    told = f"gan: the discriminator of <normals> has won in 3 runs: {'; '.join(places)}"
    assert told in text
    assert text.index("What went wrong in training") < text.index("The best of 4")
    clean = summarize_runs(
        dataclasses.replace(sweep(), rows=[run("gan", 0, 0, "labelled"), run("pixel-knn", 0, 0, "labelled")])
    )
    assert clean["warnings"] == []
    assert "What went wrong" not in render_html(clean, [])


def test_the_main_table_has_the_mean_errors_and_no_columns_of_refinement(summary: dict[str, Any]) -> None:
    lines = report_tables(summary)["comparison.md"].splitlines()
    assert lines[0] == "| Data set | Detector | Metric | Mean | Mean error of normals | Mean error of anomalies |"
    gan = next(line for line in lines if line.startswith("| fashion-mnist: mean over classes | gan | AUROC |"))
    assert gan.endswith("| 0.0523 (0.0523 to 0.0523) | 0.824 (0.824 to 0.824) |")
    knn = next(line for line in lines if line.startswith("| fashion-mnist: mean over classes | pixel-knn | AUROC |"))
    assert knn.endswith("| – | – |")
    unseen = [line for line in lines if "| AUROC, unseen classes |" in line]
    assert len(unseen) == 4 * 4  # detectors, and the mean beside three classes


def test_one_class_sweeps_without_refinement_are_ranked_too() -> None:
    summary = summarize_runs(sweep("one-vs-rest"))
    assert [row["detector"] for row in summary["ranking"]] == ["gan", "conv-autoencoder", "pixel-knn", "pixel-pca"]
    assert not summary["with_labels"]
    reader = Reader(render_html(summary, []))
    assert "curves" in sections(reader)
    assert not {"method", "refinement", "losses"} & set(sections(reader))


def test_each_class_has_the_curves_of_its_best_detector_and_its_strongest_baseline(summary: dict[str, Any]) -> None:
    shown = {
        (row["dataset"], row["role"]): (row["detector"], round(row["auroc"], 3)) for row in summary["class_curves"]
    }
    assert shown == {
        ("fashion-mnist: T-shirt/top", "best"): ("gan", 0.982),
        ("fashion-mnist: T-shirt/top", "baseline"): ("pixel-knn", 0.932),
        ("fashion-mnist: coat", "best"): ("conv-autoencoder", 0.962),
        ("fashion-mnist: coat", "baseline"): ("pixel-pca", 0.942),
        ("fashion-mnist: bag", "best"): ("gan", 0.992),
        ("fashion-mnist: bag", "baseline"): ("pixel-knn", 0.952),
    }
    assert {row["seed"] for row in summary["class_curves"]} == {0}
    (drawing,) = class_curve_drawings(summary)
    assert (drawing.name, drawing.section) == ("classes-roc-fashion-mnist", "rankings")
    for words in ("T-shirt/top", "coat", "bag", "gan 98.2", "conv-autoencoder 96.2", "pixel-pca 94.2"):
        assert words in drawing.svg
    assert drawing.caption.startswith("Curves of seed 0 on the test set; each panel has one class normal.")


def test_oracles_and_other_protocols_have_no_curve_by_class() -> None:
    rows = by_class(sweep("one-vs-rest")).rows
    oracles = [dataclasses.replace(row, key=dataclasses.replace(row.key, training="oracle")) for row in rows]
    assert class_curve_rows(oracles) == []
    pairs = [dataclasses.replace(row, key=dataclasses.replace(row.key, protocol="pair")) for row in rows]
    assert class_curve_rows(pairs) == []


def test_baselines_are_in_the_catalogue() -> None:
    assert set(BASELINES) <= set(CATALOG)
