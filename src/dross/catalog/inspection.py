"""The detectors for the inspection of parts, which say where in an image the defect is."""

from __future__ import annotations

from typing import Final

from dross.catalog.entry import CLEAN, Entry
from dross.catalog.images import REJECTED
from dross.inspection import DefectSegmentation, MixedDetector, PatchDistributions, SurfaceDefects

INSPECTION_ENTRIES: Final = (
    Entry(
        "defect-segmentation",
        "a U-Net trained to find self-made defects of three kinds, pixel by pixel; score maps",
        f"that parts are photographed in one view; {CLEAN}",
        "Zavrtanik, Kristan and Skocaj, ICCV 2021; Schlueter et al., ECCV 2022",
        DefectSegmentation,
        None,
        "images",
        REJECTED,
    ),
    Entry(
        "mixed-padim",
        "mixed images sorted into categories that nobody tells, padim on each, its scores on one scale; score maps",
        f"that categories differ more than images of one do, and of each what padim does; {CLEAN}",
        "Defard et al., ICPR 2020 workshops; Ben-Hur, Elisseeff and Guyon, PSB 2002",
        lambda: MixedDetector(PatchDistributions()),
        None,
        "images",
        REJECTED,
    ),
    Entry(
        "nsa",
        "a U-Net trained to find patches of other images that were blended in without a seam; score maps",
        f"that parts are photographed in one view; {CLEAN}",
        "Schlueter et al., ECCV 2022",
        lambda: DefectSegmentation(defects="blended"),
        None,
        "images",
        REJECTED,
    ),
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
    Entry(
        "surface",
        "patches by padim, and lines by matched filters, that stand out of their own image; score maps",
        f"surfaces of some grain, without objects on them; {CLEAN}",
        "Defard et al., ICPR 2020 workshops; Chaudhuri et al., IEEE TMI 1989",
        SurfaceDefects,
        None,
        "images",
        REJECTED,
    ),
)
