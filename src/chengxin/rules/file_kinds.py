"""What kind of file some bytes are: told by how they begin, never by the name somebody gave them."""

from __future__ import annotations

# The whole mark of each kind, so that a text that happens to begin alike is not taken for a picture.
_MARKS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def media_type(content: bytes) -> str:
    """Return the media type of a PDF, JPEG or PNG file; empty for anything else."""
    return next((kind for mark, kind in _MARKS.items() if content.startswith(mark)), "")


def ending(kind: str) -> str:
    """Return the ending of a file name for a media type that :func:`media_type` knows."""
    return _ENDINGS[kind]
