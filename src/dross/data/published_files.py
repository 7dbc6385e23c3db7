"""The files that data sets are published as: where each is, and how it is known to be right."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from dross.data import adbench
from dross.data.image_sets import CIFAR_FILES, CIFAR_FOLDER, FASHION_FILES
from dross.files import sha256


def text_sha256(path: Path) -> str:
    """Return the SHA-256 of a text file of which only the words count, not the blanks between them.

    The raw UCI files end their lines with blanks in some copies and not in others; their numbers are the same.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for line in file:
            if words := line.split():
                digest.update(b" ".join(words) + b"\n")
    return digest.hexdigest()


@final
@dataclass(frozen=True)
class Source:
    """One published file: its set's name, its place in the data folder, its address and its checksum.

    An archive has ``members``: the files that come out of it, all in one folder, after which it is not kept.
    """

    name: str
    file: str
    url: str
    checksum: str | None
    digest: Callable[[Path], str] = sha256
    members: tuple[str, ...] = ()


_FASHION: Final = "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion"
_FASHION_CHECKSUMS: Final = (
    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
)
_UCI: Final = "https://archive.ics.uci.edu/ml/machine-learning-databases/thyroid-disease"

#: Every published file. The ODDS addresses are those its pages link to.
SOURCES: Final[tuple[Source, ...]] = (
    Source(
        "thyroid",
        "odds/thyroid.mat",
        "https://www.dropbox.com/s/bih0e15a0fukftb/thyroid.mat?dl=1",
        "49155d7861b977e90808faf68343ff67a67f63090c2744d514dbb67ac68e7e33",
    ),
    Source(
        "arrhythmia",
        "odds/arrhythmia.mat",
        "https://www.dropbox.com/s/lmlwuspn1sey48r/arrhythmia.mat?dl=1",
        "e4d47e499591ae31e5d7f0cd983367092353eac240f48e14c9b36457edb3460d",
    ),
    Source(
        "thyroid-uci",
        "odds/ann-train.data",
        f"{_UCI}/ann-train.data",
        "38c10288f9257201c03eda91969adcce73778d545df382b0fa5ed77468f0f322",
        text_sha256,
    ),
    Source(
        "thyroid-uci",
        "odds/ann-test.data",
        f"{_UCI}/ann-test.data",
        "94dc9a6cb94ed8761a172086ce31d2dcf66577881248442e731de5072ba518db",
        text_sha256,
    ),
    Source(
        "cifar10",
        "cifar-10-binary.tar.gz",
        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        members=(*CIFAR_FILES, f"{CIFAR_FOLDER}/batches.meta.txt"),
    ),
    *(
        Source("fashion-mnist", file, f"{_FASHION}/{Path(file).name}", checksum)
        for file, checksum in zip(FASHION_FILES, _FASHION_CHECKSUMS, strict=True)
    ),
    *(
        Source(
            f"adbench/{table.name}",
            f"adbench/{table.file}",
            f"{adbench.RAW}/{table.file}",
            table.sha256,
        )
        for table in adbench.TABLES
    ),
)
