"""Images as users bring them, of one shape: folders, files and arrays; held, mapped or decoded when asked for."""

from dross.data.images.encoder import ImageEncoder
from dross.data.images.images import Images, as_images
from dross.data.images.reading import ImageSet, holds_images, read_images

__all__ = ["ImageEncoder", "ImageSet", "Images", "as_images", "holds_images", "read_images"]
