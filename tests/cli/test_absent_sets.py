"""What `dross validate` and `dross sweep` say of data sets that are not at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from dross.cli.main import main
from dross.evaluation.loading import not_at_hand
from tests.cli.failing import Fails

MVTEC = """
name = "parts"
datasets = ["breast-cancer", "mvtec-cable"]
missing = "skip"
protocol = "controlled"
contamination = [0.05]
seeds = 1
[[detectors]]
name = "gaussian"
training = ["blind"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "run.toml"
    path.write_text(text)
    return path


def test_validate_and_sweep_say_which_and_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DROSS_DATA", "nowhere")
    path = written(tmp_path, MVTEC)
    how = not_at_hand("mvtec-cable")
    assert how is not None
    assert how.startswith("MVTec AD is to be had from its publisher (https://www.mvtec.com/company/research/datasets/")
    told = ["1 data set is not at hand, and left out: mvtec-cable", f"  {how}"]
    assert main(["validate", str(path)]) == 0
    assert capsys.readouterr().err.splitlines()[-3:-1] == told
    assert main(["sweep", str(path)]) == 0
    said = capsys.readouterr().err
    assert "\n".join(told) in said


def test_a_misspelt_set_and_a_missing_one_that_may_not_be_are_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: Fails
) -> None:
    monkeypatch.setenv("DROSS_DATA", "nowhere")
    misspelt = fails("validate", str(written(tmp_path, MVTEC.replace("mvtec-cable", "mvtec-cabel"))))
    assert misspelt.startswith("run.toml: datasets: no image set is called 'mvtec-cabel'; did you mean 'mvtec-cable'?")
    missing = fails("validate", str(written(tmp_path, MVTEC.replace('missing = "skip"\n', ""))))
    assert missing.startswith("run.toml: datasets: the data set 'mvtec-cable' is not at hand: there is no folder")
