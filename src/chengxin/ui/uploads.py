"""Files that come in and go out: several in one field, never more in memory than may be kept, never shown inline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse


class Files(forms.FileInput):
    """A field into which several files can be put."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[UploadedFile]:
        """Return every file that came under the name."""
        found: list[UploadedFile] = files.getlist(name)
        return found


class FilesField(forms.FileField):
    """Several files as bytes. Of each is read one byte more than the largest allowed, of too many one more than most.

    So whoever checks sizes and numbers sees what is wrong, and an upload of any length takes no more memory than that.
    """

    widget = Files

    def __init__(self, *, largest: int, most: int, accept: str = ".pdf,.jpg,.jpeg,.png", **kwargs: Any) -> None:
        super().__init__(widget=Files(attrs={"accept": accept}), **kwargs)
        self.largest, self.most = largest, most

    def clean(self, data: Sequence[UploadedFile], initial: Any = None) -> list[bytes]:
        """Return the content of each file, in the order they were chosen."""
        if not data:
            super().clean(None, initial)
        return [file.read(self.largest + 1) for file in data[: self.most + 1]]


def attachment(content: bytes, name: str, media_type: str) -> HttpResponse:
    """Return a file to keep; the browser is told neither to show it nor to guess what else it might be."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
