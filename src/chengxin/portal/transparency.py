"""透明度: how rights are served and files are read, in plots and tables; no count small enough to be a person."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.disclosure import daily_reads
from chengxin.disclosure.statistics import Reads
from chengxin.monitoring import figures
from chengxin.monitoring.figures import Kept, Line
from chengxin.portal import words
from chengxin.portal.frame import said, show
from chengxin.portal.open_site import open_page
from chengxin.rights import daily_figures
from chengxin.rights.daily_figures import Daily
from chengxin.rights.statistics import EARLIER, OUTCOMES, Figures
from chengxin.rules.small_counts import Published
from chengxin.ui import clock

Table = dict[str, Any]
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@open_page(records=False)
def page(request: HttpRequest) -> HttpResponse:
    """Show every figure as a plot with its table beside it."""
    daily, looked, reviewed = _kept()
    found, tables = daily.figures, _tables(daily, looked, reviewed)
    context = {
        "as_of": found.as_of,
        "made_at": daily.made_at,
        "share": _share(daily),
        "unasked": tables["unasked-month"],
        "kinds": [_kind(kind, found, tables) for kind in OUTCOMES],
        "agencies": tables["agencies"],
        "reads": tables["reads"],
        "reads_months": tables["reads-month"],
        "reviews": tables["reviews-month"],
        "rules": tables["reviews-rule"],
    }
    return show(request, "transparency", context)


@require_safe
@open_page(records=False)
def download(request: HttpRequest, name: str) -> HttpResponse:
    """Send one table as CSV, with the byte order mark that spreadsheets ask for."""
    table = _tables(*_kept()).get(name)
    if table is None:
        raise Http404
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column["text"] for column in table["columns"]])
    writer.writerows([[_plain(cell) for cell in row] for row in table["rows"]])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _kept() -> tuple[Daily, Reads, Kept]:
    """Return what was computed for the newest day; nothing is counted because somebody looks."""
    now, today = clock.now(), clock.today()
    return (
        daily_figures.latest(now=now, today=today),
        daily_reads.latest(now=now, today=today),
        figures.latest(now=now, today=today),
    )


def _share(daily: Daily) -> list[dict[str, Any]]:
    """Return the key figure of repair that comes to the person, as stats."""
    share, days = daily.share, daily.share_days
    percent = share.percent
    return [
        {"label": _("可修复的主体"), "value": _shown(share.eligible), "unit": _("个")},
        {"label": _("%(n)s 日内已修复") % {"n": days}, "value": _shown(share.repaired), "unit": _("个")},
        {"label": _("所占比例"), "value": "*" if percent is None else str(percent), "unit": "%"},
    ]


def _plain(cell: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def _kind(kind: str, found: Figures, tables: Mapping[str, Table]) -> dict[str, Any]:
    lasted = found.durations[kind]
    return {
        "code": kind,
        "name": words.CASE_KINDS[kind],
        "stats": [
            {"label": _("收到"), "value": _shown(found.by_grade[kind].total), "unit": _("件")},
            {"label": _("办结天数中位数"), "value": _shown(lasted.median), "unit": _("天")},
            {"label": _("九成在几天内办结"), "value": _shown(lasted.p90), "unit": _("天")},
        ],
        "tables": [tables[f"{kind}-grade"], tables[f"{kind}-outcome"], tables[f"{kind}-month"]],
    }


def _tables(daily: Daily, looked: Reads, reviewed: Kept) -> dict[str, Table]:
    found, tables = daily.figures, dict[str, Table]()
    for kind in OUTCOMES:
        name = words.CASE_KINDS[kind]
        grades = {code: str(words.GRADES.get(code, _("不分级"))) for code in found.by_grade[kind].cells}
        ends = {code: said(*pair) for code, pair in OUTCOMES[kind].items()}
        months = {code: _("更早") if code == EARLIER else code for code in found.by_month[kind].cells}
        parts = (
            ("grade", _("%(kind)s：按失信程度"), _("失信程度"), found.by_grade[kind], grades),
            ("outcome", _("%(kind)s：按结果"), _("结果"), found.by_outcome[kind], ends),
            ("month", _("%(kind)s：按提交月份"), _("月份"), found.by_month[kind], months),
        )
        for code, title, heading, counts, labels in parts:
            tables[f"{kind}-{code}"] = _table(f"{kind}-{code}", title % {"kind": name}, heading, counts, labels)
    months = {code: _("更早") if code == EARLIER else code for code in daily.unasked.cells}
    ended = _table("unasked-month", _("免申请终止：按月份"), _("月份"), daily.unasked, months)
    return tables | _reviews(reviewed) | {"unasked-month": ended, "agencies": _agencies(found), "reads": _reads(looked)}


def _reviews(kept: Kept) -> dict[str, Table]:
    """Return the kept figures of reads by month and of the review of reads."""
    return {
        "reads-month": _lines("reads-month", _("查询：按月份"), (_("月份"), _("查询次数"), _("被拒绝")), kept.reads),
        "reviews-month": _lines(
            "reviews-month", _("核查单：按月份"), (_("月份"), _("提出"), _("两人判断后办结")), kept.months
        ),
        "reviews-rule": _lines(
            "reviews-rule",
            _("核查单：按规则和结论"),
            (_("规则"), _("提出"), _("有正当理由"), _("属于违规查询"), _("规则误报")),
            kept.rules,
        ),
    }


def _lines(name: str, title: str, headings: tuple[str, ...], lines: tuple[Line, ...]) -> Table:
    labelled = [(said(line.zh, line.en), line.counts) for line in lines]
    return {
        "name": name,
        "title": title,
        "columns": [{"text": text, "number": at > 0} for at, text in enumerate(headings)],
        "rows": [[label, *map(_shown, counts)] for label, counts in labelled],
        "bars": [{"label": label, "value": counts[0] or 0, "shown": _shown(counts[0])} for label, counts in labelled],
    }


def _table(name: str, title: str, heading: str, counts: Published, labels: Mapping[str, str]) -> Table:
    rows = [[labels[code], _shown(count)] for code, count in counts.cells.items()]
    bars = [
        {"label": labels[code], "value": count or 0, "shown": _shown(count)} for code, count in counts.cells.items()
    ]
    return {
        "name": name,
        "title": title,
        "columns": [{"text": heading}, {"text": _("件数"), "number": True}],
        "rows": [*rows, [_("合计"), _shown(counts.total)]],
        "bars": bars,
    }


def _agencies(found: Figures) -> Table:
    headings = (_("单位"), _("异议"), _("修复申请"), _("正逾期的件"), _("在库记录"), _("办结天数中位数"))
    rows = [
        [
            said(each.zh, each.en),
            *map(_shown, (each.objections, each.restorations, each.overdue, each.records, each.median)),
        ]
        for each in found.agencies
    ]
    totals = [_shown(found.agency_totals[name]) for name in ("objection", "restoration", "overdue", "records")]
    return {
        "name": "agencies",
        "title": _("按单位"),
        "columns": [{"text": text, "number": number > 0} for number, text in enumerate(headings)],
        "rows": [*rows, [_("合计"), *totals, "—"]] if rows else [],
        "bars": [
            {"label": said(each.zh, each.en), "value": each.objections or 0, "shown": _shown(each.objections)}
            for each in found.agencies
        ],
    }


def _reads(looked: Reads) -> Table:
    rows = [
        [
            said(each.agency_zh, each.agency_en),
            said(each.purpose_zh, each.purpose_en),
            _shown(each.answered),
            _shown(each.refused),
        ]
        for each in looked.rows
    ]
    headings = ((_("单位"), False), (_("用途"), False), (_("查询次数"), True), (_("被拒绝"), True))
    return {
        "name": "reads",
        "title": _("谁查了多少次、为了什么"),
        "columns": [{"text": text, "number": number} for text, number in headings],
        "rows": [*rows, [_("合计"), "", _shown(looked.answered), _shown(looked.refused)]] if rows else [],
        "bars": [
            {
                "label": f"{said(each.agency_zh, each.agency_en)} · {said(each.purpose_zh, each.purpose_en)}",
                "value": each.answered or 0,
                "shown": _shown(each.answered),
            }
            for each in looked.rows
        ],
    }


def _shown(count: int | None) -> str:
    return "*" if count is None else str(count)
