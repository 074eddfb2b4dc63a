"""What a change moves, as its page shows it: counted in every room, with the time at which it was counted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from chengxin.catalogue.change_words import english
from chengxin.console.catalogue.words import FIGURES, said
from chengxin.monitoring import catalogue_impact
from chengxin.registry.catalogue_impact import Affected
from chengxin.rules.errors import Refusal
from chengxin.ui.formats import day

FINISHED = ("in_force", "retired", "discarded")


def of(change: Any, now: datetime, today: date, anew: bool) -> tuple[dict[str, Any] | None, str]:
    """Return what the change moves: as approved once it is approved, as counted last before; a refusal says why not."""
    if change.impact is not None:
        return _shown(change.impact), ""
    if change.state in FINISHED:
        return None, ""
    try:
        seen = catalogue_impact.shown(change, now=now, today=today, anew=anew)
        records = catalogue_impact.newest(change, today)
    except Refusal as refusal:
        return None, said(refusal)
    told = {"mark": str(seen.pk), "counted_at": seen.taken_at, "records": [_record(each) for each in records]}
    return _shown(seen.content) | told, ""


def _record(each: Affected) -> list[str]:
    return [each.item, day(each.document_date), each.en if english() else each.zh]


def _shown(stored: dict[str, Any]) -> dict[str, Any]:
    figures = [[str(FIGURES[each["key"]]), str(each["before"]), str(each["after"])] for each in stored["figures"]]
    return {
        "stats": _stats(stored),
        "agencies": [[each["en"] if english() else each["zh"], str(each["records"])] for each in stored["agencies"]],
        "agency_columns": [{"text": _("单位")}, {"text": _("记录数"), "number": True}],
        "record_columns": [{"text": text} for text in (_("目录项"), _("文书日期"), _("单位"))],
        "figures": figures,
        "figure_columns": [{"text": text} for text in (_("统计数字"), _("现在"), _("变更后"))],
        "pages": stored["pages"],
        "items": "、".join(stored["items"]),
    }


def _stats(stored: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the figures as tiles: what every approver asks first, and of the rest what the change really moves."""
    feed = stored.get("feed", {})
    always = [
        (_("涉及的记录"), stored["records"], _("条")),
        (_("其中正在公示"), stored["published"], _("条")),
        (_("将不再公示"), stored["hidden"], _("条")),
        (_("按新规则期限不同"), stored["periods"], _("条")),
        (_("该列已有内容"), stored["filled"], _("条")),
    ]
    moved = [
        (_("将重新公示"), stored.get("reopened"), _("条")),
        (_("仍公示但少一列内容"), stored.get("blanked"), _("条")),
        (_("将向接收方撤回"), feed.get("withdrawn"), _("条")),
        (_("将向接收方更新"), feed.get("changed"), _("条")),
        (_("持有内容的接收方"), feed.get("recipients"), _("个")),
        (_("不再应报的单位"), stored.get("duties"), _("个")),
    ]
    told = [*always, *(each for each in moved if each[1])]
    return [{"label": label, "value": value, "unit": unit} for label, value, unit in told]
