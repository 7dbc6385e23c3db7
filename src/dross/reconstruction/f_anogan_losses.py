"""The two stages of f-AnoGAN: generator against critic, then the encoder that finds the generator's codes of images."""

from __future__ import annotations

from typing import Any, Self, final

import torch
from torch import Tensor, nn

from dross.reconstruction.adversarial import frozen
from dross.reconstruction.errors import squared_error
from dross.reconstruction.samples import network_samples


def gradient_penalty(critic: nn.Module, real: Tensor, generated: Tensor, generator: torch.Generator) -> Tensor:
    """Return how far the critic's gradients are from length 1, squared, between real images and generated ones.

    References
    ----------
    Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville, "Improved Training of Wasserstein GANs", NeurIPS 2017,
    arXiv:1704.00028.

    Examples
    --------
    >>> steep = nn.Sequential(nn.Flatten(), nn.Linear(4, 1))
    >>> _ = nn.init.constant_(steep[1].weight, 1.5)
    >>> images = torch.zeros(3, 1, 2, 2)
    >>> round(float(gradient_penalty(steep, images, images, torch.Generator()).detach()), 4)
    4.0
    """
    share = torch.rand((len(real), 1, 1, 1), generator=generator, device=real.device)
    between = (share * real + (1 - share) * generated).requires_grad_()
    # The length of a gradient has to be computed in full precision.
    with torch.autocast(real.device.type, enabled=False):
        (gradients,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return (gradients.flatten(1).norm(dim=1) - 1).square().mean()


@final
class WassersteinGame(nn.Module):
    """Critic and generator in turns: the critic, which tells real images from generated ones, has more of them.

    Parameters
    ----------
    network : EncoderGeneratorCritic
        Whose encoder takes no part.
    n_critic : int
        Steps of the critic for each of the generator.
    penalty_weight : float
        Weight of the gradient penalty.

    Attributes
    ----------
    parts : dict of str to Tensor
        The terms of the last step: "critic" is minus the estimated distance between real and generated images.

    References
    ----------
    Arjovsky, Chintala and Bottou, "Wasserstein GAN", ICML 2017, arXiv:1701.07875.
    """

    parts: dict[str, Tensor]
    network: Any
    steps: Tensor

    def __init__(self, network: Any, n_critic: int, penalty_weight: float) -> None:
        super().__init__()
        self.network, self.n_critic, self.penalty_weight = network, n_critic, penalty_weight
        # A buffer, so that a training that is taken up again goes on with the player whose turn it was.
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))
        self.parts = {}

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of the player whose turn it is, on a batch of bytes (n, c, h, w)."""
        samples = network_samples(batch)
        n_code = self.network.hyperparameters["n_code"]
        codes = torch.randn((len(samples), n_code), generator=generator, device=samples.device)
        turn = int(self.steps) % (self.n_critic + 1)
        self.steps += 1
        return self.critic_loss(samples, codes, generator) if turn < self.n_critic else self.generator_loss(codes)

    def critic_loss(self, samples: Tensor, codes: Tensor, generator: torch.Generator) -> Tensor:
        """Return the critic's loss, which leaves the generator alone."""
        critic = self.network.critic
        with torch.no_grad():
            generated = self.network.decode(codes).float()
        judged = (critic(generated) - critic(samples)).float().mean()
        penalty = gradient_penalty(critic, samples, generated, generator)
        self.parts = {"critic": judged.detach(), "penalty": penalty.detach()}
        return judged + self.penalty_weight * penalty

    def generator_loss(self, codes: Tensor) -> Tensor:
        """Return the generator's loss, which leaves the critic alone."""
        loss = -frozen(self.network.critic, self.network.decode(codes)).float().mean()
        self.parts = {"generator": loss.detach()}
        return loss


@final
class EncoderLoss(nn.Module):
    """How far an image is from what the finished generator makes of its code, in pixels and in the critic's features.

    Parameters
    ----------
    network : EncoderGeneratorCritic
        Whose encoder alone is trained.
    kappa : float
        Weight of the difference of features beside that of pixels.

    Attributes
    ----------
    parts : dict of str to Tensor
        The terms of the last step.

    References
    ----------
    Schlegl et al., Medical Image Analysis 54 (2019), "izi_f".
    """

    parts: dict[str, Tensor]
    network: Any

    def __init__(self, network: Any, kappa: float) -> None:
        super().__init__()
        self.network, self.kappa = network, kappa
        self.parts = {}

    def train(self, mode: bool = True) -> Self:
        """Leave the generator as it is when it scores: what batch normalisation has learned of it is kept."""
        super().train(mode)
        self.network.generator.eval()
        return self

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w)."""
        samples = network_samples(batch)
        rebuilt = frozen(self.network.generator, self.network.encode(samples)).float()
        residual = squared_error(samples, rebuilt).mean()
        self.parts = {"residual": residual.detach()}
        if not self.kappa:
            return residual
        body = self.network.critic.body
        features = squared_error(frozen(body, samples), frozen(body, rebuilt)).float().mean()
        self.parts["feature residual"] = features.detach()
        return residual + self.kappa * features
