"""All figures of a report, in the order in which they matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from dross.progress import track
from dross.report.metric_words import COMPARED
from dross.report.plot_choice import choice_drawings
from dross.report.plot_class_curves import class_curve_drawings
from dross.report.plot_contamination import contamination_drawings
from dross.report.plot_decisions import calibration_drawings, confusion_drawings
from dross.report.plot_few_labels import few_label_drawings
from dross.report.plot_gains import gain_drawings
from dross.report.plot_maps import map_drawings
from dross.report.plot_mixed import mixed_drawings
from dross.report.plot_reconstructions import loss_drawings
from dross.report.plot_refinement import refinement_drawings
from dross.report.plot_scores import curve_drawings, histogram_drawings
from dross.report.plot_stage_maps import stage_map_drawings
from dross.report.plot_style import Drawing


def draw_all(summary: Mapping[str, Any]) -> list[Drawing]:
    """Return every figure of a report, the most telling first.

    Parameters
    ----------
    summary : mapping
        What ``summarize`` returned.
    """
    headline = summary["headline_metric"]
    found = {metric["key"] for metric in summary["metrics"]}
    metrics = [headline, *(key for key in ("auroc", "ap", "f1_oracle") if key != headline)]
    published = {curve["metric"] for curve in summary["published"]}
    metrics += [key for key in COMPARED if key in published and key not in metrics]
    stages: list[Callable[[], list[Drawing]]] = [partial(few_label_drawings, summary)]
    stages += [partial(mixed_drawings, summary)]
    stages += [partial(gain_drawings, summary, headline)]
    if len(summary["levels"]) > 1:
        stages += [partial(contamination_drawings, summary, metric) for metric in metrics if metric in found]
    stages += [partial(refinement_drawings, summary), partial(histogram_drawings, summary)]
    stages += [partial(class_curve_drawings, summary)]
    stages += [partial(curve_drawings, summary, kind) for kind in ("roc", "pr")]
    stages += [partial(draw, summary) for draw in (confusion_drawings, calibration_drawings, choice_drawings)]
    stages += [partial(map_drawings, [gallery]) for gallery in summary["galleries"]]
    stages += [partial(stage_map_drawings, [row]) for row in summary["stage_maps"]]
    stages += [partial(loss_drawings, [row]) for row in summary["reconstructions"]]
    return [drawing for stage in track(stages, len(stages), "Drawing figures") for drawing in stage()]
