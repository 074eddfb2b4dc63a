"""目录: what may be collected, from whom, under which article."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema

from chengxin.api.fields import ITEM_CODE, answers
from chengxin.api.problems import not_found
from chengxin.catalogue import selectors
from chengxin.catalogue.selectors import NoItemInForce
from chengxin.intake import blanks
from chengxin.ui import clock

router = Router(tags=["catalogue"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORKBOOK = {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}


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


@router.get(
    "/catalogue/{item}/template.xlsx",
    response=answers(None, 404, 422),
    auth=None,
    operation_id="template",
    summary="一个目录项的空白模板 · The empty table of an item",
    openapi_extra={"responses": {200: _WORKBOOK}},
)
def template(request: HttpRequest, item: Annotated[str, Path(pattern=ITEM_CODE)]) -> HttpResponse:
    """按今日生效的目录生成：下拉选项、逐列说明、虚构示例。 From the catalogue in force: drop-downs, notes, examples."""
    try:
        content = blanks.blank_xlsx(item, clock.today())
    except NoItemInForce:
        return not_found()
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="template-{item}.xlsx"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
