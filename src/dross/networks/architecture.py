"""What a network is made of, layer by layer, as it runs: names, shapes and numbers of weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor, nn

from dross.networks.sample_shape import tensor_shape


@final
@dataclass(frozen=True)
class Layer:
    """One layer of a network, in the order in which a sample passes.

    Attributes
    ----------
    name : str
        Where it is in the network.
    kind : str
        Its class, with what matters of it: ``Conv2d 4x4 /2``.
    output : tuple of int
        The shape that one sample has after it.
    parameters : int
        Its weights.
    """

    name: str
    kind: str
    output: tuple[int, ...]
    parameters: int


def architecture(network: nn.Module, shape: Sequence[int]) -> list[Layer]:
    """Return the layers that a sample passes in a network, in order.

    Parameters
    ----------
    network : nn.Module
        On any device; it is left as it was.
    shape : tuple of int
        Of a sample: (height, width, channels) of an image, or (columns,) of a row.

    Examples
    --------
    >>> layers = architecture(nn.Sequential(nn.Linear(6, 2), nn.ReLU(), nn.Linear(2, 6)), (6,))
    >>> [(layer.kind, layer.output, layer.parameters) for layer in layers]
    [('Linear', (2,), 14), ('ReLU', (2,), 0), ('Linear', (6,), 18)]
    """
    found: list[Layer] = []
    handles = []

    def watch(name: str, module: nn.Module) -> None:
        def seen(_: nn.Module, inputs: Any, output: Any) -> None:
            if isinstance(output, Tensor):
                weights = sum(parameter.numel() for parameter in module.parameters())
                found.append(Layer(name, _kind(module), tuple(output.shape[1:]), weights))

        handles.append(module.register_forward_hook(seen))

    for name, module in network.named_modules():
        if not list(module.children()):
            watch(name, module)
    like, training = next(network.parameters()), network.training
    try:
        with torch.no_grad():
            network.eval()(torch.zeros((1, *tensor_shape(shape)), dtype=like.dtype, device=like.device))
    finally:
        network.train(training)
        for handle in handles:
            handle.remove()
    return found


def architecture_table(layers: Sequence[Layer], shape: Sequence[int]) -> str:
    """Return the layers as a table of text, with the sum of their weights.

    Examples
    --------
    >>> print(architecture_table(architecture(nn.Sequential(nn.Linear(6, 2), nn.Tanh()), (6,)), (6,)))
    layer  kind    output  weights
           sample  6
    0      Linear  2            14
    1      Tanh    2             0
           sum                  14
    """
    rows = [("layer", "kind", "output", "weights"), ("", "sample", _sides(tensor_shape(shape)), "")]
    rows += [(layer.name, layer.kind, _sides(layer.output), f"{layer.parameters:,}") for layer in layers]
    rows.append(("", "sum", "", f"{sum(layer.parameters for layer in layers):,}"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=True))][:3]) for row in rows]
    return "\n".join(f"{line}  {row[3].rjust(widths[3])}".rstrip() for line, row in zip(lines, rows, strict=True))


def _sides(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape))


def _kind(module: nn.Module) -> str:
    """Return the class of a layer, with the filter and the step of a convolution."""
    name = type(module).__name__
    kernel, stride = getattr(module, "kernel_size", None), getattr(module, "stride", None)
    if not isinstance(kernel, tuple):
        return name
    step = stride[0] if isinstance(stride, tuple) else stride
    return f"{name} {'x'.join(map(str, kernel))}" + (f" /{step}" if step != 1 else "")
