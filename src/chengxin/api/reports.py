"""信用报告核验: whether a printed report still holds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from chengxin.api.fields import answers
from chengxin.disclosure import report
from chengxin.ui import clock

router = Router(tags=["reports"])


class Verified(Schema):
    """``valid``, ``superseded`` (the file has changed since) or ``unknown``; ``digest`` compares two copies."""

    validity: str
    made_at: datetime | None
    digest: str


@router.get(
    "/reports/verify",
    response=answers(Verified, 422),
    auth=None,
    operation_id="verify_report",
    summary="核验信用报告 · Check a credit report",
)
def verify(
    request: HttpRequest,
    number: Annotated[str, Query(pattern=r"^[0-9A-Za-z]{1,30}$")],
    code: Annotated[str, Query(pattern=r"^[0-9A-Za-z]{1,16}$")],
) -> dict[str, Any]:
    """编号不存在与验证码不符的答复相同。 A wrong code and an unknown number are answered alike."""
    found = report.verify(number, code, clock.today())
    return {"validity": found.validity.value, "made_at": found.made_at, "digest": found.digest}
