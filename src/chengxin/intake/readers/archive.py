"""The guard in front of workbooks: an XLSX is a ZIP file, and a ZIP file can be made to eat a machine."""

from __future__ import annotations

import os
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

import numpy as np
from isal import igzip_lib, isal_zlib

from chengxin.intake.readers import faults, limits

_PIECE = 1 << 18
# Where a member's own header tells how long its name and its extra field are.
_LENGTHS_AT = 26
_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
_ENCRYPTED_FLAG = 0x1
# References run over the edge of a piece, hence the seam of two pieces that is read twice.
_TAIL = 64
# Most sheets have no reference this far; only where one is met are all of them looked at.
_FAR = re.compile(rb"r\s*=\s*[\"'](?:[A-Za-z]{2,3}\d|[A-Za-z]?\d{6})")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,3})(\d{1,9})[\"']")


def check_workbook(file: IO[bytes], size: int, texts_are_safe: Callable[[], object] = lambda: None) -> None:
    """Raise FileTooLarge, FileEncrypted, FileDamaged or FileKindUnknown unless the workbook is safe to open.

    ``texts_are_safe`` is called when everything but the sheets was looked at, so that the shared texts may be read
    while the sheets still are.
    """
    if size > limits.WORKBOOK_BYTES:
        raise faults.too_large(limits.WORKBOOK_BYTES // limits.MIB)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(archive.infolist())
            _check_contents(archive, file, size, texts_are_safe)
    except igzip_lib.IsalError as fault:  # type: ignore[misc]  # Its stub calls the class an object of it.
        raise faults.broken_workbook() from fault
    except (zipfile.BadZipFile, struct.error, NotImplementedError, RuntimeError, OSError) as fault:
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


def _check_contents(archive: zipfile.ZipFile, file: IO[bytes], size: int, texts_are_safe: Callable[[], object]) -> None:
    """Unpack everything once in small pieces, the sheets last: declared sizes may lie, so what comes out is counted."""
    allowed = min(limits.UNPACKED_BYTES, max(size * limits.UNPACKED_RATIO, limits.MIB))
    sheets = [member for member in archive.infolist() if _SHEETS.fullmatch(member.filename)]
    for member in archive.infolist():
        if member not in sheets:
            allowed = _look(member, file, allowed, lambda _piece: None)
    texts_are_safe()
    for member in sheets:
        allowed = _look(member, file, allowed, _Span().look)


def _look(member: zipfile.ZipInfo, file: IO[bytes], allowed: int, look: Callable[[bytes], None]) -> int:
    """Look at every piece of a member and return how many bytes may still be unpacked."""
    tail = b""
    for piece in _pieces(member, file):
        allowed -= len(piece)
        if allowed < 0:
            raise faults.unsafe_archive("解压后过大", "unpacks to far too much")
        look(tail + piece[:_TAIL])  # The seam by itself: putting whole pieces together would copy the sheet.
        look(piece)
        tail = (tail + piece[-_TAIL:])[-_TAIL:]
    return allowed


def _pieces(member: zipfile.ZipInfo, file: IO[bytes]) -> Iterator[bytes]:
    """Unpack a member to its true end; the standard library would stop at the size the archive declares."""
    file.seek(member.header_offset + _LENGTHS_AT)
    file.seek(sum(struct.unpack("<HH", file.read(4))), os.SEEK_CUR)
    left, unpacker = member.compress_size, isal_zlib.decompressobj(-isal_zlib.MAX_WBITS)
    while left > 0 and (some := file.read(min(_PIECE, left))):
        left -= len(some)
        yield from [some] if member.compress_type == zipfile.ZIP_STORED else _unpacked(unpacker, some)
    yield unpacker.flush()
    if left or unpacker.eof != (member.compress_type == zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile


def _unpacked(unpacker: isal_zlib.Decompress, some: bytes) -> Iterator[bytes]:
    while some:
        yield unpacker.decompress(some, _PIECE)
        some = unpacker.unconsumed_tail


class _Span:
    """The rectangle that the cells of one sheet span, found without parsing."""

    def __init__(self) -> None:
        # What no far reference leaves out.
        self.rows, self.columns = 99_999, 26

    def look(self, piece: bytes) -> None:
        """Take in one piece; refuse document types, and rectangles no table fills."""
        if b"!" in piece and b"<!DOCTYPE" in piece:  # The first sign is rare, and sought for in a fifth of the time.
            raise faults.broken_workbook()
        if _may_be_far(piece) and _FAR.search(piece):
            found = _REFERENCE.findall(piece)
            self.rows = max([self.rows, *(int(number) for _, number in found)])
            self.columns = max([self.columns, *map(_column, {letters for letters, _ in found})])
        if self.rows * self.columns > limits.SHEET_CELLS:
            raise faults.unsafe_archive("的数据区域过大（可能在很远的角落有内容）", "spans far too many cells")


def _may_be_far(piece: bytes) -> bool:
    """Tell whether any reference in a piece may be a far one, or is written so strangely that nobody can tell yet.

    It says what a search for ``_FAR`` would, in a third of the time, except that it may say yes too often.
    """
    text = np.frombuffer(piece, np.uint8)
    equals = np.flatnonzero(text[:-_REACH] == _EQUALS)
    before, after = text[equals - 1], text[equals + 1]
    if equals.size and ((before <= _BLANK) | (after <= _BLANK)).any():
        return True
    named = equals[before == _R]
    letter = text[named + 2] >= _FIRST_LETTER
    sixth = text[named + 7 + letter]
    long_number = (sixth >= _ZERO) & (sixth <= _NINE)
    return bool((letter & (text[named + 3] >= _FIRST_LETTER)).any() or long_number.any())


_EQUALS, _R, _BLANK, _ZERO, _NINE, _FIRST_LETTER = b"=r 09A"
# How far behind the equals sign a reference is looked at; pieces overlap by more.
_REACH = 9


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
