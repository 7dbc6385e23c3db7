"""A network as a drawing: one bar a layer, as high as what passes through it is large."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.figure import Figure

from dross.networks.architecture import Layer
from dross.networks.sample_shape import tensor_shape
from dross.report.plot_style import BLUE, GREY, INK, ORANGE, Drawing, finish, house_style

#: Layers that only change each number by itself are not drawn: they say nothing of the shape.
_UNDRAWN = ("ReLU", "LeakyReLU", "ELU", "SiLU", "Tanh", "Sigmoid", "Flatten", "Identity", "Dropout", "BatchNorm1d")


def draw_architecture(name: str, layers: Sequence[Layer], shape: Sequence[int]) -> Drawing:
    """Return the drawing of a network.

    Parameters
    ----------
    name : str
        Of the detector; the drawing's file is called after it.
    layers : sequence of Layer
        What ``architecture`` returned.
    shape : tuple of int
        Of a sample.
    """
    drawn = [layer for layer in layers if not layer.kind.startswith((*_UNDRAWN, "BatchNorm2d"))]
    shapes = [tensor_shape(shape), *(layer.output for layer in drawn)]
    sizes = [math.prod(each) for each in shapes]
    with house_style(f"architecture-{name}"):
        figure = Figure(figsize=(max(6.0, 0.62 * len(shapes) + 1.2), 3.6))
        ax = figure.add_axes((0.02, 0.4, 0.96, 0.48))
        narrowest = min(sizes)
        colors = [GREY if place == 0 else ORANGE if size == narrowest else BLUE for place, size in enumerate(sizes)]
        ax.bar(range(len(sizes)), [math.log2(size) + 1 for size in sizes], width=0.55, color=colors)
        for place, (each, size) in enumerate(zip(shapes, sizes, strict=True)):
            ax.text(place, math.log2(size) + 1.15, f"{size:,}", ha="center", va="bottom", fontsize=8, color=INK)
            kind = "sample" if place == 0 else drawn[place - 1].kind
            words = f"{kind}\n{' x '.join(map(str, each))}"
            ax.text(place, -0.4, words, ha="right", va="top", rotation=38, rotation_mode="anchor", fontsize=7.5)
        ax.set_xlim(-0.8, len(sizes) - 0.4)
        ax.set_ylim(0, 1.15 * (math.log2(max(sizes)) + 1))
        ax.axis("off")
        weights = sum(layer.parameters for layer in layers)
        ax.set_title(f"{name}: {weights:,} weights")
        caption = (
            "Numbers that one sample is after each layer (bars: their logarithm); the narrowest is orange. Activations "
            "and normalisation are left out."
        )
        return finish(figure, f"architecture-{name}", "method", f"The network of {name}", caption)
