"""Network definitions (``nn.Module``) and nothing else: no losses, no training."""

from dross.networks.affine_map_classifier import AffineMapClassifier

__all__ = ["AffineMapClassifier"]
