"""The section on mixed parts: pooled beside within, what calibration is worth, and the clusters, from the summary."""

from __future__ import annotations

from typing import Any

from dross.report.mixed import mixed_headline, mixed_rows, mixed_view
from dross.report.plot_mixed import mixed_drawings


def mean(dataset: str, detector: str, variant: str, metric: str, value: float | None) -> dict[str, Any]:
    """Return a row of a summary with an interval of two points around its mean."""
    around = {"mean": value, "low": None, "high": None}
    if value is not None and metric.startswith("auroc"):
        around |= {"low": value - 0.01, "high": value + 0.01}
    place = {"dataset": dataset, "protocol": "mixed-inspection", "detector": detector, "training": "blind"}
    return {**place, "variant": variant, "contamination": 0.0, "metric": metric, **around}


def means() -> list[dict[str, Any]]:
    found = []
    for detector, variant, pooled in (
        ("mixed-padim", "", 0.9),
        ("mixed-padim", "calibration=none", 0.7),
        ("knn", "", 0.6),
    ):
        found += [
            mean("mixed", detector, variant, "auroc", pooled),
            mean("mixed", detector, variant, "auroc_within", 0.92),
            mean("mixed", detector, variant, "auroc_pooling", pooled - 0.92),
            mean("mixed: caps", detector, variant, "auroc", 0.94),
            mean("mixed: tops", detector, variant, "auroc", None),
        ]
    return [
        *found,
        mean("mixed", "mixed-padim", "", "adjusted_rand", 1.0),
        mean("mixed", "mixed-padim", "", "adjusted_rand_test", 0.98),
        mean("mixed", "mixed-padim", "", "n_clusters", 2.0),
    ]


def test_the_verdict_sets_pooled_beside_within_and_says_what_calibration_is_worth() -> None:
    told = mixed_headline(mixed_rows(means()))
    assert told["sentences"] == [
        "mixed-padim: pooled AUROC 90.0 (89.0 to 91.0), mean within categories 92.0 (91.0 to 93.0): pooling changes it "
        "by −2.0 (−3.0 to −1.0) points.",
        "Without calibration the same fits come to 70.0 (69.0 to 71.0): calibration is worth +20.0 points.",
        "It found 2.0 clusters on average, where there are 2 categories; adjusted Rand index 1.00 in training, 0.98 of "
        "test images.",
        "knn: pooled AUROC 60.0 (59.0 to 61.0), mean within categories 92.0 (91.0 to 93.0): pooling changes it by "
        "−32.0 (−33.0 to −31.0) points.",
    ]
    assert [figure["detector"] for figure in told["figures"]] == ["mixed-padim", "knn"]


def test_the_table_has_each_category_and_a_dash_for_what_is_not_defined() -> None:
    view = mixed_view(mixed_rows(means()))
    assert view["columns"] == [
        *("AUROC, pooled", "Mean within", "Pooled − within", "caps", "tops"),
        *("Clusters, training", "Clusters, test", "Number of clusters"),
    ]
    assert [row["name"] for row in view["rows"]] == ["mixed-padim", "mixed-padim (calibration=none)", "knn"]
    assert [cell["text"] for cell in view["rows"][0]["cells"]] == [
        *("90.0", "92.0", "−2.0", "94.0", "–", "1.00", "0.98", "2.0")
    ]
    assert [cell["text"] for cell in view["rows"][2]["cells"]][-3:] == ["–", "–", "–"]


def test_there_is_one_figure_of_mixed_parts_and_none_without() -> None:
    assert [drawing.name for drawing in mixed_drawings({"mixed": mixed_rows(means())})] == ["mixed"]
    assert mixed_drawings({"mixed": []}) == []
    assert mixed_rows([{**row, "protocol": "inspection"} for row in means()]) == []
