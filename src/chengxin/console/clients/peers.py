"""Exchange peers: the public keys of departments' systems, checked over another channel and pinned by the centre."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chengxin.accounts.policies import can_may
from chengxin.accounts.roles import Permission
from chengxin.accounts.selectors import agency_by_uscc
from chengxin.console.clients.forms import PeerForm
from chengxin.console.clients.views import agency_name, no_such_agency, operator, peer_row, said
from chengxin.intake.exchange import peers as exchange
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.formats import moment


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Pin a public key; a key is never pinned twice."""
    user = operator(request)
    form = PeerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        agency = agency_by_uscc(form.cleaned_data["uscc"].strip().upper())
        if agency is None or not can_may(user, Permission.MANAGE_CLIENTS, agency.region):
            form.add_error("uscc", no_such_agency())
        else:
            key = "".join(form.cleaned_data["public_key"].split())
            try:
                peer = exchange.pin(agency, key, user, clock.now())
            except Refusal as refusal:
                form.add_error("public_key", said(refusal))
            else:
                messages.success(request, _("公钥已登记。用它签名的报文从现在起接收。"))
                return redirect("console:peer", peer_id=peer.pk)
    return render(request, "console/clients/new_peer.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, peer_id: UUID) -> HttpResponse:
    """Show one pinned key; a POST takes no more messages signed with it."""
    user = operator(request)
    found = next((each for each in exchange.peers_of(user) if each.pk == peer_id), None)
    if found is None:
        raise Http404
    if request.method == "POST":
        exchange.remove(peer_id, user, clock.now())
        messages.success(request, _("已停用，用这把公钥签名的报文不再接收。"))
        return redirect("console:peer", peer_id=peer_id)
    removed = moment(found.removed_at) if found.removed_at else ""
    context = {"found": found, "name": agency_name(found.agency), "row": peer_row(found), "removed": removed}
    return render(request, "console/clients/peer.html", context)
