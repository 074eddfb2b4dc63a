"""Portable reports: the holder issues one and chooses what to show; anybody gets what is needed to check one."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chengxin.disclosure.portable import services as portable
from chengxin.disclosure.portable.services import Incomplete, NoSuchList, Part, Showing, Wish
from chengxin.portal.frame import said, sentence, show, tell_refusal
from chengxin.portal.open_site import open_page
from chengxin.portal.own import Own, own_page, subject_name
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

STATES = {
    "valid": ("accepted", gettext_lazy("有效")),
    "superseded": ("waiting", gettext_lazy("已被取代")),
    "withdrawn": ("refused", gettext_lazy("已撤回")),
    "expired": ("neutral", gettext_lazy("已到期")),
}
CLAIMS = {
    "name": gettext_lazy("姓名或者名称"),
    "code_masked": gettext_lazy("部分遮盖的证件号或者代码"),
    "code": gettext_lazy("完整的证件号或者代码"),
}
GROUPS = ("who", "none", "records", "counts")
LIST_TYPE = "application/statuslist+jwt"


class IssueForm(forms.Form):
    """For how long, and with whose key."""

    days = forms.IntegerField(label=gettext_lazy("有效天数"), min_value=1)
    own_jwk = forms.CharField(
        label=gettext_lazy("我自己钱包的公钥（JWK）"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=gettext_lazy("没有钱包的，不用填：平台替您保管一把签名密钥，只在您登录后点“生成”时使用。"),
    )

    def __init__(self, most: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.fields["days"]
        days.initial, days.help_text = min(10, most), _("最长 %(most)d 天。") % {"most": most}


class ShowForm(forms.Form):
    """What to show, to whom, for which request, for how long."""

    parts = forms.MultipleChoiceField(required=False)
    audience = forms.CharField(
        label=gettext_lazy("给谁看"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("写对方的全称。对方核验时会逐字比对，别人拿去用不了。"),
    )
    nonce = forms.CharField(
        label=gettext_lazy("对方给您的请求编号"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("对方没有给编号的，写一个您和对方都知道的数，例如预约号。"),
    )
    days = forms.IntegerField(label=gettext_lazy("这次出示有效几天"), min_value=1)

    def __init__(self, keys: list[str], most: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]  # A choice field.
        self.fields["days"].initial = 1
        self.fields["days"].help_text = _("最长 %(most)d 天，也不会长于报告本身。") % {"most": most}


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def listing(request: HttpRequest, own: Own) -> HttpResponse:
    """Show one's portable reports, and issue another one."""
    form = IssueForm(portable.longest_days(clock.today()), request.POST or None)
    if request.method == "POST" and form.is_valid():
        wish = Wish(_site(request), form.cleaned_data["days"], form.cleaned_data["own_jwk"])
        try:
            made = portable.issue(own.subject, own.user, wish, now=clock.now(), today=clock.today())
        except Incomplete as refusal:
            form.add_error(None, sentence(refusal))
        else:
            return redirect(f"/mine/portable/{made.pk}/")
    lines = [_line(each) for each in portable.mine(own.subject, own.user)]
    context = {"name": subject_name(own.subject), "form": form, "lines": lines}
    return show(request, "mine/portable", context, status=422 if form.errors else 200)


