"""What the audit of a mixed folder shows: a strip of training and of test images of each category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dross.data.images.reading import ImageSet
from dross.evaluation.thumbnails import thumbnail
from dross.inspection import MixedDetector

#: Images of a strip.
STRIP: Final = 12


def audit_record(detector: MixedDetector, train: ImageSet, test: ImageSet, verdicts: pd.DataFrame) -> dict[str, Any]:
    """Return what :func:`dross.report.audit_page.render_audit` prints.

    Parameters
    ----------
    detector : MixedDetector
        The one that was fitted on ``train``.
    train, test : ImageSet
        What it was fitted on, and what it scored.
    verdicts : DataFrame
        Of the test images, in their order: ``anomaly_score``, ``category`` and ``known``.
    """
    found = detector.categories_
    distances = found.distances(train.images).min(axis=1)
    unknown = np.flatnonzero(verdicts["known"] == 0)
    strips = []
    for category in range(found.n_categories_):
        of_train = np.flatnonzero(found.labels_ == category)
        of_test = np.flatnonzero(verdicts["category"] == category)
        strips += [
            _training_strip(category, train, of_train, distances),
            _test_strip(f"Category {category}: test images", test, of_test, verdicts),
        ]
    if len(unknown):
        strips.append(_test_strip("Test images of no known category", test, unknown, verdicts))
    return {
        "title": f"{train.source}: categories",
        "reason": found.reason_[0].upper() + found.reason_[1:],
        "findings": [finding[0].upper() + finding[1:] for finding in detector.findings_],
        "counts": [asdict(count) for count in found.counts_],
        "cards": [
            {"value": f"{found.n_categories_:,}", "what": "categories"},
            {"value": f"{len(train):,}", "what": "training images"},
            {"value": f"{len(test):,}", "what": "test images"},
            {"value": f"{len(unknown):,}", "what": "test images of no known category"},
        ],
        "strips": strips,
    }


def _training_strip(
    category: int, train: ImageSet, rows: NDArray[np.intp], distances: NDArray[np.float64]
) -> dict[str, Any]:
    ranked = rows[np.argsort(distances[rows], kind="stable")]
    shown = ranked[np.unique(np.linspace(0, len(ranked) - 1, STRIP).round().astype(np.intp))]
    return {
        "heading": f"Category {category}: training images",
        "explanation": f"{len(rows):,} images, from the most typical to the least.",
        "images": _pictures(train, shown, [f"distance {distances[row]:.2f}" for row in shown]),
    }


def _test_strip(heading: str, test: ImageSet, rows: NDArray[np.intp], verdicts: pd.DataFrame) -> dict[str, Any]:
    scores = verdicts["anomaly_score"].to_numpy()
    shown = rows[np.argsort(-scores[rows], kind="stable")][:STRIP]
    return {
        "heading": heading,
        "explanation": f"{len(rows):,} images, the most anomalous first.",
        "images": _pictures(test, shown, [f"score {scores[row]:.2f}" for row in shown]),
    }


def _pictures(images: ImageSet, rows: NDArray[np.intp], lines: Sequence[str]) -> list[dict[str, str]]:
    pixels = images.images.read(rows)
    return [
        {"src": thumbnail(image), "name": images.ids[row], "line": line}
        for image, row, line in zip(pixels, rows, lines, strict=True)
    ]
