"""Every run file that comes with Dross is sound: its sets, detectors and ratios are there to be had."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import pytest

from dross.catalog import build
from dross.evaluation.loading import load_named
from dross.evaluation.runfile import read_run_file
from tests.conftest import published

ROOT = Path(__file__).parent.parent.parent
RUN_FILES = sorted([*ROOT.glob("presets/*.toml"), *ROOT.glob("studies/*/run.toml")])

load = functools.cache(load_named)


def with_sets(path: Path) -> object:
    """Return the file as a test's parameter that asks for the data sets it names."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    names = document["datasets"]
    if document.get("missing") == "skip":
        names = [name for name in names if name in published()] or names
    return pytest.param(path, id=path.relative_to(ROOT).as_posix(), marks=pytest.mark.data(*names))


def test_there_are_some() -> None:
    assert len(RUN_FILES) > 20


@pytest.mark.parametrize("path", [with_sets(path) for path in RUN_FILES])
def test_it_is_sound(path: Path) -> None:
    plan = read_run_file(path, build=build, load=load)
    assert plan.runs
    assert path.name != "run.toml" or plan.sweep.name == path.parent.name
