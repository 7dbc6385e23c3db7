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


def test_a_picture_of_two_classes_or_trained_on_twice_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    collected(Path("found"), normal=10, abnormal=10)
    for folder, name in (("normal", "z1"), ("normal", "z2"), ("abnormal", "z3")):
        write_image(Path("found") / folder / f"{name}.png", pictures(1, 9)[0])
    assert main(["prepare", "found", "--out", "set", "--size", "16", "--split", "0.95"]) == 0
    lines = capsys.readouterr().err.splitlines()
    parts = {"z1": "normal/11.png", "z2": "normal/12.png", "z3": "abnormal/11.png"}
    where = {name: next(Path("set").glob(f"*/{file}")).relative_to("set") for name, file in parts.items()}
    assert [str(each.parent.parent) for each in where.values()] == ["train"] * 3
    assert lines[2:5] == [
        f"{where['z3']} and {where['z1']} are the same, in two classes: one of them is wrong; remove it",
        f"{where['z3']} and {where['z2']} are the same, in two classes: one of them is wrong; remove it",
        "Next: dross fit set/train --use-labels --out MODEL",
    ]
    assert (Path("set") / "same.csv").read_text() == (
        f"first,second\n{where['z3']},{where['z1']}\n{where['z3']},{where['z2']}\n"
    )
    (Path("found") / "abnormal" / "z3.png").unlink()
    assert main(["prepare", "found", "--out", "other", "--size", "16", "--split", "0.95"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[2] == (
        "train/normal/12.png is the same as train/normal/11.png: it is trained on twice; remove one of them"
    )


def test_what_has_no_classes_is_learned_from_without_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for number, pixels in enumerate(pictures(40)):
        write_image(Path("flat") / f"{number}.png", pixels)
    assert main(["prepare", "flat", "--out", "set", "--size", "8"]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == "Next: dross fit set/train --out MODEL"
    assert main(["fit", "set/train", "--detector", "pixel-knn", "--out", "MODEL"]) == 0
    assert not (Path("set") / "same.csv").exists()
    write_image(Path("single") / "0.png", pictures(1)[0])
    capsys.readouterr()
    assert main(["prepare", "single", "--out", "none"]) == 2
    assert capsys.readouterr().err == (
        "dross: what lies in no folder of a class is 1 picture, and needs 2 to be in both parts: add some\n"
    )


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
