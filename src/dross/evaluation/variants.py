"""What tells runs of one detector apart: the parameters that are varied and, on images, which class is normal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final


@final
@dataclass(frozen=True, order=True)
class ClassRoles:
    """Which class of an image data set is normal, and which is anomalous.

    Parameters
    ----------
    normal : str
        The name of the normal class.
    anomaly : str or None, default None
        The name of the anomalous class; ``None`` for every other class.

    Examples
    --------
    >>> str(ClassRoles("cat")), str(ClassRoles("cat", "dog"))
    ('cat', 'cat against dog')
    """

    normal: str
    anomaly: str | None = None

    def __str__(self) -> str:
        """Return the roles in words."""
        return self.normal if self.anomaly is None else f"{self.normal} against {self.anomaly}"


def variant_name(parameters: Mapping[str, Any], roles: ClassRoles | None = None) -> str:
    """Return the name of a variant: its parameters and the roles of classes, sorted, ``key=value`` joined by ``;``.

    Examples
    --------
    >>> variant_name({"rejection": "2x-true-ratio", "n_classifiers": 5, "schedule": [1, 2]})
    'n_classifiers=5;rejection=2x-true-ratio;schedule=1,2'
    >>> variant_name({"width": 16}, ClassRoles("cat", "dog"))
    'anomaly=dog;normal=cat;width=16'
    """
    words = {key: _word(value) for key, value in parameters.items()}
    if roles is not None:
        words["normal"] = roles.normal
        if roles.anomaly is not None:
            words["anomaly"] = roles.anomaly
    return ";".join(f"{key}={words[key]}" for key in sorted(words))


def split_variant(variant: str) -> tuple[ClassRoles | None, str]:
    """Return the roles of classes in the name of a variant, ``None`` where it has none, and the rest of the name.

    Examples
    --------
    >>> split_variant("anomaly=dog;normal=cat;width=16")
    (ClassRoles(normal='cat', anomaly='dog'), 'width=16')
    >>> split_variant("width=16")
    (None, 'width=16')
    """
    roles, rest = {}, []
    for part in variant.split(";"):
        key, _, value = part.partition("=")
        if key in ("normal", "anomaly"):
            roles[key] = value
        else:
            rest.append(part)
    if "normal" not in roles:
        return None, variant
    return ClassRoles(roles["normal"], roles.get("anomaly")), ";".join(rest)


def default_variant(variant: str) -> str:
    """Return the variant with the same roles of classes and no parameters varied: what a variant is compared with.

    Examples
    --------
    >>> default_variant("normal=cat;width=16"), default_variant("width=16")
    ('normal=cat', '')
    """
    return variant_name({}, split_variant(variant)[0])


def subject(dataset: str, roles: ClassRoles | None) -> str:
    """Return what a run is about, in words: its data set, and on images the normal class.

    Examples
    --------
    >>> subject("cifar10", ClassRoles("cat")), subject("thyroid", None)
    ('cifar10: cat', 'thyroid')
    """
    return dataset if roles is None else f"{dataset}: {roles}"


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(_word(part) for part in value) if isinstance(value, (list, tuple)) else str(value)
