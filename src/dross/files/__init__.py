"""Files on disk: written whole or not at all, checked by checksum, downloaded with resume, unpacked with distrust."""

from dross.files.archives import extract
from dross.files.atomic import atomic_path, copy, explain_write_errors, remove, sha256, write_text
from dross.files.downloads import download

__all__ = ["atomic_path", "copy", "download", "explain_write_errors", "extract", "remove", "sha256", "write_text"]
