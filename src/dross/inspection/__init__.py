"""Detectors for the inspection of parts: where in an image the defect is."""

from dross.inspection.patch_base import AbstractPatchDetector
from dross.inspection.patch_distributions import PatchDistributions

__all__ = ["AbstractPatchDetector", "PatchDistributions"]
