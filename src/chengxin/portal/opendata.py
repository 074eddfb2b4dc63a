"""开放数据: the files of today's edition, what they are signed with, and how to check them."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from chengxin.catalogue import lawbook
from chengxin.disclosure import open_data, open_files
from chengxin.disclosure.open_data import Edition
from chengxin.disclosure.open_files import Written
from chengxin.ledger import services as ledger
from chengxin.portal.frame import show
from chengxin.portal.open_site import kept, open_page
from chengxin.ui import clock

KINDS = {
    "full": gettext_lazy("全量（NDJSON）"),
    "table": gettext_lazy("全量（CSV 表格）"),
    "delta": gettext_lazy("增量"),
}
RETRY_SECONDS = 60
TEXTS = {
    "manifest.json": ("manifest", "application/json"),
    "manifest.sig": ("signature", "text/plain; charset=utf-8"),
    "SHA256SUMS": ("sums", "text/plain; charset=utf-8"),
}


@require_safe
@open_page(records=True)
def page(request: HttpRequest) -> HttpResponse:
    """List the files of the edition in force, and say on which terms and how they are checked."""
    today = clock.today()
    edition = open_data.current(today)
    context = {
        "edition": edition,
        "files": [_line(each) for each in edition.files] if edition else [],
        "columns": [{"text": _("文件")}, {"text": _("内容")}, {"text": _("行数"), "number": True}, {"text": "SHA-256"}],
        "vkey": ledger.vkey(),
        "days": lawbook.current().integer(open_data.DELTA_DAYS, today),
    }
    return show(request, "open_data", context)


@require_safe
@open_page(records=True)
def file(request: HttpRequest, name: str) -> HttpResponse:
    """Give one file of today's edition, the list of them, its signature, the hashes, or the schema."""
    if name == "schema.json":
        return _text(name, open_files.schema_text(), "application/schema+json")
    edition = open_data.current(clock.today())
    if edition is None:
        return _not_now(request)
    if name in TEXTS:
        attribute, kind = TEXTS[name]
        return kept(_text(name, getattr(edition, attribute), kind), _mark(name, edition), edition.made_at)
    path = open_data.path_of(edition, name)
    if path is None:
        raise Http404
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/gzip")
    return kept(answer, next(each.sha256 for each in edition.files if each.name == name), edition.made_at)


def _not_now(request: HttpRequest) -> HttpResponse:
    response = show(request, "open_data", {"edition": None, "vkey": ledger.vkey(), "days": 0}, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _text(name: str, content: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _mark(name: str, edition: Edition) -> str:
    return hashlib.sha256(f"{name} {edition.signature}".encode()).hexdigest()


def _line(each: Written) -> list[Any]:
    kind = KINDS.get(each.kind) or _("自第 %(n)s 期以来的增量和撤回") % {"n": each.since}
    size = _("%(n)s KB") % {"n": -(-each.bytes // 1024)}
    name = {"text": each.name, "href": f"/open-data/{each.name}", "note": size}
    return [name, str(kind), str(each.rows), {"code": each.sha256}]
