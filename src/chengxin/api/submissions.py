"""报送: a unit's system sends a file, and reads what became of every row."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from datetime import datetime
from typing import IO, Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Header, Path, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from chengxin.accounts import clients
from chengxin.accounts.clients import SUBMISSION, ApiClient
from chengxin.api.fields import ITEM_CODE, Cursor, Given, ItemCode, answers
from chengxin.api.problems import not_found
from chengxin.api.security import client_of
from chengxin.intake import receipts, selectors, services
from chengxin.intake.readers.limits import MIB
from chengxin.intake.rowsets import of_mappings
from chengxin.ui import clock

router = Router(tags=["submissions"])
PAGE = 100
MOST_ROWS = 1000

IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", pattern=r"^([A-Za-z0-9_-]{8,64})?$")]
Value = Annotated[str, Field(max_length=5000)] | int | float | None


class Counts(Schema):
    """How many rows ended where."""

    received: int
    admitted: int
    returned: int
    waiting: int
    duplicate: int
    valid: int


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
    """A submission, and after a dry run the first rows about which there is something to say."""

    findings: list[RowFindings]


class Receipt(Schema):
    """A signed statement: ``signature`` (base64) is over the number and the SHA-256 of ``text``."""

    v: int
    number: str
    text: str
    sha256: str
    signature: str
    vkey: str


class RowsSent(Given):
    """Rows as values, by heading or field code; all of them are one submission."""

    item: Annotated[str, Field(pattern=ITEM_CODE)]
    rows: Annotated[list[dict[str, Value]], Field(min_length=1, max_length=MOST_ROWS)]
    dry_run: bool = False


class Findings(Schema):
    """A page of rows; an empty ``next_cursor`` ends the list."""

    items: list[RowFindings]
    next_cursor: str


@router.post(
    "/submissions",
    response={201: Rehearsed, **answers(Rehearsed, 400, 401, 403, 409, 413, 422)},
    operation_id="submit",
    summary="报送一个文件 · Send a file",
)
def submit(
    request: HttpRequest,
    item: ItemCode,
    file: Annotated[UploadedFile, File()],
    dry_run: Annotated[bool, Form()] = False,
    idempotency_key: IdempotencyKey = "",
) -> Status[dict[str, Any]]:
    """同一文件再次报送返回原批次（200），不重复入库；``dry_run`` 只校验，不保存。

    The same file again returns the submission there is (200). A key used before with another request is refused.
    """
    return _sent(client_of(request), item, file, dry_run, idempotency_key)


@router.post(
    "/submissions/rows",
    response={201: Rehearsed, **answers(Rehearsed, 400, 401, 403, 409, 413, 415, 422)},
    operation_id="submit_rows",
    summary="报送一行或多行 · Send single rows",
)
def submit_rows(request: HttpRequest, sent: RowsSent, idempotency_key: IdempotencyKey = "") -> Status[dict[str, Any]]:
    """与文件报送同样校验、同样去重；最多 1,000 行。 Judged as a file would be; at most 1,000 rows."""
    return _sent(client_of(request), sent.item, io.BytesIO(of_mappings(sent.rows)), sent.dry_run, idempotency_key)


@router.get(
    "/submissions/{submission}",
    response=answers(Submission, 401, 403, 404, 422),
    operation_id="submission",
    summary="一个批次的结果 · What became of a submission",
)
def submission(request: HttpRequest, submission: Annotated[UUID, Path()]) -> HttpResponse | dict[str, Any]:
    """只能看本单位的批次。 Only your own unit's."""
    found = _own(client_of(request), submission)
    return _shown(found) if found else not_found()


@router.get(
    "/submissions/{submission}/receipt",
    response=answers(Receipt, 401, 403, 404, 409, 422),
    operation_id="receipt",
    summary="签名回执 · Signed receipt",
)
def receipt(request: HttpRequest, submission: Annotated[UUID, Path()]) -> HttpResponse | receipts.Receipt:
    """收到什么、结果如何，由平台签名；可用核验程序离线核验。 Check it offline with the verifier of documents."""
    found = _own(client_of(request), submission)
    return receipts.receipt(found, now=clock.now()) if found else not_found()


@router.get(
    "/submissions/{submission}/findings",
    response=answers(Findings, 401, 403, 404, 422),
    operation_id="findings",
    summary="逐行校验结果 · Findings row by row",
)
def findings(
    request: HttpRequest, submission: Annotated[UUID, Path()], cursor: Cursor = ""
) -> HttpResponse | dict[str, Any]:
    """只说位置和形状，从不回显单元格内容。 Places and shapes, never the content of a cell."""
    found = _own(client_of(request), submission)
    if found is None:
        return not_found()
    rows = list(selectors.rows(found).filter(row_no__gt=min(int(cursor or 0), 2**31 - 1))[: PAGE + 1])
    more = str(rows[PAGE - 1].row_no) if len(rows) > PAGE else ""
    return {"items": _rows(selectors.in_words(found, rows[:PAGE])), "next_cursor": more}


def _sent(client: ApiClient, item: str, file: IO[bytes], dry_run: bool, key: str) -> Status[dict[str, Any]]:
    """Rehearse or take in what was sent, and answer."""
    now, today = clock.now(), clock.today()
    clients.check_covers(client, SUBMISSION)
    sending: dict[str, Any] = {"actor": client.user, "now": now, "today": today}
    if dry_run:
        rehearsal = services.rehearse(client.agency, item, "api", file, **sending)
        lines: Any = rehearsal.told[:PAGE]  # A line of a rehearsal reads like a row that is stored.
        told = selectors.in_words(rehearsal.submission, lines)
        return Status(200, _shown(rehearsal.submission, told, dry_run=True))
    if key:
        clients.use_key(client, key, _digest(item, file), now)
    sent = services.submit(client.agency, item, "api", file, **sending)
    return Status(201 if sent.submitted_at == now else 200, _shown(sent))


def _own(client: ApiClient, identifier: UUID) -> Any:
    """Return a submission of the client's own agency; anybody else's is as good as none."""
    clients.check_covers(client, SUBMISSION)
    found = selectors.submission(identifier)
    return found if found and found.agency_id == client.agency_id else None


def _shown(found: Any, told: Iterable[selectors.RowView] = (), *, dry_run: bool = False) -> dict[str, Any]:
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
        "findings": _rows(told),
    }


def _rows(told: Iterable[selectors.RowView]) -> list[dict[str, Any]]:
    return [{"row_no": each.row_no, "state": str(each.state), "findings": each.findings} for each in told]


def _digest(item: str, file: IO[bytes]) -> str:
    """Return the SHA-256 of item and content, by which a repeated request is known from another one."""
    digest = hashlib.sha256(item.encode() + b"\n")
    while piece := file.read(MIB):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()
