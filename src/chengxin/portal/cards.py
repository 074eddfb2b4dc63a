"""From records to the parameters of record cards and timelines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from chengxin.disclosure.own_file import Held
from chengxin.disclosure.publication import PublicRecord, group_of
from chengxin.disclosure.shapes import FieldShown, RowShown
from chengxin.portal import words
from chengxin.portal.frame import said

# The field that says in a few words what a record is about, layout by layout; the item's name stands in otherwise.
TITLES = ("CF_WFXW", "XK_XKWS", "RY_MC", "TY_MC")
LONGEST_TITLE = 60


def title(row: PublicRecord | RowShown) -> str:
    """Return what a record is about, in a few words."""
    values = {field.code: field.value for field in row.fields}
    found = next((values[code] for code in TITLES if values.get(code)), said(row.item_zh, row.item_en))
    return found if len(found) <= LONGEST_TITLE else found[: LONGEST_TITLE - 1] + "…"


def states(row: PublicRecord | RowShown, *, suspended: bool = False) -> list[str]:
    """Return the state tags of a record: what it is under, or that it stands."""
    marks = [("suspended", suspended), ("disputed", row.disputed), ("repairing", row.under_repair)]
    return [state for state, holds in marks if holds] or ["in_force"]


def public_card(row: PublicRecord) -> dict[str, Any]:
    """Return the parameters of a card on the open site."""
    return {
        "what": title(row),
        "kind": said(row.item_zh, row.item_en),
        "grade": str(words.GRADES.get(row.grade, "")),
        "document": row.document_no,
        "authority": row.authority_name,
        "basis": row.basis,
        "states": states(row),
        "rows": _rows(_owner(row), _decided(row), _until(_("公示到"), row.until), _statement(row.statement)),
        "id": f"r-{row.record}",
    }


def own_card(held: Held, *, href: str = "", level: int = 3) -> dict[str, Any]:
    """Return the parameters of a card in the subject's own file."""
    row = held.row
    seen = _until(_("公示到"), held.public_until) if held.public_from else _never_public()
    used: dict[str, Any] | None = _until(_("共享使用到"), held.use_until)
    if held.link_suspended:
        seen, used = {"term": _("公示和使用"), "text": _("已中止，查清之前不公示、不使用")}, None
    return {
        "what": title(row),
        "kind": said(row.item_zh, row.item_en),
        "grade": str(words.GRADES.get(row.grade, "")),
        "href": href,
        "document": row.document_no,
        "authority": row.authority_name,
        "basis": row.basis,
        "states": states(row, suspended=held.link_suspended),
        "dispute": _doubt(held),
        "rows": _rows(_decided(row), seen, used, _statement(row.statement)),
        "level": level,
    }


def _doubt(held: Held) -> str:
    """Say what the mark means: a record that may be somebody else's is in no result; any other shows its mark."""
    if held.link_suspended:
        return _("您说这不是您的记录，正在核查。查清之前，它不出现在任何结果里。")
    return _("您对这条记录提出了异议，正在核查。结论作出之前，每一个含有它的结果都带着这一标注。")


def details(fields: Iterable[FieldShown]) -> list[dict[str, Any]]:
    """Return a record's fields as rows of a data list."""
    return [{"term": said(field.zh, field.en), "text": field.value} for field in fields if field.value]


def kind_of(row: RowShown) -> str:
    """Return the heading a record of one's own file stands under."""
    return group_of(row.item)


def _rows(*rows: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [row for row in rows if row]


def _owner(row: PublicRecord) -> dict[str, Any] | None:
    if not row.owner:
        return None
    return {"term": _("主体"), "text": row.owner, "href": f"/organisations/{row.owner_uscc}/"}


def _decided(row: PublicRecord | RowShown) -> dict[str, Any]:
    return {"term": _("决定日期"), "text": row.document_date.isoformat()}


def _until(term: str, day: Any) -> dict[str, Any]:
    return {"term": term, "text": day.isoformat() if day else _("长期有效")}


def _never_public() -> dict[str, Any]:
    return {"term": _("是否公示"), "text": _("不公示，只有您和依法或经您授权查询的单位能看到")}


def _statement(text: str) -> dict[str, Any] | None:
    return {"term": _("当事人声明"), "text": text} if text else None
