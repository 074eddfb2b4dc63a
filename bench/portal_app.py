"""The server under the bench of the open site: the product, and beside it plain views of the same content."""

from __future__ import annotations

import logging
import os
from datetime import date
from typing import Any

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.config.settings")
settings.ROOT_URLCONF = __name__
django.setup()

from django.db.models import Count, Q, QuerySet  # noqa: E402
from django.http import Http404, HttpRequest, HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import include, path  # noqa: E402

from chengxin.config.serving import application as application  # noqa: E402 — it warms up as an installation does.
from chengxin.config.urls import urlpatterns as product  # noqa: E402
from chengxin.disclosure.models import OpenEdition  # noqa: E402
from chengxin.registry.models import Organisation, OrganisationName, Record, RecordVersion  # noqa: E402
from chengxin.ui import clock  # noqa: E402

logging.getLogger("django.request").setLevel(logging.ERROR)  # A page nobody has is one of those measured.
PAGE = engines["django"].from_string(
    "<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1>{% for row in rows %}<article>"
    "<h2>{{ row.document_no }}</h2>{% for mark in row.record.annotations.all %}{{ mark.kind }}{% endfor %}"
    "<dl>{% for key, value in row.content.items %}<dt>{{ key }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>"
    "{{ row.record.item.name_zh }} {{ row.record.item.basis_instrument }} {{ row.authority_name }} "
    "{{ row.document_date }} {{ row.public_until }} {{ row.record.subject.organisation.uscc }}</article>{% endfor %}"
    "{% for name in names %}<p>{{ name.name }} {{ name.subject.organisation.uscc }}</p>{% endfor %}"
    "{% for label, count in counts %}<p>{{ label }}: {{ count }}</p>{% endfor %}"
)


def _open(day: date) -> QuerySet[RecordVersion]:
    found = RecordVersion.objects.filter(
        Q(public_until=None) | Q(public_until__gte=day), Q(use_until=None) | Q(use_until__gte=day),
        known_until=None, ended_at=None, publicity="public", public_from__lte=day, link_suspended=False,
    )  # fmt: skip
    found = found.exclude(record__subject__kind="person")
    return found.select_related("record__item", "record__subject__organisation")


def _shown(**context: Any) -> HttpResponse:
    return HttpResponse(PAGE.render(context))


def _counts(_request: HttpRequest) -> HttpResponse:
    counted = Record.objects.values_list("item__name_zh").annotate(Count("pk"))
    return _shown(title="counts", counts=counted)


def _search(request: HttpRequest) -> HttpResponse:
    text = request.GET["q"]
    found = OrganisationName.objects.filter(Q(name__contains=text) | Q(subject__organisation__uscc=text))
    return _shown(title="search", names=found.select_related("subject__organisation")[:20])


def _organisation(_request: HttpRequest, code: str) -> HttpResponse:
    firm = Organisation.objects.filter(uscc=code).first()
    if firm is None:
        raise Http404
    rows = _open(clock.today()).filter(record__subject=firm.subject_id).prefetch_related("record__annotations")
    return _shown(title=firm.uscc, rows=rows.order_by("-document_date"))


def _latest(request: HttpRequest) -> HttpResponse:
    rows = _open(clock.today()).prefetch_related("record__annotations").order_by("-id")
    code = request.GET.get("item")
    return _shown(title="latest", rows=(rows.filter(record__item__item__code=code) if code else rows)[:20])


def _editions(_request: HttpRequest) -> HttpResponse:
    counted = OpenEdition.objects.order_by("-number").values_list("day", "rows")[:1]
    return _shown(title="open data", counts=counted)


urlpatterns = [
    path("plain/counts/", _counts),
    path("plain/search/", _search),
    path("plain/organisations/<str:code>/", _organisation),
    path("plain/latest/", _latest),
    path("plain/open-data/", _editions),
    path("", include(product)),
]
