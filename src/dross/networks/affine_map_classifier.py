"""The network of GOAD: tells which of M random affine maps was applied to a row."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn


@final
class AffineMapClassifier(nn.Module):
    """Classify which of M fixed random affine maps was applied to a row.

    Row ``x`` (d,) becomes ``M`` views ``W_m x + b_m`` of ``map_dim`` numbers each, all drawn from N(0, 1). A trunk
    shared by all views embeds a view in ``width`` dimensions (no bias), and a linear head after a leaky ReLU names
    the map. The shifts ``b_m`` matter: without them the views of centred rows all have the mean zero, so that
    distances to the maps' centres tell nothing.

    A linear trunk after an affine map is one affine map, so the views themselves are never built: the trunk is folded
    into the maps once a batch (M x d x width multiplications) instead of being applied to every view of every row.
    The result is the same up to rounding.

    Parameters
    ----------
    n_features : int
        Columns of the table, d.
    n_maps : int, default 256
        Number of maps, M; also the number of classes.
    map_dim : int, default 32
        Numbers in a view.
    width : int, default 8
        Dimensions of the embedding.

    Examples
    --------
    >>> network = AffineMapClassifier(n_features=6, n_maps=4)
    >>> embedding = network(torch.zeros(3, 6))
    >>> tuple(embedding.shape), tuple(network.logits(embedding).shape)
    ((3, 4, 8), (3, 4, 4))

    References
    ----------
    Bergman and Hoshen, "Classification-Based Anomaly Detection for General Data", ICLR 2020, arXiv:2005.02359.
    """

    maps: Tensor
    shifts: Tensor

    def __init__(self, n_features: int, n_maps: int = 256, map_dim: int = 32, width: int = 8) -> None:
        super().__init__()
        self.hyperparameters = {"n_features": n_features, "n_maps": n_maps, "map_dim": map_dim, "width": width}
        self.register_buffer("maps", torch.randn(n_maps, n_features, map_dim))
        self.register_buffer("shifts", torch.randn(n_maps, map_dim))
        self.trunk = nn.Linear(map_dim, width, bias=False)
        self.head = nn.Sequential(nn.LeakyReLU(0.2), nn.Linear(width, n_maps))

    def forward(self, x: Tensor) -> Tensor:
        """Return the embedding of each view, (n, M, width), of rows ``x`` (n, d)."""
        n_maps, n_features, _ = self.maps.shape
        folded = self.trunk(self.maps).permute(1, 0, 2).reshape(n_features, -1)
        embedding = torch.addmm(self.trunk(self.shifts).reshape(-1), x, folded)
        return embedding.reshape(len(x), n_maps, -1)

    def logits(self, embedding: Tensor) -> Tensor:
        """Return the unnormalised log-probability of each map, (n, M, M), from an embedding (n, M, width)."""
        return self.head(embedding)
