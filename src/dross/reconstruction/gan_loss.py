"""The game of an autoencoder and one discriminator: reconstructions are to look real."""

from __future__ import annotations

from typing import Any, final

import torch
from torch import Tensor, nn

from dross.reconstruction.adversarial import discriminator_loss, frozen, judged_real, judgements
from dross.reconstruction.errors import absolute_error
from dross.reconstruction.samples import network_samples


@final
class GANLoss(nn.Module):
    """The mean absolute error of reconstructions, what a discriminator says of them, and its own loss.

    Parameters
    ----------
    network : nn.Module
        The generator: an autoencoder.
    discriminator : nn.Module
        Which gives logits.
    adversarial_weight : float
        Weight of the discriminator's judgement beside the error; with 0 there is no discriminator.

    Attributes
    ----------
    parts : dict of str to Tensor
        The terms of the last step, and what the discriminator took for real.

    References
    ----------
    Goodfellow et al., "Generative Adversarial Nets", NeurIPS 2014, arXiv:1406.2661; with an autoencoder as the
    generator: Sabokrou et al., "Adversarially Learned One-Class Classifier for Novelty Detection", CVPR 2018,
    arXiv:1802.09088.
    """

    parts: dict[str, Tensor]
    network: Any

    def __init__(self, network: Any, discriminator: nn.Module, adversarial_weight: float) -> None:
        super().__init__()
        self.network, self.discriminator, self.adversarial_weight = network, discriminator, adversarial_weight
        self.parts = {}

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w)."""
        samples = network_samples(batch)
        rebuilt = self.network(samples).float()
        self.parts = {}
        loss = self.generator_loss(samples, rebuilt)
        return loss + self.discriminator_loss(samples, rebuilt) if self.adversarial_weight else loss

    def generator_loss(self, samples: Tensor, rebuilt: Tensor) -> Tensor:
        """Return the generator's loss, which leaves the discriminator alone."""
        error = absolute_error(samples, rebuilt).mean()
        self.parts["reconstruction"] = error.detach()
        if not self.adversarial_weight:
            return error
        judged = judged_real(frozen(self.discriminator, rebuilt))
        self.parts["adversarial"] = judged.detach()
        return error + self.adversarial_weight * judged

    def discriminator_loss(self, samples: Tensor, rebuilt: Tensor) -> Tensor:
        """Return the discriminator's loss, which leaves the generator alone."""
        real, generated = self.discriminator(samples), self.discriminator(rebuilt.detach())
        loss = discriminator_loss(real, generated)
        self.parts |= {"discriminator": loss.detach(), **judgements("discriminator", real, generated)}
        return loss
