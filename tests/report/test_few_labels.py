"""What a report says of a few labels: the changes against none, sentence by sentence, and the curve."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import pytest

from dross.report.few_labels import few_label_headline, few_label_rows
from dross.report.plot_few_labels import few_label_drawings


def row(dataset: str, variant: str, mean: float | None, **others: Any) -> dict[str, Any]:
    made = {"dataset": dataset, "detector": "gaussian", "training": "refined", "variant": variant, "mean": mean}
    rest = {"metric": "auroc", "protocol": "few-labels", "contamination": 0.05, "low": None, "high": None}
    return {**made, **rest, **others}


MEANS = [
    row("a", "", 0.80),
    row("b", "", 0.90),
    row("a", "n_labels=10", 0.85, low=0.84, high=0.86),
    row("b", "n_labels=10", 0.91),
    row("a", "n_labels=50", 0.99),
    row("a", "label_noise=0.2;n_labels=10", 0.79),
    row("b", "n_labels=10;random_labels=true", 0.90),
    row("a", "n_labels=10", 0.70, detector="svm", training="blind"),
    row("a", "n_labels=10", 0.5, metric="ap"),
    row("a", "n_labels=2", None),
    row("a", "n_labels=10", 0.5, protocol="controlled"),
]


def test_rows_are_those_of_auroc_with_their_change_from_no_labels() -> None:
    rows = few_label_rows(MEANS)
    told = [(each["dataset"], each["detector"], each["labels"], each["n_labels"], each["gain"]) for each in rows]
    assert told == [
        ("a", "gaussian", "labels, 20 % flipped", 10, pytest.approx(-0.01)),
        ("a", "gaussian", "right labels", 0, 0.0),
        ("a", "gaussian", "right labels", 10, pytest.approx(0.05)),
        ("a", "gaussian", "right labels", 50, pytest.approx(0.19)),
        ("a", "svm", "right labels", 10, None),
        ("b", "gaussian", "random labels", 10, 0.0),
        ("b", "gaussian", "right labels", 0, 0.0),
        ("b", "gaussian", "right labels", 10, pytest.approx(0.01)),
    ]


def test_sentences_say_what_each_kind_of_labels_does() -> None:
    told = few_label_headline(few_label_rows(MEANS))
    assert told["sentences"] == [
        "10 right labels change the AUROC of gaussian, refined, by +3.0 points on average over 2 data sets: it is "
        "higher on 2 of them, and the lowest change is +1.0, on b.",
        "10 labels, 20 % flipped change the AUROC of gaussian, refined, by −1.0 points on average over 1 data set: it "
        "is higher on 0 of them, and the lowest change is −1.0, on a.",
        "10 random labels change the AUROC of gaussian, refined, by 0.0 points on average over 1 data set: it is "
        "higher on 0 of them, and the lowest change is 0.0, on b.",
        "svm, which needs labels, comes to a mean AUROC of 70.0 with 10 right labels.",
    ]
    assert [figure["value"] for figure in told["figures"]] == ["+3.0", "−1.0", "0.0"]


def test_other_parameters_that_vary_are_part_of_the_name() -> None:
    (told,) = few_label_rows([row("a", "n_labels=5;rejection=0.1", 0.8)])
    assert (told["detector"], told["n_labels"], told["gain"]) == ("gaussian rejection=0.1", 5, None)


def test_there_is_a_panel_for_each_data_set_and_every_line_starts_at_none() -> None:
    (drawing,) = few_label_drawings({"few_labels": few_label_rows(MEANS)})
    assert drawing.section == "labels"
    for text in (
        "gaussian, refined: right labels",
        "gaussian, refined: labels, 20 % flipped",
        "svm, blind: right labels",
    ):
        assert text in drawing.svg
    assert not few_label_drawings({"few_labels": []})
    plt.close("all")
