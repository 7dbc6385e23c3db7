"""The game of one generator and two discriminators: one of normal images, one of anomalous ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor, nn

from dross.networks.kept_statistics import kept_statistics
from dross.reconstruction.adversarial import discriminator_loss, frozen, judged_generated, judged_real, judgements
from dross.reconstruction.errors import absolute_error, patch_error
from dross.reconstruction.losses import ANOMALY_SCALE, bounded_anomaly_loss
from dross.reconstruction.samples import network_samples


@final
@dataclass(frozen=True)
class TwoDiscriminatorWeights:
    """The weight of each loss beside the others; one of weight 0 is not computed.

    Attributes
    ----------
    reconstruction : float
        Of the mean absolute error of normal images.
    latent : float
        Of the mean absolute difference between their codes and those of their reconstructions.
    patch : float
        Of the mean absolute error of their worst patches.
    adversarial : float
        Of the judgement of their reconstructions, which should be "real"; without it there is no such discriminator.
    anomaly : float
        Of the bounded loss of anomalous images, which is small where these are badly reconstructed.
    anomaly_adversarial : float
        Of the judgement of their reconstructions, which should be "generated"; without it there is no such
        discriminator.
    anomaly_discriminator : float
        Of the loss of that discriminator, beside 1 of the other one.
    """

    reconstruction: float = 1.0
    latent: float = 1.0
    patch: float = 1.5
    adversarial: float = 1.0
    anomaly: float = 1.0
    anomaly_adversarial: float = 1.0
    anomaly_discriminator: float = 0.5


@final
class TwoDiscriminatorLoss(nn.Module):
    """All losses of the generator and of the two discriminators on a batch of normal and anomalous images.

    With one discriminator for both kinds the generator would be asked for "real" on normal and for "generated" on
    anomalous images, and the discriminator would learn to tell these apart rather than real from generated.

    Parameters
    ----------
    network : UNetAutoencoder
        The generator.
    normal_discriminator, anomaly_discriminator : nn.Module
        Which give logits.
    weights : TwoDiscriminatorWeights
        Of each loss.

    Attributes
    ----------
    parts : dict of str to Tensor
        The terms of the last step, and what the discriminators took for real.

    References
    ----------
    Kim, Jeong, Choi and Seo, "GAN-based Anomaly Detection in Imbalance Problems", ECCV 2020 workshops, doi
    10.1007/978-3-030-65414-6_11.
    """

    parts: dict[str, Tensor]
    network: Any

    def __init__(
        self,
        network: Any,
        normal_discriminator: nn.Module,
        anomaly_discriminator: nn.Module,
        weights: TwoDiscriminatorWeights,
    ) -> None:
        super().__init__()
        self.network = network
        self.normal_discriminator, self.anomaly_discriminator = normal_discriminator, anomaly_discriminator
        self.weights = weights
        self.parts = {}

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w): normal images, then as many anomalous ones."""
        samples = network_samples(batch)
        codes = self.network.encode(samples)
        rebuilt = self.network.decode(codes).float()
        self.parts = {}
        return self.generator_loss(samples, codes, rebuilt) + self.discriminators_loss(samples, rebuilt)

    def generator_loss(self, samples: Tensor, codes: Tensor, rebuilt: Tensor) -> Tensor:
        """Return the weighted losses of the generator, which leave the discriminators alone."""
        normals, anomalies = samples.chunk(2)
        rebuilt_normals, rebuilt_anomalies = rebuilt.chunk(2)
        weights = self.weights
        terms: tuple[tuple[str, float, Callable[[], Tensor]], ...] = (
            ("reconstruction", weights.reconstruction, lambda: absolute_error(normals, rebuilt_normals).mean()),
            ("latent", weights.latent, lambda: self._latent(codes, rebuilt)),
            ("patches", weights.patch, lambda: patch_error(normals, rebuilt_normals).mean()),
            (
                "adversarial",
                weights.adversarial,
                lambda: judged_real(frozen(self.normal_discriminator, rebuilt_normals)),
            ),
            (
                "anomalies",
                weights.anomaly,
                lambda: bounded_anomaly_loss(absolute_error(anomalies, rebuilt_anomalies), ANOMALY_SCALE).mean(),
            ),
            (
                "anomalies adversarial",
                weights.anomaly_adversarial,
                lambda: judged_generated(frozen(self.anomaly_discriminator, rebuilt_anomalies)),
            ),
        )
        return self._weighted(terms)

    def discriminators_loss(self, samples: Tensor, rebuilt: Tensor) -> Tensor:
        """Return the weighted losses of the discriminators that the generator listens to; they leave it alone."""
        (normals, anomalies), (rebuilt_normals, rebuilt_anomalies) = samples.chunk(2), rebuilt.detach().chunk(2)
        heard = self.weights.anomaly_discriminator if self.weights.anomaly_adversarial else 0.0
        return self._weighted(
            (
                (
                    "normal discriminator",
                    1.0 if self.weights.adversarial else 0.0,
                    lambda: self._discrimination(
                        "normal discriminator", self.normal_discriminator, normals, rebuilt_normals
                    ),
                ),
                (
                    "anomaly discriminator",
                    heard,
                    lambda: self._discrimination(
                        "anomaly discriminator", self.anomaly_discriminator, anomalies, rebuilt_anomalies
                    ),
                ),
            )
        )

    def _weighted(self, terms: tuple[tuple[str, float, Callable[[], Tensor]], ...]) -> Tensor:
        total: Any = 0.0
        for name, weight, term in terms:
            if weight:
                value = term()
                self.parts[name] = value.detach()
                total = total + weight * value
        return total

    def _latent(self, codes: Tensor, rebuilt: Tensor) -> Tensor:
        # The whole batch is encoded again, so that batch normalisation sees the same mixture both times; but what it
        # scores with later is to be of images, and not of their reconstructions too.
        with kept_statistics(self.network):
            again = self.network.encode(rebuilt)
        normals, _ = absolute_error(self.network.narrowest(codes), self.network.narrowest(again)).chunk(2)
        return normals.mean()

    def _discrimination(self, name: str, discriminator: nn.Module, real: Tensor, generated: Tensor) -> Tensor:
        on_real, on_generated = discriminator(real), discriminator(generated)
        self.parts.update(judgements(name, on_real, on_generated))
        return discriminator_loss(on_real, on_generated)
