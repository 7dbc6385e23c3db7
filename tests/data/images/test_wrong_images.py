"""Every image file that cannot be used, and the whole message it gets."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dross.data.images import Images, read_images
from dross.data.images.decoding import MAX_PIXELS
from dross.errors import DataError, ParameterError
from tests.data.images.made_images import smooth, write_image

OR_SKIP = "; or leave it out by skip_bad=True (--skip-bad)"


def png_that_claims(width: int, height: int) -> bytes:
    """Return a small PNG file whose header claims any size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def make_bad(folder: Path, kind: str) -> tuple[Path, str]:
    """Write a bad file and return it with what is wrong with it."""
    whole = write_image(folder / "whole" / "whole.jpg", smooth(1, 64, 64)[0], quality=95).read_bytes()
    frames = [Image.fromarray(image) for image in smooth(3, 8, 8)]
    if kind == "empty":
        path, content, why = folder / "a.jpg", b"", "is empty (0 bytes): copy it again"
    elif kind == "no image":
        path, content, why = (
            folder / "a.jpg",
            b"<html><body>not found",
            "is no JPEG file, whatever its name says: its first bytes are b'<html><b'",
        )
    elif kind == "mislabelled":
        png = write_image(folder / "whole" / "whole.png").read_bytes()
        path, content, why = folder / "a.jpg", png, "is a PNG file by its content: rename it to a.png"
    elif kind == "text":
        path, content, why = (
            folder / "notes.txt",
            b"about",
            "is no image file by its name: those end in .bmp, .jfif, .jpe, .jpeg, .jpg, .png, .tif, .tiff, .webp",
        )
    elif kind == "bomb":
        side = 50_000
        path, content, why = (
            folder / "a.png",
            png_that_claims(side, side),
            "has 50,000 x 50,000 = 2,500,000,000 pixels, and 89,478,485 is the most that is decoded: make it smaller, "
            "or cut it into parts",
        )
    elif kind in ("animated.png", "animated.webp", "pages.tif"):
        path = folder / f"a{Path(kind).suffix}"
        frames[0].save(path, save_all=True, append_images=frames[1:])
        content = path.read_bytes()
        why = "has 3 frames or pages, and it is not known which one counts: save that one as a file of its own"
    elif kind == "float":
        path = folder / "a.tif"
        Image.fromarray(np.zeros((4, 4), np.float32)).save(path)
        content = path.read_bytes()
        why = "has pixels of the kind 'F', which have no known white: save it with 8 or 16 bits a channel"
    else:
        path, content, why = folder / "a.jpg", whole[: len(whole) // 2], "is damaged or cut off"
    path.write_bytes(content)
    for made in (folder / "whole").iterdir():
        made.unlink()
    (folder / "whole").rmdir()
    return path, why


BAD = [
    "empty",
    "no image",
    "mislabelled",
    "text",
    "bomb",
    "animated.png",
    "animated.webp",
    "pages.tif",
    "float",
]


@pytest.mark.parametrize("held_bytes", [1 << 30, 0], ids=["held", "streamed"])
@pytest.mark.parametrize("kind", BAD)
def test_bad_files_are_named_or_skipped_and_listed(tmp_path: Path, kind: str, held_bytes: int) -> None:
    path, why = make_bad(tmp_path, kind)
    write_image(tmp_path / "z1.png", smooth(1, 8, 8)[0])
    with pytest.raises(DataError) as caught:
        read_images(tmp_path, held_bytes=held_bytes)
    assert str(caught.value) == f"{path} {why}{OR_SKIP}"
    found = read_images(tmp_path, skip_bad=True, held_bytes=held_bytes)
    assert (found.ids, found.skipped) == (("z1.png",), ((path.name, why),))
    np.testing.assert_array_equal(found.images.read(), smooth(1, 8, 8))


@pytest.mark.parametrize("held_bytes", [1 << 30, 0], ids=["held", "streamed"])
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp", ".tif"])
@pytest.mark.parametrize("share", [0.03, 0.5, 0.97])
def test_files_that_are_cut_off(tmp_path: Path, suffix: str, share: float, held_bytes: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    path = write_image(tmp_path / f"a{suffix}", pixels)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    write_image(tmp_path / "b.png", smooth(1, 8, 8)[0])
    with pytest.raises(DataError) as caught:
        read_images(tmp_path, held_bytes=held_bytes)
    assert str(caught.value).startswith(f"{path} is damaged or cut off (")
    assert str(caught.value).endswith(f"): copy it again{OR_SKIP}")
    found = read_images(tmp_path, skip_bad=True, held_bytes=held_bytes)
    assert [name for name, _ in found.skipped] == [path.name]
    assert found.ids == ("b.png",)


def test_all_bad_files_are_told_at_once(tmp_path: Path) -> None:
    for number in range(25):
        (tmp_path / f"{number}.png").write_bytes(b"")
    write_image(tmp_path / "25.png")
    with pytest.raises(DataError) as caught:
        read_images(tmp_path)
    lines = str(caught.value).splitlines()
    assert lines[0] == "25 files cannot be used; mend them, or leave them out by skip_bad=True (--skip-bad):"
    assert lines[3] == f"  - {tmp_path / '2.png'} is empty (0 bytes): copy it again"
    assert (len(lines), lines[-1]) == (22, "  - and 5 more")
    (tmp_path / "25.png").unlink()
    with pytest.raises(DataError) as caught:
        read_images(tmp_path, skip_bad=True)
    assert str(caught.value) == (
        f"all 25 files are bad; the first: {tmp_path / '0.png'} is empty (0 bytes): copy it again"
    )


def test_skipped_files_take_their_labels_with_them(tmp_path: Path) -> None:
    for name in ("normal/1.png", "normal/2.png", "abnormal/1.png"):
        write_image(tmp_path / name, smooth(1, 8, 8)[0])
    (tmp_path / "normal" / "1.png").write_bytes(b"")
    found = read_images(tmp_path, skip_bad=True)
    assert found.labels is not None
    assert dict(zip(found.ids, found.labels.tolist(), strict=True)) == {"abnormal/1.png": 1, "normal/2.png": 0}
    assert len(found) == 2


def test_a_file_that_is_damaged_later_is_named_when_it_is_reached(tmp_path: Path) -> None:
    paths = [write_image(tmp_path / f"{i}.png", smooth(1, 8, 8)[0]) for i in range(3)]
    images = read_images(paths, held_bytes=0).images
    paths[1].write_bytes(paths[1].read_bytes()[:60])
    paths[2].unlink()
    assert images.read([0]).shape == (1, 8, 8, 3)
    with pytest.raises(DataError) as caught:
        images.read()
    lines = str(caught.value).splitlines()
    assert lines[0] == "2 files cannot be used; mend them, or leave them out by skip_bad=True (--skip-bad):"
    assert lines[1].startswith(f"  - {paths[1]} is damaged or cut off (")
    assert lines[2] == f"  - {paths[2]} cannot be read (No such file or directory)"


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_image(tmp_path / "a.png")

    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError) as caught:
        read_images(path)
    assert str(caught.value) == f"{path} cannot be read (Permission denied): check its permissions{OR_SKIP}"


def test_the_most_pixels_that_are_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_image(tmp_path / "a.png", smooth(1, 20, 24)[0])
    monkeypatch.setattr("dross.data.images.decoding.MAX_PIXELS", 480)
    assert read_images(path).images.shape == (1, 20, 24, 3)
    monkeypatch.setattr("dross.data.images.decoding.MAX_PIXELS", 479)
    with pytest.raises(DataError, match="has 24 x 20 = 480 pixels, and 479 is the most that is decoded"):
        read_images(path)
    assert MAX_PIXELS == 89_478_485


def test_a_list_with_files_that_are_not_there(tmp_path: Path) -> None:
    there = write_image(tmp_path / "a.png")
    with pytest.raises(DataError) as caught:
        read_images([there, str(tmp_path / "b.png"), tmp_path / "c.png"])
    assert str(caught.value) == f"there is no file {tmp_path / 'b.png'}; 2 files of the list are missing"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 0}, "size is 0; it must be a whole number of at least 1"),
        ({"size": 2.5}, "size is 2.5; it must be a whole number of at least 1"),
        ({"channels": 4}, "channels is 4; it must be 1 (grey) or 3 (RGB)"),
        (
            {"size": True, "channels": 2},
            "2 mistakes:\n  - size is True; it must be a whole number of at least 1\n"
            "  - channels is 2; it must be 1 (grey) or 3 (RGB)",
        ),
    ],
)
def test_wrong_parameters(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_images(smooth(2), **options)
    assert str(caught.value) == message


def test_channels_are_made_on_request(tmp_path: Path) -> None:
    paths = [write_image(tmp_path / "a.png", smooth()[0]), write_image(tmp_path / "b.png", smooth(channels=1)[0])]
    assert read_images(paths, channels=1).images.shape[3] == 1
    assert read_images(paths[1:], channels=3).images.shape[3] == 3
    assert isinstance(read_images(smooth(2), channels=1).images, Images)
    assert read_images(smooth(2), channels=1).images.shape[3] == 1
