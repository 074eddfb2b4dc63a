"""Merkle tiles in the database: extended when leaves are integrated, read for proofs, never rebuilt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from chengxin.ledger.models import Tile
from chengxin.rules import merkle
from chengxin.rules.merkle import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, Hash, Node

TileContent = tuple[bytes, bytes]


def extend(size: int, hashes: Sequence[Hash]) -> None:
    """Add leaf hashes to a tree of ``size`` leaves and write every tile they touch."""
    touched: list[Tile] = []
    level = 0
    while hashes:
        full, written = _extend_level(level, size, hashes)
        touched += written
        level, size, hashes = level + 1, size >> TILE_HEIGHT, full
    Tile.objects.bulk_create(
        touched,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["level", "index"],
        update_fields=["hashes", "inner"],
    )


def _extend_level(level: int, size: int, hashes: Sequence[Hash]) -> tuple[list[Hash], list[Tile]]:
    """Return the hashes above the tiles that became full, and the tiles to write."""
    index, begun = divmod(size, TILE_WIDTH)
    row = [*(_begun(level, index, begun) if begun else []), *hashes]
    full, tiles = [], []
    for start in range(0, len(row), TILE_WIDTH):
        part = row[start : start + TILE_WIDTH]
        inner = merkle.tile_inner(part) if len(part) == TILE_WIDTH else []
        if inner:
            full.append(merkle.node_hash(inner[-2], inner[-1]))
        tiles.append(Tile(level=level, index=index, hashes=b"".join(part), inner=b"".join(inner)))
        index += 1
    return full, tiles


def _begun(level: int, index: int, width: int) -> list[Hash]:
    tile = Tile.objects.get(level=level, index=index)
    return merkle.split_hashes(bytes(tile.hashes))[:width]


def read(nodes: Iterable[Node]) -> dict[Node, Hash]:
    """Return the hashes of complete nodes, from one query over the tiles that hold them."""
    places = {node: merkle.tile_place(node) for node in nodes}
    contents = _contents({(place.level, place.tile) for place in places.values()})
    return {
        node: _hash_at(contents[place.level, place.tile], place.row, place.position) for node, place in places.items()
    }


def _contents(wanted: set[tuple[int, int]]) -> dict[tuple[int, int], TileContent]:
    if not wanted:
        return {}
    clause = " OR ".join(['(level = %s AND "index" = %s)'] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT level, "index", hashes, "inner" FROM ledger_tile WHERE {clause}',  # noqa: S608 - only marks.
            [number for pair in wanted for number in pair],
        )
        return {(level, index): (bytes(hashes), bytes(inner)) for level, index, hashes, inner in cursor.fetchall()}


def _hash_at(content: TileContent, row: int, position: int) -> Hash:
    hashes, inner = content
    if row == 0:
        return _cut(hashes, position)
    if inner:
        return _cut(inner, merkle.inner_offset(row) + position)
    start, end = position << row, (position + 1) << row
    return merkle.root(merkle.split_hashes(hashes[start * HASH_BYTES : end * HASH_BYTES]))


def _cut(joined: bytes, position: int) -> Hash:
    return joined[position * HASH_BYTES : (position + 1) * HASH_BYTES]
