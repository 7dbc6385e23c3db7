"""A metric against contamination: blind, refined and oracle, with bands, beside the published curves."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from dross.evaluation.summary import OVER_TABLES
from dross.report.metric_words import metric_words
from dross.report.plot_panels import PanelGroup, label_axes, panel_grid, panel_groups, say_empty, slug
from dross.report.plot_style import (
    BLUE,
    TRAINING_STYLES,
    VARIANT_LOOKS,
    VERMILLION,
    Drawing,
    SeriesStyle,
    finish,
    house_style,
)


def contamination_drawings(summary: Mapping[str, Any], metric: str) -> list[Drawing]:
    """Return the figures of one metric against contamination; none when no run gave the metric."""
    rows = [row for row in summary["means"] if row["metric"] == metric and row["mean"] is not None]
    groups = panel_groups(summary)
    pooled = [row for row in summary["over_tables"] if row["metric"] == metric and row["mean"] is not None]
    pooled += [row for row in summary["over_classes"] if row["metric"] == metric and row["mean"] is not None]
    for name in dict.fromkeys(row["dataset"] for row in pooled):
        groups.insert(0, PanelGroup("dataset", "detector", name, slug(name), tuple(summary["detectors"])))
    over_classes = {row["dataset"] for row in summary["over_classes"]}
    return [_draw(summary, metric, rows + pooled, group, over_classes) for group in groups] if rows else []


def _draw(
    summary: Mapping[str, Any],
    metric: str,
    rows: Sequence[Mapping[str, Any]],
    group: PanelGroup,
    over_classes: Collection[str],
) -> Drawing:
    label = metric_words(metric).label
    name = f"{metric.replace('_', '-')}-{group.slug}"
    published = [curve for curve in summary["published"] if curve["metric"] == metric]
    n_variants = len({row["variant"] for row in rows if row["variant"]})
    with house_style(name):
        figure, axes = panel_grid(len(group.panels), share_y=group.varies == "detector")
        for ax, panel in zip(axes, group.panels, strict=True):
            ax.set_title(panel)
            place = {group.fixed: group.name, group.varies: panel}
            _draw_panel(ax, group.select(rows, panel), metric)
            _draw_published(ax, [curve for curve in published if _stands_beside(curve, place)])
        label_axes(figure, axes, "anomalies in the training set, %", f"{label}, %")
        return finish(
            figure,
            name,
            "contamination",
            f"{label} against contamination, {group.name}",
            _caption(group, published, n_variants, group.name in over_classes),
        )


def _stands_beside(curve: Mapping[str, Any], place: Mapping[str, str]) -> bool:
    """Return whether a published curve is drawn in the panel of a data set and a detector."""
    return curve["dataset"] == place["dataset"] and curve["detector"] in ("", place["detector"])


def _caption(group: PanelGroup, published: Sequence[Any], n_variants: int, over_classes: bool) -> str:
    text = "Lines are means over seeds, bands their 95 % bootstrap intervals."
    if group.name == OVER_TABLES:
        text = "Means over data sets of the means over seeds; bands are 95 % bootstrap intervals over seeds."
    if over_classes:
        text = (
            "Means over classes and seeds; bands are 95 % bootstrap intervals over the runs of all classes and seeds."
        )
    if n_variants > len(VARIANT_LOOKS):
        text += f" The {n_variants} variants are not drawn here; the figure of gains compares them."
    if group.varies == "dataset":
        text += " Each panel has its own vertical axis."
    if published and (over_classes or not any("classes" in curve["source"] for curve in published)):
        text += f" Dashed with hollow markers: published by the SRR paper, {published[0]['source']}."
    return text


def _draw_panel(ax: Axes, rows: Sequence[Mapping[str, Any]], metric: str) -> None:
    if not rows:
        say_empty(ax, "no run gave this metric")
        return
    for training, style in TRAINING_STYLES.items():
        _draw_line(ax, [row for row in rows if row["training"] == training and not row["variant"]], style, metric)
    variants = list(dict.fromkeys(row["variant"] for row in rows if row["training"] == "refined" and row["variant"]))
    if len(variants) <= len(VARIANT_LOOKS):
        for variant, (color, marker, dash) in zip(variants, VARIANT_LOOKS, strict=False):
            mine = [row for row in rows if row["training"] == "refined" and row["variant"] == variant]
            _draw_line(ax, mine, SeriesStyle(f"refined, {variant}", color, marker, dash), metric)
    ticks = sorted({100.0 * row["contamination"] for row in rows})
    ax.set_xticks(ticks if len(ticks) <= 7 else ticks[:: -(-len(ticks) // 6)])
    ax.xaxis.set_major_formatter("{x:g}")


def _draw_line(ax: Axes, rows: Sequence[Mapping[str, Any]], style: SeriesStyle, metric: str) -> None:
    if not rows:
        return
    scale = metric_words(metric).scale
    ordered = sorted(rows, key=lambda row: row["contamination"])
    x = [100.0 * row["contamination"] for row in ordered]
    ax.plot(x, [scale * row["mean"] for row in ordered], **style.line())
    low = [scale * (row["mean"] if row["low"] is None else row["low"]) for row in ordered]
    high = [scale * (row["mean"] if row["high"] is None else row["high"]) for row in ordered]
    ax.fill_between(x, low, high, color=style.color, alpha=0.16, linewidth=0)


def _draw_published(ax: Axes, curves: Sequence[Mapping[str, Any]]) -> None:
    # A figure of the paper has more than one line without refinement: their marks tell them apart.
    marks = itertools.cycle("s^v")
    for curve in curves:
        ax.plot(
            [100.0 * ratio for ratio in curve["contamination"]],
            [100.0 * value for value in curve["values"]],
            color=BLUE if curve["refined"] else VERMILLION,
            marker="o" if curve["refined"] else next(marks),
            markerfacecolor="none",
            linestyle=(0, (5, 3)),
            linewidth=1.2,
            label=f"published: {curve['method']}",
        )
