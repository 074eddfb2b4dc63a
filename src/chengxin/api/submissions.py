"""报送: a unit's system sends a file, and reads what became of every row."""

from __future__ import annotations

import io
from functools import partial
from typing import IO, Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Path, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from chengxin.accounts import clients
from chengxin.accounts.clients import SUBMISSION, ApiClient
from chengxin.api import columns
from chengxin.api.fields import ITEM_CODE, Cursor, Given, ItemCode, ToMatch, answers
from chengxin.api.problems import not_found
from chengxin.api.repeats import answered_once
from chengxin.api.results import (
    IdempotencyKey,
    Rehearsed,
    RowFindings,
    Submission,
    file_digest,
    own_submission,
    rows_shown,
    submission_shown,
)
from chengxin.api.security import client_of
from chengxin.api.texts import WHOLE, Words
from chengxin.intake import archives, receipts, retracting, selectors, services
from chengxin.intake.checking import ColumnsUnknown
from chengxin.intake.rowsets import of_mappings
from chengxin.ui import clock

router = Router(tags=["submissions"])
PAGE = 100
MOST_ROWS = TRIED = 1000
TrialCursor = Annotated[
    str,
    Form(
        pattern=r"^[0-9]{0,9}$",
        description="试报时接着看：上次的 next_cursor · To read on after a dry run: its next_cursor",
    ),
]

Value = Annotated[str, Field(max_length=5000)] | int | float | None


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


class RetractionGiven(Given):
    """Rows that wait for a person, by number, and why they are taken back."""

    rows: Annotated[list[Annotated[int, Field(ge=1, le=2**31 - 1), WHOLE]], Field(min_length=1, max_length=MOST_ROWS)]
    text: Words


class Retracted(Schema):
    """How many rows were taken back."""

    retracted: int


class Findings(Schema):
    """A page of rows; an empty ``next_cursor`` ends the list."""

    items: list[RowFindings]
    next_cursor: str


class Refusal(Schema):
    """Why a file was not taken; ``mapping`` says where its columns are matched, when that is what is missing."""

    code: str
    zh: str
    en: str
    mapping: ToMatch | None


class Outcome(Schema):
    """What became of one file: its submission, or why it was refused. A file of a ZIP is named after the ZIP."""

    name: str
    submission: Rehearsed | None
    refusal: Refusal | None


class Outcomes(Schema):
    """What became of each file; files that were refused hold up no other."""

    taken: int
    refused: int
    items: list[Outcome]


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
    cursor: TrialCursor = "",
    idempotency_key: IdempotencyKey = "",
) -> Status[Any] | HttpResponse:
    """CSV、XLSX、XLS、JSON 或 NDJSON。同一文件再次报送返回原批次（200），不重复入库；``dry_run`` 的结论相同，不保存。

    CSV, XLSX, XLS, JSON or NDJSON. The same file again returns the submission there is (200). A key used before with
    another request is refused. When a person has to match the columns, the problem ``columns.mapping`` says where. A
    dry run says what filing would, rows that stand already or have to be judged among it; ``valid`` is what would be
    admitted. It tells up to 1,000 rows at a time: send the file again with ``cursor`` for the next ones.
    """
    return _sent(client_of(request), item, file, dry_run, idempotency_key, int(cursor or 0))


@router.post(
    "/submissions/archive",
    response={201: Outcomes, **answers(Outcomes, 400, 401, 403, 409, 413, 422)},
    operation_id="submit_archive",
    summary="报送一个 ZIP 包 · Send a ZIP of files",
)
def submit_archive(
    request: HttpRequest,
    item: ItemCode,
    file: Annotated[UploadedFile, File()],
    dry_run: Annotated[bool, Form()] = False,
    idempotency_key: IdempotencyKey = "",
) -> Status[dict[str, Any]]:
    """包内每个文件各为一个批次，逐个给出结果；有新批次的为 201，否则为 200。单个文件也可用。

    Every file in the ZIP is a submission of its own and has its own outcome: a submission, or why it was refused. 201
    when any of them is new, 200 otherwise, even when all were refused. A plain file is taken too.
    """
    client = client_of(request)
    now, today = clock.now(), clock.today()
    clients.check_covers(client, SUBMISSION)
    if idempotency_key and not dry_run:
        clients.use_key(client, idempotency_key, file_digest(f"archive {item}", file), now)
    named = [(file.name or "api", file)]
    sending: dict[str, Any] = {"actor": client.user, "now": now, "today": today, "dry_run": dry_run}
    found = [_outcome(each, dry_run) for each in archives.submit_many(client.agency, item, named, **sending)]
    taken = [each["submission"] for each in found if each["submission"]]
    new = any(each["received_at"] == now for each in taken) and not dry_run
    body = {"taken": len(taken), "refused": len(found) - len(taken), "items": found}
    return Status(201 if new else 200, body)


