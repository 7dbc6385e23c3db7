"""Network definitions (``nn.Module``) and nothing else: no losses, no training."""

from dross.networks.affine_map_classifier import AffineMapClassifier
from dross.networks.mlp_head import MLPHead
from dross.networks.resnet import ResNet

__all__ = ["AffineMapClassifier", "MLPHead", "ResNet"]
