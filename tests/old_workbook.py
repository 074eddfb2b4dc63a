"""Old workbooks (.xls, BIFF8 in a compound file) for tests: written by hand, for nobody keeps a writer any more."""

from __future__ import annotations

import struct
from collections.abc import Sequence

SECTOR, CUTOFF = 512, 4096
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def record(kind: int, body: bytes = b"") -> bytes:
    """Return one BIFF record."""
    return struct.pack("<HH", kind, len(body)) + body


def stream(rows: Sequence[Sequence[str | float]], before: bytes = b"", inside: bytes = b"") -> bytes:
    """Return a workbook stream of one sheet; ``before`` and ``inside`` are records put into globals and sheet."""
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    name = "数据"
    bound = struct.pack("<IBBBB", 0, 0, 0, len(name), 1) + name.encode("utf-16-le")
    head = record(0x0809, bof) + record(0x0042, struct.pack("<H", 1200)) + before
    end = record(0x000A)
    place = len(head) + len(record(0x0085, bound)) + len(end)
    head += record(0x0085, struct.pack("<I", place) + bound[4:]) + end
    sheet = record(0x0809, bof[:2] + struct.pack("<H", 0x0010) + bof[4:]) + inside
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            at = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, str):
                sheet += record(0x0204, at + struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le"))
            else:
                sheet += record(0x0203, at + struct.pack("<d", cell))
    return head + sheet + end


def container(content: bytes, name: str = "Workbook") -> bytes:
    """Return a compound file with one stream."""
    content = content.ljust(CUTOFF, b"\0")
    sectors = -(-len(content) // SECTOR)
    chain = [*range(1, sectors), END]
    table = [*chain, END, TABLE]  # The stream, the directory, the table itself.
    assert len(table) <= SECTOR // 4
    table += [FREE] * (SECTOR // 4 - len(table))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, sectors, 0)
    header += struct.pack("<IIIII", CUTOFF, END, 0, END, 0)
    header += struct.pack("<109I", sectors + 1, *[FREE] * 108)
    directory = entry("Root Entry", 5, END, 0, child=1) + entry(name, 2, 0, len(content)) + entry("", 0, 0, 0) * 2
    return header + content.ljust(sectors * SECTOR, b"\0") + directory + struct.pack("<128I", *table)


def entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    """Return one line of the directory."""
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    links = struct.pack("<III", FREE, FREE, child)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", length, kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def old_workbook(rows: Sequence[Sequence[str | float]], before: bytes = b"", inside: bytes = b"") -> bytes:
    """Return an .xls file of one sheet."""
    return container(stream(rows, before, inside))
