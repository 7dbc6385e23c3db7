"""One look for every figure: colours that colour-blind readers can tell apart, in light and dark.

Colours are Okabe and Ito's (2008). No line is told apart by colour alone: each has its own marker or dash as well.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any, final

import matplotlib
from matplotlib.figure import Figure

#: Text and axes are drawn in this near-black and become ``currentColor`` in the SVG. No series may use it.
INK = "#0a0b0c"

BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
PURPLE, SKY, GREY = "#CC79A7", "#56B4E9", "#8a8a8a"

#: On a dark page these take the place of the colours that would be too dim there (the page's style sheet defines them).
_VARIABLES = {
    BLUE: "--series-blue",
    VERMILLION: "--series-vermillion",
    GREEN: "--series-green",
    ORANGE: "--series-orange",
    PURPLE: "--series-purple",
    SKY: "--series-sky",
    GREY: "--series-grey",
}

_FONTS = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"

_RC: dict[str, Any] = {
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.linewidth": 0.7,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    # Fixed: to look for a free place costs a third of the drawing time.
    "axes.titley": 1.0,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "grid.color": INK,
    "grid.alpha": 0.13,
    "grid.linewidth": 0.6,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "legend.frameon": False,
    "legend.fontsize": 9,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "svg.fonttype": "none",
    "text.color": INK,
    # A dollar sign in the name of a data set is a dollar sign.
    "text.parse_math": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
}


@final
@dataclass(frozen=True)
class SeriesStyle:
    """How one series is drawn wherever it appears."""

    label: str
    color: str
    marker: str
    linestyle: str = "-"

    def line(self) -> dict[str, Any]:
        """Return the keywords for matplotlib's ``plot``."""
        return {"color": self.color, "marker": self.marker, "linestyle": self.linestyle, "label": self.label}


TRAINING_STYLES = {
    "blind": SeriesStyle("blind", VERMILLION, "s"),
    "refined": SeriesStyle("refined (SRR)", BLUE, "o"),
    "oracle": SeriesStyle("oracle", GREEN, "^", ":"),
}

#: Colour, marker and dash of the variants of refinement, in the order in which they appear.
VARIANT_LOOKS = ((ORANGE, "D", "-."), (PURPLE, "v", "-."), (SKY, "P", "-."))


@contextmanager
def house_style(name: str) -> Iterator[None]:
    """Draw in the house style inside this block; ``name`` seeds the identifiers of the SVG, so that bytes repeat."""
    rc: Any = {**_RC, "svg.hashsalt": name}
    with matplotlib.rc_context(rc):
        yield


@final
@dataclass(frozen=True)
class Drawing:
    """One figure of a report, already drawn.

    Parameters
    ----------
    name : str
        The file name without ending.
    section : str
        Where in the report it belongs.
    title, caption : str
        Shown above and below; the caption says how to read it.
    inline_svg : str
        For the page: text and axes in ``currentColor``, series in the page's variables.
    svg : str
        For a file of its own, light and dark by itself.
    png : bytes
        On white, 150 dots per inch.
    """

    name: str
    section: str
    title: str
    caption: str
    inline_svg: str
    svg: str
    png: bytes


def finish(figure: Figure, name: str, section: str, title: str, caption: str) -> Drawing:
    """Return the figure as SVG for the page, SVG for a file and PNG; call it inside `house_style`."""
    vector, pixels = io.BytesIO(), io.BytesIO()
    empty = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(vector, format="svg", transparent=True, metadata=empty)
    figure.savefig(pixels, format="png", dpi=150, metadata={"Software": None})
    raw = vector.getvalue().decode("utf-8")
    return Drawing(
        name=name,
        section=section,
        title=title,
        caption=caption,
        inline_svg=_inline(raw, title),
        svg=_standalone(raw, title),
        png=pixels.getvalue(),
    )


def _tidy(raw: str) -> str:
    """Return matplotlib's SVG with colours that follow the page, short numbers and no dead weight."""
    text = raw[raw.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = text.replace(INK, "currentColor")
    text = re.sub(r"'DejaVu Sans'[^;\"]*", _FONTS, text)
    text = re.sub(r'(?<= )(d|x|y|width|height|points)="[^"]*"', lambda found: _short(found.group()), text)
    text = re.sub(r'transform="[^"]*"', lambda found: _short(found.group()), text)
    text = re.sub(r'<g id="[^"]*">', "<g>", text)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    return re.sub(r"\n\s*", "\n", text)


def _short(text: str) -> str:
    """Return the text with its numbers rounded to hundredths: a hundredth of a point is not to be seen."""
    return re.sub(r"-?\d+\.\d{3,}", lambda found: f"{float(found.group()):.2f}".rstrip("0").rstrip("."), text)


def _opened(text: str, attributes: str, inside: str) -> str:
    """Return the SVG with its opening tag's size attributes replaced."""
    match = re.search(r'viewBox="([^"]*)"', text)
    box = match.group(1) if match else "0 0 100 100"
    body = text[text.index(">") + 1 :]
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{box}"'
    return f"{opening} {attributes}>\n{inside}{body}".strip()


def _points_wide(raw: str) -> float:
    match = re.search(r'viewBox="0 0 ([\d.]+)', raw)
    return float(match.group(1)) if match else 700.0


def _inline(raw: str, title: str) -> str:
    text = _tidy(raw)
    for color, variable in _VARIABLES.items():
        text = text.replace(color.lower(), f"var({variable})")
    pixels = round(_points_wide(raw) * 4 / 3)
    size = f"width:100%;max-width:{pixels}px;min-width:{round(0.72 * pixels)}px"
    attributes = f'role="img" aria-label="{escape(title)}" style="{size}"'
    return _opened(text, attributes, "")


def _standalone(raw: str, title: str) -> str:
    style = "<style>svg{color:#1b1d20}@media (prefers-color-scheme:dark){svg{color:#e6e6e3}}</style>\n"
    attributes = f'width="{_points_wide(raw):g}pt" role="img"'
    return _opened(_tidy(raw), attributes, f"<title>{escape(title)}</title>\n{style}") + "\n"
