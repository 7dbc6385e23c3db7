"""The detectors that reconstruct: of images, and where they take them, of tables."""

from __future__ import annotations

from typing import Any, Final

from dross.catalog.entry import CLEAN, LABELLED, Entry
from dross.catalog.images import REJECTED
from dross.reconstruction import (
    GAN,
    AuxiliaryDecoder,
    ConvolutionalAutoencoder,
    DecodedNoiseClassifier,
    DeepSVDD,
    DenoisingAutoencoder,
    FAnoGAN,
    FullyConnectedAutoencoder,
    GANomaly,
    MemoryAugmentedAutoencoder,
    MultiEncoderAutoencoder,
    ResidualAutoencoder,
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
        "ssim-autoencoder",
        "structural dissimilarity of the reconstruction by a convolutional autoencoder that was trained for it",
        "Bergmann et al., VISAPP 2019",
        lambda: ConvolutionalAutoencoder(
            loss="ssim", score_by="ssim", widths=(16, 32, 64, 64), n_code=100, batch_size=8
        ),
    ),
    _of_images(
        "vae",
        "error of the reconstruction by a variational autoencoder",
        "Kingma and Welling, ICLR 2014; An and Cho, 2015",
        VariationalAutoencoder,
    ),
    _of_images(
        "residual-autoencoder",
        "error of the reconstruction by an autoencoder whose encoder is a ResNet",
        "He et al., CVPR 2016",
        ResidualAutoencoder,
    ),
    _of_images(
        "denoising-autoencoder",
        "error of the reconstruction by an autoencoder that learned to mend damaged images",
        "Vincent et al., ICML 2008",
        DenoisingAutoencoder,
    ),
    _of_images(
        "memae",
        "error of the reconstruction from a memory of what normal images are made of",
        "Gong et al., ICCV 2019",
        MemoryAugmentedAutoencoder,
    ),
    _of_images(
        "multi-encoder",
        "error of the reconstruction from the joined codes of three different encoders",
        "NTU Machine Learning course, 2021 to 2023",
        MultiEncoderAutoencoder,
    ),
    _of_images(
        "decoded-noise",
        "error of the reconstruction, and how much it looks like decoded noise",
        "NTU Machine Learning course, 2021 to 2023",
        DecodedNoiseClassifier,
    ),
    _of_images(
        "auxiliary-decoder",
        "error of the reconstruction by a second decoder, trained on the frozen code of the first",
        "NTU Machine Learning course, 2022",
        AuxiliaryDecoder,
    ),
    _of_images(
        "deep-svdd",
        "distance from the point around which a network gathers normal images",
        "Ruff et al., ICML 2018",
        DeepSVDD,
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
        "table-residual-autoencoder",
        "error of the reconstruction by a fully connected autoencoder with shortcuts",
        "He et al., CVPR 2016",
        ResidualAutoencoder,
    ),
)
