"""仍在公示的接收方: who still shows ended records, for the public list, the recipient's page and the daily reminder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from chengxin.cases.services import serve_notice
from chengxin.disclosure.models import Recipient
from chengxin.monitoring.models import Probe, ProbeReminder, Site, Trace
from chengxin.ui.formats import moment

PROVEN = Q(kind=Trace.DOCUMENT, gone_at=None)


@dataclass(frozen=True, slots=True)
class Showing:
    """A recipient whose page still shows ended records: since when the oldest was seen, and how many are."""

    recipient: int
    agency_zh: str
    agency_en: str
    contract_no: str
    since: datetime
    count: int


@dataclass(frozen=True, slots=True)
class SiteState:
    """The declared page of a recipient, the last round over it, and what is open."""

    url: str
    last: Probe | None
    traces: list[Trace]


def showing() -> list[Showing]:
    """Return the recipients whose page was last seen with the document number of an ended record, longest first."""
    open_ones = (
        Trace.objects.filter(PROVEN)
        .order_by()
        .values_list(
            "recipient_id", "recipient__agency__name_zh", "recipient__agency__name_en", "recipient__contract_no"
        )
    )
    counted = open_ones.annotate(since=Min("first_seen"), n=Count("id"))
    return sorted((Showing(*row) for row in counted), key=lambda each: (each.since, each.contract_no))


def site_of(recipient_id: int) -> SiteState:
    """Return how a recipient's page stands; without an address there is none."""
    site = Site.objects.filter(pk=recipient_id).first()
    last = Probe.objects.filter(recipient_id=recipient_id).order_by("-at", "-pk").first()
    traces = Trace.objects.filter(recipient_id=recipient_id, gone_at=None).order_by("first_seen", "pk")
    return SiteState(site.url if site else "", last, list(traces))


def sites() -> list[tuple[Recipient, SiteState]]:
    """Return every recipient with a declared page."""
    known = Recipient.objects.select_related("agency").filter(pk__in=Site.objects.values("pk")).order_by("pk")
    return [(each, site_of(each.pk)) for each in known]


def to_remind(today: date) -> list[Showing]:
    """Return who still shows something and was not reminded today."""
    done = set(ProbeReminder.objects.filter(day=today).values_list("recipient_id", flat=True))
    return [each for each in showing() if each.recipient not in done]


def remind(*, now: datetime, today: date) -> int:
    """Remind everyone who still shows ended records, each once a day; return how many were. A killed run goes on."""
    return sum(_remind(each, now, today) for each in to_remind(today))


def _remind(each: Showing, now: datetime, today: date) -> bool:
    body = _(
        "贵单位（合同 %(contract)s）的公示页上仍能查到 %(n)s 条已撤回或者已到期的记录，最早于 %(since)s 发现。"
        "请立即从网页删除；在查不到之前，贵单位列于公开的名单。"
    )
    given = {"contract": each.contract_no, "n": each.count, "since": moment(each.since)}
    with transaction.atomic():
        recipient = Recipient.objects.select_for_update(of=("self",)).get(pk=each.recipient)
        if ProbeReminder.objects.filter(recipient=recipient, day=today).exists():
            return False
        title = _("公示页上仍有已撤回的记录")
        notice = serve_notice(recipient.agency_id, "still_shown", title, body % given, now=now, link="/laggards/")
        ProbeReminder.objects.create(recipient=recipient, day=today, count=each.count, notice=notice)
    return True
