"""The league table of a month and the page of one agency."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.accounts.policies import can_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import selectors as catalogue
from chengxin.console.quality import pages, plots
from chengxin.console.quality.desk import desk, english, month_of, officer_of
from chengxin.intake.quality import access, bulletin, counting, entries, months, reminders
from chengxin.intake.quality.schemes import scheme_of
from chengxin.monitoring import appraisal
from chengxin.rules import quality
from chengxin.ui import clock


@require_safe
@desk
def home(request: HttpRequest) -> HttpResponse:
    """Show all sources of the officer's region side by side; a source goes to its own page."""
    actor, month, today = officer_of(request), month_of(request), clock.today()
    agencies = list(access.visible(actor))
    if not access.sees_all(actor) and len(agencies) == 1:
        return redirect(f"{reverse('console:quality_agency', args=[agencies[0].pk])}?month={month:%Y-%m}")
    rows, scheme = bulletin.table(month, actor, today, appraisal.uses), scheme_of(month)
    context = {
        **_frame(month, scheme),
        "columns": pages.league_columns(),
        "rows": [pages.league_row(each, month) for each in rows],
        "plot": plots.shown(_("全部单位"), month, [each.pk for each in agencies], scheme),
        "runs": can_may(actor, Permission.MANAGE_CATALOGUE, ""),
        "over": today > quality.last_of(month),
        **_handed_out(bulletin.issued(month) if access.sees_all(actor) else []),
    }
    return render(request, "console/quality/home.html", context)


def _frame(month: Any, scheme: Any) -> dict[str, Any]:
    return {
        "month": f"{month:%Y-%m}",
        "months": [_choice(each, month) for each in reversed(quality.months_back(clock.today(), 13))],
        "counted_at": counting.counted_at(),
        "scheme": scheme,
        "scheme_name": scheme.en if english() else scheme.zh,
        "scheme_note": scheme.note_en if english() else scheme.note,
    }


def _choice(each: Any, month: Any) -> dict[str, Any]:
    return {"value": f"{each:%Y-%m}", "text": f"{each:%Y-%m}", "selected": each == month}


def _place(month: Any, agency: Any) -> str:
    """Return where the agency stands among all sources, without a word about any of them."""
    rank, among = months.place(month, agency)
    if rank is None:
        return _("行数不足，不排名次；本月有名次的单位共 %(m)s 个。") % {"m": among}
    return _("按有效入库率，本单位在有名次的 %(m)s 个单位中列第 %(n)s 位。") % {"n": rank, "m": among}


def _handed_out(found: Any) -> dict[str, Any]:
    return {
        "bulletins": [_bulletin(each) for each in found],
        "bulletin_columns": pages.columns(_("编号"), _("签发时间"), _("数据表")),
    }


def _bulletin(each: Any) -> list[Any]:
    return [
        {"text": each.number, "href": f"/console/quality/bulletins/{each.number}.pdf"},
        each.issued_at.astimezone().strftime("%Y-%m-%d %H:%M"),
        {"text": _("下载"), "href": f"/console/quality/bulletins/{each.number}.csv"},
    ]


@require_safe
@desk
def table(request: HttpRequest) -> HttpResponse:
    """Send the league table as CSV; no cell of it is a formula."""
    month = month_of(request)
    text = bulletin.as_csv(bulletin.table(month, officer_of(request), clock.today(), appraisal.uses))
    response = HttpResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="quality-{month:%Y-%m}.csv"'
    return response


@require_safe
@desk
def one(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Show one agency's month: shares, points with their reasons, faults, and the limits that come."""
    actor, month, today = officer_of(request), month_of(request), clock.today()
    agency = access.check_may_see(agency_id, actor)
    [unit] = months.units(month, [agency], today, appraisal.uses)
    scheme = unit.scheme
    context = {
        **_frame(month, scheme),
        "agency": agency,
        "name": pages.name_of(agency),
        "compares": access.sees_all(actor),
        "tiles": pages.tiles(unit),
        "counts": pages.counts(unit.facts.counts),
        "earned": unit.score,
        "line_columns": pages.columns(_("部分"), _("指标"), _("得分"), _("为什么")),
        "lines": pages.lines(unit),
        "plot": plots.shown(pages.name_of(agency), month, [agency.pk], scheme),
        "place": _place(month, agency),
        **_handed_out(bulletin.newest()),
        "item_columns": pages.columns(_("目录项"), _("收到"), _("退回"), _("有效入库率"), _("准确率"), numbers=(1, 2)),
        "items": pages.item_rows(months.items(month, agency), scheme),
        "fault_columns": pages.columns(
            _("问题"), _("出现次数"), _("例（只有形状，没有内容）"), _("怎样改"), numbers=(1,)
        ),
        "faults": pages.fault_rows(months.faults(month, agency)),
        "limit_columns": pages.columns(_("期限"), _("事项"), _("提醒日"), _("依据")),
        "limits": pages.limit_rows(reminders.limits(today, [agency.pk]), scheme, today),
        **_forms(actor, agency, month, today, scheme),
    }
    return render(request, "console/quality/agency.html", context)


def _forms(actor: Any, agency: Any, month: Any, today: Any, scheme: Any) -> dict[str, Any]:
    """Return what this actor may enter here."""
    filed, own = entries.table_of(agency, month), actor.agency_id == agency.pk
    runs = can_may(actor, Permission.MANAGE_CATALOGUE, agency.region)
    held = entries.duty_codes(agency, quality.first_of(today)) if runs else []
    return {
        "filed": filed,
        "table_due": scheme.table_due(month),
        "files": own and can_may(actor, Permission.SUBMIT_RECORDS) and not filed and today > quality.last_of(month),
        "runs": runs,
        "duty_options": [
            {"value": each.item.code, "text": f"{each.item.code} {each.name_en if english() else each.name_zh}",
             "selected": each.item.code in held}
            for each in (catalogue.items(today) if runs else [])
        ],
        "point_options": [
            {"value": each.code, "text": f"{each.en if english() else each.zh}（0–{each.points}）"}
            for each in scheme.by_hand()
        ],
    }  # fmt: skip
