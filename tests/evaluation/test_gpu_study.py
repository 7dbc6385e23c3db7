"""The study that needs a GPU runs from end to end: its own run file, with everything made small."""

from __future__ import annotations

import csv
import functools
import re
from pathlib import Path

import numpy as np

from dross.catalog import build
from dross.data.named_images import ImageDataset
from dross.evaluation.results import open_results
from dross.evaluation.runfile import read_run_file
from dross.evaluation.summary import summarise
from dross.evaluation.summary_table import csv_text
from dross.evaluation.sweep import run_sweep

RUN_FILE = Path(__file__).parent.parent.parent / "studies" / "cifar10" / "run.toml"
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SMALL = {"width": 2, "head_depth": 1, "head_width": 8, "max_epochs": 1, "batch_size": 16, "seeds": 1}


@functools.cache
def load(name: str) -> ImageDataset:
    classes = np.repeat(np.arange(10), 24)
    X = np.random.default_rng(0).integers(0, 256, size=(240, 8, 8, 3), dtype=np.uint8)
    return ImageDataset(name, X, classes, CLASSES, np.arange(240) % 6 == 0, "made up", "made up", "none", ())


def small(text: str) -> str:
    for key, value in SMALL.items():
        text, count = re.subn(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
        assert count, key
    text = re.sub(r"^normal = .*$", 'normal = ["cat"]', text, flags=re.MULTILINE)
    return re.sub(r"^contamination = .*$", "contamination = [0, 0.1]", text, flags=re.MULTILINE)


def test_the_gpu_study_runs_with_tiny_settings(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text(small(RUN_FILE.read_text(encoding="utf-8")), encoding="utf-8")
    plan = read_run_file(path, build=build, load=load)
    outcome = run_sweep(plan, tmp_path / "results.sqlite", build=build, load=load)
    assert outcome.n_failed == 0
    with open_results(tmp_path / "results.sqlite") as results:
        rows = list(csv.DictReader(csv_text(summarise(results.rows())).splitlines()))
    found = {(row["detector"], row["training"]) for row in rows if row["metric"] == "auroc" and row["mean"]}
    learned = {(name, training) for name in ("rotation", "contrastive") for training in ("blind", "refined", "oracle")}
    assert found == learned | {(name, "blind") for name in ("constant-image", "mean-image", "pixel-knn", "pixel-pca")}
    assert {row["n_seeds"] for row in rows if row["metric"] == "auroc_gain"} == {"1"}
