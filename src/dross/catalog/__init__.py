"""Ready-made detectors by name, each with what it assumes of its training data."""

from dross.catalog.building import CATALOG, DEFAULT_DETECTOR, ENTRIES, REFINED_PREFIX, build, detector_names
from dross.catalog.entry import Entry

__all__ = ["CATALOG", "DEFAULT_DETECTOR", "ENTRIES", "REFINED_PREFIX", "Entry", "build", "detector_names"]
