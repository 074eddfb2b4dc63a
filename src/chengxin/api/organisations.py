"""公开: organisations and their published records, for anyone. There is no search for persons here or anywhere."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from chengxin.api.fields import NO_CONTROLS, Cursor, Uscc, answers
from chengxin.api.problems import not_found, problem
from chengxin.disclosure import naming, publication
from chengxin.rules import masks
from chengxin.ui import clock

router = Router(tags=["organisations"])
PAGE, FURTHEST = 20, 180


class Heading(StrEnum):
    """Under which heading records are published."""

    ALL = "all"
    PENALTIES = "penalties"
    LISTS = "lists"
    LICENCES = "licences"
    HONOURS = "honours"
    COMMITMENTS = "commitments"
    OTHERS = "others"


class Why(Schema):
    """A reason for which a name is offered."""

    code: str
    zh: str
    en: str


class Found(Schema):
    """One organisation; ``former`` tells that the name is one it bore before.

    ``points`` (0 to 100) put the nearest names first and ``reasons`` say why each is offered, the main one first;
    neither says that two names are one organisation. Only its code does.
    """

    name: str
    uscc: str
    former: bool
    points: int
    reasons: list[Why]


class Organisations(Schema):
    """A page of organisations; an empty ``next_cursor`` ends the list."""

    items: list[Found]
    next_cursor: str


class PublicField(Schema):
    """One field of a record in words of both languages."""

    code: str
    zh: str
    en: str
    value: str


class PublicRecord(Schema):
    """One published record: basis, authority, last day on the portal, and the marks that must be shown with it."""

    record: UUID
    item: str
    item_zh: str
    item_en: str
    group: str
    nature: str
    grade: str
    basis: str
    authority_name: str
    document_no: str
    document_date: date
    published_from: date | None
    until: date | None
    restorable_from: date | None
    disputed: bool
    under_repair: bool
    statement: str
    fields: list[PublicField]


class OwnedRecord(PublicRecord):
    """A published record with the organisation it is about."""

    owner: str
    owner_uscc: str


class Organisation(Schema):
    """What anyone may see of an organisation today."""

    name: str
    uscc: str
    kind: str
    former_names: list[str]
    as_of: date
    count: int
    records: list[PublicRecord]


class Latest(Schema):
    """A page of the newest published records; an empty ``next_cursor`` ends the list."""

    items: list[OwnedRecord]
    next_cursor: str


@router.get(
    "/organisations",
    response=answers(Organisations, 422),
    auth=None,
    operation_id="search_organisations",
    summary="按名称或代码查企业和单位 · Search organisations by name or code",
)
def search(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=2, max_length=100, pattern=NO_CONTROLS)],
    cursor: Cursor = "",
) -> HttpResponse | dict[str, Any]:
    """自然人不在其中；身份证号、手机号不得出现在网址里。 Persons are not in it, and their numbers not in addresses."""
    if _holds_number(q):
        return problem(
            422,
            "personal_number_in_address",
            "网址中不得含身份证号或手机号。查询自然人请用 POST /api/v1/enquiries，并附依据。",
            "No identity or telephone number may stand in an address. Ask about a person by POST /api/v1/enquiries.",
        )
    start = min(int(cursor or 0), FURTHEST)
    found = naming.search(q, limit=start + PAGE + 1)[start:]
    more = len(found) > PAGE and start + PAGE <= FURTHEST
    return {"items": found[:PAGE], "next_cursor": str(start + PAGE) if more else ""}


def _holds_number(text: str) -> bool:
    """Tell whether a text holds a person's number, also one broken up by blanks or hyphens."""
    together = re.sub(r"[\s-]", "", text)
    return masks.free_text(text) != text or masks.free_text(together) != together


@router.get(
    "/organisations/{uscc}",
    response=answers(Organisation, 404, 422),
    auth=None,
    operation_id="organisation",
    summary="一个单位的公示信息 · What is published about an organisation",
)
def organisation(request: HttpRequest, uscc: Uscc) -> HttpResponse | dict[str, Any]:
    """每条记录附依据、截止日和异议标注。 Every record comes with its basis, its end and its marks."""
    page = publication.organisation_page(uscc, clock.today())
    if page is None:
        return not_found()
    return {
        "name": page.name,
        "uscc": page.uscc,
        "kind": page.kind,
        "former_names": page.former_names,
        "as_of": page.as_of,
        "count": page.count,
        "records": [record for rows in page.groups.values() for record in rows],
    }


@router.get(
    "/latest",
    response=answers(Latest, 422),
    auth=None,
    operation_id="latest",
    summary="最新公示 · Newest published records",
)
def latest(
    request: HttpRequest,
    kind: Annotated[Heading, Query(description="栏目 · Heading")] = Heading.ALL,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """只含企业和单位。 Organisations only."""
    page = publication.latest(kind.value, clock.today(), cursor)
    return {"items": page.rows, "next_cursor": page.cursor}
