"""How every page of this package is rendered: templates that escape what they print, and the filters they use."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from dross.report.averages import percent
from dross.report.findings import named
from dross.report.metric_words import metric_words


def page_environment() -> Environment:
    """Return the templates with their filters."""
    environment = Environment(
        loader=PackageLoader("dross.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        percent=percent,
        named=named,
        share=lambda value: "–" if value is None else f"{100 * value:.1f}",
        metric_label=lambda key: metric_words(key).label,
        value_of=lambda value, key: metric_words(key).shown(value),
        gain_of=lambda value, key: metric_words(key).shown_gain(value),
    )
    return environment
