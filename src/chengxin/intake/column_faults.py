"""Refusals of a file because of its columns: where, how far, and what to do. Never what a cell holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chengxin.intake.readers.faults import FileRefused
from chengxin.rules import supplies
from chengxin.rules.column_shifts import Slip, Swap
from chengxin.rules.columns import Proposals
from chengxin.rules.layouts import Layout

_DIGITS = re.compile(r"\d{6,}")
_SHOWN = 6
_REMEDY_ZH = "请按模板补正后重报；全文未入库。"
_REMEDY_EN = "Correct it by the template and send the file again; nothing was stored."


class ColumnsRefused(FileRefused):
    """Headings that do not describe the table of the catalogue item."""

    code = "columns"


class ColumnsShifted(ColumnsRefused):
    """Headings are right and the values stand beside them, or two headings are exchanged."""

    code = "columns.shifted"


class ColumnsUnknown(ColumnsRefused):
    """Headings that a person has to match with fields before the file can be read; doors lead to that page."""

    code = "columns.mapping"

    def __init__(self, zh: str, en: str, proposals: Proposals) -> None:
        super().__init__(zh, en, unknown=len(proposals.unknown), missing=list(proposals.missing))
        self.proposals = proposals


def shown(heading: str) -> str:
    """Return a heading as it may be repeated: no runs of digits, for a file may have data where headings belong."""
    return _DIGITS.sub("…", heading)[:30]


def unknown(proposals: Proposals, layout: Layout) -> ColumnsUnknown:
    """Say which columns a person has to match, and where that is done."""
    zh, en = _missing(proposals.missing, layout)
    if proposals.unknown:
        names = _names(proposals.unknown)
        zh.append(f"有 {len(proposals.unknown)} 列不认识或须核对：{names}。")
        en.append(f"{len(proposals.unknown)} columns are not known or have to be checked: {names}.")
    if proposals.doubled:
        names = _names(proposals.doubled)
        zh.append(f"这些列对应同一字段：{names}。")
        en.append(f"These columns stand for one field: {names}.")
    if proposals.missing and set(proposals.missing) <= _fillable(proposals, layout):
        zh.append("缺的列可以在“列对应”页面确认由什么补上。")
        en.append("What stands in for the missing ones can be confirmed on the page “Columns”.")
    zh.append("平台不猜测。请打开“列对应”页面确认一次，以后相同表头自动识别；全文未入库。")
    en.append(
        "Nothing is guessed. Confirm once on the page “Columns” what they stand for; the same headings are then known. "
        "Nothing was stored."
    )
    return ColumnsUnknown("".join(zh), " ".join(en), proposals)


def refused(proposals: Proposals, repeated: Sequence[str], layout: Layout, *, no_headings: bool) -> ColumnsRefused:
    """Say which required columns are missing or occur twice, or that the first row names no columns."""
    zh, en = _missing(proposals.missing, layout)
    if repeated:
        names = _names(repeated)
        zh.append(f"这些列重复：{names}，只能保留一列。")
        en.append(f"Columns that occur twice: {names}; keep one.")
    if no_headings:
        zh.append("第一行不像表头，请确认第一行是列名。")
        en.append("The first row does not look like headings; make sure that it names the columns.")
    return ColumnsRefused("".join([*zh, _REMEDY_ZH]), " ".join([*en, _REMEDY_EN]), missing=list(proposals.missing))


def slipped(slip: Slip, heading: str, layout: Layout) -> ColumnsShifted:
    """Say from which column on the values stand beside their headings, to which side and how far."""
    far, field = abs(slip.by), layout.get(slip.field)
    side_zh, side_en = ("右", "right") if slip.by > 0 else ("左", "left")
    return ColumnsShifted(
        f"最迟从“{shown(heading)}”（{field.zh}）列起，数据比表头向{side_zh}错开了 {far} 列。"
        f"请在导出程序或表格中对齐表头与数据后重报；全文未入库。",
        f"From the column “{shown(heading)}” ({field.en}) on at the latest, values stand {far} column(s) to the "
        f"{side_en} of their headings. Line headings and values up and send the file again; nothing was stored.",
        field=slip.field,
        by=slip.by,
    )


def swapped(swap: Swap, layout: Layout) -> ColumnsShifted:
    """Say which two columns hold each other's values."""
    one, other = layout.get(swap.field), layout.get(swap.other)
    return ColumnsShifted(
        f"“{one.zh}”与“{other.zh}”两列的内容像是互换了。请核对表头与数据后重报；全文未入库。",
        f"The columns “{one.en}” and “{other.en}” seem to hold each other's values. Check headings and values and send "
        "the file again; nothing was stored.",
        field=swap.field,
        other=swap.other,
    )


def perhaps_swapped(swap: Swap, proposals: Proposals, layout: Layout) -> ColumnsUnknown:
    """Ask about two columns whose values fit better the other way round; whoever knows them confirms them once."""
    one, other = layout.get(swap.field), layout.get(swap.other)
    return ColumnsUnknown(
        f"多数行显示“{one.zh}”与“{other.zh}”两列可能互换了。如确是互换，请改正后重报；如表头无误，"
        "请打开“列对应”页面确认一次，以后相同表头不再询问；全文未入库。",
        f"In most rows the columns “{one.en}” and “{other.en}” seem to be exchanged. If they are, correct the file and "
        "send it again; if the headings are right, confirm them once on the page “Columns” and they are not asked "
        "about again. Nothing was stored.",
        proposals,
    )


def _fillable(proposals: Proposals, layout: Layout) -> frozenset[str]:
    known = {column.field for column in proposals.columns if column.field}
    return supplies.fillable(layout, known, [column.heading for column in proposals.columns])


def _missing(missing: Sequence[str], layout: Layout) -> tuple[list[str], list[str]]:
    if not missing:
        return [], []
    zh = "、".join(layout.get(code).zh for code in missing[:_SHOWN])
    en = ", ".join(layout.get(code).en for code in missing[:_SHOWN])
    return (
        [f"缺少必填列：{zh}（共 {len(missing)} 列）。"],
        [f"Required columns are missing: {en} ({len(missing)} in all)."],
    )


def _names(headings: Sequence[str]) -> str:
    return "、".join(shown(name) or "（无列名）" for name in headings[:_SHOWN])
