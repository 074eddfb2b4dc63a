"""目录: what may be collected, from whom, under which article."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from chengxin.api.fields import answers
from chengxin.catalogue import selectors
from chengxin.ui import clock

router = Router(tags=["catalogue"])


class Item(Schema):
    """One item of the catalogue in force; ``verified`` tells whether its basis was checked against the source."""

    code: str
    name_zh: str
    name_en: str
    nature: str
    subject_kinds: list[str]
    publicity: str
    person_public_basis: str
    basis: list[str]
    needs_consent: bool
    opt_in: bool
    verified: bool
    in_force_from: date
    in_force_until: date | None


class Catalogue(Schema):
    """The catalogue of a day."""

    as_of: date
    items: list[Item]


@router.get(
    "/catalogue",
    response=answers(Catalogue),
    auth=None,
    operation_id="catalogue",
    summary="今日生效的目录 · The catalogue in force today",
)
def catalogue(request: HttpRequest) -> dict[str, Any]:
    """目录之外没有公共信用信息。 Outside the catalogue there is no public-credit information."""
    today = clock.today()
    return {"as_of": today, "items": selectors.catalogue_rows(today)}
