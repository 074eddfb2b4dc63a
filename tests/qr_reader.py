"""A reader of printed QR codes (ISO/IEC 18004, level M, versions 1 to 10) that shares nothing with what draws them.

It finds the modules among the rectangles a PDF paints, and reads mask, code words and text back. It mends no errors:
what is printed by a program has none.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

# By version: words of correction in a block, then the data words of every block (table 9 of the standard, level M).
_BLOCKS: dict[int, tuple[int, list[int]]] = {
    1: (10, [16]),
    2: (16, [28]),
    3: (26, [44]),
    4: (18, [32] * 2),
    5: (24, [43] * 2),
    6: (16, [27] * 4),
    7: (18, [31] * 4),
    8: (22, [38] * 2 + [39] * 2),
    9: (22, [36] * 3 + [37] * 2),
    10: (26, [43] * 4 + [44]),
}
_ALIGNED = {
    1: [],
    2: [6, 18],
    3: [6, 22],
    4: [6, 26],
    5: [6, 30],
    6: [6, 34],
    7: [6, 22, 38],
    8: [6, 24, 42],
    9: [6, 26, 46],
    10: [6, 28, 50],
}
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_RECTANGLE = re.compile(r"(\d+) (\d+) m (\d+) \2 l \3 (\d+) l \1 \4 l\s+h")
Modules = list[list[bool]]


def printed_in(pdf: bytes) -> str:
    """Return the text of the one QR code that is painted in a PDF."""
    found = [_modules(drawn) for drawn in _drawings(pdf)]
    assert len(found) == 1, f"{len(found)} QR codes"
    return text_of(found[0])


def _drawings(pdf: bytes) -> Iterator[list[tuple[int, int, int, int]]]:
    """Yield the rectangles of each path that paints many of them: left, top, right, bottom, in modules."""
    for stream in _STREAM.finditer(pdf):
        try:
            content = zlib.decompress(stream[1].rstrip(b"\r\n")).decode("latin-1")
        except zlib.error:
            continue
        for path in re.split(r"\bf\b", content):
            drawn = [tuple(map(int, each)) for each in _RECTANGLE.findall(path)]
            if len(drawn) > 100:
                yield [(left, top, right, bottom) for left, top, right, bottom in drawn]


def _modules(drawn: list[tuple[int, int, int, int]]) -> Modules:
    left, top = min(each[0] for each in drawn), min(each[1] for each in drawn)
    side = max(each[2] for each in drawn) - left
    dark = [[False] * side for _ in range(side)]
    for x1, y1, x2, y2 in drawn:
        for y in range(y1, y2):
            for x in range(x1, x2):
                dark[y - top][x - left] = True
    return dark


def text_of(dark: Modules) -> str:
    """Return the text of a square of modules, True where dark."""
    side = len(dark)
    version = (side - 17) // 4
    level, mask = _format(dark)
    assert level == 0, "not level M"
    bits = [dark[y][x] ^ _masked(mask, x, y) for x, y in _way(side, version)]
    words = [int("".join("01"[bit] for bit in bits[at : at + 8]), 2) for at in range(0, len(bits) - 7, 8)]
    data = "".join(f"{word:08b}" for word in _undealt(words, version))
    assert data[:4] == "0100", "not bytes"
    width = 8 if version < 10 else 16
    length, start = int(data[4 : 4 + width], 2), 4 + width
    return bytes(int(data[start + 8 * n : start + 8 * n + 8], 2) for n in range(length)).decode()


def _format(dark: Modules) -> tuple[int, int]:
    """Return level and mask from the fifteen bits beside the first finder."""
    places = [(8, y) for y in (0, 1, 2, 3, 4, 5, 7, 8)] + [(x, 8) for x in (7, 5, 4, 3, 2, 1, 0)]
    bits = sum(dark[y][x] << n for n, (x, y) in enumerate(places)) ^ 0b101010000010010
    return bits >> 13, bits >> 10 & 7


def _masked(mask: int, x: int, y: int) -> bool:
    sums = (x + y, y, x, x + y, x // 3 + y // 2, x * y % 2 + x * y % 3, x * y % 2 + x * y % 3, (x + y) % 2 + x * y % 3)
    by = (2, 2, 3, 3, 2, 1, 2, 2)
    return sums[mask] == 0 if mask == 5 else sums[mask] % by[mask] == 0


def _way(side: int, version: int) -> Iterator[tuple[int, int]]:
    """Yield the places of data: pairs of columns from the right, up and down in turn, around what marks the code."""
    up, columns = True, (*range(side - 1, 6, -2), 5, 3, 1)
    for right in columns:
        for y in range(side - 1, -1, -1) if up else range(side):
            for x in (right, right - 1):
                if not _marks(x, y, side, version):
                    yield x, y
        up = not up


def _marks(x: int, y: int, side: int, version: int) -> bool:
    finders = (x < 9 and y < 9) or (x >= side - 8 and y < 9) or (x < 9 and y >= side - 8)
    timing = 6 in (x, y)
    numbers = version >= 7 and ((y < 6 and x >= side - 11) or (x < 6 and y >= side - 11))
    near = [(cx, cy) for cx in _ALIGNED[version] for cy in _ALIGNED[version] if not _on_finder(cx, cy, side)]
    return finders or timing or numbers or any(abs(x - cx) <= 2 and abs(y - cy) <= 2 for cx, cy in near)


def _on_finder(x: int, y: int, side: int) -> bool:
    return (x, y) in ((6, 6), (6, side - 7), (side - 7, 6))


def _undealt(words: list[int], version: int) -> list[int]:
    """Return the data words block by block; they were dealt out one from each block in turn."""
    _correction, sizes = _BLOCKS[version]
    blocks: list[list[int]] = [[] for _ in sizes]
    dealt = iter(words)
    for n in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if n < size:
                block.append(next(dealt))
    return [word for block in blocks for word in block]
