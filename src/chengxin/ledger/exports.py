"""The log as plain files in the static layout of C2SP tlog-tiles, for anyone to keep and check offline."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from chengxin.ledger import proofs, sequencer
from chengxin.ledger.models import Checkpoint, Entry, Tile
from chengxin.rules import merkle
from chengxin.rules.errors import Refusal
from chengxin.rules.merkle import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH


class EmptyLog(Refusal):
    """There is nothing to export yet."""

    code = "empty_log"

    def __init__(self) -> None:
        super().__init__("日志为空，尚无可导出的内容。", "The log is empty; there is nothing to export yet.")


def export(directory: Path | str, *, receipts: Iterable[int] = ()) -> Checkpoint:
    """Write checkpoint, verifier key, tiles and entry bundles, and a receipt for each given entry id.

    Receipts hold no payload. The checkpoint is written last, so that an export cut short never looks complete.
    Raises EmptyLog.
    """
    head, folder = sequencer.latest_checkpoint(), Path(directory)
    if head is None:
        raise EmptyLog
    for path, content in [*_tiles(head.size)]:
        _write(folder / path, content)
    for path, content in _bundles(head.size):
        _write(folder / path, content)
    for identifier in receipts:
        receipt = proofs.proof(identifier, with_payload=False)
        _write(folder / "receipts" / f"{receipt['index']}.json", json.dumps(receipt, ensure_ascii=False).encode())
    _write(folder / "vkey", (sequencer.vkey() + "\n").encode())
    _write(folder / "checkpoint", head.note.encode())
    return head


def _tiles(size: int) -> Iterator[tuple[str, bytes]]:
    """Yield the path and content of every tile of a tree of this size, also when the log has grown since."""
    level = 0
    while size:
        for tile in Tile.objects.filter(level=level).order_by("index").iterator(chunk_size=200):
            width = min(TILE_WIDTH, size - tile.index * TILE_WIDTH)
            if width > 0:
                yield merkle.tile_path(level, tile.index, width), bytes(tile.hashes)[: width * HASH_BYTES]
        level, size = level + 1, size >> TILE_HEIGHT


def _bundles(size: int) -> Iterator[tuple[str, bytes]]:
    """Yield the path and content of every entry bundle: two bytes of length, then the body."""
    for start in range(0, size, TILE_WIDTH):
        end = min(start + TILE_WIDTH, size)
        rows = Entry.objects.filter(index__gte=start, index__lt=end).order_by("index").values_list("body", flat=True)
        content = b"".join(len(body).to_bytes(2, "big") + bytes(body) for body in rows)
        yield merkle.tile_path("entries", start // TILE_WIDTH, end - start), content


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)  # noqa: PTH105 - the atomic step is the point.
