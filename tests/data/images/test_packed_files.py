from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dross.data.images import as_images, holds_images, read_images
from dross.data.images.packed_files import CIFAR_RECORD, read_cifar
from dross.errors import DataError
from tests.data.images.made_images import smooth, write_image


def write_cifar(path: Path, images: NDArray[np.uint8], classes: list[int]) -> Path:
    """Write images as CIFAR-10's author does: class, then the red, green and blue planes."""
    with path.open("wb") as file:
        for image, number in zip(images, classes, strict=True):
            file.write(bytes([number]) + b"".join(image[:, :, channel].tobytes() for channel in range(3)))
    return path


def write_idx(path: Path, array: NDArray[np.uint8], code: int = 8) -> Path:
    """Write an IDX file, compressed if its name says so."""
    header = bytes((0, 0, code, array.ndim)) + b"".join(side.to_bytes(4, "big") for side in array.shape)
    content = header + array.tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def test_cifar_files_and_their_folder(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    for number in (10, 2):  # the second in natural order holds the first images
        part = slice(0, 3) if number == 2 else slice(3, 5)
        write_cifar(tmp_path / f"data_batch_{number}.bin", images[part], list(range(10))[part])
    found = read_images(tmp_path)
    np.testing.assert_array_equal(found.images.read(), images)
    assert (found.ids, found.labels) == (("0", "1", "2", "3", "4"), None)
    np.testing.assert_array_equal(read_images(tmp_path / "data_batch_10.bin").images.read(), images[3:])
    paths = [tmp_path / "data_batch_2.bin", tmp_path / "data_batch_10.bin"]
    assert read_cifar(paths)[1].tolist() == [0, 1, 2, 3, 4]
    assert found.checksum != read_images(tmp_path / "data_batch_10.bin").checksum


def test_wrong_cifar_files(tmp_path: Path) -> None:
    path = tmp_path / "data_batch_1.bin"
    path.write_bytes(bytes(CIFAR_RECORD + 1))
    with pytest.raises(DataError) as caught:
        read_images(path)
    assert str(caught.value) == (
        f"{path} has 3,074 bytes, which are no whole number of CIFAR-10's records of 3,073: fetch the binary version "
        "again"
    )
    write_cifar(path, smooth(1, 32, 32), [77])
    with pytest.raises(DataError) as caught:
        read_images(path)
    assert str(caught.value) == f"{tmp_path}: class 77 is no class of CIFAR-10: fetch the binary version again"


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte.gz", "train-images-idx3-ubyte", "digits.idx"])
def test_idx_files(tmp_path: Path, name: str) -> None:
    images = smooth(4, 7, 6, 1)[..., 0]
    path = write_idx(tmp_path / name, images)
    found = read_images(path)
    np.testing.assert_array_equal(found.images.read()[..., 0], images)
    assert found.source == str(path)


def test_wrong_idx_files(tmp_path: Path) -> None:
    path = write_idx(tmp_path / "a-ubyte", smooth(4, 7, 6, 1)[..., 0])
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError) as caught:
        read_images(path)
    assert str(caught.value) == (
        f"{path} is damaged or cut off (its header says (4, 7, 6), which is 168 bytes, and 167 or more follow): fetch "
        "it again"
    )
    packed = write_idx(tmp_path / "b-ubyte.gz", smooth(4, 7, 6, 1)[..., 0])
    packed.write_bytes(packed.read_bytes()[:-30])
    with pytest.raises(DataError, match=r"b-ubyte.gz is damaged or cut off \(.*\): fetch it again$"):
        read_images(packed)
    labels = write_idx(tmp_path / "labels-ubyte", np.zeros(9, np.uint8))
    with pytest.raises(DataError) as caught:
        read_images(labels)
    assert str(caught.value) == (
        f"{labels}: an array of shape (9,), but images are (n, height, width) or (n, height, width, channels)"
    )


def test_arrays_of_objects_are_refused_and_never_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    path = tmp_path / "trap.npy"
    np.save(path, np.array([Trap()], dtype=object), allow_pickle=True)
    for read in (read_images, as_images):
        with pytest.raises(DataError) as caught:
            read(path)
        assert str(caught.value) == (
            f"{path} holds Python objects, which could run code when read: save plain arrays of one shape with "
            "numpy.save"
        )
    assert not (tmp_path / "sprung").exists()


def test_wrong_npy_files(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, smooth(3))
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(DataError, match=r"a.npy is damaged or cut off \(.*\): write it again, or copy it again$"):
        read_images(path)
    path.write_bytes(b"no array")
    with pytest.raises(DataError, match=r"a.npy is damaged or cut off \(.*\): write it again, or copy it again$"):
        read_images(path)
    np.save(path, np.asfortranarray(smooth(3)))
    with pytest.raises(DataError) as caught:
        read_images(path)
    assert str(caught.value) == f"{path} is in Fortran order: save numpy.ascontiguousarray(array)"


def test_an_empty_npy_file(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(b"")
    with pytest.raises(DataError, match=r"a.npy is .* \(.*\): write it again, or copy it again$"):
        read_images(path)


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.touch()
    with pytest.raises(DataError) as caught:
        read_images(path)
    assert str(caught.value) == (
        f"{path} is of a kind that images are not read from: give a folder, an image file (.bmp, .jfif, .jpe, .jpeg, "
        ".jpg, .png, .tif, .tiff, .webp), .npy, IDX (ending in -ubyte, or -ubyte.gz) or CIFAR-10's .bin"
    )


def test_what_holds_images_is_told_from_tables(tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", smooth(3))
    np.save(tmp_path / "table.npy", np.zeros((3, 4)))
    (tmp_path / "damaged.npy").write_bytes(b"x")
    (tmp_path / "table.csv").write_text("a\n1\n")
    (tmp_path / "notes-ubyte").write_text("no numbers")
    idx = write_idx(tmp_path / "a-ubyte.gz", smooth(2, 8, 8, 1)[..., 0])
    image = write_image(tmp_path / "a.png")
    images = as_images(smooth(2))
    for data in (
        tmp_path,
        str(tmp_path),
        tmp_path / "images.npy",
        tmp_path / "damaged.npy",
        tmp_path / "any.bin",
        idx,
        image,
        [image, str(image)],
        smooth(2),
        smooth(2)[..., 0],
        list(smooth(2)),
        images,
        read_images(images),
    ):
        assert holds_images(data), data
    for other in (
        tmp_path / "table.npy",
        tmp_path / "table.csv",
        tmp_path / "notes-ubyte",
        tmp_path / "missing",
        "thyroid",
        np.zeros((3, 4)),
        [[1.0, 2.0]],
        [],
        None,
    ):
        assert not holds_images(other), other


def test_image_sets_and_images_are_passed_on(tmp_path: Path) -> None:
    write_image(tmp_path / "normal" / "a.png", smooth(1, 8, 8)[0])
    found = read_images(tmp_path)
    small = read_images(found, size=4, channels=1)
    assert small.images.shape == (1, 4, 4, 1)
    assert (small.ids, small.source, small.checksum) == (found.ids, found.source, found.checksum)
    again = read_images(found.images)
    assert (again.ids, again.labels) == (found.ids, None)
    assert read_images(smooth(2)).checksum == read_images(as_images(smooth(2))).checksum
    assert read_images(smooth(2)).checksum != read_images(smooth(2, seed=1)).checksum
