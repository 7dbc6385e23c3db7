from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from dross.data import fetch as fetching
from dross.data.adbench import TABLES
from dross.data.fetch import fetch, main
from dross.data.named import load_dataset
from dross.data.published_files import SOURCES, Source, text_sha256
from dross.errors import DataError
from tests.data.file_server import FileServer, serve


def npz(rows: int, columns: int, anomalies: int, top: int = 1) -> bytes:
    file = io.BytesIO()
    np.savez(file, X=np.zeros((rows, columns)), y=top * (np.arange(rows) < anomalies))
    return file.getvalue()


#: Hepatitis is a table whose checksum nobody holds: only that it is a labelled table is checked.
HEPATITIS = npz(80, 19, 13)
DATA = b"1 2\n" * 100


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serve(FileServer({"/a.data": DATA, "/15_Hepatitis.npz": HEPATITIS})) as running:
        yield running


def sources(address: str) -> Sequence[Source]:
    return (
        Source("a", "odds/a.data", f"{address}/a.data", hashlib.sha256(DATA).hexdigest(), text_sha256),
        Source("adbench/Hepatitis", "adbench/15_Hepatitis.npz", f"{address}/15_Hepatitis.npz", None),
    )


def test_downloads_go_on_and_are_not_repeated(tmp_path: Path, server: FileServer) -> None:
    server.break_after = [100]
    for _ in range(2):
        assert fetch(tmp_path, sources=sources(server.address)) == []
    assert (tmp_path / "odds" / "a.data").read_bytes() == DATA
    assert load_dataset("hepatitis", tmp_path).n_anomalies == 13
    assert server.asked == [("/a.data", None), ("/a.data", "bytes=100-"), ("/15_Hepatitis.npz", None)]


def test_a_name_chooses(tmp_path: Path, server: FileServer) -> None:
    fetch(tmp_path, names=["hepatitis"], sources=sources(server.address))
    assert [path.name for path in tmp_path.rglob("*.*")] == ["15_Hepatitis.npz"]
    with pytest.raises(DataError) as caught:
        fetch(tmp_path, names=["hepatitus", "zzz"], sources=sources(server.address))
    assert str(caught.value) == (
        "2 mistakes:\n  - no data set is called 'hepatitus'; did you mean 'hepatitis'?\n  - no data set is called 'zzz'"
    )


def test_a_wrong_file_is_refused_and_the_others_are_laid_out(tmp_path: Path, server: FileServer) -> None:
    server.files["/a.data"] = b"another\n"
    server.files["/15_Hepatitis.npz"] = npz(80, 19, 13, top=2)
    found = hashlib.sha256(b"another\n").hexdigest()
    expected = hashlib.sha256(DATA).hexdigest()
    with pytest.raises(DataError) as caught:
        fetch(tmp_path, sources=sources(server.address))
    table = tmp_path / "adbench" / "15_Hepatitis.npz"
    assert str(caught.value) == (
        "2 mistakes:\n"
        f"  - {server.address}/a.data has the checksum {found}, but {expected} is expected: the "
        "publisher has changed the "
        "file, or something on the way has; nothing was kept\n"
        f"  - {table} is no labelled table ('y' must hold a 0 or a 1 a row of 'X'): fetch it again from "
        f"{server.address}/15_Hepatitis.npz"
    )
    assert not list(tmp_path.rglob("*.*"))


def test_a_host_that_is_away_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dross.files.downloads.time.sleep", lambda seconds: None)
    with serve(FileServer()) as gone:
        address = gone.address
    with pytest.raises(DataError) as caught:
        fetch(tmp_path, sources=sources(address))
    assert str(caught.value) == (
        "no data set could be laid out:\n"
        f"  - {address}/a.data could not be downloaded ([Errno 111] Connection refused): check the "
        "network and run the same "
        "command again, which goes on from there\n"
        f"  - 1 further files of {address.removeprefix('http://')} were left out"
    )


