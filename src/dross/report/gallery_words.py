"""The words of a gallery: headings, captions and the sentences above, from a record made by ``gallery_record``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dross.report.averages import percent
from dross.report.findings import named
from dross.scoring import ANOMALY

#: Heading and explanation of each panel.
_PANELS = {
    "suspects": ("Suspects", "What was dropped, most anomalous first."),
    "kept_anomalous": ("Kept, but only just", "The most anomalous of the images kept: look here for what was missed."),
    "kept_normal": ("Most normal", "The least anomalous of all: what normal looks like to this detector."),
    "most_anomalous": ("Most anomalous training images", "In the eyes of the final detector, most anomalous first."),
    "contaminants_kept": (
        "Contaminants kept",
        "Anomalies that refinement did not find, the most normal-looking first.",
    ),
    "normals_lost": ("Normals lost", "Normal images that refinement dropped, the most anomalous-looking first."),
    "test_highest": ("Test images, highest scores", "Ideally all anomalies."),
    "test_middle": ("Test images, in the middle", "Around the median score."),
    "test_lowest": ("Test images, lowest scores", "Ideally all normal."),
}

#: What is said in place of a panel without images.
_EMPTY = {
    "suspects": "None: every image was kept.",
    "contaminants_kept": "None: every contaminant was dropped.",
    "normals_lost": "None: no normal image was dropped.",
}

#: Pictures are shown at least this wide, in CSS pixels, and small ones at least twice their size.
_LEAST_WIDTH = 96


def gallery_view(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the templates print of a gallery: texts alone, all numbers already written out.

    Parameters
    ----------
    record : mapping
        What ``gallery_record`` returned.
    """
    width = min(64, record["image_shape"][1])
    return {
        "sentences": gallery_sentences(record),
        "reading": _reading(record),
        "panels": [_panel(panel, record) for panel in record["panels"]],
        "width": max(1, -(-_LEAST_WIDTH // width), 2) * width if width <= 48 else 2 * width,
        "pixelated": max(record["image_shape"][:2]) <= 48,
        "labelled": any(image["label"] is not None for panel in record["panels"] for image in panel["images"]),
    }


def gallery_title(row: Mapping[str, Any]) -> str:
    """Return which run of a sweep a gallery is from.

    Examples
    --------
    >>> run = {"detector": "rotation", "variant": "normal=cat", "contamination": 0.1}
    >>> gallery_title({"dataset": "cifar10", **run, "training": "refined", "seed": 0})
    'cifar10, rotation (normal=cat), refined, 10 % contamination, seed 0'
    """
    contamination = f"{percent(row['contamination'])} contamination"
    return f"{row['dataset']}, {named(row)}, {row['training']}, {contamination}, seed {row['seed']}"


def gallery_sentences(record: Mapping[str, Any]) -> list[str]:
    r"""Return what refinement did to the training set, in sentences.

    Examples
    --------
    >>> counts = {"n_train": 5000, "n_dropped": 600, "n_contaminants": 500}
    >>> shares = {"dropped_contaminants": 0.9, "lost_normals": 0.0333}
    >>> votes = {"n_rounds": 6, "n_classifiers": 5, "undone": False}
    >>> print("\n".join(gallery_sentences({**counts, **shares, **votes})))
    600 of 5,000 training images (12 %) were dropped in 6 rounds of votes by 5 classifiers.
    90 % of the 500 contaminants were dropped, and 3.33 % of the normal images were lost.
    """
    dropped, total = record["n_dropped"], record["n_train"]
    what = f"{dropped:,} of {total:,} training images ({percent(dropped / total)})"
    if record["n_classifiers"] is None:
        sentences = [f"This detector is not refined. {what} raise an alarm."]
    else:
        rounds = _counted(record["n_rounds"], "round")
        by = f"{rounds} of votes by {record['n_classifiers']} classifiers"
        sentences = [
            f"{by[:1].upper()}{by[1:]} were undone, because dropping did harm: all images were kept."
            if record["undone"]
            else f"{what} were dropped in {by}."
        ]
    contaminants, normals = record["dropped_contaminants"], record["lost_normals"]
    if contaminants is not None:
        lost = "" if normals is None else f", and {percent(normals)} of the normal images were lost"
        sentences.append(
            f"{percent(contaminants)} of the {record['n_contaminants']:,} contaminants were dropped{lost}."
        )
    return sentences


def score_text(score: float) -> str:
    """Return a score with about three digits that mean something.

    Examples
    --------
    >>> score_text(12.3456), score_text(-1234.5), score_text(0.000123), score_text(0.0), score_text(4.56e7)
    ('12.3', '−1,234', '0.000123', '0', '4.6e+07')
    """
    if score == 0:
        return "0"
    size = math.floor(math.log10(abs(score)))
    text = f"{score:.1e}" if size >= 6 or size < -5 else f"{score:,.{max(0, 2 - size)}f}"
    return text.replace("-", "−", 1) if score < 0 else text


def _reading(record: Mapping[str, Any]) -> str:
    """Return how to read the frames and captions of this gallery."""
    voted, tested = record["n_classifiers"] is not None, any(panel["key"][:4] == "test" for panel in record["panels"])
    dashed = " or an alarm" if tested and voted else ""
    frames = f"Dashed frame: {'dropped' + dashed if voted else 'an alarm'}. "
    k = record["n_classifiers"]
    votes = f"“Round 2, {k} of {k}”: out since round 2, with {k} of {k} votes against it in the last. " if voted else ""
    return f"{frames}{votes}Higher score = more anomalous."


def _panel(panel: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    heading, explanation = _PANELS[panel["key"]]
    images = [_image(image, panel, record) for image in panel["images"]]
    total = panel["total"]
    of_all = "" if len(images) == total else f"{len(images):,} of {total:,} shown. "
    return {
        "key": panel["key"],
        "heading": heading,
        "explanation": of_all + explanation if images else _EMPTY.get(panel["key"], "There are none."),
        "images": images,
    }


def _image(image: Mapping[str, Any], panel: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """Return one picture: its source, its marks (kind, sign and word) and the lines below it."""
    marks = [mark for mark in (_truth(image), _fate(image)) if mark is not None]
    name = image["name"]
    if name is None or name.isdigit():  # images of an array have their number for a name
        name = f"image {image['index'] if name is None else name}"
    words = ", ".join(word for _, _, word in marks)
    return {
        "src": image["image"],
        "name": None if image["name"] is None else name,
        "alt": f"{name}: {words}" if words else name,
        "marks": marks,
        "lines": [*_votes(image, record), f"score {score_text(image['score'])}"],
        "rank": f"{image['rank']:,}",
        "rank_words": f"rank {image['rank']:,} of {panel['n_samples']:,} by anomaly score",
    }


def _truth(image: Mapping[str, Any]) -> tuple[str, str, str] | None:
    if image["label"] is None:
        return None
    if image["label"] == ANOMALY:
        return ("anomaly", "▲", "anomaly" if image["kept"] is None else "contaminant")
    return ("normal", "●", "normal")


def _fate(image: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Return what became of an image: of a training image whether it was dropped, of a test image its alarm."""
    if image["kept"] is None:
        return ("alarm", "!", "alarm") if image["alarm"] else None
    if image["kept"]:
        return ("kept", "✓", "kept")
    return ("dropped", "✕", "dropped" if image["round_dropped"] is not None else "alarm")


def _votes(image: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """Return the round that dropped an image and the votes against it; nothing of a detector that does not vote."""
    if image["votes"] is None:
        return []
    votes = f"{image['votes']} of {record['n_classifiers']}"
    return [f"{votes} votes" if image["kept"] else f"round {image['round_dropped']}, {votes}"]


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
