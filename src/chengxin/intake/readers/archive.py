"""The guard in front of workbooks: an XLSX is a ZIP file, and a ZIP file can be made to eat a machine."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import IO

from chengxin.intake.readers import faults, limits

_PIECE = 1 << 18
_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
_ENCRYPTED_FLAG = 0x1
# References run over the edge of a piece, hence the tail that is read twice.
_TAIL = 64
# Most sheets have no reference this far; only where one is met are all of them looked at.
_FAR = re.compile(rb"r\s*=\s*[\"'](?:[A-Za-z]{2,3}\d|[A-Za-z]?\d{6})")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,3})(\d{1,9})[\"']")


def check_workbook(file: IO[bytes], size: int) -> None:
    """Raise FileTooLarge, FileEncrypted, FileDamaged or FileKindUnknown unless the workbook is safe to open."""
    if size > limits.WORKBOOK_BYTES:
        raise faults.too_large(limits.WORKBOOK_BYTES // limits.MIB)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(archive.infolist())
            _check_contents(archive, size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as fault:
        raise faults.broken_workbook() from fault
    file.seek(0)


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > limits.MEMBERS:
        raise faults.unsafe_archive(f"内部部件超过 {limits.MEMBERS} 个", f"has more than {limits.MEMBERS} parts")
    for member in members:
        if member.flag_bits & _ENCRYPTED_FLAG:
            raise faults.encrypted()
        if member.filename.startswith("/") or ".." in member.filename.replace("\\", "/").split("/"):
            raise faults.unsafe_archive("含有指向外部的路径", "holds paths that lead outside")
    if not any(_SHEETS.fullmatch(member.filename) for member in members):
        raise faults.unknown_kind()


def _check_contents(archive: zipfile.ZipFile, size: int) -> None:
    """Unpack everything once in small pieces: declared sizes may lie, so only what comes out is counted."""
    allowed = min(limits.UNPACKED_BYTES, max(size * limits.UNPACKED_RATIO, limits.MIB))
    for member in archive.infolist():
        span = _Span() if _SHEETS.fullmatch(member.filename) else None
        tail = b""
        with archive.open(member) as part:
            while piece := part.read(_PIECE):
                allowed -= len(piece)
                if allowed < 0:
                    raise faults.unsafe_archive("解压后过大", "unpacks to far too much")
                if span:
                    span.look(tail + piece)
                    tail = piece[-_TAIL:]


class _Span:
    """The rectangle that the cells of one sheet span, found without parsing."""

    def __init__(self) -> None:
        # What no far reference leaves out.
        self.rows, self.columns = 99_999, 26

    def look(self, piece: bytes) -> None:
        """Take in one piece; refuse document types, and rectangles no table fills."""
        if b"<!DOCTYPE" in piece:
            raise faults.broken_workbook()
        if _FAR.search(piece):
            found = _REFERENCE.findall(piece)
            self.rows = max([self.rows, *(int(number) for _, number in found)])
            self.columns = max([self.columns, *map(_column, {letters for letters, _ in found})])
        if self.rows * self.columns > limits.SHEET_CELLS:
            raise faults.unsafe_archive("的数据区域过大（可能在很远的角落有内容）", "spans far too many cells")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
