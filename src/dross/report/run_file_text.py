"""The resolved configuration of a sweep as the text of a run file, so that a report can be repeated from itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

#: What is no line of its own.
_APART = ("detectors", "absent")


def run_file_text(configuration: Mapping[str, Any]) -> str:
    """Return the run file (TOML) that gives this configuration.

    Parameters
    ----------
    configuration : mapping
        The resolved configuration as the results file holds it.

    Examples
    --------
    >>> print(run_file_text({"name": "a", "seeds": [0, 1], "max_train": None, "detectors": [{"name": "knn"}]}))
    name = "a"
    seeds = [0, 1]
    <BLANKLINE>
    [[detectors]]
    name = "knn"
    <BLANKLINE>
    """
    # What was not at hand was asked for as well, to be left out where it is not.
    absent = list(configuration.get("absent", ()))
    asked = {"datasets": [*configuration["datasets"], *absent], "missing": "skip"} if absent else {}
    given = {**configuration, **asked}
    plain = {key: value for key, value in given.items() if key not in _APART and not _absent(key, value)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for detector in configuration.get("detectors", ()):
        lines += ["", "[[detectors]]"]
        lines += [
            f"{_key(key)} = {_value(value)}" for key, value in detector.items() if value not in ({}, [], (), None)
        ]
    return "\n".join(lines) + "\n"


def _absent(key: str, value: Any) -> bool:
    """Return whether a key must not be written: TOML has no null, and adbench takes no contamination."""
    return value is None or (key == "contamination" and not value)


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else json.dumps(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    # JSON's strings and numbers are TOML's, but for what lies outside ASCII, which TOML takes as it is.
    return json.dumps(value, ensure_ascii=False)
