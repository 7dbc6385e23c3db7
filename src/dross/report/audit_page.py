"""The audit of categories that nobody named: an HTML file with a strip of images of each, which opens from disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dross.report.page import page_environment

#: Pictures are shown this wide, in CSS pixels.
WIDTH = 96


def render_audit(record: Mapping[str, Any]) -> str:
    """Return the page on which somebody sees whether the categories of a mixed folder are products.

    Parameters
    ----------
    record : mapping
        ``title``, ``reason`` (why so many categories), ``findings`` (sentences), ``counts`` (of each number that was
        tried ``n_clusters``, ``stability`` and ``silhouette``), ``cards`` (``value`` and ``what``) and ``strips``
        (``heading``, ``explanation`` and ``images``, each with ``src``, ``name`` and ``line``).

    Examples
    --------
    >>> strip = {"heading": "Category 0", "explanation": "9 images", "images": []}
    >>> page = render_audit(
    ...     {"title": "Parts", "reason": "1 category", "findings": [], "counts": [], "cards": [], "strips": [strip]}
    ... )
    >>> "<h2>Category 0</h2>" in page
    True
    """
    return page_environment().get_template("audit_page.html.j2").render(record=record, width=WIDTH)
