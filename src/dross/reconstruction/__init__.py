"""Detectors that score a sample by how badly it can be reconstructed."""

from dross.reconstruction.constant_reconstruction import ConstantReconstruction
from dross.reconstruction.pca_reconstruction import PCAReconstruction

__all__ = ["ConstantReconstruction", "PCAReconstruction"]
