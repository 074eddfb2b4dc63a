"""共享接收方: contracts by which units take the feed; registering, re-keying and disabling one each writes a leaf.

A disabled recipient gets no content from that moment; what it was given before is still called back, so withdrawals go
on until it has applied them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Q

from chengxin.accounts import clients
from chengxin.accounts.models import Agency, User
from chengxin.accounts.policies import can_may, check_may
from chengxin.accounts.roles import Permission
from chengxin.accounts.selectors import agency_by_uscc, reached
from chengxin.disclosure import feed, push
from chengxin.disclosure.feed import NoContract
from chengxin.disclosure.models import Endpoint, Receipt, Recipient, Terms
from chengxin.ledger import services as ledger
from chengxin.rules.errors import Refusal

LEAF = "recipient"
LONGEST_RETENTION = 5 * 366
_REGION = "recipient__agency__region"


class RecipientRefused(Refusal):
    """A recipient is not registered or not changed, and why."""

    code = "recipient_refused"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a contract says: with whom, under which number, for what, from when to when, kept how long, pushed where."""

    uscc: str
    contract_no: str
    purpose: str
    since: date
    until: date
    retention_days: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A recipient with the key it fetches and confirms with; the key is shown once and kept only as a digest."""

    recipient: Recipient
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """One recipient as the desk shows it. ``key_until`` is empty when it has no key that works."""

    recipient: Recipient
    retention_days: int | None
    url: str
    failure: str
    key_until: datetime | None
    disabled_at: datetime | None
    last_receipt: datetime | None
    state: str


def recipient_of(agency: Agency, contract_no: str, today: date) -> Recipient:
    """Return the unit's contract in force today, by number or the newest one; raises NoContract."""
    found = Recipient.objects.select_related("agency").filter(agency=agency, since__lte=today, until__gte=today)
    found = found.filter(contract_no=contract_no) if contract_no else found
    recipient = found.exclude(terms__disabled_at__isnull=False).order_by("-since", "-pk").first()
    if recipient is None:
        raise _no_contract()
    return recipient


def holder_of(agency: Agency, contract_no: str) -> Recipient:
    """Return the unit's contract by number or the newest one, ended or not; raises NoContract.

    For what a recipient says of what it holds: whoever was given something may say so after the contract, too.
    """
    found = Recipient.objects.select_related("agency").filter(agency=agency)
    found = found.filter(contract_no=contract_no) if contract_no else found
    recipient = found.order_by("-since", "-pk").first()
    if recipient is None:
        raise _no_contract()
    return recipient


def by_number(recipient_id: int) -> Recipient:
    """Return a recipient for the centre; raises RecipientRefused."""
    found = Recipient.objects.select_related("agency").filter(pk=recipient_id).first()
    if found is None:
        raise RecipientRefused("没有这个接收方。", "There is no such recipient.")
    return found


def _no_contract() -> NoContract:
    return NoContract(
        "贵单位没有生效的共享合同，或合同编号不符。请联系信用中心。",
        "Your unit has no contract in force under this number. Ask the credit centre.",
    )


def add(wanted: Wanted, *, actor: User, now: datetime) -> Keyed:
    """Register a contract, its terms, its key and, if it is pushed to, its address; all of it or nothing."""
    check_may(actor, Permission.MANAGE_RECIPIENTS)
    agency = agency_by_uscc(wanted.uscc)
    theirs = agency is not None and can_may(actor, Permission.MANAGE_RECIPIENTS, agency.region)
    _check(wanted, agency if theirs else None)
    assert agency is not None  # Checked just now.
    with transaction.atomic():
        recipient = feed.contract(agency, wanted.purpose, wanted.contract_no, since=wanted.since, until=wanted.until)
        issued = clients.issue(agency, [clients.FEED], actor, now)
        Terms.objects.create(
            recipient=recipient,
            retention_days=wanted.retention_days,
            client=issued.client,
            registered_by=actor,
            registered_at=now,
        )
        if wanted.url:
            push.register(recipient, wanted.url, now=now)
        _leaf(recipient, "added", actor, now, retention_days=wanted.retention_days, pushed=bool(wanted.url))
    return Keyed(recipient, issued.token)


def rotate(recipient_id: int, *, actor: User, now: datetime) -> Keyed:
    """Give a recipient a new key; the one before it works no more from this moment."""
    check_may(actor, Permission.MANAGE_RECIPIENTS)
    with transaction.atomic():
        terms = _terms(recipient_id, actor)
        _drop_key(terms, actor, now)
        issued = clients.issue(terms.recipient.agency, [clients.FEED], actor, now)
        Terms.objects.filter(pk=terms.pk).update(client=issued.client)
        _leaf(terms.recipient, "rotated", actor, now)
    return Keyed(terms.recipient, issued.token)


