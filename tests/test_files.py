from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dross.errors import DataError, ParameterError
from dross.files import atomic_path, copy, download, extract, sha256, write_text
from dross.files.downloads import UnreachableError
from tests.data.file_server import FileServer, serve


def fail_half_way(target: Path, error: BaseException, *, folder: bool = False) -> None:
    with atomic_path(target) as temporary:
        if folder:
            temporary.mkdir()
        (temporary / "new" if folder else temporary).write_text("half")
        raise error


def test_a_file_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "scores.csv"
    with atomic_path(target) as temporary:
        temporary.write_text("a\n")
        assert not target.exists()
        assert temporary.suffix == ".csv"
    assert target.read_text() == "a\n"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "scores.csv"
    target.write_text("old")
    with pytest.raises(error):
        fail_half_way(target, error())
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_replaces_a_folder_whole(tmp_path: Path) -> None:
    target = tmp_path / "model"
    (target / "parts").mkdir(parents=True)
    (target / "parts" / "old").touch()
    with atomic_path(target) as temporary:
        temporary.mkdir()
        (temporary / "new").write_text("1")
    assert [path.name for path in target.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [target]


def test_a_failed_folder_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "model"
    target.mkdir()
    (target / "old").touch()
    with pytest.raises(RuntimeError):
        fail_half_way(target, RuntimeError(), folder=True)
    assert [path.name for path in target.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_a_message_and_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "scores.csv"
    message = (
        f"{target} could not be written: the disk is full (No space left on device). Nothing was left "
        "behind; free some "
        "space, or give another place, and run the same command again"
    )
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        fail_half_way(target, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert list(tmp_path.iterdir()) == []


def test_a_really_full_device_is_noticed(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")

    def fill() -> None:
        with atomic_path(tmp_path / "x") as temporary:
            temporary.symlink_to("/dev/full")
            temporary.write_text("y" * 100_000)

    with pytest.raises(DataError, match="the disk is full"):
        fill()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_no_folder_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    target = tmp_path / "file" / "deep" / "scores.csv"
    with pytest.raises(DataError) as caught:
        write_text(target, "x")
    assert str(caught.value) == (
        f"{target} cannot be written (Not a directory): check the path and its permissions, or give another place"
    )


def test_text_is_utf8_with_plain_line_ends(tmp_path: Path) -> None:
    write_text(tmp_path / "x", "grün\n")
    assert (tmp_path / "x").read_bytes() == b"gr\xc3\xbcn\n"


def test_sha256_and_copy(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 3_000_000)
    seen: list[int] = []
    assert sha256(tmp_path / "a", seen.append) == hashlib.sha256(b"x" * 3_000_000).hexdigest()
    assert sum(seen) == 3_000_000
    copy(tmp_path / "a", tmp_path / "b" / "c")
    assert sha256(tmp_path / "b" / "c") == sha256(tmp_path / "a")


BODY = bytes(range(256)) * 2000
SUM = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serve(FileServer({"/data.bin": BODY})) as running:
        yield running


def test_a_download_shows_progress_and_is_left_alone_the_second_time(tmp_path: Path, server: FileServer) -> None:
    seen: list[tuple[int, int | None]] = []
    target = tmp_path / "deep" / "data.bin"
    for _ in range(2):
        download(f"{server.address}/data.bin", target, SUM, lambda done, total: seen.append((done, total)))
    assert target.read_bytes() == BODY
    assert seen[-1] == (len(BODY), len(BODY))
    assert server.asked == [("/data.bin", None)]
    assert list(target.parent.iterdir()) == [target]


def test_a_broken_download_goes_on_where_it_broke(tmp_path: Path, server: FileServer) -> None:
    server.break_after = [100_000, 50_000]
    download(f"{server.address}/data.bin", tmp_path / "x", SUM, pause=0.01)
    assert (tmp_path / "x").read_bytes() == BODY
    assert [asked for _, asked in server.asked] == [None, "bytes=100000-", "bytes=150000-"]


def test_a_download_goes_on_in_a_later_call(tmp_path: Path, server: FileServer) -> None:
    url = f"{server.address}/data.bin"
    server.break_after = [100_000]
    message = (
        f"{url} could not be downloaded (the connection ended after 100,000 of 512,000 bytes): "
        "100,000 bytes are kept; check "
        "the network and run the same command again, which goes on from there"
    )
    with pytest.raises(UnreachableError, match=f"^{re.escape(message)}$"):
        download(url, tmp_path / "x", SUM, attempts=1)
    assert [path.name for path in tmp_path.iterdir()] == ["x.part"]
    download(url, tmp_path / "x", SUM)
    assert (tmp_path / "x").read_bytes() == BODY
    assert server.asked[-1] == ("/data.bin", "bytes=100000-")


def test_a_server_that_cannot_resume_sends_the_whole(tmp_path: Path, server: FileServer) -> None:
    server.ranges = False
    (tmp_path / "x.part").write_bytes(BODY[:1000])
    download(f"{server.address}/data.bin", tmp_path / "x", SUM)
    assert (tmp_path / "x").read_bytes() == BODY


@pytest.mark.parametrize("stale", [b"another beginning", BODY + b"too long"])
def test_a_part_of_another_version_is_thrown_away(tmp_path: Path, server: FileServer, stale: bytes) -> None:
    (tmp_path / "x.part").write_bytes(stale)
    download(f"{server.address}/data.bin", tmp_path / "x", SUM, pause=0.01)
    assert (tmp_path / "x").read_bytes() == BODY


def test_a_wrong_checksum_is_refused_and_nothing_kept(tmp_path: Path, server: FileServer) -> None:
    url = f"{server.address}/data.bin"
    with pytest.raises(DataError) as caught:
        download(url, tmp_path / "x", "0" * 64)
    assert str(caught.value) == (
        f"{url} has the checksum {SUM}, but {'0' * 64} is expected: the publisher has changed the "
        "file, or something on the "
        "way has; nothing was kept"
    )
    assert list(tmp_path.iterdir()) == []


def test_what_the_server_refuses_is_not_tried_again(tmp_path: Path, server: FileServer) -> None:
    with pytest.raises(DataError) as caught:
        download(f"{server.address}/gone", tmp_path / "x", None)
    assert str(caught.value) == (
        f"{server.address}/gone could not be downloaded: the server answers 404 (Not Found). Check "
        "the address in a browser, "
        "or lay the file out by hand"
    )
    assert len(server.asked) == 1


def test_nobody_there_is_unreachable(tmp_path: Path) -> None:
    with serve(FileServer()) as running:
        address = running.address
    with pytest.raises(UnreachableError, match="Connection refused"):
        download(f"{address}/x", tmp_path / "x", None, attempts=2, pause=0.01)


def test_only_the_web_is_downloaded_from(tmp_path: Path) -> None:
    with pytest.raises(
        ParameterError, match=r"^file:///etc/passwd is no address to download from: it must begin with https"
    ):
        download("file:///etc/passwd", tmp_path / "x", None)


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return path


def make_tar(path: Path, members: list[tarfile.TarInfo], body: bytes = b"") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for info in members:
            info.size = len(body) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(body))
    return path


def link(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = "/etc/passwd"
    return info


def test_archives_are_unpacked(tmp_path: Path) -> None:
    make_zip(tmp_path / "a.zip", {"train/1.png": b"1", "test/2.png": b"2"})
    make_tar(tmp_path / "a.tar.gz", [tarfile.TarInfo("train/1.png"), link("train", tarfile.DIRTYPE)], b"1")
    for archive in ("a.zip", "a.tar.gz"):
        extract(tmp_path / archive, tmp_path / "out")
        assert (tmp_path / "out" / "train" / "1.png").read_bytes() == b"1"
    assert not (tmp_path / "out" / "test").exists()


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", "C:/x", "a\\..\\..\\x"])
def test_paths_out_of_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    archive = make_zip(tmp_path / "a.zip", {"ok": b"1", name: b"2"})
    with pytest.raises(DataError) as caught:
        extract(archive, tmp_path / "out")
    assert (
        str(caught.value) == f"{archive} holds '{name}', which would be written outside its folder: it is not unpacked"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    archive = make_tar(tmp_path / "a.tar.gz", [link("x", kind)])
    with pytest.raises(DataError) as caught:
        extract(archive, tmp_path / "out")
    assert str(caught.value) == f"{archive} holds 'x', a link or a device: it is not unpacked"


def test_links_in_zip_archives_are_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("x")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(DataError, match=r"holds the link 'x': it is not unpacked$"):
        extract(tmp_path / "a.zip", tmp_path / "out")


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"zeros": bytes(5_000_000), "b": b"", "c": b""})
    with pytest.raises(DataError, match=r"holds more than 1,000,000 bytes: it is not unpacked$"):
        extract(archive, tmp_path / "out", max_bytes=1_000_000)
    with pytest.raises(DataError, match=r"holds more than 2 files: it is not unpacked$"):
        extract(archive, tmp_path / "out", max_files=2)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_damaged_and_missing_archives_are_messages(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^there is no archive "):
        extract(tmp_path / "no.zip", tmp_path / "out")
    (tmp_path / "x.zip").write_bytes(b"not an archive")
    with pytest.raises(DataError, match=r"x.zip is no zip or tar archive, or is damaged: fetch it again$"):
        extract(tmp_path / "x.zip", tmp_path / "out")
    whole = make_zip(tmp_path / "y.zip", {"a": os.urandom(10_000)}).read_bytes()
    (tmp_path / "y.zip").write_bytes(whole[:200] + b"?" * 100 + whole[300:])
    with pytest.raises(DataError, match=r"y.zip is damaged .*: fetch it again$"):
        extract(tmp_path / "y.zip", tmp_path / "out")
