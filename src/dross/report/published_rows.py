"""Which published curves stand beside ours in a report, and what to say where there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dross.errors import did_you_mean
from dross.evaluation.results import RunRow
from dross.report.classes import mean_label
from dross.report.published_curves import SOURCE, published_curves, published_datasets

#: Data sets whose published curves are means over all ten classes, each the normal one in turn.
_OVER_CLASSES = ("cifar10", "fashion-mnist")


def published_rows(configuration: Mapping[str, Any], runs: Sequence[RunRow]) -> list[dict[str, Any]]:
    """Return the published curves that a run file asks for, each with the name of what it is drawn beside.

    Parameters
    ----------
    configuration : mapping
        The resolved run file.
    runs : sequence of RunRow
        The runs of the sweep. With one data set, the curves stand beside it whatever they are called.
    """
    name = configuration.get("published")
    if not name or published_missing(configuration) is not None:
        return []
    over_classes = name in _OVER_CLASSES
    drawn = list(dict.fromkeys(run.key.dataset for run in runs))
    return [
        {
            "dataset": mean_label(curve.dataset) if over_classes else drawn[0] if len(drawn) == 1 else curve.dataset,
            "metric": curve.metric,
            "method": curve.method,
            "detector": curve.detector,
            "refined": curve.refined,
            "contamination": list(curve.contamination),
            "values": list(curve.values),
            "source": f"{SOURCE}; mean over all ten classes" if over_classes else SOURCE,
        }
        for curve in published_curves(str(name))
    ]


def published_missing(configuration: Mapping[str, Any]) -> str | None:
    """Return what to say where the run file asks for curves that nobody published, or of another protocol."""
    name = configuration.get("published")
    known = published_datasets()
    if not name:
        return None
    if name not in known:
        return (
            f"The run file asks for the curves published on {name!r}, but there are none"
            f"{did_you_mean(str(name), known)}; known are {', '.join(known)}."
        )
    if name in _OVER_CLASSES and configuration.get("protocol") != "one-vs-rest":
        return (
            f"The curves published on {name!r} are those of one class against all others, so they are not drawn beside "
            f"the {configuration.get('protocol')} protocol."
        )
    return None
