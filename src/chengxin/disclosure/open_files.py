"""The files of one edition of the open data: the whole as NDJSON and CSV, and what changed since earlier editions.

Rows come in the order of their record's id. Of every edition an index of ids and digests is kept, never content: so
a difference to an earlier edition can be made as long as wanted, and holds nothing that is no longer published.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

FORMAT = "chengxin-open-data/1"
FULL, TABLE, DELTA = "full", "table", "delta"
PUT, WITHDRAW = "put", "withdraw"
# What a spreadsheet would take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TEXT, _DAY = {"type": "string"}, {"type": "string", "format": "date"}
_PROPERTIES: dict[str, Any] = {
    "record": {"type": "string", "format": "uuid"},
    "uscc": {"type": "string", "pattern": "^[0-9A-Z]{18}$"},
    "name": _TEXT,
    "item": _TEXT,
    "item_zh": _TEXT,
    "item_en": _TEXT,
    "group": _TEXT,
    "nature": {"enum": ["positive", "negative", "neutral"]},
    "grade": {"enum": ["", "minor", "general", "serious"]},
    "basis": _TEXT,
    "authority": _TEXT,
    "document_no": _TEXT,
    "document_date": _DAY,
    "published_from": _DAY,
    "until": {"anyOf": [_DAY, {"type": "null"}]},
    "disputed": {"type": "boolean"},
    "under_repair": {"type": "boolean"},
    "statement": _TEXT,
    "fields": {"type": "object", "additionalProperties": _TEXT},
}
COLUMNS = tuple(_PROPERTIES)
_RECORD = {
    "type": "object",
    "properties": _PROPERTIES,
    "required": list(COLUMNS),
    "additionalProperties": False,
}
_PUT = {"op": {"const": PUT}, "row": {"$ref": "#/$defs/record"}}
_GONE = {"op": {"const": WITHDRAW}, "record": _PROPERTIES["record"]}


def _change(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:chengxin:open-data:1",
    "title": "One line of the full file, or of a file of differences",
    "$defs": {"record": _RECORD},
    "anyOf": [{"$ref": "#/$defs/record"}, _change(_PUT), _change(_GONE)],
}
"""JSON Schema of every line; the full file holds records, a file of differences holds puts and withdrawals."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier edition a file of differences starts from: its number, its day, and its index."""

    number: int
    day: date
    index: Path


@dataclass(frozen=True, slots=True)
class Written:
    """One file of an edition, as the signed list names it; ``since`` is the edition differences start from."""

    name: str
    kind: str
    rows: int
    bytes: int
    sha256: str
    since: int | None = None


def schema_text() -> str:
    """Return the schema as the file that is offered."""
    return json.dumps(SCHEMA, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def line_of(row: Row) -> bytes:
    """Return the canonical line of a row."""
    return canonical(row).encode() + b"\n"


def canonical(whole: Any) -> str:
    """Return the one text that stands for a structure; dates are written as ISO has them."""
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso)


def _iso(value: Any) -> str:
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def write(folder: Path, stem: str, rows: Iterable[Row], earlier: Sequence[Earlier], index: Path) -> list[Written]:
    """Write all files of an edition in one pass over its rows, and its index; return what stands in them."""
    names = {"full": f"{stem}.ndjson.gz", "table": f"{stem}.csv.gz"}
    count = 0
    with ExitStack() as stack:
        full, table, kept = (
            stack.enter_context(_packed(path)) for path in (folder / names["full"], folder / names["table"], index)
        )
        sheet = _Sheet(table)
        changes = [stack.enter_context(_differences(folder, stem, each)) for each in earlier]
        for row in rows:
            line, key = line_of(row), str(row["record"])
            digest = hashlib.sha256(line).hexdigest()[:32]
            full.write(line)
            sheet.add(row)
            kept.write(f"{key} {digest}\n".encode())
            for each in changes:
                each.see(key, digest, row)
            count += 1
        for each in changes:
            each.finish()
    written = [_written(folder / names[kind], kind, count) for kind in (FULL, TABLE)]
    return written + [_written(folder / each.name, DELTA, each.count, each.since) for each in changes]


def _written(path: Path, kind: str, rows: int, since: int | None = None) -> Written:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Written(path.name, kind, rows, path.stat().st_size, digest, since)


@contextmanager
def _packed(path: Path) -> Iterator[gzip.GzipFile]:
    """Open a gzip file whose bytes depend on its content only."""
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=6) as packed:
        yield packed


@contextmanager
def _differences(folder: Path, stem: str, earlier: Earlier) -> Iterator[_Differences]:
    name = f"{stem}-since-{earlier.number}.ndjson.gz"
    with gzip.open(earlier.index, "rt", encoding="ascii") as index, _packed(folder / name) as out:
        yield _Differences(name, earlier.number, index, out)


class _Differences:
    """Writes one file of differences while the rows of the new edition pass by in order."""

    def __init__(self, name: str, since: int, index: Iterable[str], out: gzip.GzipFile) -> None:
        self.name, self.since, self.count = name, since, 0
        self._old, self._out = (line.split() for line in index), out
        self._head = next(self._old, None)

    def see(self, key: str, digest: str, row: Row) -> None:
        """Compare one row of the new edition; what was passed over on the way is withdrawn."""
        while self._head is not None and self._head[0] < key:
            self._withdraw(self._head[0])
        if self._head is not None and self._head[0] == key:
            same = self._head[1] == digest
            self._head = next(self._old, None)
            if same:
                return
        self._write({"op": PUT, "row": row})

    def finish(self) -> None:
        """Withdraw what the new edition no longer reaches."""
        while self._head is not None:
            self._withdraw(self._head[0])

    def _withdraw(self, key: str) -> None:
        self._write({"op": WITHDRAW, "record": key})
        self._head = next(self._old, None)

    def _write(self, change: Row) -> None:
        self._out.write(line_of(change))
        self.count += 1


class _Sheet:
    """The table of the full file; no cell begins like a formula."""

    def __init__(self, out: gzip.GzipFile) -> None:
        self._out, self._text = out, io.StringIO(newline="")
        self._writer = csv.writer(self._text)
        self._writer.writerow(COLUMNS)
        self._flush("\ufeff")

    def add(self, row: Row) -> None:
        self._writer.writerow([_cell(row[name]) for name in COLUMNS])
        self._flush()

    def _flush(self, before: str = "") -> None:
        self._out.write((before + self._text.getvalue()).encode())
        self._text.seek(0)
        self._text.truncate()


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return canonical(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    text = "" if value is None else _iso(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def listed(files: Iterable[Written]) -> str:
    """Return the list of hashes that ``sha256sum -c`` reads."""
    return "".join(f"{each.sha256}  {each.name}\n" for each in files)


def stem_of(number: int, day: date) -> str:
    """Return how the names of an edition's files begin."""
    return f"chengxin-{day:%Y%m%d}-{number}"
