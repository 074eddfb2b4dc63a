"""How a submission, its rows and its changes look in an answer: counts, places and shapes, never what a cell holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import IO, Annotated, Any
from uuid import UUID

from ninja import Header, Schema

from chengxin.accounts import clients
from chengxin.accounts.clients import SUBMISSION, ApiClient
from chengxin.intake import selectors
from chengxin.intake.readers.limits import MIB

IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", pattern=r"^([A-Za-z0-9_-]{8,64})?$")]


class Counts(Schema):
    """How many rows ended where: one figure for every state a row can be in."""

    received: int
    valid: int
    admitted: int
    returned: int
    waiting: int
    duplicate: int
    corrected: int
    withdrawn: int
    mended: int
    retracted: int


class Finding(Schema):
    """What is wrong, where, and the remedy. ``shape`` describes a cell without showing it."""

    code: str
    severity: str
    field: str
    shape_zh: str
    shape_en: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    basis: str
    article: str


class RowFindings(Schema):
    """One row about which there is something to say; the heading is row 1."""

    row_no: int
    state: str
    findings: list[Finding]


class Submission(Schema):
    """What became of a file. A dry run has no id, because nothing of it was stored."""

    id: UUID | None
    item: str
    state: str
    dry_run: bool
    received_at: datetime
    settled_at: datetime | None
    counts: Counts
    by_code: dict[str, int]
    notes: list[Finding]


class Rehearsed(Submission):
    """A submission, and after a dry run a page of the rows about which there is something to say.

    Nothing is kept of a dry run: to read on, the same file is sent again with ``cursor`` set to ``next_cursor``; an
    empty one ends the list.
    """

    findings: list[RowFindings]
    next_cursor: str


class Change(Schema):
    """One field before and after, both masked as its class asks; ``masked`` says that something is hidden."""

    code: str
    zh: str
    en: str
    before: str
    after: str
    masked: bool


def own_submission(client: ApiClient, identifier: UUID) -> Any:
    """Return a submission of the client's own agency; anybody else's is as good as none."""
    clients.check_covers(client, SUBMISSION)
    found = selectors.submission(identifier)
    return found if found and found.agency_id == client.agency_id else None


def submission_shown(
    found: Any, told: Iterable[selectors.RowView] = (), *, dry_run: bool = False, following: str = ""
) -> dict[str, Any]:
    """Return what became of a submission."""
    figures = selectors.summary(found)
    return {
        "id": None if dry_run else found.id,
        "item": found.item.item.code,
        "state": found.state,
        "dry_run": dry_run,
        "received_at": found.submitted_at,
        "settled_at": found.settled_at,
        "counts": figures,
        "by_code": dict(figures.by_code),
        "notes": selectors.notes(found),
        "findings": rows_shown(told),
        "next_cursor": following,
    }


def rows_shown(told: Iterable[selectors.RowView]) -> list[dict[str, Any]]:
    """Return rows with their findings."""
    return [{"row_no": each.row_no, "state": str(each.state), "findings": each.findings} for each in told]


def file_digest(label: str, file: IO[bytes]) -> str:
    """Return the SHA-256 of a label and a content, by which a repeated request is known from another one."""
    digest = hashlib.sha256(label.encode() + b"\n")
    while piece := file.read(MIB):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def body_digest(operation: str, identifier: UUID, body: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an operation, what it is about, and its body."""
    text = json.dumps([operation, str(identifier), body], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
