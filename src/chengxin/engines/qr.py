"""QR codes (ISO/IEC 18004): bytes, error correction level M, versions 1 to 10; enough for an address on paper.

Drawn here because no package that does it has had a release within the time our dependencies must have had one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

Matrix = tuple[tuple[bool, ...], ...]

# Of level M, by version from 1: codewords of error correction in a block, and blocks (ISO/IEC 18004, table 9).
_CORRECTION = (10, 16, 26, 18, 24, 16, 18, 22, 22, 26)
_BLOCKS = (1, 1, 1, 2, 2, 4, 4, 4, 5, 5)
_FORMAT_M = 0b00
_MASKS: tuple[Callable[[int, int], int], ...] = (
    lambda x, y: (x + y) % 2,
    lambda _x, y: y % 2,
    lambda x, _y: x % 3,
    lambda x, y: (x + y) % 3,
    lambda x, y: (x // 3 + y // 2) % 2,
    lambda x, y: x * y % 2 + x * y % 3,
    lambda x, y: (x * y % 2 + x * y % 3) % 2,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2,
)
# A finder with its quiet side, which must not appear in the data: 1:1:3:1:1 and four light modules.
_LIKE_A_FINDER = ("10111010000", "00001011101")


class TooLong(ValueError):
    """The text does not fit version 10 at level M."""


@lru_cache(maxsize=64)
def matrix(text: str) -> Matrix:
    """Return the modules of a text row by row, True where dark; raises TooLong beyond 213 bytes."""
    data = text.encode()
    version = next((v for v in range(1, 11) if len(data) <= _room(v)), 0)
    if not version:
        raise TooLong(len(data))
    words = _interleaved(_codewords(data, version), version)
    drawn = (_masked(version, words, mask) for mask in range(8))
    return min(drawn, key=_penalty)


def svg_path(text: str) -> tuple[str, int]:
    """Return the path of the dark modules for an SVG, and the side of its square view, quiet zone included."""
    modules = matrix(text)
    runs = [f"M{x + 4} {y + 4}h{n}v1h-{n}z" for y, row in enumerate(modules) for x, n in _dark_runs(row)]
    return "".join(runs), len(modules) + 8


def svg(text: str) -> str:
    """Return a text as a picture in SVG."""
    path, side = svg_path(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path d="{path}"/></svg>'
    )


def _dark_runs(row: tuple[bool, ...]) -> Iterator[tuple[int, int]]:
    start = None
    for x, dark in enumerate((*row, False)):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            yield start, x - start
            start = None


def _raw_words(version: int) -> int:
    """Return how many codewords a version holds, data and correction together."""
    bits = (16 * version + 128) * version + 64
    if version >= 2:
        count = version // 7 + 2
        bits -= (25 * count - 10) * count - 55
        bits -= 36 if version >= 7 else 0
    return bits // 8


def _data_words(version: int) -> int:
    return _raw_words(version) - _CORRECTION[version - 1] * _BLOCKS[version - 1]


def _room(version: int) -> int:
    """Return how many bytes of text fit: four bits of mode and a length of 8 or 16 bits go off."""
    return _data_words(version) - (2 if version < 10 else 3)


def _codewords(data: bytes, version: int) -> bytes:
    length = 8 if version < 10 else 16
    bits = f"0100{len(data):0{length}b}" + "".join(f"{byte:08b}" for byte in data)
    size = _data_words(version) * 8
    bits += "0" * min(4, size - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
    missing = size // 8 - len(words)
    return words + (b"\xec\x11" * missing)[:missing]


def _interleaved(words: bytes, version: int) -> bytes:
    """Cut the data into blocks, add each block's correction, and deal the words out one from each in turn."""
    count, correction = _BLOCKS[version - 1], _CORRECTION[version - 1]
    short, longer = divmod(len(words), count)
    blocks, at = [], 0
    for number in range(count):
        size = short + (number >= count - longer)
        blocks.append(words[at : at + size])
        at += size
    checks = [_remainder(block, _divisor(correction)) for block in blocks]
    dealt = [block[i] for i in range(short + 1) for block in blocks if i < len(block)]
    dealt += [check[i] for i in range(correction) for check in checks]
    return bytes(dealt)


def _times(a: int, b: int) -> int:
    """Multiply in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1."""
    product = 0
    for bit in range(7, -1, -1):
        product = (product << 1) ^ ((product >> 7) * 0x11D)
        product ^= ((b >> bit) & 1) * a
    return product


@lru_cache(maxsize=16)
def _divisor(degree: int) -> tuple[int, ...]:
    found = [0] * (degree - 1) + [1]
    root = 1
    for _ in range(degree):
        for i in range(degree):
            found[i] = _times(found[i], root) ^ (found[i + 1] if i + 1 < degree else 0)
        root = _times(root, 2)
    return tuple(found)


def _remainder(data: bytes, divisor: tuple[int, ...]) -> list[int]:
    rest = [0] * len(divisor)
    for byte in data:
        factor = byte ^ rest.pop(0)
        rest.append(0)
        rest = [each ^ _times(part, factor) for each, part in zip(rest, divisor, strict=True)]
    return rest


