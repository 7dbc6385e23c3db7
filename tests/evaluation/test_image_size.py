"""Run files that say at which size images of parts are read: every detector sees them at that size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dross.catalog import build
from dross.data.named_images import ImageDataset
from dross.errors import ParameterError, RunFileError, SizeWarning
from dross.evaluation.loading import load_named
from dross.evaluation.plan import Plan
from dross.evaluation.runfile import read_run_file
from dross.evaluation.workers import Worker

RUN_FILE = """
name = "parts"
datasets = ["caps"]
protocol = "inspection"
contamination = [0]
seeds = 1
{size}

[[detectors]]
name = "pixel-pca"
training = ["blind"]
parameters = {{ n_components = 2 }}
"""


def caps(name: str, *, size: int | None = None) -> ImageDataset:
    side = size or 96
    X = np.random.default_rng(0).integers(0, 256, size=(40, side, side, 1), dtype=np.uint8)
    classes = np.repeat([0, 0, 1], [24, 8, 8])
    return ImageDataset(name, X, classes, ("good", "bent"), np.arange(40) >= 24, "x", "here", "none")


def plan(tmp_path: Path, size: str) -> Plan:
    path = tmp_path / "run.toml"
    path.write_text(RUN_FILE.format(size=size), encoding="utf-8")
    return read_run_file(path, build=build, load=caps)


@pytest.mark.parametrize(("size", "seen", "warned"), [("size = 80", 80, False), ("", 64, True)])
def test_detectors_are_fitted_at_the_size_asked_for(tmp_path: Path, size: str, seen: int, warned: bool) -> None:
    built: list[Any] = []

    def kept(*arguments: Any, **parameters: Any) -> Any:
        built.append(build(*arguments, **parameters))
        return built[-1]

    asked = plan(tmp_path, size)
    outcome = Worker(kept, caps, asked.sweep).run(asked.runs[0])
    assert outcome.error is None
    assert outcome.result is not None
    assert built[-1].representation_.image_shape_ == (seen, seen, 1)
    told = outcome.result.details.get("warnings", [])
    assert any(SizeWarning.__name__ in each for each in told) == warned


def test_a_size_is_part_of_what_a_sweep_is(tmp_path: Path) -> None:
    assert plan(tmp_path, "size = 80").sweep.configuration()["size"] == 80
    assert "size" not in plan(tmp_path, "").sweep.configuration()


@pytest.mark.parametrize(
    ("found", "mistake"),
    [
        ("size = 0", "size is 0; it must be a whole number of at least 1"),
        ('size = "large"', "size is 'large'; it must be a whole number of at least 1"),
    ],
)
def test_a_size_that_is_none_is_told(tmp_path: Path, found: str, mistake: str) -> None:
    with pytest.raises(RunFileError) as caught:
        plan(tmp_path, found)
    assert str(caught.value) == f"run.toml: {mistake}"


def test_a_table_has_no_size() -> None:
    with pytest.raises(ParameterError) as caught:
        load_named("breast-cancer", size=64)
    assert str(caught.value) == "size is 64; 'breast-cancer' is a table, which has none: leave it out"
