"""The game of GANomaly: the discriminator's features, the images and both codes are to agree."""

from __future__ import annotations

from typing import Any, final

import torch
from torch import Tensor, nn

from dross.networks import ConvDiscriminator
from dross.reconstruction.adversarial import discriminator_loss, frozen, judgements
from dross.reconstruction.errors import absolute_error
from dross.reconstruction.samples import network_samples


@final
class GANomalyLoss(nn.Module):
    """Three losses of the generator, each a distance between an image and its reconstruction, and the discriminator's.

    Parameters
    ----------
    network : EncoderDecoderEncoder
        The generator.
    discriminator : ConvDiscriminator
        Whose features are compared.
    adversarial_weight : float
        Weight of the squared difference of these features.
    reconstruction_weight : float
        Of the absolute difference of the images.
    latent_weight : float
        Of the squared difference of the codes.

    Attributes
    ----------
    parts : dict of str to Tensor
        The terms of the last step, and what the discriminator took for real.

    References
    ----------
    Akcay, Atapour-Abarghouei and Breckon, ACCV 2018, arXiv:1805.06725, equations 1 to 4.
    """

    parts: dict[str, Tensor]
    network: Any

    def __init__(
        self,
        network: Any,
        discriminator: ConvDiscriminator,
        *,
        adversarial_weight: float,
        reconstruction_weight: float,
        latent_weight: float,
    ) -> None:
        super().__init__()
        self.network, self.discriminator = network, discriminator
        self.adversarial_weight, self.latent_weight = adversarial_weight, latent_weight
        self.reconstruction_weight = reconstruction_weight
        self.parts = {}

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w)."""
        samples = network_samples(batch)
        codes = self.network.encode(samples)
        rebuilt = self.network.decode(codes)
        self.parts = {}
        loss = self.generator_loss(samples, codes, rebuilt)
        return loss + self.discriminator_loss(samples, rebuilt) if self.adversarial_weight else loss

    def generator_loss(self, samples: Tensor, codes: Tensor, rebuilt: Tensor) -> Tensor:
        """Return the weighted losses of the generator, which leave the discriminator alone."""
        terms = {
            "reconstruction": (self.reconstruction_weight, absolute_error(samples, rebuilt.float()).mean()),
            "latent": (self.latent_weight, (codes - self.network.encode_again(rebuilt)).float().square().mean()),
        }
        if self.adversarial_weight:
            body = self.discriminator.body
            gap = frozen(body, samples).detach() - frozen(body, rebuilt)
            terms["adversarial"] = (self.adversarial_weight, gap.float().square().mean())
        self.parts |= {name: value.detach() for name, (_, value) in terms.items()}
        return torch.stack([weight * value for weight, value in terms.values()]).sum()

    def discriminator_loss(self, samples: Tensor, rebuilt: Tensor) -> Tensor:
        """Return the discriminator's loss, which leaves the generator alone."""
        real, generated = self.discriminator(samples), self.discriminator(rebuilt.detach())
        loss = discriminator_loss(real, generated)
        self.parts |= {"discriminator": loss.detach(), **judgements("discriminator", real, generated)}
        return loss
