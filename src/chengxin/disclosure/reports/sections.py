"""The sections of a report by its layout: which rows stand where, what an empty one means, what was not looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from chengxin.catalogue import lawbook
from chengxin.disclosure.reports.shapes import NOTHING_EN, NOTHING_ZH, Outside, Section
from chengxin.disclosure.rows import Sight
from chengxin.disclosure.shapes import FieldShown, RowShown
from chengxin.rules.catalogue_items import ItemDefinition
from chengxin.rules.report_advice import NO_BREACH, advice
from chengxin.rules.report_layouts import ADVICE, OTHERS, ReportLayout, SectionRule, printed

BREACHES_ZH, BREACHES_EN = "违法失信记录", "Records of breach"
OUTSIDE_ZH, OUTSIDE_EN = "不在本用途可查范围", "Outside what this purpose may see"


def breaches(rows: Sequence[RowShown], kind: str, today: date) -> tuple[Section, ...]:
    """Return the one section of a certificate."""
    layout = lawbook.report_layout(kind, today)
    shown = tuple(_in_form(row, layout) for row in rows)
    return (Section("breaches", BREACHES_ZH, BREACHES_EN, shown, *_said(shown, False, ())),)


def whole(rows: Sequence[RowShown], kind: str, sight: Sight, today: date) -> tuple[Section, ...]:
    """Return every section of a report on the whole file; an empty one stays, for that there is nothing is information.

    Where the purpose may not look, the section says so instead: "no record" is only said of what was looked at.
    """
    layout = lawbook.report_layout(kind, today)
    rules = layout.shown_to(kind)
    place = cache(lambda item: _place(item, kind, rules, today))
    items = _items(kind)
    made = []
    for rule in rules:
        shown = tuple(_in_form(row, layout) for row in rows if place(row.item) == rule.code)
        own = [each for each in items if place(each.code) == rule.code]
        made.append(_advice(rule, rows, today) if rule.code == ADVICE else _section(rule, shown, own, sight))
    return tuple(made)


def _items(kind: str) -> list[ItemDefinition]:
    """Return every catalogue item that a subject of this kind can have records of, as it was defined last."""
    return list({each.code: each for each in lawbook.items() if kind in each.subject_kinds}.values())


def _place(item: str, kind: str, rules: tuple[SectionRule, ...], today: date) -> str:
    """Return the section of an item; what would stand in one that this kind of subject has not, is among the others."""
    found = lawbook.section_of(item, kind, today)
    return found if any(rule.code == found for rule in rules) else OTHERS


def _section(rule: SectionRule, rows: tuple[RowShown, ...], own: list[ItemDefinition], sight: Sight) -> Section:
    outside = tuple(Outside(each.code, each.zh, each.en) for each in own if not sight.reaches(each))
    closed = bool(own) and len(outside) == len(own)
    return Section(rule.code, *rule.heading, rows, *_said(rows, closed, outside), outside)


def _said(rows: tuple[RowShown, ...], closed: bool, outside: tuple[Outside, ...]) -> tuple[str, str]:
    """Return what stands under a heading before its rows, in both languages."""
    if not outside:
        return ("", "") if rows else (NOTHING_ZH, NOTHING_EN)
    if closed and not rows:
        return OUTSIDE_ZH, OUTSIDE_EN
    zh, en = "、".join(each.zh for each in outside), "; ".join(each.en for each in outside)
    if rows:
        return f"以下信息项{OUTSIDE_ZH}：{zh}", f"{OUTSIDE_EN}: {en}"
    return (
        f"可查的信息项{NOTHING_ZH}；以下信息项{OUTSIDE_ZH}：{zh}",
        f"{NOTHING_EN} in what it may see. {OUTSIDE_EN}: {en}",
    )


def _advice(rule: SectionRule, rows: Sequence[RowShown], today: date) -> Section:
    notes = advice(rows, today)
    said = ("", "") if notes else (NO_BREACH.zh, NO_BREACH.en)
    return Section(rule.code, *rule.heading, (), *said, (), notes)


def _in_form(row: RowShown, layout: ReportLayout) -> RowShown:
    """Return a row with the labels of its printed form, or, if its item has none, with its fields and who decided."""
    labels = layout.labels_of(row.item)
    if not labels:
        return replace(row, fields=_plain(row))
    filed = {each.code: (each.value, each.masked) for each in row.fields}
    values = printed(labels, filed, _record(row))
    return replace(row, fields=tuple(FieldShown(v.code, v.zh, v.en, v.text, v.masked) for v in values))


def _record(row: RowShown) -> dict[str, str]:
    return {
        "document_no": row.document_no,
        "document_date": row.document_date.isoformat(),
        "authority_name": row.authority_name,
        "authority_code": row.authority_code,
    }


def _plain(row: RowShown) -> tuple[FieldShown, ...]:
    """Return a row's own fields between its document and who decided, unless its fields say that already."""
    said = {each.value for each in row.fields}
    head = (
        FieldShown("", "文书号", "Document number", row.document_no, False),
        FieldShown("", "决定日期", "Date of the decision", row.document_date.isoformat(), False),
    )
    tail = (
        FieldShown("", "决定机关", "Deciding authority", row.authority_name, False),
        FieldShown("", "决定机关代码", "Authority’s code", row.authority_code, False),
    )
    filed = tuple(each for each in row.fields if each.value)
    return (*(each for each in head if each.value not in said), *filed, *(e for e in tail if e.value not in said))
