"""What autoencoders learn from: the error of normals goes down and, where anomalies are labelled, theirs goes up."""

from __future__ import annotations

from typing import Any, Final, Literal, final

import torch
from torch import Tensor, nn

from dross.reconstruction.errors import ERRORS
from dross.reconstruction.samples import network_samples

#: Keeps the logarithm of an error of exactly zero finite.
_TINY = 1e-6

#: What errors are multiplied by in the loss of anomalies. The mean absolute error of pixels in [-1, 1] is 2 at most,
#: and was 1.4 on average of anomalies told apart: as they are, these would go on to pull, and drown those that are not.
ANOMALY_SCALE: Final = 4.0


def bounded_anomaly_loss(errors: Tensor, scale: float = 1.0) -> Tensor:
    """Return -log(1 - exp(-scale x error)): large where an anomaly is reconstructed well, and never negative.

    Its slope falls to zero as the error grows, so that no anomaly is pushed further than it takes to tell it apart;
    the plain negative error has no end.

    Parameters
    ----------
    errors : Tensor
        Of the reconstruction of anomalies, 0 or more.
    scale : float, default 1.0
        The larger, the sooner an anomaly is left alone; 1 is the paper's.

    References
    ----------
    Yamanaka, Iwata, Takahashi, Yamada and Kanai, "Autoencoding Binary Classifiers for Supervised Anomaly Detection",
    PRICAI 2019, arXiv:1903.10709.

    Examples
    --------
    >>> [round(value, 4) for value in bounded_anomaly_loss(torch.tensor([0.1, 1.0, 10.0])).tolist()]
    [2.3522, 0.4587, 0.0]
    """
    return -torch.log(-torch.expm1(-scale * (errors + _TINY)))


@final
class ReconstructionLoss(nn.Module):
    """The mean error of the reconstructions, and the bounded loss of labelled anomalies beside it.

    Parameters
    ----------
    network : nn.Module
        With ``encode`` and ``decode``.
    error : {"squared", "absolute", "ssim"}, default "squared"
        The error that is trained on; of images also one minus their structural similarity.
    code_noise : float, default 0
        Standard deviation of what is added to each number of the code while training.
    labelled : bool, default False
        Whether the second half of each batch is labelled anomalies.
    anomaly_weight : float, default 1.0
        Weight of their loss beside that of the normals.

    Attributes
    ----------
    parts : dict of str to Tensor
        The terms of the last step.
    """

    parts: dict[str, Tensor]
    network: Any

    def __init__(
        self,
        network: Any,
        error: Literal["squared", "absolute", "ssim"] = "squared",
        *,
        code_noise: float = 0.0,
        labelled: bool = False,
        anomaly_weight: float = 1.0,
    ) -> None:
        super().__init__()
        self.network, self.error = network, ERRORS[error]
        self.code_noise, self.labelled, self.anomaly_weight = code_noise, labelled, anomaly_weight
        self.parts = {}

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch of bytes (n, c, h, w) or of rows (n, d)."""
        samples = network_samples(batch)
        codes = self.network.encode(samples)
        if self.code_noise:
            noise = torch.randn(codes.shape, generator=generator, device=codes.device, dtype=codes.dtype)
            codes = codes + self.code_noise * noise
        # Under mixed precision the network's outputs are coarse; their distances are summed in full.
        errors = self.error(samples, self.network.decode(codes).float())
        if not self.labelled:
            loss = errors.mean()
            self.parts = {"reconstruction": loss.detach()}
            return loss
        normals, anomalies = errors.chunk(2)
        normal, anomaly = normals.mean(), bounded_anomaly_loss(anomalies, ANOMALY_SCALE).mean()
        self.parts = {"reconstruction": normal.detach(), "anomalies": anomaly.detach()}
        return normal + self.anomaly_weight * anomaly
