"""What is said of a model that has been fitted, and of files and data sets that were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
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
    lines += _learned_labels(model)
    if hasattr(model.detector, "inlier_mask_"):
        dropped = int((~model.detector.inlier_mask_).sum())
        lines.append(f"Refinement dropped {dropped:,} of {samples}; the detector learned from the rest")
    if known.false_alarms is not None:
        lines.append(_threshold(known.false_alarms, refined=hasattr(model.detector, "inlier_mask_")))
    return lines + _threshold_of_held_out(model)


def _learned_labels(model: Model) -> list[str]:
    """Return what was learned of labels, from where, and what became of samples without one."""
    known, noun = model.provenance, "image" if model.takes == "images" else "row"
    own = bool(known.labels.get("own"))
    lines = []
    if known.label is not None:
        does = "which it learned from" if own else "which fitting does not use"
        lines.append(f"Column '{known.label}' is the label, {does}")
    if not known.labels:
        return lines
    anomalies, normal, unknown = (int(known.labels[kind]) for kind in ("anomalies", "normal", "unknown"))
    said = f"Learned from {anomalies:,} {'anomaly' if anomalies == 1 else 'anomalies'}"
    said += f" and {counted(normal, f'normal {noun}')}"
    if unknown:
        as_normal = any(_ends(name, "unlabelled") and value == "normal" for name, value in _parameters(model))
        said += f"; {unknown:,} not known{', taken for normal' if as_normal else ''}"
    lines.append(said)
    if own and model.takes == "images":
        lines += _label_folders(known.source)
    return lines


def _label_folders(source: str) -> list[str]:
    """Return which folders' images count as anomalies, and which as normal."""
    from dross.data.images.folders import list_folder
    from dross.scoring import ANOMALY, NORMAL

    if not Path(source).is_dir():
        return []
    listing = list_folder(Path(source))
    if listing.labels is None:
        return []
    found: dict[int, dict[str, None]] = {ANOMALY: {}, NORMAL: {}}
    below: dict[PurePosixPath, set[int]] = {}
    for name, label in zip(listing.names, listing.labels.tolist(), strict=True):
        for folder in list(PurePosixPath(name).parents)[:-1]:
            below.setdefault(folder, set()).add(label)
    for folder, labels in below.items():
        alike_above = len(folder.parts) > 1 and len(below[folder.parent]) == 1
        if len(labels) == 1 and not alike_above and (label := next(iter(labels))) in found:
            found[label][str(folder)] = None
    words = {ANOMALY: "anomalies", NORMAL: "normal"}
    return [
        f"The images in {', '.join(folders)} count as {words[label]}" for label, folders in found.items() if folders
    ]


def _threshold_of_held_out(model: Model) -> list[str]:
    """Return what a classifier's threshold goes by that holds out labelled samples for a false-alarm rate."""
    found = dict(_parameters(model))
    rule = next((name for name, value in found.items() if _ends(name, "threshold") and value == "false-alarms"), None)
    if rule is None:
        return []
    part = rule.removesuffix("threshold")
    rate = found[f"{part}false_alarm_rate"]
    folds = found.get(f"{part}n_folds")
    held_out = "held-out" if folds is None else f"held-out (in {folds} folds)"
    return [
        f"Alarm threshold by a false-alarm rate of {rate:g}: at most that share of {held_out} normal samples raise one"
    ]


def _parameters(model: Model) -> list[tuple[str, Any]]:
    return list(model.detector.get_params().items())


def _ends(name: str, last: str) -> bool:
    return name.split("__")[-1] == last


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
