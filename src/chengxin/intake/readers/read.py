"""One way in for every file: its kind is told by its content, never by its name."""

from __future__ import annotations

import io

from chengxin.intake.readers import faults
from chengxin.intake.readers.delimited import read_delimited
from chengxin.intake.readers.spool import Upload
from chengxin.intake.readers.table import Table
from chengxin.intake.readers.workbook import read_workbook

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


def read_table(upload: Upload) -> Table:
    """Read an upload as a table; raises a subclass of FileRefused and nothing else for what is wrong with the file."""
    upload.file.seek(0)
    head = upload.file.read(8)
    if head.startswith(_ZIP):
        return read_workbook(upload.file, upload.size)
    if head.startswith(_OLE):
        raise faults.old_or_encrypted()
    if head.startswith(_OTHERS):
        raise faults.unknown_kind()
    return read_delimited(upload.file)


def read_bytes(content: bytes) -> Table:
    """Read a table that is in memory already, such as one received by an interface."""
    return read_table(Upload(io.BytesIO(content), len(content), ""))
