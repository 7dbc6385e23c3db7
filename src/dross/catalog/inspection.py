"""The detectors for the inspection of parts, which say where in an image the defect is."""

from __future__ import annotations

from typing import Final

from dross.catalog.entry import CLEAN, Entry
from dross.catalog.images import REJECTED
from dross.inspection import PatchDistributions

INSPECTION_ENTRIES: Final = (
    Entry(
        "padim",
        "a Gaussian at each position, on local colours, edges and contrasts that nobody learned; score maps",
        f"that parts are photographed alike, in one place; {CLEAN}",
        "Defard et al., ICPR 2020 workshops",
        PatchDistributions,
        None,
        "images",
        REJECTED,
    ),
)
