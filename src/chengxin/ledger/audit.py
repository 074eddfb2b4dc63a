"""The inner audit: compares entries, tiles and checkpoints with one another and reports every difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chengxin.ledger import sequencer
from chengxin.ledger.models import Checkpoint, Entry, Tile
from chengxin.rules import merkle, notes
from chengxin.rules.merkle import TILE_WIDTH, CompactRange, Hash, TileRow
from chengxin.vault import services as vault

_TILES = 200
"""Tiles compared at a time, which bounds memory."""


@dataclass(frozen=True)
class Problem:
    """One difference, in both languages; ``index`` is the leaf, tile or tree size it is about."""

    code: str
    index: int
    zh: str
    en: str


@dataclass(frozen=True)
class Audit:
    """What an audit covered and found; ``pending`` entries wait for the sequencer."""

    at: datetime
    size: int
    pending: int
    problems: tuple[Problem, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def check(now: datetime) -> Audit:
    """Recompute every leaf, every tile and every tree head from the entries, and compare."""
    size = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    leaves: list[Hash] = []
    problems = [*_entries(size, leaves), *_tiles(leaves), *_heads(leaves)]
    pending = Entry.objects.filter(index__isnull=True).count()
    return Audit(now, size, pending, tuple(problems))


def _entries(size: int, leaves: list[Hash]) -> Iterator[Problem]:
    """Check hashes and gaps, collecting the hash of every body in index order."""
    rows = Entry.objects.filter(index__isnull=False).order_by("index").values_list("index", "body", "leaf_hash")
    for index, body, stored in rows.iterator(chunk_size=2000):
        computed = merkle.leaf_hash(_raw(body))
        if index != len(leaves):
            yield Problem("gap", len(leaves), f"缺少第 {len(leaves)} 条存证。", f"Leaf {len(leaves)} is missing.")
            return
        leaves.append(computed)
        if computed != _raw(stored):
            yield Problem("changed", index, f"第 {index} 条存证被改动。", f"Leaf {index} was changed.")
    if len(leaves) != size:
        zh = f"存证共 {len(leaves)} 条，检查点为 {size} 条。"
        yield Problem("size", len(leaves), zh, f"There are {len(leaves)} leaves; the checkpoint says {size}.")


def _tiles(leaves: list[Hash]) -> Iterator[Problem]:
    """Rebuild every level from the leaves and compare it with the stored tiles."""
    row, level = leaves, 0
    while row:
        above: list[Hash] = []
        for start in range(0, len(row), _TILES * TILE_WIDTH):
            yield from _some_tiles(level, start // TILE_WIDTH, row[start : start + _TILES * TILE_WIDTH], above)
        row, level = above, level + 1


def _some_tiles(level: int, first: int, row: list[Hash], above: list[Hash]) -> Iterator[Problem]:
    """Compare neighbouring tiles, adding the hashes over the full ones to ``above``."""
    stored = {
        tile.index: (_raw(tile.hashes), _raw(tile.inner))
        for tile in Tile.objects.filter(level=level, index__gte=first, index__lt=first + _TILES)
    }
    for start in range(0, len(row), TILE_WIDTH):
        tile, index = TileRow(), first + start // TILE_WIDTH
        above += [top for top in map(tile.append, row[start : start + TILE_WIDTH]) if top]
        if stored.get(index) != (b"".join(tile.hashes), b"".join(tile.inner)):
            zh = f"第 {level} 层第 {index} 块与存证不符。"
            yield Problem("tile", index, zh, f"Tile {index} of level {level} differs from the entries.")


def _heads(leaves: list[Hash]) -> Iterator[Problem]:
    heads = {head.size: head for head in Checkpoint.objects.order_by("size").iterator()}
    growing = CompactRange()
    for leaf in leaves:
        growing.append(leaf)
        if growing.size in heads:
            yield from _head(heads.pop(growing.size), growing)
    for size in heads:
        yield Problem("checkpoint", size, f"检查点 {size} 没有对应的存证。", f"Checkpoint {size} has no entries.")


def _head(head: Checkpoint, growing: CompactRange) -> Iterator[Problem]:
    text = notes.checkpoint_text(sequencer.origin(), growing.size, growing.root())
    if _raw(head.root) != growing.root() or _raw(head.peaks) != b"".join(growing.peaks):
        zh = f"检查点 {head.size} 的根与存证不符。"
        yield Problem("root", head.size, zh, f"The root of checkpoint {head.size} differs from the entries.")
    elif not _signed(head.note, text):
        zh = f"检查点 {head.size} 的签名无效。"
        yield Problem("signature", head.size, zh, f"The signature of checkpoint {head.size} is not valid.")


def _signed(note: str, text: str) -> bool:
    """Return whether the note is this text under our own key."""
    try:
        parsed = notes.parse_checkpoint(note)
        Ed25519PublicKey.from_public_bytes(vault.public_key()).verify(parsed.signatures[0].signature, text.encode())
    except (notes.MalformedNote, InvalidSignature):
        return False
    return parsed.text == text


def _raw(stored: bytes | memoryview | str) -> bytes:
    """Return stored bytes, also where tampering left text: SQLite does not hold a column to its type."""
    return stored.encode() if isinstance(stored, str) else bytes(stored)
