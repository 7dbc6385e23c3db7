"""The report where every label is told: tests between methods, decisions, calibration and choices."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from dross.evaluation.results import RunRow
from dross.evaluation.run import RunKey
from dross.metrics import accuracy, alarm_metrics, auroc, confusion, corrected_t, holm, mcnemar_exact
from dross.report.difference_words import difference_tables
from dross.report.drawings import draw_all
from dross.report.html import SECTIONS, render_html
from dross.report.runs import SweepRuns
from dross.report.summarize import summarize_runs
from dross.report.tables import report_tables
from tests.report.made_up import GRID
from tests.report.test_html import Reader

LABELS = np.repeat([0, 1], [40, 20])

#: How far the scores of anomalies lie above those of normals, and whether labels are told.
METHODS: dict[tuple[str, str], tuple[float, bool]] = {
    ("descriptor-svm", ""): (0.75, True),
    ("pixel-knn-classifier-cv", ""): (0.25, True),
    ("pixel-knn-classifier-cv", "smote=true"): (0.3, True),
    ("pixel-knn-classifier-cv", "n_components=2"): (0.8, True),
    ("constant-image", ""): (0.5, False),
    ("pixel-pca", ""): (0.1, False),
}


def choice(best: int) -> dict[str, Any]:
    spread = [{"mean": 0.6 + 0.02 * k, "sd": 0.05} for k in range(4)]
    unknown = [{"mean": None, "sd": None}, *spread[1:]]
    return {
        "parameter": "n_neighbors",
        "values": [1, 2, 3, 5],
        "chosen": best,
        "metric": "f1",
        "n_folds": 5,
        "n_repeats": 2,
        **dict.fromkeys(("accuracy", "recall", "f1", "auroc"), spread),
        "precision": unknown,
    }


def scores(quality: float, seed: int) -> Any:
    noise = np.random.default_rng(seed).normal(0, 0.18, LABELS.size)  # the same of all methods: they are paired
    own = np.random.default_rng([seed, int(100 * quality)]).normal(0, 0.06, LABELS.size)
    return np.clip(0.3 + quality * (LABELS - 0.3) + noise + own, 0, 1)


def run(method: tuple[str, str], seed: int, protocol: str) -> RunRow:
    quality, told = METHODS[method]
    score = scores(quality, seed)
    alarm = score > 0.5
    own = alarm_metrics(LABELS, alarm)
    rank = auroc(LABELS, score) or 0.5
    metrics = {"auroc": rank, "accuracy": accuracy(LABELS, alarm), "f1": own.f1, "precision": own.precision}
    tested = {"label": LABELS.tolist(), "score": score.tolist(), "alarm": alarm.tolist(), "probabilities": told}
    details: dict[str, Any] = {"n_train": 240, "n_test": 60, "n_contaminants": 0, "n_pool": 80, "n_labelled": 80}
    details |= {"told_labels": told, "undefined": {}, "tested": tested}
    details |= {"confusion": confusion(LABELS, alarm)._asdict()}
    details |= {"roc": {"fpr": GRID.tolist(), "tpr": (GRID ** ((1 - rank) / rank)).tolist()}}
    if method[0].endswith("-cv"):
        details["choice"] = choice(3 if seed % 2 == 0 else 5)
    variant = ";".join(sorted(filter(None, (method[1], "normal=normal"))))
    key = RunKey("animals", protocol, method[0], "blind", variant, 0.0, seed)  # type: ignore[arg-type]
    return RunRow(key, "done", metrics, details, 1.0, "", None)


def sweep(protocol: str = "cross-validation", n_seeds: int = 5) -> SweepRuns:
    rows = [run(method, seed, protocol) for method in METHODS for seed in range(n_seeds)]
    facts = {"checksum": "c", "source": "s", "licence": "l", "notes": [], "n_samples": 300, "shape": [32, 32, 3]}
    configuration: dict[str, Any] = {
        "name": "animals",
        "title": "Animals <b>",
        "protocol": protocol,
        "datasets": ["animals"],
        "contamination": [0.0],
        "detectors": [{"name": name} for name in dict.fromkeys(name for name, _ in METHODS)],
    }
    return SweepRuns(rows, configuration, [], {"animals": facts}, len(rows))


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    return summarize_runs(sweep())


def answers(summary: dict[str, Any], question: str, metric: str) -> dict[tuple[str, str], dict[str, Any]]:
    rows = [row for row in summary["differences"] if (row["question"], row["metric"]) == (question, metric)]
    asked = "second" if question == "best" else "first"
    return {(row[asked]["detector"], row[asked]["variant"]): row for row in rows}


def test_the_best_is_put_to_the_test_against_each_other_and_variants_against_the_default(
    summary: dict[str, Any],
) -> None:
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    best = answers(summary, "best", "auroc")
    assert len(best) == len(METHODS) - 1
    assert {(row["first"]["detector"], row["first"]["variant"]) for row in best.values()} == {
        ("pixel-knn-classifier-cv", "n_components=2")
    }
    plain = best["pixel-knn-classifier-cv", ""]
    values = [
        [run(("pixel-knn-classifier-cv", name), seed, "").metrics["auroc"] or 0.0 for seed in range(5)]
        for name in ("n_components=2", "")
    ]
    expected = corrected_t(np.subtract(values[0], values[1]), 0.25)
    assert plain["mean"] == pytest.approx(expected.mean)
    assert [plain["low"], plain["high"], plain["p"]] == pytest.approx([expected.low, expected.high, expected.p])
    adjusted = holm([row["p"] for row in best.values()])
    assert [row["adjusted"] for row in best.values()] == pytest.approx(adjusted.tolist())
    variants = answers(summary, "variant", "f1")
    assert {name for name, _ in variants} == {"pixel-knn-classifier-cv"}
    assert variants["pixel-knn-classifier-cv", "n_components=2"]["verdict"] == "gain"
    assert variants["pixel-knn-classifier-cv", "smote=true"]["verdict"] == "level"


def test_what_was_trained_on_normals_alone_is_compared_with_the_strongest_baseline(summary: dict[str, Any]) -> None:
    rows = [row for row in summary["differences"] if row["question"] == "baseline"]
    assert rows == []  # both are baselines themselves
    renamed = [
        dataclasses.replace(row, key=dataclasses.replace(row.key, detector="vae"))
        if row.key.detector == "pixel-pca"
        else row
        for row in sweep().rows
    ]
    found = summarize_runs(dataclasses.replace(sweep(), rows=renamed))
    (row,) = (row for row in found["differences"] if row["question"] == "baseline")
    assert (row["first"]["detector"], row["second"]["detector"], row["verdict"]) == ("vae", "constant-image", "loss")
    (sentence,) = (each for each in found["headline"]["sentences"] if each.startswith("Trained on normal"))
    assert sentence.startswith("Trained on normal samples alone, vae has the highest AUROC, ")
    assert "; it is below the strongest baseline, constant-image with " in sentence


def test_the_verdict_says_what_is_chance(summary: dict[str, Any]) -> None:
    accuracies, _, rankings, *changes = summary["headline"]["sentences"]
    assert rankings.startswith("AUROC: pixel-knn-classifier-cv (n_components=2) is highest, ")
    assert accuracies.startswith("Accuracy: descriptor-svm is highest, 99.0 (95 % interval 94.8 to 100.0). 3 of the 5 ")
    assert accuracies.endswith(
        "others are lower by more than chance; not to be told from it: pixel-knn-classifier-cv (n_components=2); "
        "constant-image."
    )
    assert any(each.startswith("n_components=2 changes the AUROC of pixel-knn-classifier-cv by +") for each in changes)
    assert changes[-1].endswith("changes of parameters are within chance.")
    cards = summary["headline"]["figures"]
    assert [card["label"] for card in cards] == [f"{name}, best of 6" for name in ("Accuracy", "F1", "AUROC")]
    assert all(card["interval"] for card in cards)
    assert summary["intervals"] == "Means over folds, with the 95 % corrected resampled t interval."


def test_on_a_fixed_split_accuracies_are_put_to_mcnemar() -> None:
    found = summarize_runs(sweep("fixed-split", 1))
    best = answers(found, "best", "accuracy")
    first = next(iter(best.values()))["first"]
    right = {
        method: (scores(METHODS[method][0], 0) > 0.5) == LABELS
        for method in [*best, (first["detector"], first["variant"])]
    }
    for method, row in best.items():
        assert row["test"] == "McNemar, exact"
        assert row["p"] == pytest.approx(mcnemar_exact(right[first["detector"], first["variant"]], right[method]))
    assert {row["test"] for row in answers(found, "best", "auroc").values()} == {"paired bootstrap over test samples"}
    means = {row["metric"]: row for row in found["means"] if row["detector"] == "descriptor-svm"}
    assert means["accuracy"]["low"] < means["accuracy"]["mean"] < means["accuracy"]["high"]
    assert found["over_classes"] == []


def test_decisions_are_counted_and_probabilities_compared_with_what_came(summary: dict[str, Any]) -> None:
    rows = summary["confusions"]
    assert [row["accuracy"] for row in rows] == sorted((row["accuracy"] for row in rows), reverse=True)
    for row in rows:
        assert row["hits"] + row["misses"] == pytest.approx(20)
        assert row["false_alarms"] + row["correct_rejections"] == pytest.approx(40)
    by_method = {(row["detector"], row["variant"]): row for row in summary["calibration"]}
    assert set(by_method) == {method for method, (_, told) in METHODS.items() if told}
    row = by_method["descriptor-svm", ""]
    score = np.concatenate([scores(0.75, seed) for seed in range(5)])
    label = np.tile(LABELS, 5)
    low = score < 0.1
    assert row["predicted"][0] == pytest.approx(score[low].mean())
    assert row["share"][0] == pytest.approx(label[low].mean())
    assert (sum(row["count"]), row["count"][0]) == (300, low.sum())
    weighed = sum(c * abs(p - s) for c, p, s in zip(row["count"], row["predicted"], row["share"], strict=True))
    assert row["error"] == pytest.approx(weighed / 300)


def test_choices_are_drawn_and_counted(summary: dict[str, Any]) -> None:
    assert {(row["variant"], row["seed"]) for row in summary["choices"]} == {
        ("", 0),
        ("n_components=2", 0),
        ("smote=true", 0),
    }
    assert summary["choices"][0]["chosen"] == [{"value": "3", "n_runs": 3}, {"value": "5", "n_runs": 2}]
    drawings = {drawing.name: drawing for drawing in draw_all(summary)}
    drawn = drawings["choice-animals-normal"]
    for words in ("Accuracy", "Precision", "Recall", "F1", "n_neighbors", "pixel-knn-classifier-cv (smote=true)"):
        assert words in drawn.svg
    assert drawn.caption.startswith("Means over 5 folds, 2 times of the training part of seed 0, with one standard")
    assert "pixel-knn-classifier-cv: 3 (3), 5 (2)" in drawn.caption
    assert {drawings[f"{kind}-animals-normal"].section for kind in ("confusion", "calibration")} == {"decisions"}


def test_values_that_are_no_numbers_are_drawn_by_their_place() -> None:
    grid = choice(3) | {"parameter": ["C", "gamma"], "values": [[1.0, "scale"], [3.0, 0.1], [9.0, 0.1], [9.0, 1.0]]}
    grid["chosen"] = [9.0, 0.1]
    rows = [dataclasses.replace(row, details={**row.details, "choice": grid}) for row in sweep(n_seeds=1).rows]
    (drawn,) = (
        each for each in draw_all(summarize_runs(dataclasses.replace(sweep(), rows=rows))) if each.section == "choices"
    )
    assert "1.0, scale" in drawn.svg
    assert drawn.title == "Choice of C, gamma, animals: normal"


def test_a_search_without_labels_is_drawn_by_auroc_alone() -> None:
    values: list[list[Any]] = [["rbf", nu / 100, 1.0, 1] for nu in range(1, 64)]
    means = [{"mean": 0.5 + number / 200, "sd": 0.01} for number in range(63)]
    made = {"parameter": ["kernel", "nu", "gamma", "degree"], "values": values, "chosen": values[-1], "auroc": means}
    made |= {"metric": "auroc", "n_folds": 3, "n_repeats": 1}
    rows = [dataclasses.replace(row, details={**row.details, "choice": made}) for row in sweep(n_seeds=1).rows]
    (drawn,) = (
        each for each in draw_all(summarize_runs(dataclasses.replace(sweep(), rows=rows))) if each.section == "choices"
    )
    assert "AUROC" in drawn.svg
    assert "Precision" not in drawn.svg
    # Of so many every second is named, so that they can be read.
    assert "rbf, 0.01, 1.0, 1" in drawn.svg
    assert "rbf, 0.02, 1.0, 1" not in drawn.svg
    assert (
        "which is chosen. They are of held-out samples against anomalies made of them: no label is used. No test"
        in drawn.caption
    )


def test_the_page_has_the_sections_and_escapes(summary: dict[str, Any]) -> None:
    reader = Reader(render_html(summary, draw_all(summary)))
    sections = [attrs["id"] for tag, attrs in reader.tags if tag == "section"]
    absent = {"method", "curves", "refinement", "galleries", "reconstruction", "stages", "losses", "labels"}
    absent |= {"mixed", "inspection", "questions", "located"}
    assert sections == [name for name, _ in SECTIONS if name not in absent]
    text = " ".join(reader.text.split())
    assert "Folds: 5, one a seed. Seeds: 5." in text
    assert "The best method against each other" in text
    assert "corrected resampled t" in text
    assert not [tag for tag, _ in reader.tags if tag == "b" and "Animals" in reader.text[:20]]
    tables = difference_tables(summary["differences"])
    assert [table["title"] for table in tables] == [
        "The best method against each other",
        "What changing a parameter does",
    ]
    head = next(line for line in report_tables(summary)["summary.md"].splitlines() if line.startswith("| Detector"))
    assert head == "| Detector | Labels | AUROC | Accuracy | Precision | F1 | Seconds |"
