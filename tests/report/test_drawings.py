from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from dross.report.drawings import draw_all
from dross.report.plot_panels import panel_groups
from dross.report.plot_style import Drawing
from dross.report.summarize import summarize_runs
from tests.report.made_up import made_up_sweep


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    return summarize_runs(
        made_up_sweep(
            ("thyroid",), ("affine", "knn"), (0.0, 0.025), 2, published="thyroid", variants=("rejection=0.1",)
        )
    )


@pytest.fixture(scope="module")
def drawings(summary: dict[str, Any]) -> list[Drawing]:
    return draw_all(summary)


def test_the_same_summary_gives_the_same_bytes(summary: dict[str, Any], drawings: list[Drawing]) -> None:
    again = draw_all(summary)
    assert [(d.name, d.svg, d.inline_svg, d.png) for d in drawings] == [
        (d.name, d.svg, d.inline_svg, d.png) for d in again
    ]


def test_every_kind_of_figure_is_drawn_once(drawings: list[Drawing]) -> None:
    assert [drawing.name for drawing in drawings] == [
        "f1-oracle-thyroid",
        "auroc-thyroid",
        "ap-thyroid",
        "refinement-thyroid",
        "loss-thyroid",
        "scores-blind-thyroid",
        "scores-refined-thyroid",
        "roc-thyroid",
        "pr-thyroid",
    ]


def test_svg_is_well_formed_transparent_undated_and_takes_the_page_s_colour(drawings: list[Drawing]) -> None:
    for drawing in drawings:
        for text in (drawing.svg, drawing.inline_svg):
            ElementTree.fromstring(text)
            assert "currentColor" in text
            assert "#0a0b0c" not in text
            assert "#ffffff" not in text
            assert "<metadata" not in text
            assert "<text" in text, "text stays text: it can be searched, and follows the page's font"
        assert "var(--series-" in drawing.inline_svg
        assert "prefers-color-scheme" in drawing.svg


def test_identifiers_do_not_clash_on_one_page(drawings: list[Drawing]) -> None:
    found = [set(re.findall(r'\bid="([^"]+)"', drawing.inline_svg)) for drawing in drawings]
    for index, mine in enumerate(found):
        assert not mine & set().union(*found[:index])
        references = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', drawings[index].inline_svg))
        assert references <= mine


def test_published_curves_are_dashed_and_called_published(drawings: list[Drawing]) -> None:
    first = drawings[0]
    assert "published: SRR (GOAD + GDE)" in first.svg
    assert "stroke-dasharray" in first.svg
    assert "read off the figures of arXiv:2106.06115, error about 0.3" in first.caption


def test_a_name_is_drawn_as_it_is_written() -> None:
    summary = summarize_runs(made_up_sweep(("a<b>&$x$",), ("knn",), (0.0, 0.1), 2))
    title = draw_all(summary)[0]
    assert "a&lt;b&gt;&amp;$x$" in title.inline_svg
    ElementTree.fromstring(title.inline_svg)


def test_one_of_everything_can_be_drawn() -> None:
    names = [drawing.name for drawing in draw_all(summarize_runs(made_up_sweep(("a",), ("knn",), (0.05,), 1)))]
    assert names == ["refinement-a", "scores-blind-a", "scores-refined-a", "roc-a", "pr-a"]


@pytest.mark.parametrize(("n_datasets", "n_detectors", "figures"), [(17, 3, 3), (1, 12, 1), (12, 17, 12), (45, 1, 3)])
def test_few_figures_with_a_bounded_number_of_panels(n_datasets: int, n_detectors: int, figures: int) -> None:
    names = [f"d{i}" for i in range(n_datasets)]
    groups = panel_groups(
        {"datasets": [{"name": n} for n in names], "detectors": [f"m{i}" for i in range(n_detectors)]}
    )
    assert len(groups) == figures
    assert max(len(group.panels) for group in groups) <= 20
    assert sum(len(group.panels) for group in groups) == n_datasets * n_detectors
    assert len({group.slug for group in groups}) == figures


def test_gains_over_tables_are_drawn_by_detector_and_ordered(monkeypatch: pytest.MonkeyPatch) -> None:
    summary = summarize_runs(made_up_sweep(tuple("abcde"), ("knn",), (0.1,), 2))
    first = draw_all(summary)[0]
    assert (first.name, first.section) == ("gains-auroc-knn", "gains")
    gains = {row["dataset"]: row["gain"] for row in summary["gains"] if row["metric"] == "auroc"}
    drawn = [name for name in re.findall(r">([a-e])</text>", first.svg) if name in gains]
    assert drawn == sorted(gains, key=lambda name: -gains[name])
