"""The month as the pages show it: every share with its two numbers, every point with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin.console.quality.desk import english
from chengxin.intake import selectors as intake
from chengxin.intake.quality.bulletin import Row
from chengxin.intake.quality.months import Fault, Unit
from chengxin.intake.quality.reminders import Limit
from chengxin.rules import quality
from chengxin.rules.appraisal import Line, Scheme
from chengxin.rules.quality import Counts, Rate
from chengxin.ui.formats import day


def name_of(agency: Any) -> str:
    """Return an agency's name in the page's language."""
    return str(agency.name_en if english() else agency.name_zh)


def columns(*texts: str, numbers: Sequence[int] = ()) -> list[dict[str, Any]]:
    """Return headings; those at ``numbers`` stand over figures."""
    return [{"text": text, "number": at in numbers} for at, text in enumerate(texts)]


def share(rate: Rate | None) -> str:
    """Return a share with its two numbers; too few rows are two numbers only."""
    if rate is None:
        return _("未能测量")
    if rate.whole == 0:
        return "—"
    parts = f"{rate.part}/{rate.whole}"
    return _("%(percent)s %%（%(parts)s）") % {"percent": rate.percent, "parts": parts} if rate.told else parts


def league_columns() -> list[dict[str, Any]]:
    """Return the headings of the league table."""
    return columns(
        _("名次"), _("单位"), _("有效入库率"), _("准确率"), _("及时率"), _("完整率"), _("重复行"), _("得分/可计分"),
        numbers=(0, 6),
    )  # fmt: skip


def league_row(row: Row, month: date) -> list[Any]:
    """Return one line of the league table."""
    unit = row.unit
    href = f"{reverse('console:quality_agency', args=[unit.agency.pk])}?month={month:%Y-%m}"
    return [
        row.rank or "—", {"text": name_of(unit.agency), "href": href}, share(unit.stored), share(unit.accurate),
        share(unit.timely), share(unit.complete), unit.facts.counts.duplicate, points(unit),
    ]  # fmt: skip


def points(unit: Unit) -> str:
    """Return what was earned of what could be counted, and a bonus apart."""
    extra = f" + {unit.score.bonus}" if unit.score.bonus else ""
    return f"{unit.score.earned}/{unit.score.countable}{extra}"


def tiles(unit: Unit) -> list[dict[str, Any]]:
    """Return the four shares of a month as tiles, each with its numbers as note."""
    shares = [
        (_("有效入库率"), unit.stored),
        (_("准确率"), unit.accurate),
        (_("及时率"), unit.timely),
        (_("完整率"), unit.complete),
    ]
    return [_tile(label, rate) for label, rate in shares]


def _tile(label: str, rate: Rate | None) -> dict[str, Any]:
    if rate is None:
        return {"label": label, "value": "—", "note": _("该年放假安排未公布，未能测量")}
    parts = f"{rate.part} ÷ {rate.whole}"
    if rate.told:
        return {"label": label, "value": f"{rate.percent} %", "note": parts}
    few = _("%(parts)s，不足 %(least)s 行不计比率") % {"parts": parts, "least": rate.least}
    return {"label": label, "value": "—", "note": few if rate.whole else _("没有可计的")}


def counts(found: Counts) -> list[dict[str, Any]]:
    """Return the numbers behind the shares."""
    named = [
        (_("收到"), found.received), (_("应入库"), found.supplied), (_("有效入库"), found.stored),
        (_("退回"), found.returned), (_("待判定或待入库"), found.pending), (_("重复"), found.duplicate),
        (_("已重报"), found.mended), (_("迟报"), found.late), (_("事后认定有误"), found.wrong),
    ]  # fmt: skip
    return [{"term": term, "text": str(value)} for term, value in named]


def lines(unit: Unit) -> list[list[Any]]:
    """Return the score line by line: criterion, points, and why."""
    sections = {each.code: each.en if english() else each.zh for each in unit.scheme.sections}
    return [_line(each, sections[each.criterion.section]) for each in unit.score.lines]


def _line(line: Line, section: str) -> list[Any]:
    criterion = line.criterion
    name, rule, why = (
        (criterion.en, criterion.rule_en, line.en) if english() else (criterion.zh, criterion.rule_zh, line.zh)
    )
    missing = {"tone": "neutral", "text": _("未测量")}
    earned = missing if line.earned is None else f"{line.earned}/{criterion.points}"
    return [section, {"text": name, "note": rule} if rule else name, earned, why]


def item_rows(found: Sequence[tuple[str, tuple[str, str], Counts]], scheme: Scheme) -> list[list[Any]]:
    """Return one line for each item: rows and shares."""
    return [
        [
            {"text": names[1] if english() else names[0], "note": code}, each.received, each.returned,
            share(quality.stored_rate(each, scheme.least_rows)), share(quality.accuracy(each, scheme.least_rows)),
        ]
        for code, names, each in found
    ]  # fmt: skip


def fault_rows(found: Sequence[Fault]) -> list[list[Any]]:
    """Return the commonest findings: how often, what to do, and what such cells look like."""
    language = "en" if english() else "zh"
    return [_fault(each, language) for each in found]


def _fault(fault: Fault, language: str) -> list[Any]:
    names = intake.REASON_NAMES.get(fault.code, (fault.code, fault.code))
    said = [(each.en, each.remedy_en) if language == "en" else (each.zh, each.remedy_zh) for each in fault.examples]
    examples = " ".join(words for words, _remedy in said) or "—"
    remedy = said[0][1] if said else _("在该文件的结果页逐行查看。")
    return [{"text": names[language == "en"], "note": fault.code}, fault.count, examples, remedy]


def limit_rows(found: Sequence[Limit], scheme: Scheme, today: date) -> list[list[Any]]:
    """Return the coming limits with the days on which the mailbox is reminded."""
    return [_limit(each, scheme, today) for each in found]


def _limit(limit: Limit, scheme: Scheme, today: date) -> list[Any]:
    days = sorted(limit.due_on - quality.ONE_DAY * n for n in scheme.remind_days)
    ahead = "、".join(day(each) for each in days if each >= today) or _("已提醒")
    return [day(limit.due_on), limit.what, ahead, limit.basis]
