"""合规巡查: once a day each recipient's public page is read and searched for records that have ended for it.

What is kept of a page is its digest and the place, nothing of its words. A round of one recipient is one transaction,
so a run that was stopped goes on with the next; only a round that read every page can say that something is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from chengxin.accounts.models import User
from chengxin.accounts.policies import can_may, check_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import lawbook
from chengxin.disclosure.models import Recipient
from chengxin.ledger import services as ledger
from chengxin.monitoring import ended, fetching
from chengxin.monitoring.ended import Wanted
from chengxin.monitoring.models import Probe, Site, Trace
from chengxin.rules import page_text
from chengxin.rules.errors import Refusal

LEAF = "probe"
Get = Callable[[str], fetching.Fetched]


class NoSite(Refusal):
    """The recipient has declared no public page, or there is no such recipient."""

    code = "no_site"


@dataclass(frozen=True, slots=True)
class Seen:
    """One page of a round: its address, the digest of its bytes, its words and links."""

    url: str
    digest: str
    page: page_text.Page


@dataclass(frozen=True, slots=True)
class Hit:
    """One ended record found on a page."""

    record: str
    kind: str
    seen: Seen
    place: page_text.Place


def declare(recipient_id: int, url: str, *, actor: User, now: datetime) -> None:
    """Write down where a recipient shows what it was given; an empty address ends the probing."""
    check_may(actor, Permission.MANAGE_RECIPIENTS)
    if url:
        fetching.check_page(url)
    with transaction.atomic():
        recipient = Recipient.objects.select_related("agency").filter(pk=recipient_id).first()
        if recipient is None or not can_may(actor, Permission.MANAGE_RECIPIENTS, recipient.agency.region):
            raise NoSite("没有这个接收方。", "There is no such recipient.")
        if url:
            values = {"url": url, "declared_by": actor, "declared_at": now}
            Site.objects.update_or_create(recipient=recipient, defaults=values)
        else:
            Site.objects.filter(recipient=recipient).delete()
        public = {"agency": recipient.agency.uscc, "act": "declared" if url else "ended"}
        ledger.append(LEAF, {"recipient": recipient.pk, "by": actor.pk, "url": url}, now=now, public=public)


def due(today: date) -> list[int]:
    """Return the recipients with a declared page that was not looked at today."""
    done = Probe.objects.filter(day=today).values_list("recipient_id", flat=True)
    return list(Site.objects.exclude(pk__in=list(done)).order_by("pk").values_list("pk", flat=True))


def run(*, now: datetime, today: date, get: Get = fetching.get) -> int:
    """Look at every page that is due and return how many recipients that were."""
    waiting = due(today)
    for recipient_id in waiting:
        probe(recipient_id, now=now, today=today, get=get)
    return len(waiting)


def probe(recipient_id: int, *, now: datetime, today: date, get: Get = fetching.get) -> Probe:
    """Look at one recipient's pages now and write down what was found; raises NoSite."""
    site = Site.objects.select_related("recipient__agency").filter(pk=recipient_id).first()
    if site is None:
        raise NoSite("这个接收方没有登记公示页地址。", "This recipient has declared no public page.")
    wanted = ended.of_recipient(site.recipient, now, today)
    # The network is asked before the transaction begins, so that a slow site holds no lock.
    pages, failure, whole = _crawl(site.url, lawbook.current().integer("probe.pages_most", today), get)
    hits = _search(pages, wanted)
    with transaction.atomic():
        _settle(site.recipient, hits, now, whole)
        digest = hashlib.sha256("".join(seen.digest for seen in pages).encode()).hexdigest() if pages else ""
        payload = {"recipient": site.pk, "pages": len(pages), "digest": digest, "found": [hit.record for hit in hits]}
        public = {"agency": site.recipient.agency.uscc, "act": "probed", "found": len(hits), "failure": failure}
        entry = ledger.append(LEAF, payload, now=now, public=public)
        return Probe.objects.create(
            recipient=site.recipient, day=today, at=now, pages=len(pages), whole=whole, digest=digest,
            failure=failure, sought=len(wanted), found=len(hits), entry=entry,
        )  # fmt: skip


def _crawl(url: str, most: int, get: Get) -> tuple[list[Seen], str, bool]:
    """Return the pages beneath an address, the first failure, and whether none was left out."""
    queue, known, pages, failure = [url], {url}, list[Seen](), ""
    while queue and len(pages) < most:
        address = queue.pop(0)
        fetched = get(address)
        if fetched.failure:
            failure = failure or fetched.failure
            continue
        page = page_text.read(fetched.text)
        pages.append(Seen(address, hashlib.sha256(fetched.body).hexdigest(), page))
        fresh = [link for link in fetching.follow(url, page.links) if link not in known]
        known.update(fresh)
        queue.extend(fresh)
    return pages, failure, not queue and not failure


def _search(pages: list[Seen], wanted: list[Wanted]) -> list[Hit]:
    """Return for each ended record its first finding: by document number, else by the organisation's name."""
    found = []
    for each in wanted:
        for kind, texts in ((Trace.DOCUMENT, each.documents), (Trace.NAME, each.names)):
            hit = _first(pages, str(each.record), kind, texts)
            if hit is not None:
                found.append(hit)
                break
    return found


def _first(pages: list[Seen], record: str, kind: str, texts: tuple[str, ...]) -> Hit | None:
    for seen in pages:
        for text in texts:
            place = page_text.find(seen.page, text)
            if place is not None:
                return Hit(record, kind, seen, place)
    return None


def _settle(recipient: Recipient, hits: list[Hit], now: datetime, whole: bool) -> None:
    """Bring the open traces to what was found; what was not found is gone only if every page was read."""
    open_ones = {str(trace.record_id): trace for trace in Trace.objects.filter(recipient=recipient, gone_at=None)}
    for hit in hits:
        values = {
            "kind": hit.kind, "page": hit.seen.url[:300], "page_digest": hit.seen.digest,
            "start": hit.place.start, "length": hit.place.length, "last_seen": now,
        }  # fmt: skip
        known = open_ones.pop(hit.record, None)
        if known is not None:
            Trace.objects.filter(pk=known.pk).update(**values)
        else:
            Trace.objects.create(recipient=recipient, record_id=hit.record, first_seen=now, **values)
    if whole:
        Trace.objects.filter(pk__in=[trace.pk for trace in open_ones.values()]).update(gone_at=now)
