"""开放数据: the list of today's files; the files themselves lie on the open site."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from chengxin.api.fields import answers
from chengxin.disclosure import open_data as editions
from chengxin.ledger import services as ledger
from chengxin.ui import clock

router = Router(tags=["open data"])
PLACE = "/open-data/"


class OpenFile(Schema):
    """One file: ``full`` (NDJSON), ``table`` (CSV) or ``delta``, which starts from the edition ``since``."""

    name: str
    href: str
    kind: str
    rows: int
    bytes: int
    sha256: str
    since: int | None


class Edition(Schema):
    """Today's edition. ``manifest`` is the exact text under the Ed25519 ``signature`` (hexadecimal)."""

    number: int
    day: date
    made_at: datetime
    rows: int
    files: list[OpenFile]
    manifest: str
    signature: str


class Editions(Schema):
    """``edition`` is null while it is being made, or made anew because a record ended; ask again in a minute."""

    edition: Edition | None
    schema_href: str
    vkey: str


@router.get(
    "/open-data",
    response=answers(Editions),
    auth=None,
    operation_id="open_data",
    summary="开放数据清单 · Open-data files",
)
def open_data(request: HttpRequest) -> dict[str, Any]:
    """只含组织正在公示的记录。 Published records of organisations only."""
    found = editions.current(clock.today())
    return {"edition": _shown(found) if found else None, "schema_href": f"{PLACE}schema.json", "vkey": ledger.vkey()}


def _shown(edition: editions.Edition) -> dict[str, Any]:
    files = [
        {
            "name": each.name,
            "href": PLACE + each.name,
            "kind": each.kind,
            "rows": each.rows,
            "bytes": each.bytes,
            "sha256": each.sha256,
            "since": each.since,
        }
        for each in edition.files
    ]
    names = ("number", "day", "made_at", "rows", "manifest", "signature")
    return {name: getattr(edition, name) for name in names} | {"files": files}
