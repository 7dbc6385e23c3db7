from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dross.evaluation.gallery import gallery_record
from dross.report.drawings import draw_all
from dross.report.galleries import gallery_rows
from dross.report.gallery_page import render_gallery, write_gallery
from dross.report.gallery_words import gallery_sentences, gallery_view
from dross.report.html import SECTIONS, SOMETIMES, render_html
from dross.report.plot_maps import map_drawings
from dross.report.summarize import summarize_runs
from dross.report.write import write_summary
from dross.scoring import anomaly_scores
from tests.planted_images import fitted_stand_in, planted_images
from tests.report.made_up import made_up_sweep
from tests.report.test_html import Reader


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    """A labelled gallery with contaminants kept and normals lost."""
    X, labels = planted_images(100, n_anomalies=15)
    detector = fitted_stand_in(X, rejection=0.1)
    scores = anomaly_scores(detector, X)
    return gallery_record(X, labels, X, labels, detector, test_scores=scores, train_scores=scores, n=6)


@pytest.fixture(scope="module")
def unlabelled() -> dict[str, Any]:
    X, _ = planted_images(40)
    return gallery_record(X, None, None, None, fitted_stand_in(X), test_scores=None, n=6)


@pytest.fixture(scope="module")
def summary(record: dict[str, Any]) -> dict[str, Any]:
    sweep = made_up_sweep(("cifar",), ("rotation",), (0.1,), 1, variants=("rejection=0.1",))
    rows = [
        replace(row, details={**row.details, "gallery": record}) if row.key.training == "refined" else row
        for row in sweep.rows
    ]
    return summarize_runs(replace(sweep, rows=rows))


def with_name(record: dict[str, Any], name: str) -> dict[str, Any]:
    copied = json.loads(json.dumps(record))
    for panel in copied["panels"]:
        for image in panel["images"]:
            image["name"] = name
    return copied


def test_galleries_know_their_run_and_have_different_names(summary: dict[str, Any]) -> None:
    first, second = summary["galleries"]
    assert (first["dataset"], first["detector"], first["variant"], first["seed"]) == ("cifar", "rotation", "", 0)
    assert first["name"] == "cifar-rotation-10-seed-0"
    assert second["name"] == "cifar-rotation-rejection-0-1-10-seed-0"
    assert summarize_runs(made_up_sweep(("a",), ("knn",), (0.1,), 1))["galleries"] == []


def test_two_runs_of_one_name_do_not_share_a_file(record: dict[str, Any]) -> None:
    run = made_up_sweep(("a",), ("knn",), (0.1,), 1).rows[0]
    run = replace(run, details={"gallery": record})
    names = [row["name"] for row in gallery_rows([run, run, run])]
    assert len(set(names)) == 3


def test_the_page_has_the_section_only_where_there_are_galleries(summary: dict[str, Any]) -> None:
    sections = [attrs["id"] for tag, attrs in Reader(render_html(summary, [])).tags if tag == "section"]
    assert sections == [name for name, _ in SECTIONS if name == "galleries" or name not in dict(SOMETIMES)]
    tables = render_html({**summary, "galleries": []}, [])
    assert "galleries" not in tables


def test_every_picture_is_in_the_page_with_words_and_within_reach_of_the_keyboard(record: dict[str, Any]) -> None:
    reader = Reader(render_gallery(record, "Title"))
    images = [image for panel in record["panels"] for image in panel["images"]]
    found = [attrs for tag, attrs in reader.tags if tag == "img"]
    assert [attrs["src"] for attrs in found] == [image["image"] for image in images]
    assert all(attrs["alt"] for attrs in found)
    assert found[0]["alt"] == f"image {images[0]['index']}: contaminant, dropped"
    items = [attrs for tag, attrs in reader.tags if tag == "li"]
    assert [attrs["tabindex"] for attrs in items] == ["0"] * len(images)
    assert "script" not in {tag for tag, _ in reader.tags}
    assert not re.search(r">\s*(nan|NaN|None|inf)\s*<", render_gallery(record, "Title"))


def test_no_mark_is_told_by_colour_alone(record: dict[str, Any]) -> None:
    view = gallery_view(record)
    marks = {tuple(mark) for panel in view["panels"] for image in panel["images"] for mark in image["marks"]}
    signs = [sign for _, sign, _ in marks]
    assert {word for _, _, word in marks} == {"contaminant", "anomaly", "normal", "dropped", "kept", "alarm"}
    assert all(signs)
    assert {kind: sign for kind, sign, _ in marks} == {
        "anomaly": "▲",
        "normal": "●",
        "dropped": "✕",
        "kept": "✓",
        "alarm": "!",
    }


def test_the_caption_tells_round_votes_and_score(record: dict[str, Any]) -> None:
    view = gallery_view(record)
    image, shown = record["panels"][0]["images"][0], view["panels"][0]["images"][0]
    assert shown["lines"][0] == f"round {image['round_dropped']}, {image['votes']} of 5"
    assert re.fullmatch(r"score \d\.\d\d", shown["lines"][1])
    assert shown["rank_words"] == "rank 1 of 100 by anomaly score"
    kept = gallery_view(record)["panels"][1]["images"][0]
    assert kept["lines"][0] == "0 of 5 votes"


