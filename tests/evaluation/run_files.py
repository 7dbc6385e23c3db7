"""Run files on the pictures that stand in for data sets, and what is told of those with mistakes in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dross.errors import RunFileError
from dross.evaluation.plan import Plan
from dross.evaluation.run import Builder
from dross.evaluation.runfile import read_run_file
from tests.evaluation.image_stand_ins import load

GOOD = """
name = "pictures-run"
datasets = ["pictures"]
protocol = "one-vs-rest"
normal = ["Cat", 2]
contamination = [0, 0.1]
seeds = 2
max_train = 40
max_test = 45

[[detectors]]
name = "distance"
[[detectors.variants]]
rejection = 0.2

[[detectors]]
name = "far"
training = ["blind"]
"""
PAIRS = GOOD.replace('"one-vs-rest"\nnormal = ["Cat", 2]', '"pair"\npairs = [["cat", "dog"], ["ship", 0]]')
UNSEEN = """
name = "labels"
datasets = ["pictures"]
protocol = "labelled-unseen"
normal = ["cat", "dog"]
labelled = 0.2
seen_classes = 1
seeds = 2
max_train = 40
max_test = 45

[[detectors]]
name = "means"
parameters = { tell = true }
[[detectors.variants]]
weight = 2.0
[[detectors.variants]]
labels = false

[[detectors]]
name = "supervised"

[[detectors]]
name = "distance"
labels = false
"""
LABELLED = UNSEEN.replace("labelled-unseen", "labelled").replace("seen_classes = 1\n", "")


def read(folder: Path, text: str, build: Builder) -> Plan:
    """Return the plan of a run file with this text."""
    path = folder / "run.toml"
    path.write_text(text, encoding="utf-8")
    return read_run_file(path, build=build, load=load)


def mistakes(folder: Path, text: str, build: Builder) -> list[str]:
    """Return what is told of a run file with this text, a line each."""
    with pytest.raises(RunFileError) as error:
        read(folder, text, build)
    first, *rest = str(error.value).splitlines()
    return [line.removeprefix("  - ").removeprefix("run.toml: ") for line in rest or [first]]
