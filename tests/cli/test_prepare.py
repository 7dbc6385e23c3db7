from __future__ import annotations

from pathlib import Path

import pytest

from dross.cli.main import main
from tests.cli.failing import Fails
from tests.data.images.made_images import write_image
from tests.tasks.test_preparing import collected, pictures


def test_prepare_says_what_it_made_and_what_is_on_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    collected(Path("found"), normal=4, abnormal=4)
    for number in range(8):
        write_image(Path("found") / "normal" / f"same {number}.png", pictures(1, 9)[0])
    assert main(["prepare", "found", "--out", "set", "--size", "16", "--split", "0.5"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert lines[:2] == [
        "8 pictures to train on and 8 to test on in set",
        "where each came from is in set/manifest.csv",
    ]
    told = [line for line in lines if line.endswith(": it was trained on; remove one of them")]
    assert len(told) == 5
    assert told[0].startswith("test/normal/")
    assert " is the same as train/normal/" in told[0]
    assert lines[-2].endswith("more pairs, in set/duplicates.csv")
    assert lines[-1] == "Next: dross fit set/train --use-labels --out MODEL"


def test_wrong_input_is_told_in_one_message(here: Path, fails: Fails) -> None:
    (here / "none").mkdir()
    assert fails("prepare", "nowhere", "--out", "set") == "there is no folder or file nowhere"
    assert fails("prepare", "none", "--out", "set").startswith("none holds no images, at any depth (it is empty)")
    assert fails("prepare", "parts.csv", "--out", "set") == (
        "parts.csv is a file: give the folder that the pictures lie in"
    )
    assert fails("prepare", "none", "--out", "set", "--split", "2") == (
        "split is 2.0; it must be a share in (0, 1): that of the pictures that train"
    )
    assert "it must be a whole number of at least 1" in fails("prepare", "none", "--out", "set", "--size", "0")
    assert "--out" in fails("prepare", "none")
