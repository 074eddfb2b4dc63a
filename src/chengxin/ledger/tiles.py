"""Merkle tiles in the database: extended when leaves are integrated, read for proofs, never rebuilt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from chengxin.ledger.models import Tile
from chengxin.rules import merkle
from chengxin.rules.merkle import TILE_HEIGHT, TILE_WIDTH, Hash, Node, TileRow

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
    row = _begun(level, index) if begun else TileRow()
    full, written = [], []
    for leaf in hashes:
        top = row.append(leaf)
        if top:
            full.append(top)
            written.append(_tile(level, index, row))
            index, row = index + 1, TileRow()
    return full, [*written, _tile(level, index, row)] if row.hashes else written


def _begun(level: int, index: int) -> TileRow:
    tile = Tile.objects.get(level=level, index=index)
    return TileRow(bytes(tile.hashes), bytes(tile.inner))


def _tile(level: int, index: int, row: TileRow) -> Tile:
    return Tile(level=level, index=index, hashes=b"".join(row.hashes), inner=b"".join(row.inner))


def read(nodes: Iterable[Node]) -> dict[Node, Hash]:
    """Return the hashes of complete nodes, from one query over the tiles that hold them."""
    places = {node: merkle.tile_place(node) for node in nodes}
    contents = _contents({(place.level, place.tile) for place in places.values()})
    return {
        node: merkle.tile_node(*contents[place.level, place.tile], place.row, place.position)
        for node, place in places.items()
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
