"""Recipients of the feed: who takes it under which contract, where to, with which key, and how it goes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from chengxin.accounts.policies import can_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import lawbook
from chengxin.console.effects.pages import failure
from chengxin.console.recipients import pages
from chengxin.console.recipients.forms import AddressForm, DeletedForm, PageForm, RecipientForm
from chengxin.disclosure import holdings, recipients, retention
from chengxin.disclosure.recipients import Keyed, Listed, Wanted
from chengxin.monitoring import probing, showing
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.formats import day, moment


def _check_may(request: HttpRequest) -> Any:
    """Return the officer; to anybody else there is no such page."""
    user: Any = request.user
    if not can_may(user, Permission.MANAGE_RECIPIENTS):
        raise Http404
    return user


def _english() -> bool:
    return (get_language() or "").startswith("en")


@never_cache
@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show every recipient, those in trouble first."""
    actor = _check_may(request)
    heads = (
        _("单位"),
        _("现状"),
        _("用途"),
        _("保存期限"),
        _("推送地址"),
        _("密钥有效至"),
        _("最近回执"),
        _("合同期间"),
    )
    context = {
        "columns": [{"text": text} for text in heads],
        "rows": [_row(each) for each in recipients.listed(clock.now(), clock.today(), actor)],
    }
    return render(request, "console/recipients/list.html", context)


def _row(each: Listed) -> list[Any]:
    agency = each.recipient.agency
    return [
        {
            "text": agency.name_en if _english() else agency.name_zh,
            "note": each.recipient.contract_no,
            "href": f"/console/recipients/{each.recipient.pk}/",
        },
        _state(each),
        _purpose(each.recipient.purpose),
        _("%(n)s 天") % {"n": each.retention_days} if each.retention_days else _("未约定"),
        each.url or _("自行领取"),
        moment(each.key_until) if each.key_until else "—",
        moment(each.last_receipt) if each.last_receipt else "—",
        f"{day(each.recipient.since)} — {day(each.recipient.until)}",
    ]


def _state(each: Listed) -> dict[str, str]:
    words = {
        "failing": ("refused", failure(each.failure)),
        "no_key": ("waiting", _("没有有效密钥")),
        "in_force": ("accepted", _("正常")),
        "not_yet": ("neutral", _("合同未起")),
        "over": ("neutral", _("合同已止")),
        "disabled": ("neutral", _("已停用")),
    }
    tone, text = words[each.state]
    return {"tone": tone, "text": text}


def _purpose(code: str) -> str:
    found = next((each for each in lawbook.purposes() if each.code == code), None)
    return (found.en if _english() else found.zh) if found else code


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register a contract; the key is shown on the answer and never again."""
    actor = _check_may(request)
    purposes = [(each.code, each.en if _english() else each.zh) for each in lawbook.purposes()]
    form = RecipientForm(purposes, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _key_page(request, recipients.add(Wanted(**form.cleaned_data), actor=actor, now=clock.now()))
        except Refusal as refusal:
            form.add_error(None, refusal.in_language(get_language() or ""))
    return render(request, "console/recipients/new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, recipient_id: int) -> HttpResponse:
    """Show one recipient and change its address, its key, or end it; each is asked for by its own button."""
    actor = _check_may(request)
    found = recipients.listed(clock.now(), clock.today(), actor)
    listed = next((each for each in found if each.recipient.pk == recipient_id), None)
    if listed is None:
        raise Http404
    form = AddressForm(request.POST if request.POST.get("act") == "move" else None, initial={"url": listed.url})
    error = ""
    if request.method == "POST":
        try:
            return _change(request, recipient_id, actor, form)
        except Refusal as refusal:
            error = refusal.in_language(get_language() or "")
    row = _row(listed)
    context = {
        "listed": listed,
        "name": row[0]["text"],
        "row": row,
        "form": form,
        "error": error,
        "open": listed.retention_days is not None and listed.disabled_at is None,
        **pages.site(showing.site_of(recipient_id)),
        **pages.held(listed.recipient, clock.today()),
    }
    return render(request, "console/recipients/one.html", context, status=422 if error else 200)


def _change(request: HttpRequest, recipient_id: int, actor: Any, form: AddressForm) -> HttpResponse:
    act, now = request.POST.get("act"), clock.now()
    if act == "rotate":
        return _key_page(request, recipients.rotate(recipient_id, actor=actor, now=now))
    if act == "disable":
        recipients.disable(recipient_id, actor=actor, now=now)
        messages.success(request, _("已停用。不再给出内容；对方已拿到的记录，撤回仍会发出。"))
    elif act == "ask":
        holdings.ask(recipients.by_number(recipient_id), actor=actor, now=now)
        messages.success(request, _("已通知对方重新领取全量并核对。"))
    elif act == "deleted":
        _deleted(request, recipient_id, actor)
    elif act in ("declare", "probe"):
        _probe(request, recipient_id, actor)
    elif act == "move" and form.is_valid():
        recipients.move(recipient_id, form.cleaned_data["url"].strip(), actor=actor, now=now)
        messages.success(request, _("推送地址已更改。"))
    return redirect("console:recipient", recipient_id=recipient_id)


def _deleted(request: HttpRequest, recipient_id: int, actor: Any) -> None:
    """Keep what the recipient confirmed by letter."""
    form = DeletedForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填写日期。"))
        return
    recipient, through = recipients.by_number(recipient_id), form.cleaned_data["through"]
    done = retention.deleted_by_letter(recipient, through, actor=actor, now=clock.now(), today=clock.today())
    messages.success(request, _("已登记：对方确认删除 %(n)s 条。") % {"n": done.count})


def _probe(request: HttpRequest, recipient_id: int, actor: Any) -> None:
    """Keep the address of the recipient's public page, or look at that page now."""
    now = clock.now()
    if request.POST.get("act") == "probe":
        done = probing.probe(recipient_id, now=now, today=clock.today())
        messages.success(request, _("已查看 %(n)s 页，查到 %(found)s 条。") % {"n": done.pages, "found": done.found})
        return
    form = PageForm(request.POST)
    if form.is_valid():
        probing.declare(recipient_id, form.cleaned_data["page"].strip(), actor=actor, now=now)
        messages.success(request, _("公示页地址已保存。"))


def _key_page(request: HttpRequest, keyed: Keyed) -> HttpResponse:
    return render(request, "console/recipients/key.html", {"recipient": keyed.recipient, "key": keyed.key})
