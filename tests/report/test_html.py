from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from dross.report.drawings import draw_all
from dross.report.html import SECTIONS, SOMETIMES, render_html
from dross.report.plot_style import Drawing
from dross.report.summarize import summarize_runs
from tests.report.made_up import made_up_sweep

_VOID = {"meta", "br", "link", "img", "input", "hr"}
_SVG_LEAVES = {"path", "rect", "use", "line", "circle", "stop"}


class Reader(HTMLParser):
    """Checks that every tag is closed, and gathers what the tests ask about."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.pieces: list[str] = []
        self.feed(page)
        self.close()
        self.text = "".join(self.pieces)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.pieces.append(data)


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    sweep = made_up_sweep(
        ("thyroid",), ("affine", "knn"), (0.0, 0.025), 2, published="thyroid", variants=("rejection=0.1",), n_failed=1
    )
    return summarize_runs(sweep)


@pytest.fixture(scope="module")
def page(summary: dict[str, Any]) -> str:
    return render_html(summary, draw_all(summary))


def test_every_section_is_there_in_order_and_in_the_contents(page: str) -> None:
    reader = Reader(page)
    # Tables have no pictures, and where no labels are told there are no decisions to compare.
    expected = [name for name, _ in SECTIONS if name not in dict(SOMETIMES)]
    assert [attrs["id"] for tag, attrs in reader.tags if tag == "section"] == expected
    links = [attrs["href"] for tag, attrs in reader.tags if tag == "a"]
    # The first link skips to the verdict.
    assert links[1 : len(expected) + 1] == [f"#{name}" for name in expected]


def test_nothing_is_loaded_from_anywhere(page: str) -> None:
    reader = Reader(page)
    for tag, attrs in reader.tags:
        assert tag not in {"link", "img", "iframe", "object", "embed"}
        for name in ("src", "href", "xlink:href", "action", "srcset", "data"):
            assert (attrs.get(name) or "#").startswith("#"), (tag, attrs)
    assert not re.search(r"@import|url\((?!#)", page)
    assert "fetch(" not in page
    assert "XMLHttpRequest" not in page


def test_identifiers_are_unique(page: str) -> None:
    identifiers = [attrs["id"] for _, attrs in Reader(page).tags if "id" in attrs]
    assert len(identifiers) == len(set(identifiers))


def test_what_comes_from_outside_is_escaped(page: str) -> None:
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_names_with_markup_are_escaped_everywhere() -> None:
    nasty = "<img src=x onerror=alert(1)>"
    summary = summarize_runs(made_up_sweep((nasty,), ('"><b>',), (0.0, 0.1), 2))
    reader = Reader(render_html(summary, draw_all(summary)))
    assert "img" not in {tag for tag, _ in reader.tags}
    assert "b" not in {tag for tag, _ in reader.tags}
    assert nasty in reader.text


def test_each_row_of_the_main_table_has_a_cell_for_each_heading(page: str) -> None:
    table = page[page.index('id="means"') :]
    table = table[: table.index("</table>")]
    n_headings = table.count("<th ")
    rows = table[table.index("<tbody>") :].split("<tr>")[1:]
    assert len(rows) == 2 * 2 * 2 * 4  # detectors, variants, ratios, metrics
    assert {row.count("<td") for row in rows} == {n_headings}


def test_the_undefined_is_a_dash_with_its_reason(page: str) -> None:
    assert 'title="the training set has no contaminants">–</td>' in page
    assert "Contaminants dropped: the training set has no contaminants" in Reader(page).text
    assert not re.search(r">\s*(nan|NaN|None|inf)\s*<", page)


def test_failed_runs_are_told_with_their_place(page: str) -> None:
    text = " ".join(Reader(page).text.split())
    assert "1 of 32 runs failed and are in no mean:" in text
    assert "thyroid, affine, blind, 0 %, seed 0" in text


def test_an_incomplete_sweep_says_so() -> None:
    sweep = made_up_sweep(("a",), ("knn",), (0.1,), 1)
    summary = summarize_runs(type(sweep)(sweep.rows, sweep.configuration, sweep.environments, sweep.data, 10))
    text = " ".join(Reader(render_html(summary, [])).text.split())
    assert (
        "This sweep is not complete: 7 of 10 runs have not ended yet, and the numbers above are of the others." in text
    )


def test_no_losses_is_told_as_a_finding() -> None:
    summary = summarize_runs(made_up_sweep(("a",), ("knn",), (0.1,), 1))
    text = " ".join(Reader(render_html(summary, [])).text.split())
    assert "In none of the 4 comparisons, over all metrics, does the whole 95 % interval lie below zero." in text


def test_seventeen_tables_and_many_figures_stay_under_five_megabytes() -> None:
    summary = summarize_runs(
        made_up_sweep([f"table-{i}" for i in range(17)], ("knn", "mcd"), (0.0, 0.02, 0.05, 0.1), 2)
    )
    big = [Drawing(f"figure-{i}", "contamination", "t", "c", f"<svg>{'x' * 300_000}</svg>", "", b"") for i in range(30)]
    page = render_html(summary, big)
    assert len(page.encode()) < 5_000_000
    shown = page.count("x" * 300_000)
    assert 0 < shown < 30
    assert page.count("Not drawn here, to keep this file small") == 30 - shown
    assert "figures/figure-29.svg" in page
    Reader(page)


def test_light_dark_narrow_and_print_are_provided_for(page: str) -> None:
    for needed in (
        "prefers-color-scheme:dark",
        "[data-theme=dark]",
        "@media print",
        "max-width:960px",
        'name="viewport"',
    ):
        assert needed in page
