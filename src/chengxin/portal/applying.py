"""Using a right on a record: an objection, or an application for restoration. Both are free."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chengxin.portal.cards import own_card, title
from chengxin.portal.forms import ObjectionForm, RestorationForm
from chengxin.portal.frame import said, show
from chengxin.portal.mine import held_record
from chengxin.portal.own import Own, own_page
from chengxin.rights import objections, outreach, proofs, restoration
from chengxin.rights import selectors as rights
from chengxin.rights.proofs import Proof
from chengxin.rules.errors import Refusal
from chengxin.ui import clock


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def objection(request: HttpRequest, own: Own, record_id: UUID) -> HttpResponse:
    """Show the form of an objection, or file it."""
    own.record(record_id)
    form = ObjectionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            case = objections.file(record_id, actor=own.user, now=clock.now(), today=clock.today(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.in_language(get_language() or ""))
        else:
            messages.success(request, _filed(form.cleaned_data["grounds"]))
            return redirect(f"/mine/cases/{case.pk}/")
    return show(request, "mine/objection", _context(own, record_id, form), status=422 if form.errors else 200)


def _filed(grounds: str) -> str:
    """Say what has happened to the record at once: “not me” takes it out of every answer, anything else marks it."""
    if grounds == "not_me":
        return _("异议已提交，记录与您的关联已立即中止，查清之前不出现在任何结果里。以后的进展都在这一页。")
    return _("异议已提交，记录已立即标注。以后的进展都在这一页。")


def _context(own: Own, record_id: UUID, form: Any) -> dict[str, Any]:
    held = held_record(own, record_id)
    return {
        "form": form,
        "held": held,
        "title": title(held.row),
        "item": said(held.row.item_zh, held.row.item_en),
        "card": own_card(held, level=2),
        "back": f"/mine/records/{record_id}/",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def restore(request: HttpRequest, own: Own, record_id: UUID) -> HttpResponse:
    """Show whether a record can be restored and the form, or apply."""
    own.record(record_id)
    form = RestorationForm(request.POST or None, request.FILES or None, initial=outreach.prefilled(record_id))
    if request.method == "POST" and form.is_valid():
        try:
            case = _apply(form, own, record_id)
        except Refusal as refusal:
            form.add_error(None, refusal.in_language(get_language() or ""))
        else:
            messages.success(request, _("修复申请已提交，记录已标注“修复办理中”。以后的进展都在这一页。"))
            return redirect(f"/mine/cases/{case.pk}/")
    notice = rights.repair_notice(record_id, clock.today())
    context = {"notice": notice, "commitment": restoration.commitment_text(), **_context(own, record_id, form)}
    context |= {"proofs": [_proof(each) for each in proofs.of(record_id)]}
    return show(request, "mine/restoration", context, status=422 if form.errors else 200)


def _proof(each: Proof) -> dict[str, Any]:
    return {
        "what": said(each.zh, each.en),
        "agency": said(each.agency_zh, each.agency_en),
        "performed_on": each.performed_on,
        "entry": each.entry,
    }


def _apply(form: RestorationForm, own: Own, record_id: UUID) -> Any:
    given = form.cleaned_data
    application = restoration.Application(
        commitment_version=restoration.COMMITMENT_VERSION,
        commitment_made=given["commitment"] and given["truthful"],
        duty_text=given["duty_text"],
        duty_performed_on=given["duty_performed_on"],
    )
    return restoration.apply(
        record_id, application, actor=own.user, now=clock.now(), today=clock.today(), evidence=given["evidence"]
    )
