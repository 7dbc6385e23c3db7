"""The 47 classical tables of ADBench: what each holds, and what is known to mislead in it.

ADBench: Anomaly Detection Benchmark, Han et al., NeurIPS 2022 (arXiv:2206.09426).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

LICENCE: Final = "BSD-2-Clause (the repository; each table keeps the terms of its own origin)"
SOURCE: Final = "https://github.com/Minqi824/ADBench"
RAW: Final = "https://raw.githubusercontent.com/Minqi824/ADBench/main/adbench/datasets/Classical"


@final
@dataclass(frozen=True)
class AdbenchTable:
    """One table: its file ``NUMBER_NAME.npz`` and its size."""

    number: int
    name: str
    n_samples: int
    n_features: int
    n_anomalies: int
    sha256: str | None = None

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.number}_{self.name}.npz"


_T = AdbenchTable

#: Where there is a checksum, the sizes are those of that file; elsewhere they are those the authors state.
TABLES: Final[tuple[AdbenchTable, ...]] = (
    _T(1, "ALOI", 49534, 27, 1508),
    _T(2, "annthyroid", 7200, 6, 534, "e738f7c58a8740d2c4aac4c71ff49ce5e1d1aa16f44178135fc9c09df05fad1b"),
    _T(3, "backdoor", 95329, 196, 2329),
    _T(4, "breastw", 683, 9, 239, "4f37ce07dbc25ddad8178fdc6d664ab46d2d0000ee28c2787c3c7ff3c03ef9f6"),
    _T(5, "campaign", 41188, 62, 4640),
    _T(6, "cardio", 1831, 21, 176, "bc5009bde6930b4d298b594f31b34485a9a17210cff0e8fb00a8c3068b885a2d"),
    _T(7, "Cardiotocography", 2114, 21, 466),
    _T(8, "celeba", 202599, 39, 4547),
    _T(9, "census", 299285, 500, 18568),
    _T(10, "cover", 286048, 10, 2747, "945a097c3542ae81a551bf1c06dcad78a755d94f84fcaf1d60687e42d1a656df"),
    _T(11, "donors", 619326, 10, 36710),
    _T(12, "fault", 1941, 27, 673),
    _T(13, "fraud", 284807, 29, 492),
    _T(14, "glass", 214, 7, 9, "aa7a8db1d475ba01a10488af454bc15220a3d5951b010b03b7020567d8152cdc"),
    _T(15, "Hepatitis", 80, 19, 13),
    _T(16, "http", 567498, 3, 2211, "9d98710091551587f4740cfc851a6b064fff6319a337c2dc77ee6da4bcc2e02c"),
    _T(17, "InternetAds", 1966, 1555, 368),
    _T(18, "Ionosphere", 351, 32, 126, "bca46cb0cfd1bf9ddef6cde5ad2215d54fb0189508d0d4c4eb98e788cad69001"),
    _T(19, "landsat", 6435, 36, 1333),
    _T(20, "letter", 1600, 32, 100, "f986d3da80cf1fa2aea83a5ebe73b7d4800e0d4c01fdd1ae074b58d20f10d039"),
    _T(21, "Lymphography", 148, 18, 6),
    _T(22, "magic.gamma", 19020, 10, 6688),
    _T(23, "mammography", 11183, 6, 260, "a0308ac9712d78321073b1c2dc98dc37665c0f35c1cc33019416fe8f8d7de7ea"),
    _T(24, "mnist", 7603, 100, 700),
    _T(25, "musk", 3062, 166, 97, "2ed3f4392197b76a1e59116ff880c7720a4b026cf4842073a53b56fdea265017"),
    _T(26, "optdigits", 5216, 64, 150, "60de17a375a278ba220a7849727d998aa02b5e2f9fd17732a004bba28de4656e"),
    _T(27, "PageBlocks", 5393, 10, 510),
    _T(28, "pendigits", 6870, 16, 156, "c4936b89dcdad59d303020e492f763a0f54170080d787c77497609acbb9c2d79"),
    _T(29, "Pima", 768, 8, 268, "215454bb263a2f040945c9ea7bd7f06f1e89a61a3143bdb6f196e3887e801a7d"),
    _T(30, "satellite", 6435, 36, 2036, "1f048f5686f1b8c16a227fdfa3c81a62cd9a92715714a6b24c69b1c5ad96b46e"),
    _T(31, "satimage-2", 5803, 36, 71),
    _T(32, "shuttle", 49097, 9, 3511, "26900b0f6be45d9ddb7a402c9b2f956ceda42d23a8ca4cf4406b8bc1352823d1"),
    _T(33, "skin", 245057, 3, 50859),
    _T(34, "smtp", 95156, 3, 30),
    _T(35, "SpamBase", 4207, 57, 1679),
    _T(36, "speech", 3686, 400, 61),
    _T(37, "Stamps", 340, 9, 31),
    _T(38, "thyroid", 3772, 6, 93, "8de161b3f235b7647bb0b39a836d983ff61d67bf234edac461da2d71e889cb87"),
    _T(39, "vertebral", 240, 6, 30),
    _T(40, "vowels", 1456, 12, 50, "4bfc4244d1c882773bbbc50d4a5db5e52276e53506e46b2d45e02d074cfcb1b6"),
    _T(41, "Waveform", 3443, 21, 100, "6c9d867337ad1a2f8372c1d27f4c032f0401237e2041b7c45f00de8d319ff30f"),
    _T(42, "WBC", 223, 9, 10),
    _T(43, "WDBC", 367, 30, 10),
    _T(44, "Wilt", 4819, 5, 257),
    _T(45, "wine", 129, 13, 10),
    _T(46, "WPBC", 198, 33, 47),
    _T(47, "yeast", 1484, 8, 507),
)

_SORTED_BY_LABEL: Final = frozenset(
    [
        "ALOI",
        "cardio",
        "fault",
        "InternetAds",
        "letter",
        "magic.gamma",
        "mnist",
        "musk",
        "optdigits",
        "satimage-2",
        "skin",
        "SpamBase",
        "Stamps",
        "vertebral",
        "vowels",
        "Waveform",
        "WBC",
        "WDBC",
        "wine",
    ]
)

_NOTES: Final[dict[str, tuple[str, ...]]] = {
    "http": (
        "2,092 of its 2,211 anomalies equal a normal row",
        "221,900 of its 567,498 rows are unique",
    ),
    "thyroid": ("3,656 of its 3,772 rows are unique",),
    "mammography": ("7,848 of its 11,183 rows are unique", "7 of its 260 anomalies equal a normal row"),
    "breastw": ("449 of its 683 rows are unique", "a near relative of WBC and WDBC"),
    "WBC": ("a near relative of breastw and WDBC",),
    "WDBC": ("a near relative of breastw and WBC",),
    "cardio": ("a near relative of Cardiotocography",),
    "Cardiotocography": ("a near relative of cardio", "2 of its 466 anomalies equal a normal row"),
    "celeba": ("1,838 of its 4,547 anomalies equal a normal row",),
    "skin": ("51,433 of its 245,057 rows are unique", "34 of its anomalies equal a normal row"),
    "donors": ("35,421 of its 619,326 rows are unique",),
    "smtp": ("71,230 of its 95,156 rows are unique",),
}


def notes(name: str) -> tuple[str, ...]:
    """Return what is known to mislead an evaluation on a table.

    Examples
    --------
    >>> notes("cardio")
    ('a near relative of Cardiotocography', 'its file is sorted by label: never split it by file order')
    """
    by_label = ("its file is sorted by label: never split it by file order",) if name in _SORTED_BY_LABEL else ()
    return _NOTES.get(name, ()) + by_label
