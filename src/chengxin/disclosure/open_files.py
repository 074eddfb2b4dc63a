"""The forms of the open data: a line of NDJSON, a line of the table, the schema, and the signed list of files."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from chengxin.storage import jsontext

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
    return _CANONICAL(whole)


def _iso(value: Any) -> str:
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def told(path: Path, kind: str, rows: int, since: int | None = None) -> Written:
    """Return a finished file as the signed list names it."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Written(path.name, kind, rows, path.stat().st_size, digest, since)


def table_head() -> bytes:
    """Return how the table begins: the mark that spreadsheets ask for, and the names of the columns."""
    return b"\xef\xbb\xbf" + _cells([COLUMNS])


def table_of(rows: Iterable[Row]) -> bytes:
    """Return rows as lines of the table; no cell begins like a formula."""
    return _cells([_cell(row[name]) for name in COLUMNS] for row in rows)


def _cells(lines: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if type(value) is str:  # Nearly every cell is.
        return f"'{value}" if value.startswith(FORMULA) else value
    if isinstance(value, dict):
        return canonical(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    text = "" if value is None else _iso(value)
    return f"'{text}" if text.startswith(FORMULA) else text


_CANONICAL = jsontext.writer(sort_keys=True, default=_iso)


def listed(files: Iterable[Written]) -> str:
    """Return the list of hashes that ``sha256sum -c`` reads."""
    return "".join(f"{each.sha256}  {each.name}\n" for each in files)


def stem_of(number: int, day: date) -> str:
    """Return how the names of an edition's files begin."""
    return f"chengxin-{day:%Y%m%d}-{number}"
