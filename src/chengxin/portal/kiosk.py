"""自助终端: few large buttons; signs in, prints one's own report, signs out and leaves nothing behind.

A kiosk session lasts three minutes, and the start page ends whatever kiosk session is still open: whoever walks away
leaves no file to the next in line.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chengxin.catalogue import lawbook
from chengxin.disclosure import report
from chengxin.disclosure.report import Form, Wanted
from chengxin.portal.frame import show
from chengxin.portal.own import Own, own_page, subject_name
from chengxin.portal.report_forms import USUAL_MONTHS
from chengxin.portal.reports import issue
from chengxin.rules.periods import add_months
from chengxin.ui import clock

FLAG = "kiosk"
SECONDS = 180
IDLE = 120


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Show the start page; a kiosk session that somebody left open ends here."""
    left_open = request.session.get(FLAG)
    if left_open:
        logout(request)
    response = show(request, "kiosk/start")
    return _cleared(response) if left_open else response


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def choose(request: HttpRequest, own: Own) -> HttpResponse:
    """Offer the two papers as large buttons, or print one; without a touch for two minutes, back to the start."""
    request.session[FLAG] = True
    request.session.set_expiry(SECONDS)
    if request.method == "POST":
        return _printed(request, _of(request, own))
    names = [{"id": str(each), "name": subject_name(each)} for each in own.subjects]
    response = show(request, "kiosk/choose", {"subjects": names, "chosen": str(own.subject), "idle": IDLE})
    response["Refresh"] = f"{IDLE}; url=/kiosk/"
    return response


def _of(request: HttpRequest, own: Own) -> Own:
    """Return whose paper is wanted; a file one may not act for does not exist."""
    wanted = request.POST.get("subject", str(own.subject))
    found = next((each for each in own.subjects if str(each) == wanted), None)
    if found is None:
        raise Http404
    return Own(own.user, found, own.subjects)


def _printed(request: HttpRequest, own: Own) -> HttpResponse:
    today = clock.today()
    wanted = Wanted()
    if request.POST.get("what") == Form.CLEARANCE:
        every = tuple(each.code for each in lawbook.domains(today))
        wanted = Wanted(Form.CLEARANCE, add_months(today, -USUAL_MONTHS), today, every)
    sheet: Any = report.pdf(issue(request, own, wanted), now=clock.now())
    response = HttpResponse(sheet, content_type="application/pdf")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out, clear what the browser kept, and go back to the start."""
    logout(request)
    return _cleared(redirect("/kiosk/"))


def _cleared(response: Any) -> Any:
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
