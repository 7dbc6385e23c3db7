from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dross.data.images import read_images
from dross.data.images.decoding import SUFFIXES, decode, kind_of, read_header
from tests.data.images.made_images import smooth, write_image

COLOUR = smooth()[0]
GREY = smooth(channels=1)[0]


@pytest.mark.parametrize("suffix", [suffix for suffixes in SUFFIXES.values() for suffix in suffixes])
@pytest.mark.parametrize("pixels", [COLOUR, GREY], ids=["colour", "grey"])
def test_every_kind_of_file_is_read(tmp_path: Path, suffix: str, pixels: NDArray[np.uint8]) -> None:
    options: dict[str, Any] = {".webp": {"lossless": True}}.get(suffix, {"quality": 95})
    path = write_image(tmp_path / f"a{suffix.upper()}", pixels, **options)
    found = read_images(path)
    # WebP has no grey of its own: a grey image comes back as RGB.
    as_rgb = suffix == ".webp" and pixels is GREY
    assert found.images.shape == (1, 20, 24, 3 if as_rgb else pixels.shape[2])
    lossy = kind_of(path.read_bytes()[:16]) == "JPEG"
    difference = np.abs(found.images[0].astype(int) - pixels.astype(int))
    assert difference.mean() <= 4 if lossy else difference.max() == 0
    assert found.ids == (path.name,)


def saved(path: Path, image: Image.Image, **options: Any) -> NDArray[np.uint8]:
    image.save(path, **options)
    header = read_header(path, decode=True)
    return decode(path, header.height, header.width, 1 if header.grey else 3)


def test_light_falls_through_to_white_paper(tmp_path: Path) -> None:
    alpha = np.linspace(0, 255, 20 * 24).reshape(20, 24, 1).round().astype(np.uint8)
    share = alpha / 255
    colour = saved(tmp_path / "a.png", Image.fromarray(np.concatenate([COLOUR, alpha], axis=2)))
    np.testing.assert_allclose(colour, share * COLOUR + (1 - share) * 255, atol=1.01)
    grey = saved(tmp_path / "b.png", Image.fromarray(np.concatenate([GREY, alpha], axis=2), "LA"))
    np.testing.assert_allclose(grey, share * GREY + (1 - share) * 255, atol=1.01)


def test_one_colour_can_be_the_one_that_is_not_there(tmp_path: Path) -> None:
    pixels = np.zeros((4, 4), np.uint8)
    pixels[0] = 9
    assert saved(tmp_path / "a.png", Image.fromarray(pixels), transparency=9)[0].min() == 255
    palette = Image.fromarray(pixels).convert("P")
    palette.putpalette([200, 0, 0] * 9 + [0, 0, 7] + [0, 0, 0] * 246)
    palette.save(tmp_path / "p.png", transparency=9)
    decoded = decode(tmp_path / "p.png", 4, 4, 3)
    assert (decoded[0].tolist(), decoded[1, 0].tolist()) == ([[255] * 3] * 4, [200, 0, 0])


def test_16_bits_become_8(tmp_path: Path) -> None:
    wide = np.linspace(0, 65535, 300).reshape(15, 20).round().astype(np.uint16)
    for name in ("a.png", "a.tif"):
        decoded = saved(tmp_path / name, Image.fromarray(wide))
        np.testing.assert_array_equal(decoded[..., 0], np.rint(wide / 257).astype(np.uint8))


def test_palettes_and_two_tones(tmp_path: Path) -> None:
    colours = Image.fromarray(COLOUR).quantize(64)
    np.testing.assert_array_equal(saved(tmp_path / "a.png", colours), np.asarray(colours.convert("RGB")))
    greys = Image.fromarray(GREY[..., 0]).convert("P")
    np.testing.assert_array_equal(saved(tmp_path / "b.png", greys), GREY)
    tones = Image.fromarray(GREY[..., 0] > 127)
    np.testing.assert_array_equal(saved(tmp_path / "c.png", tones), 255 * (GREY > 127))


def test_print_colours(tmp_path: Path) -> None:
    printed = Image.fromarray(COLOUR).convert("CMYK")
    np.testing.assert_allclose(saved(tmp_path / "a.tif", printed).astype(int), COLOUR, atol=1)
    jpeg = saved(tmp_path / "a.jpg", printed, quality=95).astype(int)
    assert np.abs(jpeg - COLOUR).mean() < 4


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_pictures_stand_as_the_camera_stood(tmp_path: Path, orientation: int, suffix: str) -> None:
    upright = COLOUR
    turns = {1: 0, 2: 0, 3: 2, 4: 2, 5: 1, 6: 1, 7: -1, 8: -1}  # what the camera did: quarter turns to the left
    stored = np.rot90(upright, turns[orientation])
    if orientation in (2, 4, 5, 7):
        stored = stored[:, ::-1] if orientation in (2, 4) else stored[::-1]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = write_image(tmp_path / f"a{suffix}", np.ascontiguousarray(stored), exif=exif, quality=95)
    header = read_header(path)
    assert (header.height, header.width) == upright.shape[:2]
    decoded = decode(path, 20, 24, 3).astype(int)
    assert np.abs(decoded - upright).mean() < 4


def test_a_large_photograph_decoded_small_is_the_same_picture(tmp_path: Path) -> None:
    large = smooth(1, 900, 1300)[0]
    path = write_image(tmp_path / "large.jpg", large, quality=95)
    same = write_image(tmp_path / "large.png", large)
    quick, exact = decode(path, 64, 64, 3).astype(int), decode(same, 64, 64, 3).astype(int)
    assert np.abs(quick - exact).max() <= 6
    assert np.abs(quick - exact).mean() < 1.5


def test_a_camera_s_second_picture_is_not_looked_at(tmp_path: Path) -> None:
    first, second = Image.fromarray(COLOUR), Image.fromarray(255 - COLOUR)
    first.save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[second], quality=95)
    decoded = read_images(tmp_path / "a.jpg").images[0].astype(int)
    assert np.abs(decoded - COLOUR).mean() <= 4


def test_an_image_is_the_same_whatever_it_is_read_with(tmp_path: Path) -> None:
    for number in range(5):
        write_image(tmp_path / f"{number}.jpg", smooth(1, 200, 300, seed=number)[0])
    held, streamed = read_images(tmp_path, size=64), read_images(tmp_path, size=64, held_bytes=0)
    alone = read_images([tmp_path / "3.jpg"], size=64)
    np.testing.assert_array_equal(held.images.read(), streamed.images.read())
    np.testing.assert_array_equal(alone.images[0], held.images[3])
    assert held.checksum == streamed.checksum
