"""The projection head: the layers between features and the self-supervised loss, thrown away afterwards."""

from __future__ import annotations

from typing import Any, final

from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.parameters import count_problems


@final
class MLPHead(nn.Module):
    """Linear layers without bias, each followed by batch normalisation and a ReLU, the last by neither.

    It stands between a network's features and its self-supervised loss, and keeps what only serves the loss out of
    the features. Do not score with its output: features below it detect anomalies better.

    Parameters
    ----------
    n_in : int
        Features that come in.
    width : int, default 512
        Outputs of each layer.
    depth : int, default 8
        Layers.
    n_out : int or None, default None
        Outputs of one more linear layer, with bias: classes, or dimensions to compare in. ``None``: no such layer.

    Attributes
    ----------
    n_features : int
        Numbers in the output.

    Raises
    ------
    ParameterError
        If a parameter is out of its range.

    Examples
    --------
    >>> import torch
    >>> tuple(MLPHead(16, width=8, depth=3, n_out=4)(torch.zeros(5, 16)).shape)
    (5, 4)

    References
    ----------
    Sohn, Li, Yoon, Jin and Pfister, "Learning and Evaluating Representations for Deep One-class Classification", ICLR
    2021, arXiv:2011.02578.
    """

    def __init__(self, n_in: int, width: int = 512, depth: int = 8, n_out: int | None = None) -> None:
        super().__init__()
        problems = count_problems("n_in", n_in) + count_problems("width", width) + count_problems("depth", depth)
        raise_gathered(problems + (count_problems("n_out", n_out) if n_out is not None else []))
        self.hyperparameters: dict[str, Any] = {"n_in": n_in, "width": width, "depth": depth, "n_out": n_out}
        self.n_features = width if n_out is None else n_out
        inputs = [n_in] + [width] * (depth - 1)
        layers: list[nn.Module] = [
            nn.Sequential(nn.Linear(n, width, bias=False), nn.BatchNorm1d(width), nn.ReLU(inplace=True))
            for n in inputs[:-1]
        ]
        layers.append(nn.Linear(inputs[-1], width, bias=False))
        if n_out is not None:
            layers.append(nn.Linear(width, n_out))
        self.layers = nn.Sequential(*layers)

    def forward(self, features: Tensor) -> Tensor:
        """Return the projection of ``features`` (n, n_in), shape (n, n_features)."""
        return self.layers(features)
