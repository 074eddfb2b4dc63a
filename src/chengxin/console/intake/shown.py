"""What the pages of the intake desk show: figures, tables and filters as plain data for components."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from chengxin.intake import mending, selectors
from chengxin.intake.selectors import RowView, Summary
from chengxin.rules.validation.codes import Finding

# Below this many findings the table says it all.
_ENOUGH_FOR_A_CHART = 10
_STRIP = ("admitted", "corrected", "valid", "duplicate", "waiting", "mended", "returned", "withdrawn", "retracted")
STATE_TONES = {
    "admitted": "accepted",
    "returned": "refused",
    "waiting": "waiting",
    "duplicate": "neutral",
    "corrected": "accepted",
    "withdrawn": "neutral",
    "mended": "neutral",
    "retracted": "neutral",
    "valid": "open",
    "validated": "open",
    "refused": "refused",
}


def english() -> bool:
    """Tell whether the page is read in English."""
    return (get_language() or "").startswith("en")


def state_word(state: str) -> str:
    """Return the word for the state of a row or a file."""
    return {
        "admitted": _("已入库"),
        "returned": _("退回"),
        "waiting": _("待人工判定"),
        "duplicate": _("已有相同记录"),
        "corrected": _("已更正入库"),
        "withdrawn": _("已撤回"),
        "mended": _("已重报"),
        "retracted": _("入库前撤回"),
        "valid": _("待入库"),
        "validated": _("处理中"),
        "refused": _("未接收"),
    }[state]


def tag(state: str) -> dict[str, str]:
    """Return the cell that shows a state."""
    return {"tone": STATE_TONES[state], "text": state_word(state)}


def file_state(submission: Any) -> dict[str, str]:
    """Return the cell that shows how far a file has come."""
    if submission.state == "admitted":
        return {"tone": "accepted", "text": _("已处理")}
    return tag(submission.state)


def tiles(figures: Summary, href: str = "") -> list[dict[str, Any]]:
    """Return the five figures of a submission, each leading to its rows."""
    named = (
        ("", _("收到"), figures.received, _("文件中有内容的行")),
        ("admitted", _("已入库"), figures.admitted, _("成为信用记录"))
        if href
        else ("valid", _("可以入库"), figures.valid, _("正式报送后成为信用记录")),
        ("returned", _("退回"), figures.returned, _("附原因和改法")),
        ("waiting", _("待人工判定"), figures.waiting, _("号码与名称不一致")),
        ("duplicate", _("已有相同记录"), figures.duplicate, _("未重复入库")),
    )
    return [
        {"label": label, "value": value, "unit": _("行"), "note": note}
        | ({"href": f"{href}?state={state}" if state else href} if href else {})
        for state, label, value, note in named
    ]


def figures(submission: Any, href: str = "") -> dict[str, Any]:
    """Return what the page of one file says at a glance."""
    counts = selectors.summary(submission)
    return {
        "submission": submission,
        "item_name": submission.item.name_en if english() else submission.item.name_zh,
        "basis": f"《{submission.item.basis_instrument}》{submission.item.basis_article}",
        "figures": counts,
        "tiles": tiles(counts, href),
        "strip": strip(counts),
        "notes": notes(submission),
        "bars": reason_bars(submission, counts),
    }


def strip(counts: Summary) -> dict[str, Any]:
    """Return one bar cut into the states of all rows: parts with place and width in per mille, and in words."""
    parts: list[dict[str, Any]] = []
    start = 0.0
    for state in _STRIP:
        count = getattr(counts, state)
        if count:
            width = 1000 * count / counts.received
            told = {"state": state, "word": state_word(state), "count": count}
            parts.append(told | {"x": f"{start:.1f}", "width": f"{width:.1f}"})
            start += width
    words = "，".join(f"{part['word']} {part['count']}" for part in parts)
    return {"parts": parts, "text": words}


def finding_columns() -> list[dict[str, Any]]:
    """Return the columns of the table of findings."""
    return [
        {"text": _("行"), "number": True},
        {"text": _("结果")},
        {"text": _("字段")},
        {"text": _("发现了什么")},
        {"text": _("怎么办")},
    ]


def finding_rows(
    submission: Any, rows: Iterable[RowView], records: Mapping[int, UUID] | None = None
) -> list[list[Any]]:
    """Return one table line for each finding of some rows; a row without any has one line of its own.

    ``records`` are the records of rows by row number; such a row leads to where its record came from.
    """
    return [line for row in rows for line in _lines(submission, row, (records or {}).get(row.row_no))]


def _lines(submission: Any, row: RowView, record: UUID | None) -> list[list[Any]]:
    number: Any = str(row.row_no)
    if record:
        number = {"text": number, "href": reverse("console:intake:lineage", args=[record])}
    if not row.findings:
        return [[number, tag(row.state), "—", _("没有问题。"), "—"]]
    return [[number, tag(row.state), *_said(submission, found)] for found in row.findings]


def _said(submission: Any, found: Finding) -> list[Any]:
    language = "en" if english() else "zh"
    what, remedy = (found.en, found.remedy_en) if english() else (found.zh, found.remedy_zh)
    field = selectors.field_heading(submission, found.field, language) if found.field else "—"
    return [field, {"text": what, "note": found.cited} if found.cited else what, remedy]


def notes(submission: Any) -> list[dict[str, Any]]:
    """Return the sentences about the file as a whole, those that say the same of several columns together."""
    groups: dict[str, dict[str, Any]] = {}
    for found in selectors.notes(submission):
        line, remedy = (found.en, found.remedy_en) if english() else (found.zh, found.remedy_zh)
        groups.setdefault(found.code, {"lines": [], "remedy": remedy})["lines"].append(line)
    return list(groups.values())


def reason_bars(submission: Any, figures: Summary) -> list[dict[str, Any]]:
    """Return the findings by number of rows, most frequent first, under short names."""
    language = "en" if english() else "zh"
    if sum(figures.by_code.values()) < _ENOUGH_FOR_A_CHART:
        return []
    ordered = sorted(figures.by_code.items(), key=lambda pair: -pair[1])[:8]
    return [{"label": selectors.reason_name(code, language), "value": count} for code, count in ordered]


def file_rows(found: Iterable[Any], *, with_agency: bool) -> list[list[Any]]:
    """Return one table line for each submission."""
    return [_file_row(submission, with_agency) for submission in found]


def _file_row(submission: Any, with_agency: bool) -> list[Any]:
    counts = selectors.summary(submission)
    item = submission.item.name_en if english() else submission.item.name_zh
    note = _("%(item)s · 网页修改") % {"item": item} if submission.kind == mending.KIND else item
    name = {"text": submission.filename, "href": reverse("console:intake:result", args=[submission.id]), "note": note}
    agency = [submission.agency.name_en if english() else submission.agency.name_zh] if with_agency else []
    refused = submission.state == "refused"
    told = (counts.received, counts.admitted, counts.returned, counts.waiting)
    figures = ["—" if refused else str(value) for value in told]
    return [submission.submitted_at.date(), name, *agency, file_state(submission), *figures]


def file_columns(*, with_agency: bool) -> list[dict[str, Any]]:
    """Return the columns of the list of submissions."""
    agency = [{"text": _("信源单位")}] if with_agency else []
    figures = [{"text": text, "number": True} for text in (_("收到"), _("入库"), _("退回"), _("待判定"))]
    return [{"text": _("报送日期")}, {"text": _("文件")}, *agency, {"text": _("状态")}, *figures]


def told_sentence(figures: Summary, *, again: bool) -> str:
    """Return the one sentence said after a file was sent."""
    if again:
        return _("这个文件已经报送过，没有重复处理；下面是当时的结果。")
    count = figures.received
    return ngettext("收到 %(count)d 行，已全部处理。", "收到 %(count)d 行，已全部处理。", count) % {"count": count}


def figures_sentence(figures: Summary) -> str:
    """Return the one sentence said about each file of several."""
    count = figures.received
    text = ngettext(
        "收到 %(count)d 行，退回 %(returned)d 行，待判定 %(waiting)d 行。",
        "收到 %(count)d 行，退回 %(returned)d 行，待判定 %(waiting)d 行。",
        count,
    )
    return text % {"count": count, "returned": figures.returned, "waiting": figures.waiting}
