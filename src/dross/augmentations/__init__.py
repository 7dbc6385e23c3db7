"""Random changes of whole batches of images, on the device they are on; nothing is done image by image."""

from dross.augmentations.blended_patches import BlendedPatches
from dross.augmentations.colour_jitter import ColourJitter
from dross.augmentations.compose import Augmentation, as_floats
from dross.augmentations.cut_paste import CutPaste, CutPasteScar
from dross.augmentations.defects import AbstractDefects
from dross.augmentations.horizontal_flip import HorizontalFlip
from dross.augmentations.padded_crop import PaddedCrop
from dross.augmentations.perlin_patches import PerlinPatches
from dross.augmentations.random_grey import RandomGrey
from dross.augmentations.random_resized_crop import RandomResizedCrop
from dross.augmentations.random_rotation import RandomRotation
from dross.augmentations.rotations import quarter_turns

__all__ = [
    "AbstractDefects",
    "Augmentation",
    "BlendedPatches",
    "ColourJitter",
    "CutPaste",
    "CutPasteScar",
    "HorizontalFlip",
    "PaddedCrop",
    "PerlinPatches",
    "RandomGrey",
    "RandomResizedCrop",
    "RandomRotation",
    "as_floats",
    "quarter_turns",
]
