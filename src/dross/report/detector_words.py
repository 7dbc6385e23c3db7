"""How a detector of the catalogue works, in the words of its own documentation."""

from __future__ import annotations

import inspect
import re
from typing import Any

from dross.catalog import CATALOG, REFINED_PREFIX, build
from dross.one_class import TwoStage


def detector_words(name: str) -> list[str]:
    """Return what a detector is, assumes and does, one paragraph each; nothing of one that the catalogue has not.

    Parameters
    ----------
    name : str
        A name of the catalogue, with ``srr-`` before it or without.

    Examples
    --------
    >>> detector_words("knn")[0]
    'knn: mean distance to the five nearest neighbours (Ramaswamy, Rastogi and Shim, SIGMOD 2000).'
    >>> detector_words("nobody's")
    []
    """
    base = name.removeprefix(REFINED_PREFIX)
    entry = CATALOG.get(base)
    if entry is None:
        return []
    paper = f" ({entry.paper})" if entry.paper else ""
    documented = _documented(build(base, training="blind"))
    assumed = any(paragraph.startswith("It assumes") for paragraph in documented)
    return [
        f"{base}: {entry.summary}{paper}.",
        *documented,
        *([] if assumed else [f"It assumes {entry.assumes}."]),
    ]


def _documented(detector: Any) -> list[str]:
    """Return what the class of a detector says of itself; of two stages, what each does."""
    if not isinstance(detector, TwoStage):
        return _paragraphs(detector)
    first, second = _paragraphs(detector.representation), _paragraphs(detector.one_class)
    return [f"First stage. {first[0]}", *first[1:], f"Second stage. {second[0]}", *second[1:]]


def _paragraphs(part: Any) -> list[str]:
    """Return the paragraphs of a docstring above its sections, without marks."""
    text = inspect.getdoc(type(part)) or ""
    above = re.split(r"\n\n[A-Z][a-z]+\n-+\n", text)[0]
    return [re.sub(r"`+~?(?:\w+\.)*([^`]+?)`+", r"\1", " ".join(each.split())) for each in above.split("\n\n")]
