"""Signing in and out; in a demonstration, one click for each role."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from chengxin.accounts import selectors
from chengxin.accounts.roles import ROLE_NAMES
from chengxin.accounts.sign_in import sign_in
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.addresses import address_of

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInForm(forms.Form):
    """A name and a password."""

    username = forms.CharField(
        label=_("用户名"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("密码"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )


def _next(request: HttpRequest, fallback: str) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if allowed else fallback


def landing(request: HttpRequest) -> str:
    """Return where a user belongs: officers at their desk, everybody else in their own file."""
    return "/console/" if getattr(request.user, "agency_id", None) else "/mine/"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Show the form, or sign in."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = sign_in(**_credentials(form), address=address_of(request), now=clock.now())
        except Refusal as refusal:
            form.add_error(None, refusal.in_language(get_language() or ""))
        else:
            login(request, user, backend=BACKEND)
            return redirect(_next(request, landing(request)))
    context = {"form": form, "next": _next(request, ""), "demonstration": settings.DEMO}
    return render(request, "portal/sign_in.html", context, status=422 if form.errors else 200)


def _credentials(form: SignInForm) -> dict[str, str]:
    return {"name": form.cleaned_data["username"], "password": form.cleaned_data["password"]}


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return redirect("/")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demonstration(request: HttpRequest) -> HttpResponse:
    """Offer one-click sign-ins per role; outside a demonstration this page does not exist."""
    if not settings.DEMO:
        raise Http404
    if request.method == "POST":
        user = selectors.user_by_name(request.POST.get("username", ""))
        if user is None:
            raise Http404
        login(request, user, backend=BACKEND)
        return redirect(landing(request))
    return render(request, "portal/demonstration.html", {"people": _people()})


def _people() -> list[dict[str, object]]:
    english = (get_language() or "").startswith("en")
    return [
        {
            "username": user.username,
            "name": user.display_name,
            "agency": user.agency,
            "roles": [ROLE_NAMES[role][english] for role in sorted(selectors.roles_of(user))],
        }
        for user in selectors.active_users()
    ]
