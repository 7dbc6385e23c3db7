"""The detectors that reconstruct: of images, and where they take them, of tables."""

from __future__ import annotations

from typing import Any, Final

from dross.catalog.entry import CLEAN, LABELLED, Entry
from dross.catalog.images import REJECTED
from dross.reconstruction import (
    GAN,
    ConvolutionalAutoencoder,
    FAnoGAN,
    FullyConnectedAutoencoder,
    GANomaly,
    TwoDiscriminatorGAN,
    VariationalAutoencoder,
)


def _of_images(name: str, summary: str, paper: str, detector: Any, assumes: str = CLEAN) -> Entry:
    return Entry(name, summary, assumes, paper, detector, None, "images", REJECTED)


def _of_tables(name: str, summary: str, paper: str, detector: Any) -> Entry:
    return Entry(name, summary, CLEAN, paper, detector, None)


RECONSTRUCTION_ENTRIES: Final = (
    _of_images(
        "autoencoder",
        "error of the reconstruction by a fully connected autoencoder",
        "Hinton and Salakhutdinov, Science 2006",
        FullyConnectedAutoencoder,
    ),
    _of_images(
        "conv-autoencoder",
        "error of the reconstruction by a convolutional autoencoder",
        "Masci et al., ICANN 2011",
        ConvolutionalAutoencoder,
    ),
    _of_images(
        "vae",
        "error of the reconstruction by a variational autoencoder",
        "Kingma and Welling, ICLR 2014; An and Cho, 2015",
        VariationalAutoencoder,
    ),
    _of_images(
        "gan",
        "error of the reconstruction by an autoencoder that also has to deceive a discriminator",
        "Sabokrou et al., CVPR 2018",
        GAN,
    ),
    _of_images(
        "two-discriminator-gan",
        "error of the reconstruction by a generator that learns to fail on labelled anomalies",
        "Kim et al., ECCV 2020 workshops",
        TwoDiscriminatorGAN,
        LABELLED,
    ),
    _of_images(
        "ganomaly",
        "distance between the code of an image and the code of its reconstruction",
        "Akcay et al., ACCV 2018",
        GANomaly,
    ),
    _of_images(
        "f-anogan",
        "what a generator of normal images, given the best code, cannot make",
        "Schlegl et al., Medical Image Analysis 2019",
        FAnoGAN,
    ),
    _of_tables(
        "table-autoencoder",
        "error of the reconstruction by a fully connected autoencoder",
        "Hinton and Salakhutdinov, Science 2006",
        FullyConnectedAutoencoder,
    ),
    _of_tables(
        "table-conv-autoencoder",
        "error of the reconstruction by convolutions along the columns, which need an order (spectra, sensors)",
        "Masci et al., ICANN 2011",
        ConvolutionalAutoencoder,
    ),
    _of_tables(
        "table-vae",
        "error of the reconstruction by a variational autoencoder",
        "Kingma and Welling, ICLR 2014; An and Cho, 2015",
        VariationalAutoencoder,
    ),
)
