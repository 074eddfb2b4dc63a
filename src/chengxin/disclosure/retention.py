"""到期删除: what a recipient has kept past its time, counted every day; its word that it was deleted; who is late.

A record given anew with a page of the whole set begins its time anew. What was withdrawn and applied is gone already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.cases.models import Notice
from chengxin.cases.services import serve_notice
from chengxin.catalogue import lawbook
from chengxin.disclosure.fanout import Laggard
from chengxin.disclosure.models import Deletion, DeletionDue, Delta, Receipt, Recipient, SnapshotPage, Terms
from chengxin.ledger import services as ledger
from chengxin.rules import keeping
from chengxin.rules.dated import Value
from chengxin.rules.errors import Refusal
from chengxin.ui.formats import day

DAYS, LEAF, CHUNK = "sharing.deletion_days", "deletion", 500


class NotYetDue(Refusal):
    """A deletion is confirmed of a day that has not come."""

    code = "deletion_not_due"


@dataclass(frozen=True, slots=True)
class Owed:
    """What a recipient has to delete today: each record with the last day it might be kept, and how many are late."""

    until: dict[UUID, date]
    late: frozenset[UUID]

    @property
    def since(self) -> date | None:
        """Return the last day of what should have gone first."""
        return min(self.until.values(), default=None)


Given = tuple[int, date]
"""The last step by which a record was given, and on which day."""


def rule(today: date) -> Value:
    """Return the dated value by which a deletion is late, with its basis."""
    return lawbook.current().value(DAYS, today)


def owed(recipient: Recipient, today: date) -> Owed:
    """Return what a recipient must delete and has not said that it did."""
    terms = Terms.objects.filter(pk=recipient.pk).first()
    days, end = terms.retention_days if terms else None, _end(recipient, terms)
    settled = Deletion.objects.filter(recipient=recipient).aggregate(last=Max("through"))["last"] or date.min
    kept = _kept(recipient, keeping.given_before(days, end, today))
    until = {record: keeping.keep_until(given_on, days, end) for record, given_on in kept}
    due = {record: last for record, last in until.items() if keeping.is_due(last, today) and last > settled}
    limit = lawbook.current().integer(DAYS, today)
    return Owed(due, frozenset(record for record, last in due.items() if keeping.is_late(last, limit, today)))


def deleted(recipient: Recipient, through: date, *, actor: User, now: datetime, today: date) -> Deletion:
    """Write down that everything a recipient had to delete by a day is deleted; raises NotYetDue.

    Said by the recipient through its key, or by the centre that holds its letter; the leaf says who.
    """
    if through >= today:
        raise NotYetDue("只能确认今天以前到期的删除。", "Only what had to be deleted before today can be confirmed.")
    with transaction.atomic():
        locked = Recipient.objects.select_for_update(of=("self",)).select_related("agency").get(pk=recipient.pk)
        count = sum(last <= through for last in owed(locked, today).until.values())
        public = {"agency": locked.agency.uscc, "contract": locked.contract_no, "through": through, "count": count}
        entry = ledger.append(LEAF, {"recipient": locked.pk, "by": actor.pk}, now=now, public=public)
        done = Deletion.objects.create(recipient=locked, through=through, at=now, count=count, by=actor, entry=entry)
        _count(locked, today)
    return done


def deleted_by_letter(recipient: Recipient, through: date, *, actor: User, now: datetime, today: date) -> Deletion:
    """Write down at the centre what a recipient confirmed by letter; raises NotPermitted, NotYetDue."""
    check_may(actor, Permission.MANAGE_RECIPIENTS, recipient.agency.region)
    return deleted(recipient, through, actor=actor, now=now, today=today)


def due(today: date) -> list[Recipient]:
    """Return the recipients that were given anything and were not counted today."""
    counted = DeletionDue.objects.filter(day=today).values("recipient_id")
    return list(Recipient.objects.filter(since__lte=today).exclude(pk__in=counted).order_by("pk"))


def run(*, now: datetime, today: date) -> int:
    """Count every recipient once today and tell those that owe; return how many owe. A killed run goes on."""
    return sum(_run(each.pk, now, today) for each in due(today))


def _run(recipient_id: int, now: datetime, today: date) -> bool:
    with transaction.atomic():
        recipient = Recipient.objects.select_for_update(of=("self",)).select_related("agency").get(pk=recipient_id)
        before = DeletionDue.objects.filter(recipient=recipient, day__lt=today).order_by("-day").first()
        row = _count(recipient, today)
        more = row.count > (before.count if before else 0)
        if row.count and row.notice_id is None and (row.late or more):
            DeletionDue.objects.filter(pk=row.pk).update(notice=_tell(recipient, row, now, today))
    return row.count > 0


def late(today: date) -> list[Laggard]:
    """Return the recipients whose deletion is late, as counted last, the longest overdue first."""
    newest = DeletionDue.objects.filter(day__lte=today).aggregate(last=Max("day"))["last"]
    rows = DeletionDue.objects.filter(day=newest, late__gt=0).select_related("recipient__agency")
    return [
        Laggard(
            each.recipient.agency.name_zh, each.recipient.agency.name_en, each.recipient.contract_no,
            timezone.make_aware(datetime.combine(each.since, time())), each.late,
        )
        for each in rows.order_by("since", "recipient__contract_no")
    ]  # fmt: skip


def _count(recipient: Recipient, today: date) -> DeletionDue:
    found = owed(recipient, today)
    values = {"count": len(found.until), "late": len(found.late), "since": found.since or today}
    return DeletionDue.objects.update_or_create(recipient=recipient, day=today, defaults=values)[0]


def _tell(recipient: Recipient, row: DeletionDue, now: datetime, today: date) -> Notice:
    body = _(
        "贵单位（合同 %(contract)s）有 %(n)s 条记录保存期满或者合同已经终止，最早的应于 %(since)s 前删除。"
        "请删除并确认；继续使用的，请在合同期间内重新领取全量。期满 %(days)s 日仍未确认的，列于公开的逾期名单。"
        "依据：%(basis)s"
    )
    value = rule(today)
    given = {
        "contract": recipient.contract_no, "n": row.count, "since": day(row.since), "days": value.value,
        "basis": str(value.basis),
    }  # fmt: skip
    title = _("到期未确认删除") if row.late else _("有记录到期应当删除")
    return serve_notice(recipient.agency_id, "deletion_due", title, body % given, now=now, link="/laggards/")


def _end(recipient: Recipient, terms: Terms | None) -> date:
    """Return the last day of a contract; one that was disabled at the centre ended on that day."""
    stopped = terms.disabled_at if terms else None
    return min(recipient.until, timezone.localdate(stopped)) if stopped else recipient.until


def _kept(recipient: Recipient, before: date) -> Iterator[tuple[UUID, date]]:
    """Yield each record a recipient was last given before a day and still keeps, and when it was given."""
    held = _old(recipient, before)
    for records in _parts(held):
        moved = _moved_on(recipient, {record: held[record][0] for record in records})
        yield from ((record, held[record][1]) for record in records if record not in moved)


def _old(recipient: Recipient, before: date) -> dict[UUID, Given]:
    """Return the records whose content was last given before a day; with the first day of all there are none."""
    if before == date.min:
        return {}
    found = Receipt.objects.filter(recipient=recipient).exclude(with_content=False)
    found = found.exclude(delta__kind=Delta.WITHDRAW).order_by("delta_id")
    if before != date.max:
        found = found.filter(given_at__lt=timezone.make_aware(datetime.combine(before, time())))
    pages = list(SnapshotPage.objects.filter(recipient=recipient))
    old: dict[UUID, Given] = {}
    for record, number, at in found.values_list("delta__record_id", "delta_id", "given_at"):
        day_given = timezone.localdate(_last_given(number, str(record), at, pages))
        old.pop(record, None)
        if day_given < before:
            old[record] = (number, day_given)
    return old


def _last_given(number: int, record: str, at: datetime, pages: Iterable[SnapshotPage]) -> datetime:
    """Return when a step was last given: at first, or with a page of the whole set that it lay in."""
    within = (each.at for each in pages if each.after < number <= each.last and record.startswith(each.bucket))
    return max((at, *within))


def _moved_on(recipient: Recipient, held: dict[UUID, int]) -> set[UUID]:
    """Return which of these records were given again by a later step, or are gone: their end was applied."""
    later = Receipt.objects.filter(recipient=recipient, delta__record_id__in=list(held))
    rows = later.values_list("delta__record_id", "delta_id", "with_content", "applied_at")
    return {record for record, number, content, applied in rows if number > held[record] and (content or applied)}


def _parts(records: Iterable[UUID]) -> Iterator[list[UUID]]:
    every = list(records)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))
