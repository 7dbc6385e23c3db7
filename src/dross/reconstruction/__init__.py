"""Detectors that score a sample by how badly it can be reconstructed."""

from dross.reconstruction.constant_reconstruction import ConstantReconstruction
from dross.reconstruction.convolutional_autoencoder import ConvolutionalAutoencoder
from dross.reconstruction.f_anogan import FAnoGAN
from dross.reconstruction.fully_connected_autoencoder import FullyConnectedAutoencoder
from dross.reconstruction.gan import GAN
from dross.reconstruction.ganomaly import GANomaly
from dross.reconstruction.pca_reconstruction import PCAReconstruction
from dross.reconstruction.two_discriminator_gan import TwoDiscriminatorGAN
from dross.reconstruction.variational_autoencoder import VariationalAutoencoder

__all__ = [
    "GAN",
    "ConstantReconstruction",
    "ConvolutionalAutoencoder",
    "FAnoGAN",
    "FullyConnectedAutoencoder",
    "GANomaly",
    "PCAReconstruction",
    "TwoDiscriminatorGAN",
    "VariationalAutoencoder",
]
