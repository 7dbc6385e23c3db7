"""What detectors with score maps found, missed and took for defects: strips of test images, and words for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dross.evaluation.results import RunRow
from dross.report.averages import percent
from dross.report.gallery_words import score_text
from dross.report.inspection import method_name

#: Heading and explanation of each panel, and what is said in place of one without images.
_PANELS = {
    "hits": ("Found most clearly", "The anomalies with the highest scores.", "There are no anomalies."),
    "misses": (
        "Missed, or nearly",
        "The anomalies with the lowest scores: those without an alarm were missed.",
        "There are no more anomalies.",
    ),
    "false_alarms": (
        "False alarms, or nearly",
        "The good images with the highest scores: those with an alarm are false ones.",
        "There are no good images.",
    ),
}


def located_rows(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    """Return the strips that runs recorded, each with its run.

    Parameters
    ----------
    runs : iterable of RunRow
        Those whose details have ``"located"``, which ``dross.evaluation.located_images.located_record`` made, give one
        row each.
    """
    return [
        {
            "dataset": run.key.dataset,
            "detector": run.key.detector,
            "training": run.key.training,
            "variant": run.key.variant,
            "contamination": run.key.contamination,
            "seed": run.key.seed,
            "record": run.details["located"],
        }
        for run in runs
        if run.status == "done" and run.details.get("located")
    ]


def located_view(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template prints of one row: texts alone, all numbers already written out.

    Parameters
    ----------
    row : mapping
        Of `located_rows`.
    """
    record = row["record"]
    at = f", {percent(row['contamination'])} contamination" if row["contamination"] else ""
    return {
        "title": f"{method_name(row)} on {row['dataset']}{at}, seed {row['seed']}",
        "reading": _reading(record),
        "panels": [_panel(panel, record) for panel in record["panels"]],
    }


def best_strips(rows: Sequence[Mapping[str, Any]], method: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the clearest find of a method on each set, as the template prints it; nothing where it has no maps.

    Parameters
    ----------
    rows : sequence of mapping
        Of `located_rows`.
    method : mapping or None
        ``detector``, ``training`` and ``variant``.
    """
    keys = ("detector", "training", "variant")
    mine = [row for row in rows if method is not None and all(row[key] == method[key] for key in keys)]
    shown: list[dict[str, Any]] = []
    for row in mine:
        hits = row["record"]["panels"][0]["images"]
        if hits and row["dataset"] not in {each["dataset"] for each in shown}:
            shown.append(
                {"dataset": row["dataset"], **_image(hits[0], row["record"]), "reading": _reading(row["record"])}
            )
    return shown


def _reading(record: Mapping[str, Any]) -> str:
    """Return how to read a strip."""
    masked = ", and the image with the true defect outlined" if record["masked"] else ""
    return (
        f"Each strip: the image, its score map over the image in grey{masked}. Maps go from vermillion to yellow, "
        "brighter = more anomalous: colour begins at what half of the good test images never reach, and is brightest "
        "from what one test image in ten reaches. All strips of one detector on one set share that scale."
    )


def _panel(panel: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    heading, explanation, empty = _PANELS[panel["key"]]
    images = [_image(image, record) for image in panel["images"]]
    of_all = "" if len(images) == panel["total"] else f"{len(images)} of {panel['total']:,} shown. "
    return {
        "key": panel["key"],
        "heading": heading,
        "explanation": of_all + explanation if images else empty,
        "images": images,
    }


def _image(image: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    kind = image["kind"].replace("_", " ")
    parts = "image, score map and outline of the defect" if record["masked"] else "image and score map"
    return {
        "src": image["strip"],
        "alt": f"{kind}, row {image['index']}: {parts}",
        "kind": kind,
        "alarm": image["alarm"],
        "line": f"score {score_text(image['score'])}, rank {image['rank']:,} of {record['n_test']:,}",
    }