@router.post(
    "/submissions/rows",
    response={201: Rehearsed, **answers(Rehearsed, 400, 401, 403, 409, 413, 415, 422)},
    operation_id="submit_rows",
    summary="报送一行或多行 · Send single rows",
)
def submit_rows(
    request: HttpRequest, sent: RowsSent, idempotency_key: IdempotencyKey = ""
) -> Status[Any] | HttpResponse:
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
    found = own_submission(client_of(request), submission)
    return submission_shown(found) if found else not_found()


@router.post(
    "/submissions/{submission}/retract",
    response=answers(Retracted, 400, 401, 403, 404, 409, 415, 422),
    operation_id="retract_rows",
    summary="入库前撤回待判定的行 · Take back rows that wait for a person",
)
def retract(
    request: HttpRequest,
    submission: Annotated[UUID, Path()],
    given: RetractionGiven,
    idempotency_key: IdempotencyKey = "",
) -> HttpResponse | dict[str, Any]:
    """只撤回还在等待判定的行，其余略过；已入库的请撤回记录。

    Rows that do not wait any more are passed over; a row that became a record is withdrawn as one.
    """
    client = client_of(request)
    found = own_submission(client, submission)
    if found is None:
        return not_found()
    take_back = partial(retracting.retract, found, given.rows, given.text, actor=client.user, now=clock.now())
    return answered_once(request, idempotency_key, lambda: {"retracted": take_back()})


@router.get(
    "/submissions/{submission}/receipt",
    response=answers(Receipt, 401, 403, 404, 409, 422),
    operation_id="receipt",
    summary="签名回执 · Signed receipt",
)
def receipt(request: HttpRequest, submission: Annotated[UUID, Path()]) -> HttpResponse | receipts.Receipt:
    """收到什么、结果如何，由平台签名；可用核验程序离线核验。 Check it offline with the verifier of documents."""
    found = own_submission(client_of(request), submission)
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
    found = own_submission(client_of(request), submission)
    if found is None:
        return not_found()
    rows = list(selectors.rows(found).filter(row_no__gt=min(int(cursor or 0), 2**31 - 1))[: PAGE + 1])
    more = str(rows[PAGE - 1].row_no) if len(rows) > PAGE else ""
    return {"items": rows_shown(selectors.in_words(found, rows[:PAGE])), "next_cursor": more}


def _sent(
    client: ApiClient, item: str, file: IO[bytes], dry_run: bool, key: str, after: int = 0
) -> Status[Any] | HttpResponse:
    """Rehearse or take in what was sent, and answer."""
    now, today = clock.now(), clock.today()
    clients.check_covers(client, SUBMISSION)
    sending: dict[str, Any] = {"actor": client.user, "now": now, "today": today}
    try:
        if dry_run:
            rehearsal = services.rehearse(client.agency, item, "api", file, **sending)
            return Status(200, _rehearsed(rehearsal.submission, rehearsal.told, after))
        if key:
            clients.use_key(client, key, file_digest(item, file), now)
        sent = services.submit(client.agency, item, "api", file, **sending)
    except ColumnsUnknown as refusal:
        return columns.to_match(refusal, client, item, file, keep=not dry_run)
    return Status(201 if sent.submitted_at == now else 200, submission_shown(sent))


def _rehearsed(submission: Any, told: Any, after: int = 0) -> dict[str, Any]:
    """Show a page of a dry run; a line of it reads like a row that is stored."""
    left = [line for line in told if line.row_no > after]
    following = str(left[TRIED - 1].row_no) if len(left) > TRIED else ""
    page = selectors.in_words(submission, left[:TRIED])
    return submission_shown(submission, page, dry_run=True, following=following)


def _outcome(each: archives.Outcome, dry_run: bool) -> dict[str, Any]:
    shown = None
    if each.submission is not None:
        shown = _rehearsed(each.submission, each.told) if dry_run else submission_shown(each.submission)
    return {"name": each.name, "submission": shown, "refusal": _refusal(each.refusal)}


def _refusal(refusal: Any) -> dict[str, Any] | None:
    if refusal is None:
        return None
    unmatched = isinstance(refusal, ColumnsUnknown)
    told = {"code": refusal.code, "zh": refusal.zh, "en": refusal.en}
    return told | {"mapping": columns.anywhere() if unmatched else None}
