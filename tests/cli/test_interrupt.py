"""Ctrl-C during a command: exit code 130, a line that says what was kept, and nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.tasks.dirty_images import dirty_images, write_folder

#: Runs the command line, and says on stdout when the named function has been reached, which then waits for the signal.
STOPPED_AT = """
import sys, time, importlib
module, name = sys.argv[1].rsplit(".", 1)
home = importlib.import_module(module)
def stop(*rest, **more):
    print("reached", flush=True)
    time.sleep(60)
    raise SystemExit("no signal came")
setattr(home, name, stop)
from dross.cli.main import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(200, 3)), columns=["a", "b", "c"])
    frame.to_csv(tmp_path / "parts.csv", index=False)
    from dross.tasks import fit

    fit(frame, detector="gaussian", out=tmp_path / "m")
    fit(write_folder(tmp_path / "photos", dirty_images(20)), detector="pixel-knn", out=tmp_path / "pm")
    return tmp_path


def interrupted(here: Path, where: str, *argv: str) -> subprocess.CompletedProcess[str]:
    """Return how a command ended that was sent Ctrl-C when it had reached a function."""
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    process = subprocess.Popen(
        [sys.executable, "-c", STOPPED_AT, where, *argv],
        cwd=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "reached\n"
    time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before
    return subprocess.CompletedProcess(argv, process.returncode, out, err)


@pytest.mark.parametrize(
    ("where", "argv", "message"),
    [
        (
            "dross.one_class.gaussian_density.mean_and_scatter",
            ["fit", "parts.csv", "--out", "new-model"],
            "interrupted: new-model was not written; run the same command again",
        ),
        (
            "dross.files.atomic._take_place",
            ["fit", "parts.csv", "--out", "m"],
            "interrupted: m was not written; run the same command again",
        ),
        (
            "dross.files.atomic._take_place",
            ["score", "m", "parts.csv", "--out", "scores.csv"],
            "interrupted: scores.csv was not written; run the same command again",
        ),
        (
            "dross.tasks.cleaning_tables.columns_that_stand_out",
            ["clean", "parts.csv", "--out", "clean.csv"],
            "interrupted: clean.csv and clean-suspects.csv were not both written; run the same command again",
        ),
        (
            "dross.tasks.scoring_images.verdicts_on",
            ["score", "pm", "photos", "--out", "scores.csv"],
            "interrupted: scores.csv was not written; run the same command again",
        ),
        (
            "dross.tasks.image_output._copy",
            ["clean", "photos", "--detector", "pixel-knn", "--out", "clean"],
            "interrupted: clean was not written; run the same command again",
        ),
    ],
)
def test_ctrl_c_leaves_nothing_half_written(here: Path, where: str, argv: list[str], message: str) -> None:
    done = interrupted(here, where, *argv)
    assert done.returncode == 130
    assert done.stderr == f"dross: {message}\n"