def _line(report: Any) -> dict[str, Any]:
    tone, word = STATES[portable.state(report, clock.now())]
    return {
        "id": report.pk,
        "href": f"/mine/portable/{report.pk}/",
        "issued_at": report.issued_at,
        "expires_at": report.expires_at,
        "as_of": report.as_of,
        "own_key": report.own_key,
        "tone": tone,
        "word": word,
        "live": portable.state(report, clock.now()) == "valid",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def one(request: HttpRequest, own: Own, report_id: UUID) -> HttpResponse:
    """Let the holder choose what to show; the answer to the POST is the presentation itself, which is kept nowhere."""
    found = _found(own, report_id)
    line = _line(found)
    if not line["live"]:
        return show(request, "mine/portable_report", {"line": line, "showings": portable.showings(found)})
    parts = portable.open_report(report_id, own.user, now=clock.now()).parts
    form = ShowForm([part.key for part in parts], portable.showing_days(clock.today()), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _shown(request, own, line, form.cleaned_data)
        except Incomplete as refusal:
            form.add_error(None, sentence(refusal))
    ticked = set(request.POST.getlist("parts"))
    context: dict[str, Any] = {"line": line, "form": form, "groups": _groups(parts, ticked)}
    context["showings"] = portable.showings(found)
    return show(request, "mine/portable_report", context, status=422 if form.errors else 200)


def _found(own: Own, report_id: UUID) -> Any:
    mine = (each for subject in own.subjects for each in _of(subject, own))
    found = next((each for each in mine if each.pk == report_id), None)
    if found is None:
        raise Http404
    return found


def _of(subject: UUID, own: Own) -> list[Any]:
    try:
        return portable.mine(subject, own.user)
    except Refusal:  # A file one acts for by a proof has none.
        return []


def _shown(request: HttpRequest, own: Own, line: dict[str, Any], given: dict[str, Any]) -> HttpResponse:
    showing = Showing(tuple(given["parts"]), given["audience"], given["nonce"], given["days"])
    text = portable.show(line["id"], own.user, showing, now=clock.now(), today=clock.today())
    data = "data:application/octet-stream;base64," + base64.b64encode(text.encode()).decode()
    context = {"line": line, "text": text, "data": data, "audience": showing.audience, "nonce": showing.nonce,
               "count": len(showing.keys)}  # fmt: skip
    return show(request, "mine/portable_shown", context)


def _groups(parts: tuple[Part, ...], ticked: set[str]) -> list[dict[str, Any]]:
    """Return what can be chosen in four groups, each in plain words."""
    titles = {
        "who": _("您是谁"),
        "none": _("没有记录的证明"),
        "records": _("记录"),
        "counts": _("只说有几条，不说内容"),
    }
    options: dict[str, list[dict[str, Any]]] = {name: [] for name in GROUPS}
    for part in sorted(parts, key=_order):
        text, hint = _words(part)
        options[_group(part)].append({"value": part.key, "text": text, "hint": hint, "selected": part.key in ticked})
    shown = [name for name in GROUPS if options[name]]
    # Each group has identifiers of its own: with shared ones a label would tick something of another group.
    return [{"id": f"id_{name}", "title": titles[name], "options": options[name]} for name in shown]


def _group(part: Part) -> str:
    if part.claim:
        return "who"
    if part.value["is"] == "record":
        return "records"
    return "counts" if part.value["count"] or part.value.get("unsorted") else "none"


def _order(part: Part) -> tuple[int, str]:
    if part.claim:
        return list(CLAIMS).index(part.claim), ""
    value = part.value
    return {"section": 0, "domain": 1, "record": 2}[value["is"]], str(value.get("decided", value.get("code")))


def _words(part: Part) -> tuple[str, str]:
    """Return what a part says, and a hint."""
    value = part.value
    if part.claim == "code":  # Not shown on the screen, where somebody may look over a shoulder.
        return str(CLAIMS[part.claim]), _("对方会看到完整的号码。一般出示部分遮盖的就够了。")
    if part.claim:
        return f"{CLAIMS[part.claim]}：{value}", ""
    if value["is"] == "record":
        hint = "，".join(each for each in (value["authority"], value["document"], value["decided"]) if each)
        return said(value["zh"], value["en"]), hint
    if value["is"] == "domain":
        return said(value["zh"], value["en"]), _("查询期：%(since)s 至 %(until)s") % value
    named = {"name": said(value["zh"], value["en"]), "n": value["count"]}
    if value["count"]:
        return _("%(name)s：共 %(n)d 条") % named, ""
    return _("%(name)s：没有记录") % named, ""


@require_POST
@own_page
def withdraw(request: HttpRequest, own: Own, report_id: UUID) -> HttpResponse:
    """Withdraw a report; the next status list says so."""
    _found(own, report_id)
    try:
        portable.withdraw(report_id, own.user, now=clock.now())
    except Refusal as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, _("已撤回。以后取状态清单的人会看到“已撤回”。"))
    return redirect("/mine/portable/")


@require_safe
@open_page(records=False)
def about(request: HttpRequest) -> HttpResponse:
    """Say what a portable report is and how anybody checks one."""
    names = [each["kid"] for each in portable.keys()["keys"]]
    return show(request, "portable", {"names": names, "site": _site(request)})


@require_safe
@open_page(records=False)
def keys(request: HttpRequest) -> HttpResponse:
    """Return the public keys under which reports and status lists are signed."""
    return JsonResponse(portable.keys())


@require_safe
@open_page(records=False)
def issuer(request: HttpRequest) -> HttpResponse:
    """Return who issues, as wallets look it up."""
    return JsonResponse({"issuer": _site(request), "jwks": portable.keys()})


@require_safe
@open_page(records=False)
@cache_control(public=True, max_age=60)
def status_list(request: HttpRequest, number: int) -> HttpResponse:
    """Return a signed status list; who fetches it says nothing about which report is meant."""
    try:
        found = portable.publish(number, f"{_site(request)}{request.path}", now=clock.now())
    except NoSuchList:
        raise Http404 from None
    response = HttpResponse(found.token, content_type=LIST_TYPE)
    response["Access-Control-Allow-Origin"] = "*"
    response["Content-Disposition"] = f'attachment; filename="status-{number}.jwt"'
    return response


@require_safe
@open_page(records=False)
def verifier(request: HttpRequest) -> HttpResponse:
    """Send the page that checks a report without any network; ``?download`` sends it as a file to keep."""
    content, policy = _verifier(Path(settings.HOME))
    response = HttpResponse(content, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = policy
    if "download" in request.GET:
        response["Content-Disposition"] = 'attachment; filename="chengxin_portable.html"'
    return response


@lru_cache(maxsize=2)
def _verifier(home: Path) -> tuple[bytes, str]:
    """Return the page, and the policy that allows its own script and style and nothing else, no network either."""
    text = (home / "verifier" / "chengxin_portable.html").read_text(encoding="utf-8")
    script, style = (_hash(re.findall(f"<{name}>(.*?)</{name}>", text, re.DOTALL)) for name in ("script", "style"))
    parts = ("default-src 'none'", f"script-src {script}", f"style-src {style}", "base-uri 'none'")
    return text.encode(), "; ".join((*parts, "form-action 'none'", "frame-ancestors 'none'"))


def _hash(blocks: list[str]) -> str:
    digests = (hashlib.sha256(block.encode()).digest() for block in blocks)
    return " ".join(f"'sha256-{base64.b64encode(each).decode()}'" for each in digests)


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


ROUTES: list[URLPattern] = [
    path("portable/", about, name="portable"),
    path("portable/keys.json", keys, name="portable_keys"),
    path("portable/verifier.html", verifier, name="portable_verifier"),
    path("portable/status/<int:number>", status_list, name="portable_status"),
    path(".well-known/jwt-vc-issuer", issuer, name="portable_issuer"),
    path("mine/portable/", listing, name="mine_portable"),
    path("mine/portable/<uuid:report_id>/", one, name="mine_portable_report"),
    path("mine/portable/<uuid:report_id>/withdraw/", withdraw, name="mine_portable_withdraw"),
]
