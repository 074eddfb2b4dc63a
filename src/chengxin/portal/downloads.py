"""Taking one's own file along: everything held in one signed JSON file, and who looked as a table."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from chengxin.disclosure import own_copy
from chengxin.portal.mine import download
from chengxin.portal.own import Own, own_page
from chengxin.ui import clock
from chengxin.ui.uploads import attachment


@require_safe
@own_page
def whole(request: HttpRequest, own: Own) -> HttpResponse:
    """Send everything held about the subject whose file is open; the read is committed before a byte leaves."""
    made = own_copy.whole(own.subject, own.user, now=clock.now(), today=clock.today())
    return download(made.evidence, f"{made.number}.json")


@require_safe
@own_page
def looks(request: HttpRequest, own: Own) -> HttpResponse:
    """Send who looked as a table."""
    table = own_copy.looks_table(own.subject, own.user, now=clock.now())
    return attachment(table, f"looks-{clock.today():%Y%m%d}.csv", "text/csv; charset=utf-8")