def disable(recipient_id: int, *, actor: User, now: datetime) -> None:
    """Give a recipient no more content; its key is dead, and withdrawals of what it holds still go out."""
    check_may(actor, Permission.MANAGE_RECIPIENTS)
    with transaction.atomic():
        terms = _terms(recipient_id, actor)
        _drop_key(terms, actor, now)
        Terms.objects.filter(pk=terms.pk).update(disabled_at=now)
        _leaf(terms.recipient, "disabled", actor, now)


def move(recipient_id: int, url: str, *, actor: User, now: datetime) -> None:
    """Push to another address from now on, or with an empty one no more; raises AddressNotAllowed."""
    check_may(actor, Permission.MANAGE_RECIPIENTS)
    with transaction.atomic():
        terms = _terms(recipient_id, actor)
        if url:
            push.register(terms.recipient, url, now=now)
        else:
            push.close(terms.recipient, now=now)
        _leaf(terms.recipient, "moved", actor, now, pushed=bool(url))


def listed(now: datetime, today: date, reader: User | None = None) -> list[Listed]:
    """Return every recipient with terms, address, key and last receipt; those that fail first, disabled ones last.

    A reader gets those of their region; without one, whoever runs the machine gets all.
    """
    theirs = reached(reader, Permission.MANAGE_RECIPIENTS, "agency__region") if reader else Q()
    terms = {each.pk: each for each in Terms.objects.select_related("client")}
    pushed = {each.pk: each for each in Endpoint.objects.filter(closed_at=None)}
    receipts = Receipt.objects.exclude(received_at=None).order_by().values_list("recipient_id")
    last = dict(receipts.annotate(last=Max("received_at")))
    found = [
        _listed(each, terms.get(each.pk), pushed.get(each.pk), last.get(each.pk), now, today)
        for each in Recipient.objects.select_related("agency").filter(theirs).order_by("pk")
    ]
    order = {"failing": 0, "no_key": 1, "in_force": 2, "not_yet": 3, "over": 4, "disabled": 5}
    return sorted(found, key=lambda each: (order[each.state], each.recipient.pk))


def _listed(
    recipient: Recipient,
    terms: Terms | None,
    endpoint: Endpoint | None,
    last: datetime | None,
    now: datetime,
    today: date,
) -> Listed:
    client = terms.client if terms else None
    works = client is not None and client.disabled_at is None and client.expires_at > now
    key_until = client.expires_at if client is not None and works else None
    disabled = terms.disabled_at if terms else None
    url, failure = (endpoint.url, endpoint.failure) if endpoint else ("", "")
    kept = terms.retention_days if terms else None
    state = _state(recipient, disabled, failure, key_until, today)
    return Listed(recipient, kept, url, failure, key_until, disabled, last, state)


def _state(recipient: Recipient, disabled: datetime | None, failure: str, key: datetime | None, today: date) -> str:
    if disabled is not None:
        return "disabled"
    if today > recipient.until:
        return "over"
    if today < recipient.since:
        return "not_yet"
    return "failing" if failure else "in_force" if key else "no_key"


def _check(wanted: Wanted, agency: Agency | None) -> None:
    if agency is None:
        raise RecipientRefused("没有这个单位；请先登记单位。", "There is no such unit; register it first.")
    if not wanted.contract_no.strip() or wanted.until < wanted.since:
        raise RecipientRefused(
            "请填写合同编号；截止日不得早于起始日。", "Give the contract number; it cannot end before it begins."
        )
    if not 1 <= wanted.retention_days <= LONGEST_RETENTION:
        raise RecipientRefused(
            "保存期限须为 1 天到 5 年；失信信息的使用期最长 5 年。",
            "What is given is kept for a day to five years; negative information is used for five at most.",
        )
    if Recipient.objects.filter(agency=agency, contract_no=wanted.contract_no, terms__isnull=False).exists():
        raise RecipientRefused("这份合同已经登记。", "This contract has been registered already.")


def _terms(recipient_id: int, actor: User) -> Terms:
    found = Terms.objects.select_for_update(of=("self",)).select_related("recipient__agency")
    terms = found.filter(reached(actor, Permission.MANAGE_RECIPIENTS, _REGION), pk=recipient_id).first()
    if terms is None or terms.disabled_at is not None:
        raise RecipientRefused("没有这个接收方，或者已经停用。", "There is no such recipient, or it is disabled.")
    return terms


def _drop_key(terms: Terms, actor: User, now: datetime) -> None:
    if terms.client_id is not None:
        clients.disable(terms.client_id, actor, now)


def _leaf(recipient: Recipient, act: str, actor: User, now: datetime, **more: object) -> None:
    public = {"agency": recipient.agency.uscc, "act": act, "contract": recipient.contract_no}
    payload = {"recipient": recipient.pk, "purpose": recipient.purpose, "by": actor.pk, **more}
    ledger.append(LEAF, payload, now=now, public=public)
