"""Network definitions (``nn.Module``) and nothing else: no losses, no training."""

from dross.networks.affine_map_classifier import AffineMapClassifier
from dross.networks.classifier_resnet import ClassifierResNet
from dross.networks.conv_autoencoder import ConvAutoencoder
from dross.networks.conv_classifier import ConvClassifier
from dross.networks.conv_decoder import ConvDecoder
from dross.networks.conv_discriminator import ConvDiscriminator
from dross.networks.conv_encoder import ConvEncoder
from dross.networks.decoded_noise_network import DecodedNoiseNetwork
from dross.networks.dense_autoencoder import DenseAutoencoder
from dross.networks.encoder_decoder_encoder import EncoderDecoderEncoder
from dross.networks.encoder_generator_critic import EncoderGeneratorCritic
from dross.networks.hypersphere_encoder import HypersphereEncoder
from dross.networks.memory_autoencoder import MemoryAutoencoder
from dross.networks.mlp_head import MLPHead
from dross.networks.parallel_encoders import ParallelEncoders
from dross.networks.patch_discriminator import PatchDiscriminator
from dross.networks.resnet import ResNet
from dross.networks.resnet_autoencoder import ResNetAutoencoder
from dross.networks.segmentation_unet import SegmentationUNet
from dross.networks.two_decoder_autoencoder import TwoDecoderAutoencoder
from dross.networks.unet_autoencoder import UNetAutoencoder
from dross.networks.vae import VAE

__all__ = [
    "VAE",
    "AffineMapClassifier",
    "ClassifierResNet",
    "ConvAutoencoder",
    "ConvClassifier",
    "ConvDecoder",
    "ConvDiscriminator",
    "ConvEncoder",
    "DecodedNoiseNetwork",
    "DenseAutoencoder",
    "EncoderDecoderEncoder",
    "EncoderGeneratorCritic",
    "HypersphereEncoder",
    "MLPHead",
    "MemoryAutoencoder",
    "ParallelEncoders",
    "PatchDiscriminator",
    "ResNet",
    "ResNetAutoencoder",
    "SegmentationUNet",
    "TwoDecoderAutoencoder",
    "UNetAutoencoder",
]
