"""Galleries of what detectors with score maps found, missed and took for defects."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from dross.evaluation.results import RunRow
from dross.report import html
from dross.report.drawings import draw_all
from dross.report.html import render_html
from dross.report.located import best_strips, located_rows, located_view
from dross.report.summarize import summarize_runs
from tests.evaluation.test_localisation_record import caps
from tests.evaluation.test_located_images import record
from tests.report.inspected_parts import SIZES, clean_runs, run_of, sweep_of
from tests.report.test_html import Reader

RECORD = record(caps())


def with_strips(detector: str = "padim", found: dict[str, Any] | None = None) -> list[RunRow]:
    located = {"located": RECORD if found is None else found}
    return [
        replace(run, details=run.details | located) if (run.key.detector, run.key.seed) == (detector, 0) else run
        for run in clean_runs(seeds=(0, 1))
    ]


def page_of(runs: list[RunRow]) -> str:
    summary = summarize_runs(sweep_of(runs))
    return render_html(summary, draw_all(summary))


def test_every_strip_is_on_the_page_with_words_for_it() -> None:
    page = page_of(with_strips())
    assert '<a href="#located">Found, missed, false alarms</a>' in page
    for panel in RECORD["panels"]:
        for image in panel["images"]:
            assert image["strip"] in page
    text = " ".join(Reader(page).text.split())  # and every tag is closed
    assert "padim on bottles, seed 0" in text
    assert "4 of 10 shown. The anomalies with the highest scores." in text
    assert "score 14.0, rank 1 of 20" in text
    assert 'alt="cracked, row 59: image, score map and outline of the defect"' in page
    # That an alarm was raised is told by a sign, a word and a dashed frame, not by a colour alone.
    assert re.search(
        r'<li class="alarm"><img [^>]*>\s*<span>cracked <b class="alarm"><i aria-hidden="true">!</i> alarm', page
    )
    assert 'cracked <b class="quiet">no alarm</b>' in page


def test_the_best_method_is_shown_at_work_on_each_set() -> None:
    rows = located_rows(with_strips())
    shown = best_strips(rows, {"detector": "padim", "training": "blind", "variant": "normal=good"})
    assert [each["dataset"] for each in shown] == list(SIZES)
    assert {each["src"] for each in shown} == {RECORD["panels"][0]["images"][0]["strip"]}
    assert best_strips(rows, None) == []
    assert "What padim found most clearly on each set." in " ".join(Reader(page_of(with_strips())).text.split())


def test_where_the_best_method_has_no_maps_it_is_said_and_who_has() -> None:
    text = " ".join(Reader(page_of(with_strips("pixel-knn"))).text.split())
    assert (
        "No score maps of padim were kept: it makes none, or its runs kept no pictures. What pixel-knn found is shown "
        "below."
    ) in text


def test_strips_without_masks_and_panels_without_images_have_words_of_their_own() -> None:
    found = {**record(caps(masked=False)), "panels": [{"key": "misses", "total": 0, "images": []}]}
    run = replace(run_of("bottles", "padim", 1.0, ratio=0.1, training="refined"), details={"located": found})
    (row,) = located_rows([run])
    view = located_view(row)
    assert view["title"] == "padim (normal=good), refined on bottles, 10 % contamination, seed 0"
    assert view["panels"][0]["explanation"] == "There are no more anomalies."
    assert "outlined" not in view["reading"]


def test_strips_that_no_longer_fit_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "_MOST_PICTURES", 10)
    page = page_of(with_strips())
    assert "Not shown here, to keep this file small" in page
    assert page.count(RECORD["panels"][0]["images"][1]["strip"]) == 0
