"""Detectors that score a sample by how badly it can be reconstructed."""

from dross.reconstruction.constant_reconstruction import ConstantReconstruction
from dross.reconstruction.convolutional_autoencoder import ConvolutionalAutoencoder
from dross.reconstruction.fully_connected_autoencoder import FullyConnectedAutoencoder
from dross.reconstruction.pca_reconstruction import PCAReconstruction
from dross.reconstruction.two_discriminator_gan import TwoDiscriminatorGAN

__all__ = [
    "ConstantReconstruction",
    "ConvolutionalAutoencoder",
    "FullyConnectedAutoencoder",
    "PCAReconstruction",
    "TwoDiscriminatorGAN",
]
