"""The section on what was reconstructed: pictures, losses, and what is said of each method."""

from __future__ import annotations

import csv
import importlib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dross.evaluation.reconstruction_record import reconstruction_record
from dross.reconstruction import ConvolutionalAutoencoder
from dross.report import html
from dross.report.drawings import draw_all
from dross.report.html import render_html
from dross.report.plot_reconstructions import loss_drawings
from dross.report.reconstructions import EVIDENCE, METHODS, reconstruction_rows
from dross.report.summarize import summarize_runs
from dross.scoring import anomaly_scores
from tests.planted_pictures import plant_defects
from tests.report.made_up import made_up_sweep
from tests.report.test_html import Reader


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    planted = plant_defects(n_train=40, contamination=0.2, channels=1)
    detector = ConvolutionalAutoencoder(widths=(4, 8), n_code=2, max_epochs=3, device="cpu", random_state=0)
    detector.fit(planted.X_train, labels=planted.labels_train)
    scores = anomaly_scores(detector, planted.X_test)
    return reconstruction_record(
        planted.X_train, planted.labels_train, planted.X_test, planted.labels_test, detector, scores
    )


@pytest.fixture(scope="module")
def summary(record: dict[str, Any]) -> dict[str, Any]:
    sweep = made_up_sweep(("fashion",), ("conv-autoencoder",), (0.0,), 1)
    rows = [
        replace(row, details={**row.details, "reconstruction": record}) if row.key.training == "blind" else row
        for row in sweep.rows
    ]
    return summarize_runs(replace(sweep, rows=rows))


def test_the_page_shows_every_picture_with_words_for_it(summary: dict[str, Any], record: dict[str, Any]) -> None:
    page = render_html(summary, draw_all(summary))
    assert '<a href="#reconstruction">What was reconstructed</a>' in page
    assert "conv-autoencoder on fashion" in page
    for column in record["columns"]:
        assert all(column[key] in page for key in ("image", "before", "after", "difference"))
    assert all(edit["image"] in page for edit in record["edits"])
    assert 'alt="before training of a normal image"' in page
    assert 'alt="reconstruction of an anomaly"' in page
    assert METHODS["ConvolutionalAutoencoder"][2] in page
    assert Reader(page).text.count("normal") >= 6  # and every tag is closed


def test_a_sweep_without_any_has_no_such_section() -> None:
    summary = summarize_runs(made_up_sweep())
    assert summary["reconstructions"] == []
    assert "What was reconstructed" not in render_html(summary, draw_all(summary))


def test_pictures_that_no_longer_fit_are_left_out(summary: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "_MOST_PICTURES", 10)
    page = render_html(summary, draw_all(summary))
    assert "Not shown here, to keep this file small." in page
    assert "before training of" not in page


def test_each_term_of_a_loss_is_drawn(summary: dict[str, Any]) -> None:
    (drawing,) = loss_drawings(summary["reconstructions"])
    assert drawing.name == "losses-fashion-conv-autoencoder"
    assert all(f">{term}<" in drawing.svg for term in ("loss", "reconstruction", "anomalies"))


def test_one_term_that_is_the_loss_is_drawn_once(summary: dict[str, Any]) -> None:
    (row,) = summary["reconstructions"]
    history = [{"epoch": epoch, "loss": 1 / epoch, "reconstruction": 1 / epoch, "n_samples": 9} for epoch in (1.0, 2.0)]
    (drawing,) = loss_drawings([{**row, "record": {**row["record"], "history": history}}])
    assert ">loss<" in drawing.svg
    assert ">reconstruction<" not in drawing.svg
    assert loss_drawings([{**row, "record": {**row["record"], "history": history[:1]}}]) == []


def test_every_method_that_is_described_is_one() -> None:
    package = importlib.import_module("dross.reconstruction")
    assert set(METHODS) <= set(package.__all__)
    assert all(len(words) == 3 and all(words) for words in METHODS.values())


def test_a_variational_autoencoder_comes_with_its_collapse(record: dict[str, Any]) -> None:
    sweep = made_up_sweep(("fashion",), ("vae",), (0.0,), 1)
    details = {"reconstruction": {**record, "network": "VariationalAutoencoder"}}
    summary = summarize_runs(replace(sweep, rows=[replace(row, details=details | row.details) for row in sweep.rows]))
    page = render_html(summary, draw_all(summary))
    assert "The collapse, shown" in page
    studied = Path(__file__).parents[2] / "studies" / "vae-collapse"
    shipped = files("dross.report") / "published" / "vae-collapse.svg"
    assert shipped.read_bytes() == (studied / "vae-collapse.svg").read_bytes()
    with (studied / "summary.csv").open(encoding="utf-8", newline="") as file:
        found = {row["loss"]: row for row in csv.DictReader(file)}
    for loss in ("averaged error, summed KL, linear heads", "both summed over a sample"):
        assert f"{100 * float(found[loss]['auroc']):.1f}" in EVIDENCE["VariationalAutoencoder"][1]


def test_names_are_safe_for_files(record: dict[str, Any]) -> None:
    sweep = made_up_sweep(("fashion-mnist: T-shirt/top",), ("conv-autoencoder",), (0.0,), 1)
    rows = [replace(row, details={**row.details, "reconstruction": record}) for row in sweep.rows[:1]]
    assert reconstruction_rows(rows)[0]["name"] == "fashion-mnist-t-shirt-top-conv-autoencoder"
    assert np.isfinite([column["score"] for column in record["columns"]]).all()
