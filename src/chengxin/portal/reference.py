"""Pages that explain: the catalogue, people's rights with their time limits, privacy, and what this is."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.catalogue import change_reading, change_words, comments, lawbook
from chengxin.catalogue import selectors as catalogue
from chengxin.catalogue.selectors import CatalogueRow
from chengxin.portal import words
from chengxin.portal.frame import in_english, said, show
from chengxin.portal.open_site import open_page
from chengxin.rules.catalogue_changes import KINDS
from chengxin.rules.dated import LawGap
from chengxin.rules.deadlines import UNITS
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.formats import day

LIMITS = (
    "objection.centre_workdays",
    "objection.provider_workdays",
    "objection.total_workdays",
    "repair.accept_workdays",
    "repair.reply_workdays",
)


@require_safe
@open_page(records=False)
def items(request: HttpRequest) -> HttpResponse:
    """Show the catalogue in force today."""
    rows = catalogue.catalogue_rows(clock.today())
    columns = [{"text": _("目录项")}, {"text": _("类别")}, {"text": _("性质")}, {"text": _("公开程度")}]
    columns += [{"text": _("依据")}, {"text": _("核对")}]
    context = {"columns": columns, "rows": [_line(row) for row in rows], "count": len(rows), **_proposed()}
    return show(request, "catalogue", context)


def _proposed() -> dict[str, Any]:
    """Return the changes of the catalogue that anybody may comment on today."""
    columns = [{"text": _("变更")}, {"text": _("种类")}, {"text": _("为什么提出")}, {"text": _("意见截止日")}]
    found = change_reading.open_to_comment(clock.today())
    rows = [
        [
            {"text": change.subject, "note": _("第 %(n)s 号") % {"n": change.number}},
            said(*KINDS[change.kind]),
            change.why,
            day(change.comment_until),
        ]
        for change in found
    ]
    return {"proposed_columns": columns, "proposed": rows, "proposals": [_proposal(each) for each in found]}


def _proposal(change: Any) -> dict[str, Any]:
    """Return one proposal in full: whoever is to comment has to see what would change, and on what basis."""
    return {
        "number": change.number,
        "comments": comments.counted(change),
        "title": _("第 %(n)s 号：%(subject)s") % {"n": change.number, "subject": change.subject},
        "caption": _("第 %(n)s 号会改变什么") % {"n": change.number},
        "bases": change_words.bases(change),
        "since": change.since,
        "columns": [{"text": _("项目")}, {"text": _("现行")}, {"text": _("变更后")}],
        "rows": _altered(change),
    }


def _altered(change: Any) -> list[list[str]]:
    """Return what a proposal alters; one that no longer reads leaves the page of the catalogue standing."""
    try:
        lines = change_words.lines(change, clock.today())
    except Refusal:
        return []
    # A property that is empty before and after is nothing to comment on.
    return [line for line in lines if line[1:] != ["—", "—"]]


def _line(row: CatalogueRow) -> list[Any]:
    return [
        {"text": said(row.name_zh, row.name_en), "href": f"/catalogue/{row.code}/", "note": row.code},
        str(words.CLASSES.get(row.national_class, row.national_class)),
        str(words.NATURES[row.nature]),
        str(words.PUBLICITIES[row.publicity]),
        "；".join(row.basis),
        _checked(row.verified),
    ]


def _checked(verified: bool) -> dict[str, str]:
    if verified:
        return {"tone": "accepted", "text": _("已核对原文")}
    return {"tone": "waiting", "text": _("待核")}


@require_safe
@open_page(records=False)
def item(request: HttpRequest, code: str) -> HttpResponse:
    """Show one catalogue item in force today."""
    row = next((each for each in catalogue.catalogue_rows(clock.today()) if each.code == code), None)
    if row is None:
        raise Http404
    version = catalogue.version_in_force(code, clock.today())
    context = {
        "row": row,
        "name": said(row.name_zh, row.name_en),
        "klass": words.CLASSES.get(row.national_class, row.national_class),
        "nature": words.NATURES[row.nature],
        "publicity": words.PUBLICITIES[row.publicity],
        "kinds": "、".join(str(words.SUBJECT_KINDS.get(kind, kind)) for kind in row.subject_kinds),
        "fields": [_column(field) for field in lawbook.layout(version.layout, clock.today()).fields],
        "columns": [{"text": _("字段")}, {"text": _("代码")}, {"text": _("是否公示")}],
    }
    return show(request, "item", context)


def _column(field: Any) -> list[Any]:
    return [said(field.zh, field.en), field.code, _("公示") if field.published else _("不公示")]


@require_safe
@open_page(records=False)
def rights(request: HttpRequest) -> HttpResponse:
    """Explain objection and restoration, with the time limits of the law in force today."""
    columns = [{"text": _("事项")}, {"text": _("期限")}, {"text": _("依据")}, {"text": _("核对")}]
    limits = [row for row in (_limit(key) for key in LIMITS) if row]
    return show(request, "rights", {"columns": columns, "limits": limits})


def _limit(key: str) -> list[Any] | None:
    try:
        value = lawbook.current().value(key, clock.today())
    except LawGap:
        return None
    unit = f" {value.unit}s" if in_english() else f" {UNITS.get(value.unit, value.unit)}"
    return [
        str(words.DEADLINES[key]),
        f"{value.value}{unit}",
        {"text": str(value.basis), "note": said(value.note, value.note_en)},
        _checked(value.verified),
    ]


@require_safe
@open_page(records=False)
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept about whom, and what is never collected."""
    kinds = [said(each.zh, each.en) for each in lawbook.prohibited().kinds if not each.consent]
    consent = [said(each.zh, each.en) for each in lawbook.prohibited().kinds if each.consent]
    return show(request, "privacy", {"never": kinds, "consent": consent})


@require_safe
@open_page(records=False)
def about(request: HttpRequest) -> HttpResponse:
    """Say what this site is and what it refuses to do."""
    return show(request, "about")
