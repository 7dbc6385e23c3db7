"""Detectors for the inspection of parts: where in an image the defect is, and which product it is a defect of."""

from dross.inspection.calibration import TailCalibration, Uncalibrated
from dross.inspection.categories import CategoryDiscovery
from dross.inspection.cluster_count import ClusterCount
from dross.inspection.defect_segmentation import DefectSegmentation
from dross.inspection.grad_cam import grad_cam
from dross.inspection.map_base import AbstractMapDetector
from dross.inspection.matched_filters import MatchedFilters
from dross.inspection.mixed_detector import CategorisedScores, CategoryDetector, MixedDetector
from dross.inspection.patch_base import AbstractPatchDetector
from dross.inspection.patch_distributions import PatchDistributions
from dross.inspection.surface_defects import SurfaceDefects

__all__ = [
    "AbstractMapDetector",
    "AbstractPatchDetector",
    "CategorisedScores",
    "CategoryDetector",
    "CategoryDiscovery",
    "ClusterCount",
    "DefectSegmentation",
    "MatchedFilters",
    "MixedDetector",
    "PatchDistributions",
    "SurfaceDefects",
    "TailCalibration",
    "Uncalibrated",
    "grad_cam",
]