def test_names_are_escaped_and_shown_with_their_last_folder(record: dict[str, Any]) -> None:
    page = render_gallery(with_name(record, 'a/"><script>alert(1)</script>'), "<b>")
    reader = Reader(page)
    assert "<script>" not in page
    assert "b>" in reader.text  # the title
    assert render_gallery(with_name(record, "2024/cats/tom.png"), "x").count(">cats/tom.png</span>") == page.count(
        "<li "
    )
    assert "image 17: " in render_gallery(with_name(record, "17"), "x")


def test_what_is_said_above_depends_on_what_is_known(record: dict[str, Any], unlabelled: dict[str, Any]) -> None:
    assert gallery_sentences(unlabelled) == [
        "4 of 40 training images (10 %) were dropped in 3 rounds of votes by 5 classifiers."
    ]
    assert "Nobody told Dross what is normal" in render_gallery(unlabelled, "x")
    assert "Nobody told Dross what is normal" not in render_gallery(record, "x")
    assert gallery_sentences({**unlabelled, "undone": True}) == [
        "3 rounds of votes by 5 classifiers were undone, because dropping did harm: all images were kept."
    ]
    assert gallery_sentences({**unlabelled, "n_classifiers": None}) == [
        "This detector is not refined. 4 of 40 training images (10 %) raise an alarm."
    ]


def test_nothing_to_show_is_told(unlabelled: dict[str, Any]) -> None:
    empty = json.loads(json.dumps(unlabelled))
    empty["panels"][0].update(images=[], total=0)
    assert "None: every image was kept." in Reader(render_gallery(empty, "x")).text


@pytest.mark.parametrize(
    ("side", "width", "pixelated"), [(8, 96, True), (28, 112, True), (32, 96, True), (64, 128, False)]
)
def test_tiny_images_are_enlarged_by_a_whole_number(
    record: dict[str, Any], side: int, width: int, pixelated: bool
) -> None:
    view = gallery_view({**record, "image_shape": [side, side, 3]})
    assert (view["width"], view["pixelated"]) == (width, pixelated)


def test_maps_draw_every_point_with_a_sign_of_its_own(record: dict[str, Any]) -> None:
    (drawing,) = map_drawings([{"name": "x", "record": record}])
    kept, labels = np.array(record["maps"]["kept"]), np.array(record["maps"]["label"])
    assert drawing.inline_svg.count("h0") == 3 * (kept & (labels == 0)).sum()
    for label in ("normal, kept", "contaminant, dropped", "contaminant, kept"):
        assert f">{label}</text>" in drawing.inline_svg
    pixels = np.asarray(Image.open(io.BytesIO(drawing.png)).convert("RGB")).astype(int)
    # The dots, half transparent grey, are drawn in the PNG as well: most are in the middle of their map.
    inside = pixels[pixels.shape[0] // 3 :]
    assert ((np.ptp(inside, axis=-1) < 8) & (inside[..., 0] > 150) & (inside[..., 0] < 215)).sum() > 200


def test_what_does_not_fit_is_in_its_own_file(
    summary: dict[str, Any], record: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = sum(len(image["image"]) for panel in record["panels"] for image in panel["images"])
    monkeypatch.setattr("dross.report.html._MOST_PICTURES", int(1.5 * size))
    page = write_summary(summary, tmp_path).read_text(encoding="utf-8")
    first, second = (row["name"] for row in summary["galleries"])
    n_images = sum(len(panel["images"]) for panel in record["panels"])
    assert page.count("<img ") == n_images
    assert f"galleries/{second}.html" in page
    assert f"galleries/{first}.html" not in page
    assert sorted(file.name for file in (tmp_path / "galleries").iterdir()) == [f"{first}.html", f"{second}.html"]
    assert (tmp_path / "galleries" / f"{second}.html").read_text(encoding="utf-8").count("<img ") == n_images
    assert {f"map-{name}.svg" for name in (first, second)} <= {file.name for file in (tmp_path / "figures").iterdir()}


def test_ten_galleries_of_photographs_stay_under_six_megabytes(summary: dict[str, Any], record: dict[str, Any]) -> None:
    photograph = "data:image/jpeg;base64," + base64.b64encode(bytes(4000)).decode()
    large = json.loads(json.dumps(record))
    for panel in large["panels"]:
        panel["images"] = [{**panel["images"][0], "image": photograph}] * 24 if panel["images"] else []
    galleries = [{**summary["galleries"][0], "name": f"g-{number}", "record": large} for number in range(10)]
    drawings = draw_all({**summary, "galleries": galleries[:1]})
    page = render_html({**summary, "galleries": galleries}, drawings)
    assert 1_000_000 < len(page.encode()) < 6_000_000
    assert page.count("Not shown here, to keep this file small") > 0


def test_the_gallery_of_a_folder_is_one_file_that_loads_nothing(unlabelled: dict[str, Any], tmp_path: Path) -> None:
    path = write_gallery(unlabelled, tmp_path / "new", title="photos")
    assert path == tmp_path / "new" / "gallery.html"
    assert [file.name for file in path.parent.iterdir()] == ["gallery.html"]
    page = path.read_text(encoding="utf-8")
    reader = Reader(page)
    for tag, attrs in reader.tags:
        assert tag not in {"link", "iframe", "object", "embed", "script"}
        for name in ("src", "href", "xlink:href", "srcset"):
            assert (attrs.get(name) or "#").startswith(("#", "data:image/")), (tag, attrs)
    assert "prefers-color-scheme:dark" in page
    identifiers = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
    assert len(identifiers) == len(set(identifiers))
    assert write_gallery(unlabelled, tmp_path / "again", title="photos").read_bytes() == path.read_bytes()
