"""Detectors for the inspection of parts: where in an image the defect is, and which product it is a defect of."""

from dross.inspection.calibration import TailCalibration, Uncalibrated
from dross.inspection.categories import CategoryDiscovery
from dross.inspection.cluster_count import ClusterCount
from dross.inspection.defect_segmentation import DefectSegmentation
from dross.inspection.mixed_detector import CategorisedScores, CategoryDetector, MixedDetector
from dross.inspection.patch_base import AbstractPatchDetector
from dross.inspection.patch_distributions import PatchDistributions

__all__ = [
    "AbstractPatchDetector",
    "CategorisedScores",
    "CategoryDetector",
    "CategoryDiscovery",
    "ClusterCount",
    "DefectSegmentation",
    "MixedDetector",
    "PatchDistributions",
    "TailCalibration",
    "Uncalibrated",
]
