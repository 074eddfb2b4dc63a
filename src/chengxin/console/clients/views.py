"""API clients: which unit's system may do what, until when; issued, renewed and ended by operators of the centre."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from chengxin.accounts import client_keys, clients
from chengxin.accounts.clients import COMPAT_SHANDONG, FEED, SUBMISSION, Issued
from chengxin.accounts.policies import can_may
from chengxin.accounts.roles import Permission
from chengxin.accounts.selectors import agency_by_uscc
from chengxin.catalogue import lawbook
from chengxin.console.clients.forms import ClientForm, RotateForm
from chengxin.intake.exchange import peers as exchange
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.formats import moment


def operator(request: HttpRequest) -> Any:
    """Return the operator; to anybody else there is no such page."""
    user: Any = request.user
    if not can_may(user, Permission.MANAGE_CLIENTS):
        raise Http404
    return user


def english() -> bool:
    """Tell whether the page is read in English."""
    return (get_language() or "").startswith("en")


def said(refusal: Refusal) -> str:
    """Return a refusal in the language of the page."""
    return refusal.in_language(get_language() or "")


def agency_name(agency: Any) -> str:
    """Return the name of a unit in the language of the page."""
    return str(agency.name_en if english() else agency.name_zh)


def no_such_agency() -> str:
    """Return what is said when no unit has a code."""
    return _("平台没有这个代码的单位。请核对代码，或先登记该单位。")


@never_cache
@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show every client and every pinned key there is or was, newest first."""
    user = operator(request)
    heads = (_("单位"), _("现状"), _("用途"), _("有效至"), _("签发时间"))
    peer_heads = (_("单位"), _("现状"), _("公钥开头"), _("登记时间"))
    context = {
        "columns": [{"text": text} for text in heads],
        "rows": [row(each) for each in clients.all_clients(user)],
        "peer_columns": [{"text": text} for text in peer_heads],
        "peer_rows": [peer_row(each) for each in exchange.peers_of(user)],
    }
    return render(request, "console/clients/list.html", context)


def row(each: Any) -> list[Any]:
    """Return a client as a table line."""
    tone, text = {
        "standing": ("accepted", _("有效")),
        "expired": ("neutral", _("已到期")),
        "disabled": ("neutral", _("已停用")),
    }[clients.state(each, clock.now())]
    link = {"text": agency_name(each.agency), "href": f"/console/clients/{each.pk}/", "note": each.agency.uscc}
    names = dict(_purposes())
    purposes = "、".join(names.get(code, code) for code in each.purposes)
    issued = {"text": moment(each.issued_at), "note": each.issued_by.display_name}
    return [link, {"tone": tone, "text": text}, purposes, moment(each.expires_at), issued]


def peer_row(each: Any) -> list[Any]:
    """Return a pinned key as a table line."""
    state = ("neutral", _("已停用")) if each.removed_at else ("accepted", _("有效"))
    link = {"text": agency_name(each.agency), "href": f"/console/clients/peers/{each.pk}/", "note": each.agency.uscc}
    return [link, {"tone": state[0], "text": state[1]}, {"code": f"{each.public_key[:16]}…"}, moment(each.pinned_at)]


def key_rows(client: Any) -> list[dict[str, str]]:
    """Return the keys under which a client's assertions are accepted now, for its page."""
    return [
        {
            "title": key.kid,
            "algorithm": key.algorithm,
            "thumbprint": key.thumbprint,
            "registered": moment(key.registered_at),
            "by": key.registered_by.display_name,
            "end": f"/console/clients/{client.pk}/keys/{key.pk}/end/",
        }
        for key in client_keys.of(client, clock.now()).select_related("registered_by")
    ]


def _purposes() -> list[tuple[str, str]]:
    given = [(each.code, each.en if english() else each.zh) for each in lawbook.purposes()]
    doors = [(SUBMISSION, _("报送、更正和撤回记录")), (FEED, _("领取共享信息"))]
    return [*doors, (COMPAT_SHANDONG, _("兼容接口：山东四步调用（办事大厅）")), *given]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Issue a client; its token is shown on the answer and never again."""
    user = operator(request)
    form = ClientForm(_purposes(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        agency = agency_by_uscc(given["uscc"].strip().upper())
        if agency is not None and can_may(user, Permission.MANAGE_CLIENTS, agency.region):
            life = timedelta(days=given["days"])
            limit = given["per_minute"]
            issued = clients.issue(agency, given["purposes"], user, clock.now(), life=life, per_minute=limit)
            return _token_page(request, issued)
        form.add_error("uscc", no_such_agency())
    return render(request, "console/clients/new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show one client; renew it with an overlap, or end it, each by its own button."""
    user = operator(request)
    found = next((each for each in clients.all_clients(user) if each.pk == client_id), None)
    if found is None:
        raise Http404
    rotating = request.method == "POST" and request.POST.get("act") == "rotate"
    form = RotateForm(request.POST if rotating else None)
    error = ""
    if request.method == "POST":
        try:
            if rotating and form.is_valid():
                overlap = timedelta(days=form.cleaned_data["overlap"])
                return _token_page(request, clients.rotate(client_id, user, clock.now(), overlap=overlap))
            if request.POST.get("act") == "disable":
                clients.disable(client_id, user, clock.now())
                messages.success(request, _("已停用，令牌立即失效。"))
                return redirect("console:client", client_id=client_id)
        except Refusal as refusal:
            error = said(refusal)
    context = {
        "found": found,
        "name": agency_name(found.agency),
        "row": row(found),
        "keys": key_rows(found),
        "form": form,
        "error": error,
        "standing": clients.state(found, clock.now()) == "standing",
    }
    return render(request, "console/clients/one.html", context, status=422 if error or form.errors else 200)


def _token_page(request: HttpRequest, issued: Issued) -> HttpResponse:
    context = {"found": issued.client, "row": row(issued.client), "token": issued.token}
    return render(request, "console/clients/token.html", context)
