"""Detectors that score a sample by how badly it can be reconstructed."""

from dross.reconstruction.auxiliary_decoder import AuxiliaryDecoder
from dross.reconstruction.constant_reconstruction import ConstantReconstruction
from dross.reconstruction.convolutional_autoencoder import ConvolutionalAutoencoder
from dross.reconstruction.decoded_noise_classifier import DecodedNoiseClassifier
from dross.reconstruction.deep_svdd import DeepSVDD
from dross.reconstruction.denoising_autoencoder import DenoisingAutoencoder
from dross.reconstruction.f_anogan import FAnoGAN
from dross.reconstruction.fully_connected_autoencoder import FullyConnectedAutoencoder
from dross.reconstruction.gan import GAN
from dross.reconstruction.ganomaly import GANomaly
from dross.reconstruction.memory_augmented_autoencoder import MemoryAugmentedAutoencoder
from dross.reconstruction.multi_encoder_autoencoder import MultiEncoderAutoencoder
from dross.reconstruction.pca_reconstruction import PCAReconstruction
from dross.reconstruction.residual_autoencoder import ResidualAutoencoder
from dross.reconstruction.two_discriminator_gan import TwoDiscriminatorGAN
from dross.reconstruction.variational_autoencoder import VariationalAutoencoder

__all__ = [
    "GAN",
    "AuxiliaryDecoder",
    "ConstantReconstruction",
    "ConvolutionalAutoencoder",
    "DecodedNoiseClassifier",
    "DeepSVDD",
    "DenoisingAutoencoder",
    "FAnoGAN",
    "FullyConnectedAutoencoder",
    "GANomaly",
    "MemoryAugmentedAutoencoder",
    "MultiEncoderAutoencoder",
    "PCAReconstruction",
    "ResidualAutoencoder",
    "TwoDiscriminatorGAN",
    "VariationalAutoencoder",
]
