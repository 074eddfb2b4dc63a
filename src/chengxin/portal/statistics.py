"""公示统计: what is published, by heading, item, month and city, each plot with the same figures as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.catalogue import lawbook
from chengxin.disclosure import public_figures
from chengxin.disclosure.public_figures import EARLIER, ELSEWHERE, Figures
from chengxin.portal import drawn, words
from chengxin.portal.frame import said, show
from chengxin.portal.open_site import open_page
from chengxin.ui import clock


@require_safe
@open_page(records=False)
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the newest figures; nothing is counted because somebody looks."""
    found = public_figures.latest(now=clock.now(), today=clock.today())
    return show(request, "statistics", _context(found) if found else {})


def _context(found: Figures) -> dict[str, Any]:
    cities = {each.code: said(each.zh, each.en) for each in lawbook.divisions()}
    shares = {code: found.per_thousand(code) for code in cities}
    told = {code: _share(found, code) for code in cities}
    months = {code: _("更早") if code == EARLIER else code for code in found.months}
    items = {code: said(*found.names.get(code, (code, code))) for code in found.items}
    drawing = drawn.province_map(lawbook.divisions(), shares, told, cities)
    return {
        "found": found,
        "total": shown(found.total),
        "map": drawing,
        "legend": _legend(drawing.shades),
        "cities": _cities(found, {**cities, ELSEWHERE: _("省外或者未登记地区")}),
        "figures": [
            _figure("groups", _("按栏目"), _("栏目"), found.groups, {k: str(v) for k, v in words.GROUPS.items()}),
            _figure("items", _("按目录项"), _("目录项"), found.items, items),
            _figure("months", _("按公示起始月份"), _("月份"), found.months, months),
        ],
    }


def shown(count: float | None) -> str:
    """Return a count as it is told; a hidden one is an asterisk."""
    return "*" if count is None else f"{count:g}" if isinstance(count, float) else str(count)


def _figure(
    name: str, title: str, heading: str, cells: Mapping[str, int | None], labels: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "columns": [{"text": heading}, {"text": _("记录数"), "number": True}],
        "rows": [[labels[code], shown(count)] for code, count in cells.items()],
        "bars": [{"label": labels[code], "value": count or 0, "shown": shown(count)} for code, count in cells.items()],
    }


def _legend(shades: Sequence[float]) -> list[dict[str, Any]]:
    """Return what each shade of the map stands for, from light to dark."""
    begins = (0.0, *shades[:-1])
    return [
        {"level": level, "text": _("%(from)s 至 %(to)s") % {"from": f"{begins[level]:g}", "to": f"{end:g}"}}
        for level, end in enumerate(shades)
    ]


def _share(found: Figures, code: str) -> str:
    """Return what is told of a city's share; a dash where there is no organisation to divide by."""
    return "—" if found.organisations.get(code) == 0 else shown(found.per_thousand(code))


def _cities(found: Figures, names: Mapping[str, str]) -> dict[str, Any]:
    headings = (_("地区"), _("组织数"), _("公示记录"), _("每千家组织"), _("其中行政处罚"))
    rows = [
        {
            "code": code,
            "cells": [
                names[code],
                shown(found.organisations.get(code)),
                shown(count),
                _share(found, code),
                shown(found.penalties.get(code)),
            ],
        }
        for code, count in found.cities.items()
        if code in names
    ]
    return {"columns": [{"text": text, "number": at > 0} for at, text in enumerate(headings)], "rows": rows}
