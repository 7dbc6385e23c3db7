"""Network definitions (``nn.Module``) and nothing else: no losses, no training."""

from dross.networks.affine_map_classifier import AffineMapClassifier
from dross.networks.conv_autoencoder import ConvAutoencoder
from dross.networks.conv_decoder import ConvDecoder
from dross.networks.conv_encoder import ConvEncoder
from dross.networks.dense_autoencoder import DenseAutoencoder
from dross.networks.mlp_head import MLPHead
from dross.networks.patch_discriminator import PatchDiscriminator
from dross.networks.resnet import ResNet
from dross.networks.unet_autoencoder import UNetAutoencoder

__all__ = [
    "AffineMapClassifier",
    "ConvAutoencoder",
    "ConvDecoder",
    "ConvEncoder",
    "DenseAutoencoder",
    "MLPHead",
    "PatchDiscriminator",
    "ResNet",
    "UNetAutoencoder",
]
