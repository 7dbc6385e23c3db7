"""What the players of a game are told: the generator about the discriminator's judgement, and the other way round."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional


def frozen(module: nn.Module, *inputs: Any) -> Tensor:
    """Return the output of a module whose weights get no gradient; its inputs do.

    So both players are trained by one step: the generator's loss goes through the discriminator and leaves it alone.

    Examples
    --------
    >>> import torch
    >>> layer, sample = nn.Linear(2, 1), torch.ones(1, 2, requires_grad=True)
    >>> frozen(layer, sample).sum().backward()
    >>> layer.weight.grad is None, sample.grad is None
    (True, False)
    """
    output: Tensor = functional_call(
        module, {name: value.detach() for name, value in module.named_parameters()}, inputs
    )
    return output


def judged_real(logits: Tensor) -> Tensor:
    """Return the mean cross-entropy of logits with the judgement "real".

    Examples
    --------
    >>> import torch
    >>> round(float(judged_real(torch.zeros(3))), 4)
    0.6931
    """
    return functional.softplus(-logits.float()).mean()


def judged_generated(logits: Tensor) -> Tensor:
    """Return the mean cross-entropy of logits with the judgement "generated".

    Examples
    --------
    >>> import torch
    >>> round(float(judged_generated(torch.full((3,), -10.0))), 6)
    4.5e-05
    """
    return functional.softplus(logits.float()).mean()


def discriminator_loss(real: Tensor, generated: Tensor) -> Tensor:
    """Return a discriminator's loss, from its logits of real samples and of generated ones.

    References
    ----------
    Goodfellow et al., "Generative Adversarial Nets", NeurIPS 2014, arXiv:1406.2661.

    Examples
    --------
    >>> import torch
    >>> round(float(discriminator_loss(torch.zeros(2), torch.zeros(2))), 4)
    0.6931
    """
    return 0.5 * (judged_real(real) + judged_generated(generated))


def judgements(name: str, real: Tensor, generated: Tensor) -> dict[str, Tensor]:
    """Return the mean probability that a discriminator gives real samples, and generated ones, to be real.

    They are kept beside the terms of the loss, since from these alone nobody sees that one player has stopped playing.

    Examples
    --------
    >>> import torch
    >>> judgements("discriminator", torch.zeros(2), torch.full((2,), -100.0))
    {'discriminator on real': tensor(0.5000), 'discriminator on generated': tensor(0.)}
    """
    return {
        f"{name} on real": real.detach().float().sigmoid().mean(),
        f"{name} on generated": generated.detach().float().sigmoid().mean(),
    }