def test_files_at_hand_are_checked_and_copied(tmp_path: Path) -> None:
    (tmp_path / "at" / "hand").mkdir(parents=True)
    (tmp_path / "at" / "hand" / "a.data").write_bytes(DATA.replace(b"\n", b"  \r\n"))  # other blanks, the same numbers
    out = tmp_path / "out"
    absent = fetch(out, tmp_path / "at", sources=sources("https://nowhere"))
    assert absent == [f"15_Hepatitis.npz is not in {tmp_path / 'at'}"]
    assert [path.name for path in out.rglob("*.*")] == ["a.data"]
    wrong = tmp_path / "at" / "hand" / "a.data"
    wrong.write_bytes(b"3\n")
    with pytest.raises(DataError) as caught:
        fetch(out, tmp_path / "at", sources=sources("https://nowhere"))
    assert str(caught.value) == (
        f"{wrong} has the checksum {text_sha256(wrong)}, but {hashlib.sha256(DATA).hexdigest()} is "
        "expected: fetch it again "
        "from https://nowhere/a.data"
    )


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main([str(tmp_path), "--from", str(tmp_path / "no")]) == 2
    assert capsys.readouterr().err == f"there is no folder {tmp_path / 'no'} to take the published files from\n"
    assert main([str(tmp_path), "--from", str(tmp_path), "arrhythmia"]) == 2
    assert capsys.readouterr().err == f"no data set could be laid out:\n  - arrhythmia.mat is not in {tmp_path}\n"

    def press(*arguments: object) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(fetching, "fetch", press)
    assert main([str(tmp_path)]) == 130
    assert capsys.readouterr().err == ("interrupted: what is complete is kept; run the same command again to go on\n")


def test_every_published_file_has_a_safe_address_and_its_own_place() -> None:
    assert len({source.file for source in SOURCES}) == len(SOURCES) == len(TABLES) + 4 + 5
    assert all(source.url.startswith("https://") for source in SOURCES)


@pytest.mark.data("thyroid", "thyroid-uci", "arrhythmia", "glass")
def test_the_published_files_have_the_checksums_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = os.environ["DROSS_DATA"]
    assert main([str(tmp_path), "thyroid", "thyroid-uci", "arrhythmia", "adbench/glass", "--from", folder]) == 0
    assert capsys.readouterr() == (f"{tmp_path}: the data sets are laid out\n", "")
    assert load_dataset("thyroid-uci", tmp_path).n_anomalies == 534


def archive_of(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


MEMBERS = ("batches/one.bin", "batches/two.bin")
ARCHIVE = archive_of({"batches/one.bin": b"1", "batches/two.bin": b"22", "batches/readme.html": b"<html>"})


def archived(address: str, content: bytes = ARCHIVE) -> Sequence[Source]:
    checksum = hashlib.sha256(content).hexdigest()
    return (Source("batches", "batches.tar.gz", f"{address}/batches.tar.gz", checksum, members=MEMBERS),)


def laid_out(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_an_archive_is_unpacked_once_and_not_kept(tmp_path: Path) -> None:
    with serve(FileServer({"/batches.tar.gz": ARCHIVE})) as server:
        for _ in range(2):
            assert fetch(tmp_path, sources=archived(server.address)) == []
    assert server.asked == [("/batches.tar.gz", None)]
    assert laid_out(tmp_path) == ["batches/one.bin", "batches/readme.html", "batches/two.bin"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["batches"]


def test_an_archive_at_hand_is_unpacked_and_an_unpacked_one_copied(tmp_path: Path) -> None:
    packed, first, second = tmp_path / "packed", tmp_path / "first", tmp_path / "second"
    packed.mkdir()
    (packed / "batches.tar.gz").write_bytes(ARCHIVE)
    assert fetch(first, packed, sources=archived("https://nowhere")) == []
    assert laid_out(first) == ["batches/one.bin", "batches/readme.html", "batches/two.bin"]
    assert fetch(second, first, sources=archived("https://nowhere")) == []
    assert laid_out(second) == list(MEMBERS)
    (first / "batches" / "two.bin").unlink()
    with pytest.raises(DataError) as caught:
        fetch(tmp_path / "third", first, sources=archived("https://nowhere"))
    assert str(caught.value) == f"no data set could be laid out:\n  - batches.tar.gz is not in {first}"


def test_an_archive_without_its_files_is_refused(tmp_path: Path) -> None:
    content = archive_of({"batches/one.bin": b"1"})
    (tmp_path / "batches.tar.gz").write_bytes(content)
    with pytest.raises(DataError) as caught:
        fetch(tmp_path / "out", tmp_path, sources=archived("https://nowhere", content))
    assert str(caught.value) == (
        f"{tmp_path / 'batches.tar.gz'} holds no batches/two.bin: fetch it again from https://nowhere/batches.tar.gz"
    )
    assert laid_out(tmp_path / "out") == []
