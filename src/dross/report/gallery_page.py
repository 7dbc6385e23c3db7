"""The gallery of one fitted detector as an HTML file of its own, which opens from disk without a network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from dross.files import write_text
from dross.report.gallery_words import gallery_sentences, gallery_view
from dross.report.page import page_environment
from dross.report.plot_maps import map_drawings


def write_gallery(record: Mapping[str, Any], out_dir: str | os.PathLike[str], *, title: str = "Gallery") -> Path:
    """Write the gallery of one fitted detector and return the path of its HTML file.

    Use it where images of one's own were cleaned; the galleries of a sweep are in its report.

    Parameters
    ----------
    record : mapping
        What ``dross.evaluation.gallery.gallery_record`` returned.
    out_dir : path
        The folder for ``gallery.html``. It is made when it is missing.
    title : str, default "Gallery"
        The heading, such as the name of the folder that was cleaned.

    Raises
    ------
    DataError
        If the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> counts = {"n_train": 9, "n_dropped": 1, "n_contaminants": 0, "dropped_contaminants": None, "lost_normals": None}
    >>> rounds = {"n_rounds": 3, "n_classifiers": 5, "undone": False}
    >>> record = {"image_shape": [32, 32, 3], **counts, **rounds, "panels": [], "maps": None}
    >>> write_gallery(record, tempfile.mkdtemp()).name
    'gallery.html'
    """
    path = Path(out_dir) / "gallery.html"
    write_text(path, render_gallery(record, title))
    return path


def render_gallery(record: Mapping[str, Any], title: str) -> str:
    """Return the gallery of one fitted detector as HTML.

    Parameters
    ----------
    record : mapping
        What ``gallery_record`` returned.
    title : str
        The heading.
    """
    drawings = map_drawings([{"name": "features", "record": record}])
    # Safe: matplotlib escapes the texts that it draws.
    maps = [{"name": d.name, "title": d.title, "caption": d.caption, "svg": Markup(d.inline_svg)} for d in drawings]
    template = page_environment().get_template("gallery_page.html.j2")
    return template.render(
        title=title, cards=_cards(record), sentences=_sentences(record), view=gallery_view(record), maps=maps
    )


def _cards(record: Mapping[str, Any]) -> list[dict[str, str]]:
    kept = record["n_train"] - record["n_dropped"]
    return [
        {"value": f"{record['n_train']:,}", "what": "images looked at"},
        {"value": f"{record['n_dropped']:,}", "what": "set aside as suspects"},
        {"value": f"{kept:,}", "what": "kept"},
    ]


def _sentences(record: Mapping[str, Any]) -> list[str]:
    """Return what a reader who knows nothing of Dross has to know to read this page."""
    sentences = gallery_sentences(record)
    if record["dropped_contaminants"] is None and record["lost_normals"] is None:
        sentences.append(
            "Nobody told Dross what is normal: it takes for normal what most of these images have in common. Suspects "
            "are for you to look at: some will be rare but normal images, and some anomalies may be among those kept."
        )
    return sentences
