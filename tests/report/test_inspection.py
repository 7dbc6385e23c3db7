"""The report of a sweep of inspection: one table, and three questions answered with the figures of the sweep."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dross.catalog import CATALOG
from dross.evaluation.results import RunRow
from dross.report.classes import by_class
from dross.report.detector_words import detector_words
from dross.report.drawings import draw_all
from dross.report.html import render_html
from dross.report.inspection import inspection_headline, inspection_rows
from dross.report.inspection_means import difference, over_sets
from dross.report.inspection_questions import DIRTY_STUDY, _ranked, question_rows
from dross.report.metric_words import metric_words
from dross.report.summarize import summarize_runs
from dross.report.tables import report_tables
from tests.report.inspected_parts import SIZES, clean_runs, dirty_runs, run_of, sweep_of
from tests.report.made_up import made_up_sweep
from tests.report.test_html import Reader


def shown(runs: list[RunRow]) -> list[RunRow]:
    return by_class(sweep_of(runs)).rows


def answers(runs: list[RunRow]) -> dict[str, Any]:
    return question_rows(inspection_rows(shown(runs)), shown(runs))


def without_scores(runs: list[RunRow]) -> list[RunRow]:
    return [
        replace(run, details={k: v for k, v in run.details.items() if k not in ("tested", "fit_seconds")})
        for run in runs
    ]


def test_the_table_has_each_set_their_mean_pixels_and_times() -> None:
    runs = clean_runs()
    inspection = inspection_rows(shown(runs))
    assert inspection["sets"] == ["bottles", "brushes"]
    assert [row["detector"] for row in inspection["table"]] == ["padim", "pixel-knn", "constant-image"]
    assert [row["baseline"] for row in inspection["table"]] == [False, True, True]
    best = inspection["table"][0]
    of_set = {
        name: np.mean([run.metrics["auroc"] for run in runs if (run.key.dataset, run.key.detector) == (name, "padim")])
        for name in SIZES
    }
    assert {name: found["auroc"]["mean"] for name, found in best["by_set"].items()} == pytest.approx(of_set)
    assert best["mean"]["mean"] == pytest.approx(np.mean(list(of_set.values())))
    assert best["mean"]["low"] < best["mean"]["mean"] < best["mean"]["high"]
    assert (best["pixel_auroc"], best["aupro"]) == pytest.approx((0.95, 0.7))
    assert inspection["table"][1]["pixel_auroc"] is None
    assert (best["fit_seconds"], best["score_seconds"]) == pytest.approx((2.0, 0.01))


def test_sets_are_drawn_independently_of_each_other() -> None:
    one = over_sets({"a": clean_runs(("brushes",))[3:6]}, ["a"])
    both = over_sets(dict.fromkeys("ab", clean_runs(("brushes",))[3:6]), ["a", "b"])
    assert one is not None
    assert both is not None
    assert one.resamples is not None
    assert both.resamples is not None
    # The variance of a mean of two that are independent is half of that of one; drawn alike it would be the same.
    assert both.resamples.var() == pytest.approx(one.resamples.var() / 2, rel=0.15)
    assert over_sets({"a": []}, ["a"]) is None


def test_methods_are_compared_on_the_same_resamples() -> None:
    runs = {"brushes": clean_runs(("brushes",))[3:6]}
    one, same = over_sets(runs, ["brushes"]), over_sets(runs, ["brushes"])
    assert one is not None
    assert same is not None
    assert difference(one, same) == {"mean": 0.0, "low": 0.0, "high": 0.0, "verdict": "level"}


def test_the_verdict_says_where_the_best_is_not_better() -> None:
    sentences = inspection_headline(inspection_rows(shown(clean_runs())))["sentences"]
    assert sentences[0].startswith("Of 3 methods the best over 2 sets is padim: mean AUROC 9")
    assert sentences[1].startswith("padim is above the strongest baseline, pixel-knn: +")
    assert sentences[2].startswith("On brushes it is within the noise of that baseline: ")
    assert sentences[3] == "Where in an image the defect is, it says with pixel AUROC 95.0 and AUPRO 70.0 in the mean."
    assert len(sentences) == 4


def test_a_method_that_loses_to_a_baseline_is_said_to() -> None:
    runs = [run_of(name, "deep-svdd", 0.3) for name in SIZES] + [run_of(name, "mean-image", 3.0) for name in SIZES]
    sentences = inspection_headline(inspection_rows(shown(runs)))["sentences"]
    assert "the best over 2 sets is mean-image" in sentences[0]
    assert sentences[1].startswith("deep-svdd is below the strongest baseline, mean-image: −")
    assert [sentence.split(":")[0] for sentence in sentences[2:]] == [
        "On bottles it is below that baseline",
        "On brushes it is below that baseline",
    ]


def test_without_the_scores_of_images_nothing_is_said_to_be_noise() -> None:
    runs = without_scores(clean_runs() + dirty_runs({"blind": 1.0})[4:])
    summary = summarize_runs(sweep_of(runs))
    said = " ".join([*summary["headline"]["sentences"], *summary["questions"]["share_sentences"]])
    said += " ".join(summary["questions"]["supervision_sentences"])
    assert "noise" not in said
    assert "chance" not in said
    page = render_html(summary, draw_all(summary))
    assert "There are no intervals, because the scores of single images were not stored." in page
    assert "Seconds a run" in page


def test_why_auroc_and_not_f1_is_reckoned_from_the_share_of_anomalies() -> None:
    found = answers(clean_runs())
    first, second = found["shares"]
    assert (first["set"], first["share"]) == ("bottles", 0.73)
    for row in (first, second):
        assert row["all_f1"] == pytest.approx(2 * row["share"] / (1 + row["share"]))
        assert row["all_auroc"] == 0.5
    sentences = found["share_sentences"]
    words = metric_words("auroc")
    # The threshold of pixel-knn lies far above most defects, which it ranks above good images all the same.
    assert sentences[0] == (
        "On bottles 73 of 100 test images (73 %) are anomalous: calling every one of them so has F1 84.4 and AUROC "
        f"50.0. padim, the best there by AUROC ({words.shown(first['best_auroc'])}), has F1 "
        f"{words.shown(first['best_f1'])} at its own threshold; by F1 2 of 3 methods are worse than that decision, and "
        "1 of these ranks images better than chance (the 95 % interval of their AUROC lies above 50)."
    )
    assert sentences[2].startswith(
        "So the same decision, which knows nothing, is worth F1 57.1 on one set and 84.4 on another, for no other "
    )


@pytest.mark.parametrize(
    ("n", "better", "expected"),
    [
        (2, None, ""),
        (1, 0, ", and it does not rank images better than chance for certain"),
        (2, 0, ", and none of these ranks images better than chance for certain"),
        (1, 1, ", though it ranks images better than chance (the 95 % interval of its AUROC lies above 50)"),
        (2, 2, ", though all of these rank images better than chance (the 95 % interval of their AUROC lies above 50)"),
        (3, 2, ", and 2 of these rank images better than chance (the 95 % interval of their AUROC lies above 50)"),
    ],
)
def test_how_many_rank_better_than_chance_is_a_sentence(n: int, better: int | None, expected: str) -> None:
    assert _ranked(n, {"n_below_better": better}) == expected


def test_where_no_method_is_worse_than_calling_everything_an_anomaly_it_is_said() -> None:
    runs = [run_of("bottles", "padim", 9.0), run_of("bottles", "pixel-knn", 9.0)]
    (sentence,) = answers(runs)["share_sentences"]
    assert sentence.endswith("and no method has less than that of calling everything an anomaly.")


def test_what_dirty_training_costs_is_told_of_each_detector() -> None:
    found = answers(dirty_runs({"blind": 1.5, "refined": 0.5, "oracle": 0.0}))
    assert [row["sets"] for row in found["supervision"]] == [["bottles", "brushes"], ["bottles"], ["brushes"]]
    row = found["supervision"][0]
    assert row["cost"]["mean"] == pytest.approx(row["blind"]["mean"] - row["clean"]["mean"])
    assert [row[key]["verdict"] for key in ("cost", "gain", "fewer")] == ["loss", "gain", "level"]
    (sentence,) = found["supervision_sentences"]
    assert sentence.startswith("padim, semi-supervised (trained on clean images alone), comes to a mean AUROC of ")
    assert (
        "Unsupervised, with 10 % of defects among its training images and nobody telling which, it comes to "
        in sentence
    )
    assert ": a loss, −" in sentence
    assert ": a gain, +" in sentence
    assert sentence.endswith(": within the noise, 0.0 (95 % interval 0.0 to 0.0) points against clean training.")


def test_where_refinement_makes_it_worse_it_is_a_loss() -> None:
    (sentence,) = answers(dirty_runs({"blind": 0.0, "refined": 1.5}))["supervision_sentences"]
    assert "nobody telling which, it comes to" in sentence
    assert ": within the noise, 0.0 (95 % interval 0.0 to 0.0) points. Refined" in sentence
    assert "points against blind, and a loss, −" in sentence
    assert sentence.index(": a loss, −") < sentence.index("against blind")


@pytest.mark.parametrize(("ratio", "lacks"), [(0.0, "clean training images alone"), (0.1, "no clean training")])
def test_a_sweep_that_cannot_tell_names_the_run_file_that_can(ratio: float, lacks: str) -> None:
    runs = [run_of(name, "padim", 2.0, ratio=ratio) for name in SIZES]
    assert answers(runs)["supervision_sentences"] == [
        f"This sweep has {lacks}, so it does not tell what defects among the training images cost. A run file with "
        'contamination = [0, 0.05, 0.1] and training = ["blind", "refined", "oracle"] does, such as '
        "studies/inspection-dirty/run.toml."
    ]


def test_the_run_file_that_can_tell_is_there_and_does(request: pytest.FixtureRequest) -> None:
    text = (request.config.rootpath / DIRTY_STUDY).read_text(encoding="utf-8")
    assert "contamination = [0, 0.05, 0.1]" in text
    assert 'training = ["blind", "refined", "oracle"]' in text


def test_the_best_method_is_explained_in_the_words_of_its_documentation() -> None:
    method = answers(clean_runs())["method"]
    assert method["name"] == "padim"
    assert method["words"] == detector_words("padim")
    assert method["words"][1].startswith("Score each position of an image by a Gaussian")
    refined = [run_of(name, "padim", 2.0, training="refined") for name in SIZES]
    assert answers(refined)["method"]["words"][-1].startswith("It was refined")


@pytest.mark.parametrize("name", [name for name, entry in CATALOG.items() if entry.takes == "images"])
def test_every_detector_of_images_has_words(name: str) -> None:
    words = detector_words(name)
    assert words[0].startswith(f"{name}: ")
    assert len(words) >= 3
    assert any("ssumes" in paragraph for paragraph in words)
    assert not any("`" in paragraph or "----" in paragraph or "Parameters" in paragraph for paragraph in words)


def test_the_page_has_it_all_under_the_names_of_the_sets() -> None:
    summary = summarize_runs(sweep_of(clean_runs()))
    page = render_html(summary, draw_all(summary))
    text = Reader(page).text
    assert "2 sets of parts" in " ".join(text.split())
    for heading in ("All methods, set by set", "How does the best method work?", "Why AUROC rather than F1?"):
        assert heading in text
    assert "Semi-supervised or unsupervised?" in text
    assert "bottles: good" not in page
    assert "<i>pixel 95.0</i><i>PRO 80.0</i>" in page
    assert "All detectors, by AUROC" not in text  # it is the same table once more
    assert '<a href="#curves">' not in page  # of one contamination there is no curve
    rows = list(csv.DictReader(io.StringIO(report_tables(summary)["inspection.csv"])))
    assert [row["dataset"] for row in rows[:3]] == ["mean over sets", "bottles", "brushes"]
    assert float(rows[1]["aupro"]) == 0.8


def test_dirty_training_has_a_table_and_a_place_in_the_verdict() -> None:
    summary = summarize_runs(sweep_of(dirty_runs({"blind": 1.5, "refined": 0.5, "oracle": 0.0})))
    page = render_html(summary, draw_all(summary))
    assert "Blind, 10 %" in page
    assert "mean over 2 sets" in page
    last = summary["headline"]["sentences"][-1]
    assert last.startswith("10 % of defects among the training images change the AUROC of padim: a loss, −")
    assert "Refinement changes it against blind training: a gain, +" in last
    # What the paired test calls a gain, nothing else in the verdict calls noise.
    assert not any("refinement moved" in sentence for sentence in summary["headline"]["sentences"])
    assert [card["verdict"] for card in summary["headline"]["figures"][-2:]] == ["loss", "gain"]


def test_other_sweeps_have_none_of_it() -> None:
    summary = summarize_runs(made_up_sweep(("thyroid",), ("mcd",), (0.0,), 2))
    assert (summary["inspection"], summary["questions"], summary["located"]) == ({}, {}, [])
    page = render_html(summary, draw_all(summary))
    assert "Three questions" not in page
    assert "inspection.csv" not in report_tables(summary)
