"""可携带报告: what anybody needs to check one: the issuer's keys and the status lists. No report is ever sent here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from chengxin.api.fields import Number, answers
from chengxin.api.problems import not_found
from chengxin.disclosure.portable import services as portable
from chengxin.disclosure.portable.services import NoSuchList
from chengxin.ui import clock

router = Router(tags=["portable"])


class Key(Schema):
    """A public key on P-256 (RFC 7517); ``kid`` is its thumbprint (RFC 7638)."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    alg: str
    use: str


class Keys(Schema):
    """The keys under which reports and status lists are signed, the present one first."""

    keys: list[Key]


class StatusList(Schema):
    """A status list (``statuslist+jwt``). ``uri`` is the address that reports name; ``ends_at`` its last moment."""

    number: int
    uri: str
    token: str
    made_at: datetime
    ends_at: datetime


@router.get(
    "/portable/keys",
    response=answers(Keys),
    auth=None,
    operation_id="portable_keys",
    summary="可携带报告的公钥 · Keys of portable reports",
)
def keys(request: HttpRequest) -> dict[str, Any]:
    """任何人可据此离线核验。 Anyone can check offline with them."""
    return portable.keys()


@router.get(
    "/portable/status-lists/{number}",
    response=answers(StatusList, 404, 422),
    auth=None,
    operation_id="portable_status_list",
    summary="可携带报告的状态清单 · A status list of portable reports",
)
def status_list(request: HttpRequest, number: Number) -> HttpResponse | dict[str, Any]:
    """整份取走，不说明在核验哪一份。 Taken whole; nobody learns which report is being checked."""
    try:
        found = portable.publish(number, request.build_absolute_uri(f"/portable/status/{number}"), now=clock.now())
    except NoSuchList:
        return not_found()
    return {
        "number": number,
        "uri": found.uri,
        "token": found.token,
        "made_at": found.made_at,
        "ends_at": found.ends_at,
    }
