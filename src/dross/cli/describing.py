"""What is said of a model that has been fitted, and of files and data sets that were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dross.cli.output import counted

if TYPE_CHECKING:
    from dross.persistence import Model
    from dross.tasks.choosing import Choice


def describe_fit(model: Model, choice: Choice) -> list[str]:
    """Return what a model was learned from, and what was chosen for the user, a line each."""
    known = model.provenance
    n_samples = known.n_rows or 0
    samples = counted(n_samples, "image" if model.takes == "images" else "row")
    lines = [f"Fitted {known.detector} on {known.source}: {samples}{_encoded(model.encoder)}", *_preset(choice)]
    lines += [f"Column '{name}' is left out: {reason}" for name, reason in _dropped_columns(model.encoder)]
    lines += describe_skipped(known.skipped)
    lines += _chosen(model.detector)
    if known.label is not None:
        lines.append(f"Column '{known.label}' is the label, which fitting does not use")
    if hasattr(model.detector, "inlier_mask_"):
        dropped = int((~model.detector.inlier_mask_).sum())
        lines.append(f"Refinement dropped {dropped:,} of {samples}; the detector learned from the rest")
    if known.false_alarms is not None:
        lines.append(_threshold(known.false_alarms, refined=hasattr(model.detector, "inlier_mask_")))
    return lines


def _threshold(alarms: Mapping[str, float], *, refined: bool) -> str:
    of = "samples that refinement kept" if refined else "samples that count as normal"
    return (
        f"Alarm threshold by a false-alarm rate of {alarms['rate']:g}: {alarms['n_false']:,} of the "
        f"{alarms['n_normal']:,} {of} raise an alarm, and {alarms['n_alarms']:,} of all {alarms['n_all']:,}"
    )


def describe_skipped(skipped: Sequence[tuple[str, str]]) -> list[str]:
    """Return which files were left out, and why, a line each."""
    if not skipped:
        return []
    are = "is" if len(skipped) == 1 else "are"
    return [f"{counted(len(skipped), 'file')} {are} left out:", *(f"  {name} {reason}" for name, reason in skipped)]


def _chosen(detector: Any) -> list[str]:
    """Return what the detector chose its parameters to be, and by what."""
    from dross.evaluation.tested_record import said_by

    choice = said_by(detector, "choice_")
    if choice is None:
        return []
    names, values = (
        each if isinstance(each, (list, tuple)) else [each] for each in (choice["parameter"], choice["chosen"])
    )
    shown = ", ".join(f"{name}={value}" for name, value in zip(names, values, strict=True))
    found = choice[choice["metric"]][choice["values"].index(choice["chosen"])]["mean"]
    by = f"{choice['metric']}{'' if found is None else f' {found:.3f}'} over {choice['n_folds']} folds"
    how = "" if "f1" in choice else " against anomalies made of them"
    return [f"Chosen of {counted(len(choice['values']), 'candidate')}: {shown}, by {by} of held-out samples{how}"]


def describe_absent(absent: Mapping[str, str]) -> list[str]:
    """Return which data sets a sweep is without, as they are not at hand, and how to get them, a line each.

    Examples
    --------
    >>> describe_absent({"mvtec-cable": "ask its publisher", "mvtec-wood": "ask its publisher"})
    ['2 data sets are not at hand, and left out: mvtec-cable, mvtec-wood', '  ask its publisher']
    """
    if not absent:
        return []
    are = "is" if len(absent) == 1 else "are"
    first = f"{counted(len(absent), 'data set')} {are} not at hand, and left out: {', '.join(absent)}"
    return [first, *(f"  {how}" for how in dict.fromkeys(absent.values()))]


def _preset(choice: Choice) -> list[str]:
    if not choice.preset:
        return []
    shown = ", ".join(f"{name}={value}" for name, value in choice.preset.items())
    found, of = ("is a", "GPUs") if choice.has_gpu else ("is no", "CPUs")
    return [f"There {found} GPU here: {choice.name} took its preset for {of} ({shown}); --set changes each"]


def _encoded(encoder: Any) -> str:
    if hasattr(encoder, "columns_"):
        return f", {counted(len(encoder.columns_), 'column')} as {counted(len(encoder.feature_origin_), 'feature')}"
    return f" as {encoder.size_[1]} x {encoder.size_[0]} pixels, {'grey' if encoder.channels_ == 1 else 'RGB'}"


def _dropped_columns(encoder: Any) -> list[tuple[str, str]]:
    return list(getattr(encoder, "dropped_columns_", {}).items())
