from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dross.report.run_file_text import run_file_text

_PLAIN = st.one_of(st.text(st.characters(codec="utf-8", exclude_categories=["C"])), st.integers(-99, 99), st.booleans())
_PARAMETERS = st.dictionaries(
    st.text("abc_-ü ", min_size=1), st.one_of(_PLAIN, st.lists(_PLAIN, min_size=1)), min_size=1
)


@given(_PARAMETERS, st.lists(_PARAMETERS, min_size=1), st.text(st.characters(codec="utf-8", exclude_categories=["C"])))
def test_the_text_gives_the_configuration_back(
    parameters: dict[str, Any], variants: list[dict[str, Any]], title: str
) -> None:
    configuration = {
        "name": "x",
        "title": title,
        "contamination": [0.0, 0.025, 1e-5],
        "seeds": [0, 1],
        "detectors": [{"name": "knn", "parameters": parameters, "variants": variants}],
    }
    assert tomllib.loads(run_file_text(configuration)) == configuration


def test_what_is_not_given_is_left_out() -> None:
    text = run_file_text({"name": "x", "max_train": None, "published": None, "contamination": [], "detectors": []})
    assert tomllib.loads(text) == {"name": "x"}
