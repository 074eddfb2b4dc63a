"""查询授权: a unit's system asks a subject, sees how each authorisation stands, and takes the signed artefact."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from chengxin.accounts import clients
from chengxin.accounts.clients import ApiClient
from chengxin.api.enquiries import KINDS, Certificate
from chengxin.api.fields import ITEM_CODE, NO_CONTROLS, Given, answers
from chengxin.api.problems import not_found
from chengxin.api.repeats import name_of
from chengxin.api.results import IdempotencyKey, body_digest
from chengxin.api.security import client_of
from chengxin.disclosure import authorisation_artefact, authorisations
from chengxin.ui import clock

router = Router(tags=["authorisations"])
PAGE = 100
Identity = Annotated[UUID, Path()]
After = Annotated[
    str,
    Query(pattern=r"^([0-9]{1,17}-[0-9a-f]{32})?$", description="上一页的 next_cursor · next_cursor of the last page"),
]


class AuthorisationGiven(Given):
    """What a subject is asked to allow: one purpose, listed items, for 1 to 90 days, once or repeatedly."""

    purpose: Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")]
    code_kind: Certificate
    code: Annotated[str, Field(min_length=1, max_length=40, pattern=NO_CONTROLS)]
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROLS)]
    items: Annotated[list[Annotated[str, Field(pattern=ITEM_CODE)]], Field(min_length=1, max_length=100)]
    days: Annotated[int, Field(ge=1, le=90)]
    once: bool


class AuthorisationShown(Schema):
    """How an authorisation stands: asked, live, declined, withdrawn, used or ended. The subject is not named."""

    id: UUID
    state: str
    purpose: str
    items: list[str]
    days: int
    once: bool
    asked_at: datetime
    since: date | None
    until: date | None
    used_at: datetime | None
    withdrawn_at: datetime | None


class Authorisations(Schema):
    """A page of authorisations, newest first; an empty ``next_cursor`` ends the list."""

    items: list[AuthorisationShown]
    next_cursor: str


class Artefact(Schema):
    """``text`` is canonical JSON; ``signature`` (base64) is over its number and SHA-256, ``index`` its leaf."""

    v: int
    number: str
    text: str
    sha256: str
    signature: str
    index: int | None
    vkey: str


class AuthorisationWithArtefact(AuthorisationShown):
    """An authorisation and what was signed at its latest act, which an offline verifier checks."""

    artefact: Artefact | None


@router.post(
    "/authorisations",
    response={201: AuthorisationShown, **answers(AuthorisationShown, 400, 401, 403, 409, 415, 422)},
    operation_id="ask_authorisation",
    summary="申请查询授权 · Ask a subject for an authorisation",
)
def ask_authorisation(
    request: HttpRequest, given: AuthorisationGiven, idempotency_key: IdempotencyKey = ""
) -> Status[dict[str, Any]]:
    """申请送达本人信箱；同意之前什么也看不到。同一幂等键再发一次，答复同一份（200）。

    It goes to the subject's inbox; nothing may be read before it is granted. Sent again under the same key it is the
    same request (200).
    """
    client, now, today = client_of(request), clock.now(), clock.today()
    clients.check_covers(client, given.purpose)
    name = name_of(client, "authorisation", idempotency_key)
    digest = body_digest("authorisation", client.agency_id, given.dict())
    with clients.once(client, idempotency_key, digest, now) as fresh:
        if fresh:
            authorisations.ask(_wanted(given), client.user, now=now, today=today, authorisation_id=name)
        found = authorisations.of_unit(name, client.user)
    return Status(201 if fresh else 200, _shown(found, today))


@router.get(
    "/authorisations",
    response=answers(Authorisations, 401, 403, 422),
    operation_id="authorisations",
    summary="本单位申请的授权 · What the unit has asked for",
)
def list_authorisations(request: HttpRequest, cursor: After = "") -> dict[str, Any]:
    """只列本客户端所含用途的。 Only for the purposes this client was issued for."""
    client, today = client_of(request), clock.today()
    found = authorisations.page(client.user, client.purposes, after=_place(cursor), limit=PAGE + 1)
    more = _cursor(found[PAGE - 1]) if len(found) > PAGE else ""
    return {"items": [_shown(each, today) for each in found[:PAGE]], "next_cursor": more}


@router.get(
    "/authorisations/{authorisation}",
    response=answers(AuthorisationWithArtefact, 401, 403, 404, 422),
    operation_id="authorisation",
    summary="授权的状态和签名凭证 · How an authorisation stands, with its signed artefact",
)
def see_authorisation(request: HttpRequest, authorisation: Identity) -> HttpResponse | dict[str, Any]:
    """其他单位的与不存在的答复相同。 Another unit's looks the same as none."""
    found = _own(client_of(request), authorisation)
    if found is None:
        return not_found()
    artefact = authorisation_artefact.as_file(found, now=clock.now())
    return {**_shown(found, clock.today()), "artefact": artefact}


def _own(client: ApiClient, authorisation: UUID) -> Any:
    """Return an authorisation of the client's unit and purposes, or None."""
    found = authorisations.of_unit(authorisation, client.user)
    return found if found.purpose in client.purposes else None


def _wanted(given: AuthorisationGiven) -> authorisations.Ask:
    return authorisations.Ask(
        purpose=given.purpose,
        code_kind=KINDS[given.code_kind.value],
        code=given.code,
        name=given.name,
        item_codes=tuple(given.items),
        days=given.days,
        once=given.once,
    )


def _shown(each: Any, today: date) -> dict[str, Any]:
    return {
        "id": each.pk,
        "state": authorisations.state(each, today),
        "purpose": each.purpose,
        "items": list(each.item_codes),
        "days": each.days,
        "once": each.once,
        "asked_at": each.asked_at,
        "since": each.since,
        "until": each.until,
        "used_at": each.used_at,
        "withdrawn_at": each.withdrawn_at,
    }


def _cursor(each: Any) -> str:
    return f"{authorisations.position(each.asked_at)}-{each.pk.hex}"


def _place(cursor: str) -> tuple[int, UUID] | None:
    microseconds, _dash, name = cursor.partition("-")
    return (int(microseconds), UUID(name)) if name else None
