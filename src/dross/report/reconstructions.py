"""The detectors of a sweep that reconstruct: what was recorded of each, and what to say of it."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Final

from dross.evaluation.results import RunRow
from dross.report.plot_panels import slug

#: What each kind of network is, one advantage of it and one problem, by the name of its class.
METHODS: Final[dict[str, tuple[str, str, str]]] = {
    "VariationalAutoencoder": (
        "A variational autoencoder encodes an image not as a point but as a Gaussian, decodes a draw from it, and is "
        "trained to make the image likely while every such Gaussian stays near the standard one (Kingma and Welling, "
        "2014).",
        "Its codes fill the space between the training images, so that a code drawn at random decodes to an image, and "
        "what is unlikely can be told by a probability rather than by an error alone.",
        "Where the second term outweighs the first, the code says nothing and every reconstruction is the same (the "
        "posterior collapses). Averaging the error over pixels while summing the divergence over the code does this: "
        "it multiplies the divergence by the number of pixels. Here both are summed over one sample.",
    ),
    "FullyConnectedAutoencoder": (
        "A fully connected autoencoder squeezes all pixels through a narrow code and back.",
        "It sees the whole image at once, and trains in seconds.",
        "Each pixel has its own weights, so that a shift by a pixel is something new, and large images take millions.",
    ),
    "ConvolutionalAutoencoder": (
        "A convolutional autoencoder halves the image step by step down to a code, and doubles it back.",
        "The same few filters serve every place, so that it has few weights and takes shifts in its stride.",
        "With a wide code it learns to copy, and reconstructs anomalies as well as normals.",
    ),
    "MemoryAugmentedAutoencoder": (
        "A memory-augmented autoencoder decodes not the code but a mixture of a few remembered ones (Gong et al., "
        "2019).",
        "What is decoded is made of normal samples, so that an anomaly cannot be copied through.",
        "The mixture is a parameter to get right: too sparse and normals are lost, too even and anything passes.",
    ),
    "DenoisingAutoencoder": (
        "A denoising autoencoder is shown an image with noise on it and has to give back the one without (Vincent et "
        "al., 2008).",
        "To copy is not enough any more: it has to know what normal images look like.",
        "How much noise is right depends on the images, and no label says so.",
    ),
    "ResidualAutoencoder": (
        "A residual autoencoder encodes with a ResNet, whose blocks learn what to add to what they are given.",
        "Deep encoders train at all, and see more of the image.",
        "Many weights for little: on small aligned images shallower networks do as well.",
    ),
    "MultiEncoderAutoencoder": (
        "Several different encoders look at the same image, and one larger decoder rebuilds it from their joined "
        "codes.",
        "What one encoder is blind to another may see.",
        "The joined code is wide, so that it is easier to copy through.",
    ),
    "DecodedNoiseClassifier": (
        "An autoencoder whose decoder is also shown random codes; a classifier tells what comes of these from the "
        "reconstructions of images.",
        "The classifier adds to the error an opinion on whether a reconstruction looks like one of a normal image.",
        "The task can be too easy: then the classifier learns a shortcut and says nothing of anomalies.",
    ),
    "AuxiliaryDecoder": (
        "A second decoder is trained on the codes of an encoder that is finished and frozen, and it alone scores.",
        "The codes no longer change to suit the decoder.",
        "Two trainings, and the second can only use what the first has kept.",
    ),
    "GAN": (
        "An autoencoder plays against a discriminator that tells its reconstructions from real images.",
        "Reconstructions are sharper than those that an average error leads to.",
        "The game may end with one side the winner, and nothing more is learned; this is watched for and told.",
    ),
    "GANomaly": (
        "An encoder, a decoder and a second encoder, with a discriminator (Akcay et al., 2018): the score is how far "
        "the code of the reconstruction is from the code of the image.",
        "Codes are compared, not pixels, so that noise in the image does not count.",
        "Where the code says little, so does the score.",
    ),
    "TwoDiscriminatorGAN": (
        "A generator that reconstructs plays against two discriminators, one that knows normals and one that knows "
        "labelled anomalies (Kim et al., 2020).",
        "Labelled anomalies teach it what not to reconstruct; at test time only the generator is needed.",
        "It needs labels of both kinds, so that a plain classifier on the same labels is the line to beat.",
    ),
    "FAnoGAN": (
        "A generator learns to draw normal images in a game against a critic; an encoder then learns the way back "
        "(Schlegl et al., 2019).",
        "What it cannot draw it cannot reconstruct, and it draws new images.",
        "Two trainings, one of them a game that has no loss to watch.",
    ),
}


#: What was measured once and for all of a kind of network: a drawing beside the published curves, and words for it.
EVIDENCE: Final[dict[str, tuple[str, str]]] = {
    "VariationalAutoencoder": (
        "vae-collapse.svg",
        "The collapse, shown: the same layers after 20 epochs on 1,500 T-shirts of Fashion-MNIST. With the error "
        "averaged and the divergence summed, no number of the code is in use, every reconstruction is the same, and "
        "AUROC is 86.7 all the same, for a constant image does as well; with both summed over a sample, all 32 are in "
        "use, and it is 90.4 (studies/vae-collapse).",
    ),
}


def _evidence(network: str) -> dict[str, str] | None:
    if network not in EVIDENCE:
        return None
    file, words = EVIDENCE[network]
    drawing = (files("dross.report") / "published" / file).read_bytes()
    return {"image": f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode('ascii')}", "words": words}


def reconstruction_rows(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    """Return what runs recorded of detectors that reconstruct, each with its run and a name safe in a file name."""
    rows: list[dict[str, Any]] = []
    for run in runs:
        record = run.details.get("reconstruction")
        if run.status == "done" and record:
            key = run.key
            name = slug(f"{key.dataset} {key.detector} {key.variant}")
            about = METHODS.get(record["network"])
            rows.append(
                {
                    "dataset": key.dataset,
                    "detector": key.detector,
                    "variant": key.variant,
                    "seed": key.seed,
                    "contamination": key.contamination,
                    "name": name,
                    "record": record,
                    "about": about,
                    "evidence": _evidence(record["network"]),
                }
            )
    return rows
