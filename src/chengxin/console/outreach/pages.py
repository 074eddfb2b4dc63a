"""The key figure as the page shows it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.rights.repaired import KeyFigure, Share

GRADES = {
    "minor": gettext_lazy("轻微"),
    "general": gettext_lazy("一般"),
    "serious": gettext_lazy("严重"),
    "": gettext_lazy("未定等次"),
}
WAYS = {
    "invited": gettext_lazy("送达通知后本人申请"),
    "ended": gettext_lazy("免申请终止"),
    "applied": gettext_lazy("本人先行申请"),
}


def figures(found: KeyFigure) -> dict[str, Any]:
    """Return the parameters of the figures and the table."""
    subjects = found.subjects
    label = _("符合条件后 %(days)s 日内修复的主体") % {"days": found.days}
    note = _("%(repaired)s ÷ %(eligible)s 个主体") % {"repaired": subjects.repaired, "eligible": subjects.eligible}
    return {
        "stats": [
            {"label": label, "value": _percent(subjects), "note": note},
            {
                "label": _("尚不能计入的主体"),
                "value": found.too_early,
                "note": _("发现不足 %(days)s 日") % {"days": found.days},
            },
        ],
        "columns": [
            {"text": _("分类")},
            {"text": _("符合条件的记录"), "number": True},
            {"text": _("期内修复"), "number": True},
            {"text": _("比例"), "number": True},
        ],
        "rows": [
            _row(_("全部记录"), found.records),
            *(_row(GRADES[grade], share) for grade, share in found.by_grade.items()),
            *(_row(WAYS[way], share) for way, share in found.by_way.items()),
        ],
        "days": found.days,
    }


def _row(name: Any, share: Share) -> list[Any]:
    return [name, share.eligible, share.repaired, _percent(share)]


def _percent(share: Share) -> str:
    return f"{share.percent} %" if share.percent is not None else "—"
