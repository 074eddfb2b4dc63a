"""再次报送: what a later file says differently about records that stand, read and confirmed by who sent it."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema
from pydantic import Field

from chengxin.accounts import clients
from chengxin.api.fields import Cursor, Given, answers
from chengxin.api.problems import not_found
from chengxin.api.results import Change, Counts, IdempotencyKey, body_digest, own_submission
from chengxin.api.security import client_of
from chengxin.api.texts import WHOLE, Words
from chengxin.intake import resubmission, selectors
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

router = Router(tags=["submissions"])
PAGE = 20
MOST_ROWS = 200
NOTHING_DONE = '{"done": 0, "refused": []}'
"""What is told of a key that was used before answers were kept."""
LARGEST_ROW = 2**31 - 1
RowNo = Annotated[int, Field(ge=2, le=LARGEST_ROW), WHOLE]


class Difference(Schema):
    """A row that says something else than the record it met; ``number`` is the version it was compared with.

    Without ``changes`` it can no longer be confirmed.
    """

    row_no: int
    record: UUID
    document_no: str
    number: int
    changes: list[Change]


class LeftOut(Schema):
    """A record of the earlier file that this file does not hold. It stands until somebody withdraws it."""

    record: UUID
    row_no: int


class Absent(Schema):
    """What the earlier file most like this one held and this one does not; ``items`` are the first of them."""

    earlier: UUID
    count: int
    items: list[LeftOut]


class Differences(Schema):
    """A page of differing rows; an empty ``next_cursor`` ends the list. ``absent`` comes with the first page only."""

    items: list[Difference]
    next_cursor: str
    absent: Absent | None


class Row(Given):
    """A row to confirm, and the version it was compared with when it was read."""

    row_no: RowNo
    number: Annotated[int, Field(ge=1, le=LARGEST_ROW), WHOLE]


class ConfirmationGiven(Given):
    """The rows that become corrections, and why."""

    rows: Annotated[list[Row], Field(min_length=1, max_length=MOST_ROWS)]
    text: Words


class HeldUp(Schema):
    """A row that did not become a correction, and why."""

    row_no: int
    code: str
    zh: str
    en: str


class Confirmed(Schema):
    """How many rows became corrections now, what held up the others, and how the rows of the file stand.

    ``repeated`` says that the request was done before, under its idempotency key; the rest is what it came to then.
    """

    repeated: bool
    done: int
    refused: list[HeldUp]
    counts: Counts


@router.get(
    "/submissions/{submission}/differences",
    response=answers(Differences, 401, 403, 404, 422),
    operation_id="differences",
    summary="与已有记录的差异 · What a file says differently",
)
def differences(
    request: HttpRequest, submission: Annotated[UUID, Path()], cursor: Cursor = ""
) -> HttpResponse | dict[str, Any]:
    """个人信息遮盖；查看自然人的差异留痕。 Personal values are masked; showing a person's is written down."""
    client = client_of(request)
    found = own_submission(client, submission)
    if found is None:
        return not_found()
    after = min(int(cursor or 0), LARGEST_ROW)
    rows = list(resubmission.differing(found).filter(row_no__gt=after)[: PAGE + 1])
    shown = resubmission.show_differences(found, rows[:PAGE], actor=client.user, now=clock.now())
    more = str(rows[PAGE - 1].row_no) if len(rows) > PAGE else ""
    return {"items": shown, "next_cursor": more, "absent": None if after else _absent(found)}


@router.post(
    "/submissions/{submission}/differences",
    response=answers(Confirmed, 400, 401, 403, 404, 409, 415, 422),
    operation_id="confirm_differences",
    summary="确认差异为更正 · Confirm differences as corrections",
)
def confirm(
    request: HttpRequest,
    submission: Annotated[UUID, Path()],
    given: ConfirmationGiven,
    idempotency_key: IdempotencyKey = "",
) -> HttpResponse | dict[str, Any]:
    """逐行更正，互不影响；版本已变的不改，须重新查看差异。

    Every row by itself; none holds up another. A row whose record changed since it was read is not corrected.
    """
    client, now, today = client_of(request), clock.now(), clock.today()
    found = own_submission(client, submission)
    if found is None:
        return not_found()
    with clients.once(client, idempotency_key, body_digest("differences", submission, given.dict()), now) as fresh:
        if fresh:
            shown = [(row.row_no, row.number) for row in given.rows]
            told = resubmission.confirm_all(found, given.text, shown=shown, actor=client.user, now=now, today=today)
            outcome = {"done": told.done, "refused": [_held_up(*each) for each in told.refused]}
            if idempotency_key:
                clients.keep_answer(client, idempotency_key, json.dumps(outcome))
        else:
            outcome = json.loads(clients.answered(client, idempotency_key) or NOTHING_DONE)
        figures = selectors.summary(selectors.submission(submission) or found)
    return {"repeated": not fresh, "counts": figures, **outcome}


def _held_up(row_no: int, why: Refusal) -> dict[str, Any]:
    return {"row_no": row_no, "code": why.code, "zh": why.zh, "en": why.en}


def _absent(found: Any) -> dict[str, Any] | None:
    left = resubmission.absent(found)
    if left is None:
        return None
    items = [{"record": each.record_id, "row_no": each.row.row_no} for each in left.rows[:MOST_ROWS]]
    return {"earlier": left.earlier.id, "count": left.rows.count(), "items": items}
