"""Wrong images: one message that names the file and the remedy, exit code 2, nothing written or lost."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dross import files
from dross.cli.main import main
from dross.errors import TrainingError
from tests.cli.failing import Fails
from tests.cli.test_outputs import full_disk
from tests.tasks.dirty_images import dirty_images, name_of, write_folder

KNN = ["--detector", "srr-pixel-knn"]
SKIP = "; or leave it out by skip_bad=True (--skip-bad)"


@pytest.fixture
def photos(here: Path) -> Path:
    folder = write_folder(here / "photos", dirty_images(20))
    assert main(["fit", "photos", *KNN, "--out", "pm"]) == 0
    return folder


def png_of(width: int, height: int) -> bytes:
    """Return a PNG file that claims to have so many pixels, and has none."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def commands(data: str) -> list[list[str]]:
    return [
        ["fit", data, *KNN, "--out", "x"],
        ["clean", data, *KNN, "--out", "x"],
        ["score", "pm", data, "--out", "x.csv"],
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("7.png", b"", f"photos/7.png is empty (0 bytes): copy it again{SKIP}"),
        (
            "7.png",
            b"hello",
            f"photos/7.png is no PNG file, whatever its name says: its first bytes are b'hello'{SKIP}",
        ),
        ("notes.txt", b"hello", None),
        ("7.png", png_of(60_000, 60_000), None),
    ],
    ids=["empty", "words", "another kind", "a decompression bomb"],
)
def test_a_file_that_is_no_image(name: str, content: bytes, message: str | None, photos: Path, fails: Fails) -> None:
    (photos / name).write_bytes(content)
    for argv in commands("photos"):
        said = fails(*argv)
        assert said == message if message is not None else said.startswith(f"photos/{name} ")


def test_a_file_that_was_cut_off(photos: Path, fails: Fails) -> None:
    Image.fromarray(dirty_images(1, side=40)[0]).save(photos / "7.png")
    whole = (photos / "7.png").read_bytes()
    (photos / "7.png").write_bytes(whole[: len(whole) // 2])
    for argv in commands("photos"):
        said = fails(*argv)
        assert said.startswith("photos/7.png ")
        assert said.endswith(SKIP)


def test_a_folder_without_images(photos: Path, here: Path, fails: Fails) -> None:
    (here / "none").mkdir()
    for argv in commands("none"):
        assert fails(*argv) == (
            "none holds no images, at any depth (it is empty): image files end in .bmp, .jfif, .jpe, .jpeg, .jpg, "
            ".png, .tif, .tiff, .webp"
        )


def test_a_folder_that_is_not_there(photos: Path, fails: Fails) -> None:
    fit, clean, score = commands("photso")
    assert fails(*fit) == fails(*clean) == "there is no file photso; did you mean 'photos'?"
    assert fails(*score) == "there is no folder or file photso; did you mean 'photos'?"


def test_a_label_folder_without_images(photos: Path, here: Path, fails: Fails) -> None:
    for number in range(20):
        place = here / "parts" / "good" / name_of(number)
        place.parent.mkdir(parents=True, exist_ok=True)
        (photos / name_of(number)).rename(place)
    (here / "parts" / "bad").mkdir()
    for argv in commands("parts"):
        assert fails(*argv) == "the label folder parts/bad holds no images: put some there, or remove it"


def test_colour_in_front_of_a_model_of_grey_images(photos: Path, here: Path, fails: Fails) -> None:
    (here / "colour").mkdir()
    Image.new("RGB", (8, 8), (200, 10, 10)).save(here / "colour" / "1.png")
    said = fails("score", "pm", "colour", "--out", "x.csv")
    assert "1.png" in said
    assert "but the model was fitted on grey images (1 channel)" in said


def test_arrays_that_are_no_images(photos: Path, here: Path, fails: Fails) -> None:
    np.save("floats.npy", dirty_images(20) / 10.0)
    np.save("objects.npy", np.full((20, 8, 8), None))
    for argv in commands("floats.npy"):
        assert "float images must lie in [0, 1]" in fails(*argv)
    for argv in commands("objects.npy"):
        assert fails(*argv) == (
            "objects.npy holds Python objects, which could run code when read: save plain arrays of one shape with "
            "numpy.save"
        )


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ["fit", "photos", "--out", "photos/m"],
            "photos/m lies in photos, which is what is read: give a place outside of it",
        ),
        (
            ["clean", "photos", "--out", "photos/clean"],
            "photos/clean lies in photos, which is what is read: give a place outside of it",
        ),
        (
            ["clean", "photos", "--out", "m"],
            "m is a folder with things in it, and is left alone: give the name of a new folder",
        ),
        (
            ["score", "pm", "photos", "--out", "photos/scores.csv"],
            "photos/scores.csv lies in photos, which is what is read: give a place outside of it",
        ),
        (
            ["clean", "photos", "--out", "x", "--suspects", "s.csv"],
            "--suspects is for tables: of images the suspects go to x/suspects.csv; leave --suspects out",
        ),
        (
            ["clean", "photos", *KNN, "--out", "x", "--model", "x/m"],
            "x/m and x are both to be written, and one lies in the other: give places apart",
        ),
        (
            ["clean", "photos", *KNN, "--out", "x", "--model", "photos/m"],
            "photos/m lies in photos, which is what is read: give a place outside of it",
        ),
        (
            ["score", "m", "photos", "--out", "x.csv"],
            "photos holds images, but the model was fitted on a table: give a table with its columns, or fit a model "
            "on images",
        ),
        (
            ["score", "pm", "parts.csv", "--out", "x.csv"],
            "parts.csv holds no images, but the model was fitted on images: give a folder or an array of images, or "
            "fit a model on a table",
        ),
        (
            ["fit", "photos", *KNN, "--label", "defect", "--out", "x"],
            "label is 'defect', a column of a table, but photos holds images, which are named by their files: leave "
            "label out",
        ),
        (
            ["fit", "parts.csv", "--size", "32", "--out", "x"],
            "size is 32, which is for images, but parts.csv is a table: leave size out",
        ),
        (
            ["fit", "photos", *KNN, "--size", "0", "--out", "x"],
            "argument --size: it is 0; it must be a whole number of at least 1; `dross fit --help` shows how it is "
            "done",
        ),
    ],
)
def test_what_does_not_go_together(argv: list[str], message: str, photos: Path, fails: Fails) -> None:
    assert fails(*argv) == message


def test_memory_of_the_device_that_does_not_do(photos: Path, fails: Fails, monkeypatch: pytest.MonkeyPatch) -> None:
    # What training says of it is tested there; here, that it reaches the user as any other message.
    def fit(*rest: object) -> None:
        raise TrainingError("the GPU has too little memory: lower batch_size, or width")

    monkeypatch.setattr("dross.one_class.two_stage.TwoStage.fit", fit)
    said = fails("fit", "photos", "--detector", "pixel-knn", "--out", "x")
    assert said == "the GPU has too little memory: lower batch_size, or width"


@pytest.mark.parametrize(
    ("argv", "out"),
    [
        (["clean", "photos", *KNN, "--out", "x"], "x"),
        (["score", "pm", "photos", "--out", "x.csv"], "x.csv"),
    ],
)
def test_a_full_disk(argv: list[str], out: str, photos: Path, fails: Fails, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.atomic, "_take_place", full_disk)
    assert fails(*argv) == (
        f"{out} could not be written: the disk is full (No space left on device). Nothing was left behind; free some "
        "space, or give another place, and run the same command again"
    )
