"""Merkle trees of RFC 6962 and RFC 9162: hashes, proofs and their verification, and the tiles of C2SP tlog-tiles.

Throughout, a *leaf hash* is 32 bytes, a *node* is named by (height, place) and covers the leaves
``place << height`` up to ``(place + 1) << height``, and a *span* (start, end) is any subtree of the RFC.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT

Hash = bytes


class Node(NamedTuple):
    """A complete subtree of ``1 << height`` leaves, the ``place``-th of its height from the left."""

    height: int
    place: int


class Span(NamedTuple):
    """The leaves from ``start`` up to, not including, ``end``."""

    start: int
    end: int


NodeReader = Callable[[Node], Hash]


def leaf_hash(body: bytes) -> Hash:
    """Return the hash of a leaf's body (RFC 9162, 2.1.1)."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Return the hash of an inner node (RFC 9162, 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[Hash]) -> Hash:
    """Return the root over leaf hashes; an empty tree has the hash of nothing.

    Row by row: an odd last node goes up as it is, which is where the RFC splits a tree, at a power of two.
    """
    row = list(leaves)
    while len(row) > 1:
        above = [sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=False)]
        row = [*above, row[-1]] if len(row) & 1 else above
    return row[0] if row else EMPTY_ROOT


def inclusion_proof(leaves: Sequence[Hash], index: int) -> list[Hash]:
    """Return the audit path of leaf ``index`` in the tree of all given leaf hashes."""
    return [root(leaves[span.start : span.end]) for span in inclusion_spans(index, len(leaves))]


def consistency_proof(leaves: Sequence[Hash], old_size: int) -> list[Hash]:
    """Return the proof that the tree of the first ``old_size`` leaves is a prefix of the tree of all leaves."""
    return [root(leaves[span.start : span.end]) for span in consistency_spans(old_size, len(leaves))]


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Return the subtrees whose hashes make an audit path, lowest first (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    spans, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old_size: int, size: int) -> list[Span]:
    """Return the subtrees whose hashes make a consistency proof (RFC 9162, 2.1.4.1); none from or to the same tree."""
    if not 0 <= old_size <= size:
        raise ValueError(f"a tree of {old_size} cannot precede a tree of {size}")
    if old_size == 0:
        return []
    spans, start, end = [], 0, size
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    return ([Span(start, end)] if start else []) + spans[::-1]


def verify_inclusion(leaf: Hash, index: int, size: int, path: Sequence[Hash], expected_root: Hash) -> bool:
    """Return whether the audit path leads from the leaf hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, result = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            result = node_hash(step, result)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            result = node_hash(result, step)
        at, last = at >> 1, last >> 1
    return last == 0 and result == expected_root


def verify_consistency(old_size: int, size: int, old_root: Hash, new_root: Hash, path: Sequence[Hash]) -> bool:
    """Return whether the proof shows that the old tree is a prefix of the new one (RFC 9162, 2.1.4.2)."""
    if not 0 <= old_size <= size:
        return False
    if old_size in (0, size):
        expected = EMPTY_ROOT if old_size == 0 else new_root
        return not path and old_root == expected
    steps = ([old_root] if old_size & (old_size - 1) == 0 else []) + list(path)
    if not steps:
        return False
    return _replay(old_size - 1, size - 1, steps) == (old_root, new_root)


def _replay(at: int, last: int, steps: Sequence[Hash]) -> tuple[Hash, Hash] | None:
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return (old, new) if last == 0 else None


def peaks(size: int, start: int = 0) -> list[Node]:
    """Return the complete subtrees that make up leaves ``start`` to ``start + size``, largest first.

    ``start`` must be a multiple of the largest of them, as it is for every span of a proof.
    """
    found = []
    while size:
        height = size.bit_length() - 1
        found.append(Node(height, start >> height))
        start, size = start + (1 << height), size ^ (1 << height)
    return found


def fold(peak_hashes: Sequence[Hash]) -> Hash:
    """Return the hash over neighbouring peaks, largest first."""
    if not peak_hashes:
        return EMPTY_ROOT
    result = peak_hashes[-1]
    for peak in reversed(peak_hashes[:-1]):
        result = node_hash(peak, result)
    return result


def span_hash(span: Span, read: NodeReader) -> Hash:
    """Return the hash of a subtree from its complete parts, which ``read`` supplies."""
    return fold([read(node) for node in peaks(span.end - span.start, span.start)])


class CompactRange:
    """The peaks of a growing tree: enough to append leaves and to know the root, in a few hashes."""

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Sequence[Hash] = ()) -> None:
        if len(peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} has {size.bit_count()} peaks, not {len(peaks)}")
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: Hash) -> None:
        """Add one leaf hash."""
        size = self.size
        while size & 1:
            leaf = sha256(b"\x01" + self.peaks.pop() + leaf).digest()
            size >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> Hash:
        """Return the root of the tree so far."""
        return fold(self.peaks)


class TilePlace(NamedTuple):
    """Where a node's hash lies: in which tile, how many rows above its lowest row, and how far from its left edge."""

    level: int
    tile: int
    row: int
    position: int


def tile_place(node: Node) -> TilePlace:
    """Return where a node lies among tiles of height eight."""
    level, row = divmod(node.height, TILE_HEIGHT)
    width = TILE_WIDTH >> row
    return TilePlace(level, node.place // width, row, node.place % width)


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a tile in a static log; level "entries" names a bundle of leaf bodies (C2SP tlog-tiles)."""
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03d}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/" + "/".join(groups) + partial


class TileRow:
    """A tile that grows: its lowest row, and above it every complete node in the order in which they became complete.

    That order only ever appends, needs no gaps in a tile that is not full, and holds 254 nodes in a full one; the node
    over all 256 is handed up to the next level.
    """

    __slots__ = ("_peaks", "hashes", "inner")

    def __init__(self, hashes: bytes = b"", inner: bytes = b"") -> None:
        self.hashes, self.inner = split_hashes(hashes), split_hashes(inner)
        width = len(self.hashes)
        self._peaks = [tile_node(hashes, inner, node.height, node.place) for node in peaks(width)]

    def append(self, leaf: Hash) -> Hash | None:
        """Add a hash to the lowest row and return the hash over the whole tile once it is full."""
        at, row = len(self.hashes), self._peaks
        self.hashes.append(leaf)
        while at & 1:
            leaf = sha256(b"\x01" + row.pop() + leaf).digest()
            self.inner.append(leaf)
            at >>= 1
        row.append(leaf)
        return self.inner.pop() if len(self.hashes) == TILE_WIDTH else None


def tile_node(hashes: bytes, inner: bytes, row: int, position: int) -> Hash:
    """Return one hash of a tile; ``m`` leaves have ``m - (bits set in m)`` complete nodes above them."""
    if row == 0:
        return hashes[position * HASH_BYTES : (position + 1) * HASH_BYTES]
    last = ((position + 1) << row) - 1
    at = (last - last.bit_count() + row - 1) * HASH_BYTES
    return inner[at : at + HASH_BYTES]


def split_hashes(joined: bytes) -> list[Hash]:
    """Cut joined hashes apart."""
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]


def _split(size: int) -> int:
    """Return the largest power of two smaller than ``size``."""
    return 1 << ((size - 1).bit_length() - 1)
