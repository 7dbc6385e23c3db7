"""Whether a discriminator has stopped playing: it has won, or it has given up, and teaches nothing any more."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

#: The last share of the epochs is looked at, and only where there are so many epochs.
LAST_SHARE: Final = 1 / 3
FEWEST_EPOCHS: Final = 6
#: Probabilities this near to their targets are a victory; this near to each other, a surrender.
WON: Final = 0.02
GIVEN_UP: Final = 0.01


def discriminator_findings(
    history: Sequence[Mapping[str, float]], name: str = "discriminator", *, against: bool = True
) -> list[str]:
    """Return what is wrong with a discriminator in the last third of the epochs, in a sentence.

    Parameters
    ----------
    history : sequence of dict
        One record an epoch, with "``name`` on real" and "``name`` on generated": mean probabilities to be real.
    name : str, default "discriminator"
        What it is called there.
    against : bool, default True
        Whether the generator plays against it. One that the generator helps is meant to win.

    Examples
    --------
    >>> epochs = [{"discriminator on real": 0.99, "discriminator on generated": 0.01}] * 9
    >>> discriminator_findings(epochs)[0].partition(":")[0]
    'the discriminator has won'
    >>> discriminator_findings([{"discriminator on real": 0.7, "discriminator on generated": 0.3}] * 9)
    []
    """
    told = [
        (record[f"{name} on real"], record[f"{name} on generated"]) for record in history if f"{name} on real" in record
    ]
    if len(told) < FEWEST_EPOCHS:
        return []
    last = told[-math.ceil(LAST_SHARE * len(told)) :]
    means = "it took {:.1%} of the real images for real and {:.1%} of the generated ones".format(
        *(sum(values) / len(last) for values in zip(*last, strict=True))
    )
    if against and all(real > 1 - WON and generated < WON for real, generated in last):
        return [
            f"the {name} has won: in the last {len(last)} epochs {means}, so it no longer teaches the generator what "
            "to mend; lower its learning (fewer or narrower layers) or the weight of the adversarial loss"
        ]
    if all(abs(real - generated) < GIVEN_UP for real, generated in last):
        return [
            f"the {name} has given up: in the last {len(last)} epochs {means}, so it tells nothing apart; give it more "
            "or wider layers, or lower the learning rate"
        ]
    return []
