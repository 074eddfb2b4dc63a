"""One way in for every file: its kind is told by its content, never by its name."""

from __future__ import annotations

import io

from chengxin.intake.readers import faults
from chengxin.intake.readers.bundles import is_bundle, opened
from chengxin.intake.readers.delimited import read_delimited
from chengxin.intake.readers.headings import Knows
from chengxin.intake.readers.spool import Upload
from chengxin.intake.readers.structured import read_structured
from chengxin.intake.readers.table import Table, without_results
from chengxin.intake.readers.workbook import read_old_workbook, read_workbook

_ZIP = b"PK"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
# Kinds that a clerk may pick by mistake and that would decode as nonsense text.
_OTHERS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"<html",
    b"<!DOC",
    b"{\\rtf",
)


_JSON = (b"{", b"[")
_MARK = b"\xef\xbb\xbf"
_LOOK = 1024


def read_table(upload: Upload, knows: Knows | None = None) -> Table:
    """Read an upload as a table; raises a subclass of FileRefused and nothing else for what is wrong with the file.

    ``knows`` tells names of the layout; with it the heading is also found below a title or behind a cover page.
    """
    return without_results(_read(upload, knows))


def _read(upload: Upload, knows: Knows | None) -> Table:
    upload.file.seek(0)
    head = upload.file.read(_LOOK)
    if is_bundle(upload.file):
        with opened(upload.file):
            raise faults.nested()
    if head.startswith(_ZIP):
        return read_workbook(upload.file, upload.size, knows)
    if head.startswith(_OLE):
        return read_old_workbook(upload.file, upload.size, knows)
    if head.startswith(_OTHERS):
        raise faults.unknown_kind()
    if head.removeprefix(_MARK).lstrip().startswith(_JSON):
        return read_structured(upload.file)
    return read_delimited(upload.file, knows)


def read_bytes(content: bytes, knows: Knows | None = None) -> Table:
    """Read a table that is in memory already, such as one received by an interface."""
    return read_table(Upload(io.BytesIO(content), len(content), ""), knows)
