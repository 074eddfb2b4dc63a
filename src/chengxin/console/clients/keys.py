"""Keys of API clients: the centre registers a public key it has checked with the unit, and ends the old one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chengxin.accounts import client_keys, clients
from chengxin.console.clients.forms import KeyForm
from chengxin.console.clients.views import agency_name, operator, said
from chengxin.rules.errors import Refusal
from chengxin.ui import clock


def _client(user: Any, client_id: UUID) -> Any:
    found = next((each for each in clients.all_clients(user) if each.pk == client_id), None)
    if found is None:
        raise Http404
    return found


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Register a public key; the older one goes on working until it is ended."""
    user = operator(request)
    found = _client(user, client_id)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            client_keys.add(found.pk, given["jwk"], user, clock.now(), key_only=not given["keep_token"])
        except Refusal as refusal:
            form.add_error("jwk", said(refusal))
        else:
            messages.success(request, _("公钥已登记，现在起可以用它签名换取访问令牌。"))
            return redirect("console:client", client_id=client_id)
    context = {"form": form, "name": agency_name(found.agency), "back": f"/console/clients/{client_id}/"}
    return render(request, "console/clients/new_key.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request: HttpRequest, client_id: UUID, key_id: UUID) -> HttpResponse:
    """End one key at once."""
    user = operator(request)
    found = _client(user, client_id)
    if key_id not in {each.pk for each in client_keys.of(found, clock.now())}:
        raise Http404
    client_keys.end(key_id, user, clock.now())
    messages.success(request, _("公钥已停用，用它签名的断言不再接受。"))
    return redirect("console:client", client_id=client_id)