@dataclass
class _Sheet:
    """A square being drawn; ``fixed`` marks what belongs to the pattern itself and takes no data."""

    dark: list[list[bool]]
    fixed: list[list[bool]]

    @property
    def size(self) -> int:
        return len(self.dark)

    def put(self, x: int, y: int, dark: bool) -> None:
        """Draw one module of the pattern."""
        if 0 <= x < self.size and 0 <= y < self.size:
            self.dark[y][x] = dark
            self.fixed[y][x] = True


def _masked(version: int, words: bytes, mask: int) -> Matrix:
    size = 17 + 4 * version
    sheet = _Sheet([[False] * size for _ in range(size)], [[False] * size for _ in range(size)])
    _pattern(sheet, version)
    _format(sheet, mask)
    _fill(sheet, words)
    chosen = _MASKS[mask]
    return tuple(
        tuple(dark ^ (not sheet.fixed[y][x] and chosen(x, y) == 0) for x, dark in enumerate(row))
        for y, row in enumerate(sheet.dark)
    )


def _pattern(sheet: _Sheet, version: int) -> None:
    size = sheet.size
    for i in range(size):
        sheet.put(6, i, i % 2 == 0)
        sheet.put(i, 6, i % 2 == 0)
    for x, y in ((3, 3), (size - 4, 3), (3, size - 4)):
        _square(sheet, x, y, 4, lambda ring: ring not in (2, 4))
    centres = _alignment(version, size)
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for x, y in ((x, y) for x in centres for y in centres if (x, y) not in corners):
        _square(sheet, x, y, 2, lambda ring: ring != 1)
    _version(sheet, version)


def _square(sheet: _Sheet, x: int, y: int, reach: int, dark: Callable[[int], bool]) -> None:
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            sheet.put(x + dx, y + dy, dark(max(abs(dx), abs(dy))))


def _alignment(version: int, size: int) -> list[int]:
    if version == 1:
        return []
    count = version // 7 + 2
    step = (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    return [6, *(size - 7 - step * i for i in range(count - 2, -1, -1))]


def _checked(value: int, length: int, generator: int) -> int:
    """Return a value with its BCH remainder of ``length`` bits behind it."""
    rest = value
    for _ in range(length):
        rest = (rest << 1) ^ ((rest >> (length - 1)) * generator)
    return value << length | rest


def _version(sheet: _Sheet, version: int) -> None:
    if version < 7:
        return
    bits = _checked(version, 12, 0x1F25)
    for i in range(18):
        a, b, dark = sheet.size - 11 + i % 3, i // 3, bool(bits >> i & 1)
        sheet.put(a, b, dark)
        sheet.put(b, a, dark)


def _format(sheet: _Sheet, mask: int) -> None:
    bits = _checked(_FORMAT_M << 3 | mask, 10, 0x537) ^ 0x5412
    size = sheet.size

    def at(i: int) -> bool:
        return bool(bits >> i & 1)

    for i in range(6):
        sheet.put(8, i, at(i))
        sheet.put(5 - i, 8, at(9 + i))
    sheet.put(8, 7, at(6))
    sheet.put(8, 8, at(7))
    sheet.put(7, 8, at(8))
    for i in range(8):
        sheet.put(size - 1 - i, 8, at(i))
    for i in range(8, 15):
        sheet.put(8, size - 15 + i, at(i))
    sheet.put(8, size - 8, True)


def _fill(sheet: _Sheet, words: bytes) -> None:
    """Lay the bits in columns two wide, up and down in turn from the lower right corner."""
    bits = (bool(word >> bit & 1) for word in words for bit in range(7, -1, -1))
    for x, y in _way(sheet.size):
        if not sheet.fixed[y][x]:
            sheet.dark[y][x] = next(bits, False)


def _way(size: int) -> Iterator[tuple[int, int]]:
    right, upward = size - 1, True
    while right >= 1:
        right = 5 if right == 6 else right
        for step in range(size):
            y = size - 1 - step if upward else step
            yield right, y
            yield right - 1, y
        right, upward = right - 2, not upward


def _penalty(modules: Matrix) -> int:
    """Return how hard a pattern is to read, by the four rules of the standard."""
    size = len(modules)
    lines = ["".join("1" if dark else "0" for dark in row) for row in (*modules, *zip(*modules, strict=True))]
    found = sum(_runs(line) + 40 * sum(line.count(each) for each in _LIKE_A_FINDER) for line in lines)
    blocks = (
        modules[y][x] == modules[y][x + 1] == modules[y + 1][x] == modules[y + 1][x + 1]
        for y in range(size - 1)
        for x in range(size - 1)
    )
    dark = sum(map(sum, modules))
    return found + 3 * sum(blocks) + 10 * (abs(dark * 20 - size * size * 10) // (size * size))


def _runs(line: str) -> int:
    penalty, length = 0, 0
    for i, each in enumerate(line):
        length = length + 1 if i and each == line[i - 1] else 1
        penalty += 3 if length == 5 else int(length > 5)
    return penalty
