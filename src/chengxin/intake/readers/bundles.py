"""ZIP files of tables: looked over before anything is unpacked, then given out file by file, counted as it comes."""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO

from chengxin.intake.readers import faults, limits

_PIECE = 1 << 18
_ENCRYPTED_FLAG, _UTF8_FLAG = 0x1, 0x800
# What packing programmes and office suites leave in a ZIP file beside the files of the person who packed it.
_LITTER = ("__MACOSX/",)
_LITTER_NAMES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_OFFICE = "[Content_Types].xml"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)


def is_bundle(file: IO[bytes]) -> bool:
    """Tell whether this is a ZIP file that is no office document; one that is too broken to tell is none."""
    file.seek(0)
    mark = file.read(2)
    file.seek(0)
    if mark != b"PK":
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except _BROKEN:
        return False
    finally:
        file.seek(0)
    return _OFFICE not in names and not any(name.startswith(("xl/", "word/", "ppt/")) for name in names)


class Bundle:
    """The files in a ZIP file. ``names`` in the order of packing; ``open`` gives one out."""

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        self._archive = archive
        self._members = {}
        for info in archive.infolist():
            name = _name(info)
            _check(info, name)
            if not (info.is_dir() or name.startswith(_LITTER) or PurePosixPath(name).name in _LITTER_NAMES):
                self._members[name] = info
        if not self._members:
            raise faults.empty_bundle()
        if len(self._members) > limits.BUNDLE_FILES:
            raise faults.unsafe_bundle(f"中的文件超过 {limits.BUNDLE_FILES} 个", "holds too many files")
        self._left = min(limits.BUNDLE_BYTES, max(size * limits.UNPACKED_RATIO, limits.BUNDLE_LEAST))

    @property
    def names(self) -> list[str]:
        """The names of the files, with their folders."""
        return list(self._members)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Unpack one file into an unnamed temporary file; raises FileTooLarge and FileDamaged."""
        with tempfile.TemporaryFile() as file:
            try:
                with self._archive.open(self._members[name]) as packed:
                    self._copy(packed, file)
            except _BROKEN as fault:
                raise faults.broken_bundle() from fault
            file.seek(0)
            yield file

    def _copy(self, packed: IO[bytes], file: IO[bytes]) -> None:
        """Declared sizes may lie, so only what comes out is counted."""
        size = 0
        while piece := packed.read(_PIECE):
            size += len(piece)
            self._left -= len(piece)
            if self._left < 0:
                raise faults.unsafe_bundle("解压后过大", "unpacks to far too much")
            if size > limits.FILE_BYTES:
                raise faults.too_large(limits.FILE_BYTES // limits.MIB)
            file.write(piece)


@contextmanager
def opened(file: IO[bytes]) -> Iterator[Bundle]:
    """Open a ZIP file of tables; raises FileTooLarge, FileEncrypted, FileDamaged and FileEmpty."""
    size = file.seek(0, 2)
    if size > limits.FILE_BYTES:
        raise faults.too_large(limits.FILE_BYTES // limits.MIB)
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except _BROKEN as fault:
        raise faults.broken_bundle() from fault
    with archive:
        yield Bundle(archive, size)


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member; what does not say that it is UTF-8 is mostly GBK from a Chinese Windows."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename.replace("\\", "/")
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return info.filename.replace("\\", "/")


def _check(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise faults.encrypted()
    outside = name.startswith("/") or ".." in name.split("/") or name[1:2] == ":"
    if outside or stat.S_ISLNK(info.external_attr >> 16):
        raise faults.unsafe_bundle("含有指向外部的路径", "holds paths that lead outside")
