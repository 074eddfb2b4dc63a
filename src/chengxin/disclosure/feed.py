"""The feed: organisations' published records to recipients under contract, and the withdrawals that must reach them.

New versions become deltas in the order of the ledger, numbered without gaps. A delta holds no content: it is read when
pulled, so that nothing past its period leaves, and a withdrawal is never followed by the publication it withdraws.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from chengxin.accounts.models import Agency
from chengxin.catalogue import freshness, lawbook, overlay
from chengxin.disclosure import catalogue_moves
from chengxin.disclosure.models import Delta, FeedState, Receipt, Recipient, Terms
from chengxin.disclosure.publication import public_record
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry
from chengxin.registry import selectors as registry
from chengxin.registry.models import Annotation, RecordVersion, SubjectKind
from chengxin.rules.errors import Refusal
from chengxin.vault import services as vault

BATCH = 500
LEAF_KIND = "feed"
CONFIRM_DAYS = "repair.sync_days"
# From the withdrawals, which are few, to whom the record had been given and who never applied anything later about it.
_OWED = """SELECT DISTINCT w.number, r.recipient_id FROM disclosure_delta w
JOIN disclosure_delta p ON p.record_id = w.record_id AND p.number < w.number AND p.kind <> 'withdraw'
JOIN disclosure_receipt r ON r.delta_id = p.number AND (r.with_content IS NULL OR r.with_content)
WHERE w.kind = 'withdraw' AND NOT EXISTS (SELECT 1 FROM disclosure_delta m WHERE m.record_id = w.record_id
AND m.kind = 'withdraw' AND m.number > p.number AND m.number < w.number)
AND NOT EXISTS (SELECT 1 FROM disclosure_receipt a JOIN disclosure_delta d ON d.number = a.delta_id
WHERE a.recipient_id = r.recipient_id AND d.record_id = w.record_id AND d.number >= w.number
AND a.applied_at IS NOT NULL) ORDER BY w.number, r.recipient_id"""
Marks = tuple[int, ...]
Read = dict[tuple[int, Marks], dict[str, Any]]


class NoContract(Refusal):
    """The recipient has no contract in force."""

    code = "no_contract"


class UnknownDelta(Refusal):
    """The delta was never given to this recipient."""

    code = "unknown_delta"


@dataclass(frozen=True, slots=True)
class Batch:
    """Deltas after a cursor, the next cursor, and the signature over the canonical body."""

    body: str
    signature: str
    next_cursor: int
    count: int


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A recipient that was given a record and has not confirmed its withdrawal, and until when the law waits."""

    recipient: int
    agency: str
    agency_en: str
    contract_no: str
    number: int
    withdrawn_at: datetime
    due_at: datetime


def contract(agency: Agency, purpose: str, contract_no: str, *, since: date, until: date) -> Recipient:
    """Return the recipient under this contract, registered if it is new."""
    known = {"purpose": lawbook.purpose(purpose, since).code, "since": since, "until": until}
    return Recipient.objects.get_or_create(agency=agency, contract_no=contract_no, defaults=known)[0]


def collect(now: datetime, today: date) -> int:
    """Turn versions the ledger has integrated since last time into deltas, one collector at a time; return how many.

    What a change of the catalogue closes, opens or alters becomes deltas too.
    """
    freshness.refresh()
    ledger.sequence(now=now)
    with transaction.atomic():
        FeedState.objects.get_or_create(pk=1, defaults={"day": today})
        state = FeedState.objects.select_for_update().get(pk=1)
        size = _size()
        fresh = list(_fresh(state, size, today))
        made = len(Delta.objects.bulk_create(_numbered(fresh, now, today)))
        followed, told = catalogue_moves.follow(state.catalogue, now, today)
        FeedState.objects.filter(pk=1).update(next_index=size, day=max(state.day, today), catalogue=followed)
    return made + told


def pull(recipient: Recipient, cursor: int, limit: int = BATCH, *, now: datetime, today: date) -> Batch:
    """Return the signed deltas after a cursor; being given is written down before anything is given."""
    if not in_force(recipient, today):
        raise NoContract("共享合同不在有效期内。", "The contract is not in force today.")
    deltas = list(Delta.objects.filter(number__gt=max(cursor, 0)).order_by("number")[: min(limit, BATCH)])
    last = deltas[-1].number if deltas else max(cursor, 0)
    content = contents(deltas, recipient, today)
    body = canonical(recipient, cursor, last, [_entry(delta, content) for delta in deltas], now)
    with transaction.atomic(durable=True):
        give(recipient, deltas, content, now)
        commit_giving(recipient, cursor + 1, last, len(deltas), now)
    return Batch(body, vault.sign(body.encode()).hex(), last, len(deltas))


def in_force(recipient: Recipient, today: date) -> bool:
    """Tell whether content may be given to a recipient today: within its contract, and not disabled at the centre."""
    stopped = Terms.objects.filter(pk=recipient.pk, disabled_at__isnull=False).exists()
    return recipient.since <= today <= recipient.until and not stopped


def acknowledge(recipient: Recipient, number: int, *, now: datetime, applied: bool = False) -> Receipt:
    """Write down that a delta was received, or received and applied; saying so twice changes nothing."""
    receipt = Receipt.objects.filter(recipient=recipient, delta_id=number).first()
    if receipt is None:
        raise UnknownDelta("未向贵单位发送过这条增量。", "This delta was never given to you.")
    Receipt.objects.filter(pk=receipt.pk, received_at=None).update(received_at=now)
    if applied:
        Receipt.objects.filter(pk=receipt.pk, applied_at=None).update(applied_at=now)
    receipt.refresh_from_db()
    return receipt


def acknowledge_through(recipient: Recipient, number: int, *, now: datetime) -> int:
    """Write down that everything given up to a number was received and applied; return how many receipts it closed."""
    given = Receipt.objects.filter(recipient=recipient, delta_id__lte=number)
    given.filter(received_at=None).update(received_at=now)
    return given.filter(applied_at=None).update(applied_at=now)


def confirm_by(withdrawn_at: datetime) -> datetime:
    """Return when a withdrawal must be confirmed, under the value in force on its day (law: repair.sync_days)."""
    days = lawbook.current().integer(CONFIRM_DAYS, timezone.localdate(withdrawn_at))
    return withdrawn_at + timedelta(days=days)


def late(now: datetime) -> list[Outstanding]:
    """Return who was given a record and has not confirmed in time that its withdrawal is applied."""
    return [each for each in outstanding(now) if each.due_at <= now]


def outstanding(now: datetime) -> list[Outstanding]:
    """Return every unconfirmed withdrawal by recipient, oldest first, due or not.

    Only content counts as given: who merely learned that a record is gone owes nothing. A confirmation of anything
    later about the same record answers for the withdrawal too.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OWED)
        pairs = cursor.fetchall()
    withdrawn = Delta.objects.in_bulk({number for number, _recipient in pairs})
    takers = Recipient.objects.select_related("agency").in_bulk({recipient for _number, recipient in pairs})
    told = [(takers[recipient], withdrawn[number]) for number, recipient in pairs]
    return [_outstanding(taker, delta) for taker, delta in told if delta.at <= now]


def _outstanding(taker: Recipient, withdrawal: Delta) -> Outstanding:
    return Outstanding(
        taker.pk, taker.agency.name_zh, taker.agency.name_en, taker.contract_no,
        withdrawal.number, withdrawal.at, confirm_by(withdrawal.at),
    )  # fmt: skip


def _size() -> int:
    head = ledger.latest_checkpoint()
    return head.size if head else 0


def _fresh(state: FeedState, size: int, today: date) -> QuerySet[RecordVersion]:
    """Return present versions, new in the ledger or whose first day has come, of organisations' public or fed records.

    A version that was succeeded meanwhile is left out: its successor says what there is to say.
    """
    fed = Delta.objects.filter(version=OuterRef("pk"))
    new = Q(entry__index__gte=state.next_index) & (Q(public_from__lte=today) | _fed_before())
    begun = Q(public_from__gt=state.day, public_from__lte=today)
    found = RecordVersion.objects.filter(new | begun, known_until=None, entry__index__lt=size)
    found = found.exclude(record__subject__kind=SubjectKind.PERSON).exclude(Exists(fed))
    found = found.select_related("record__item__item").order_by("entry__index")
    return found.defer("content", "sealed")


def _fed_before() -> Exists:
    """Tell whether recipients know the record: then they must also learn that it is no longer published."""
    return Exists(Delta.objects.filter(record=OuterRef("record")))


def _numbered(fresh: list[RecordVersion], now: datetime, today: date) -> list[Delta]:
    """Number versions without gaps; one overtaken by a later version of the same record says nothing any more."""
    records = {version.record_id for version in fresh}
    before = dict(
        Delta.objects.filter(record_id__in=records).values_list("record_id").annotate(last=Max(F("version__number")))
    )
    number = Delta.objects.aggregate(last=Max("number"))["last"] or 0
    closed = overlay.present().closed(today)
    deltas = []
    for version in fresh:
        last = before.get(version.record_id, 0)
        over = _is_over(version, today) or version.record.item.item.code in closed
        if version.number <= last or (over and not last):
            continue
        before[version.record_id] = version.number
        number += 1
        deltas.append(
            Delta(number=number, record_id=version.record_id, version=version, kind=_kind(over, last), at=now)
        )
    return deltas


def _is_over(version: RecordVersion, today: date) -> bool:
    """Tell whether a version is no longer to be published: ended, contested, or turned into one that is not public."""
    hidden = version.publicity != "public" or version.public_from is None or version.public_from > today
    return version.ended_at is not None or version.link_suspended or hidden


def _kind(over: bool, last: int) -> str:
    if over:
        return Delta.WITHDRAW
    return Delta.CHANGE if last else Delta.PUBLISH


def contents(
    deltas: Iterable[Delta], recipient: Recipient, today: date, read: Read | None = None
) -> dict[int, dict[str, Any]]:
    """Return what may be given today, by delta: present, published, within its period and the contract's purpose.

    A withdrawal gives nothing, also of a record that was opened again since: a later delta says so.
    ``read`` spares giving to many recipients in one go from reading the same content again; which versions stand, and
    under which marks, is asked every time.
    """
    read = {} if read is None else read
    given = [(delta.pk, delta.version_id) for delta in deltas if delta.kind != Delta.WITHDRAW]
    standing = _standing([version for _, version in given], recipient, today)
    missing = [pk for pk, marks in standing.items() if (pk, marks) not in read]
    if missing:
        versions = registry.published(today).filter(pk__in=missing).select_related("record__subject__organisation")
        read.update({(version.pk, standing[version.pk]): _content(version) for version in versions})
    known = {pk: read[pk, marks] for pk, marks in standing.items() if (pk, marks) in read}
    return {delta: known[version] for delta, version in given if version in known}


def standing(deltas: Iterable[Delta], recipient: Recipient, today: date) -> set[int]:
    """Return which of these deltas have content that may be given today, without reading any."""
    versions = {delta.pk: delta.version_id for delta in deltas if delta.kind != Delta.WITHDRAW}
    stand = _standing(list(versions.values()), recipient, today)
    return {delta for delta, version in versions.items() if version in stand}


def _standing(versions: list[int], recipient: Recipient, today: date) -> dict[int, Marks]:
    """Return which of these versions may be given today, each with the marks that stand on its record."""
    purpose = lawbook.purpose(recipient.purpose, today)
    found = registry.published(today).filter(pk__in=versions, nature__in=purpose.natures)
    if purpose.items:
        found = found.filter(record__item__item__code__in=purpose.items)
    rows = dict(found.order_by().prefetch_related(None).values_list("pk", "record_id"))
    marks: dict[UUID, list[int]] = defaultdict(list)
    open_marks = Annotation.objects.filter(record_id__in=rows.values(), until=None).order_by("pk")
    for record, mark in open_marks.values_list("record_id", "pk"):
        marks[record].append(mark)
    return {pk: tuple(marks[record]) for pk, record in rows.items()}


def _content(version: RecordVersion) -> dict[str, Any]:
    row = public_record(version)
    return {
        "uscc": version.record.subject.organisation.uscc,
        "item": row.item,
        "basis": row.basis,
        "authority": row.authority_name,
        "document_no": row.document_no,
        "document_date": row.document_date,
        "until": row.until,
        "disputed": row.disputed,
        "under_repair": row.under_repair,
        "statement": row.statement,
        "fields": {each.code: each.value for each in row.fields},
    }


def _entry(delta: Delta, contents: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Return one delta for giving; one whose record is gone since says only that it is gone."""
    content = contents.get(delta.pk)
    kind = delta.kind if content or delta.kind == Delta.WITHDRAW else "void"
    return {"number": delta.number, "record": str(delta.record_id), "kind": kind, "at": delta.at, "content": content}


def canonical(recipient: Recipient, cursor: int, last: int, entries: list[dict[str, Any]], now: datetime) -> str:
    """Return the exact text that is signed and given: what lies between two cursors, and when it was given."""
    return signable(recipient, {"after": cursor, "next": last, "given_at": now, "deltas": entries})


def signable(recipient: Recipient, said: Mapping[str, Any]) -> str:
    """Return what is said to a recipient as the exact text that is signed."""
    whole = {"recipient": recipient.contract_no, **said}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso)


def _iso(value: date | datetime) -> str:
    return value.isoformat()


def give(recipient: Recipient, deltas: Iterable[Delta], content: Mapping[int, Any], now: datetime) -> None:
    """Write down what is about to be given, and of each delta whether content went with it; the first time stands."""
    given = list(deltas)
    Receipt.objects.bulk_create(
        [Receipt(recipient=recipient, delta=delta, given_at=now, with_content=delta.pk in content) for delta in given],
        ignore_conflicts=True,
    )
    later = [delta.pk for delta in given if delta.pk in content]
    Receipt.objects.filter(recipient=recipient, delta__in=later, with_content=False).update(with_content=True)


def commit_giving(
    recipient: Recipient, first: int, last: int, count: int, now: datetime, snapshot: int | None = None
) -> Entry:
    """Commit a giving to the ledger; belongs into the transaction that writes the receipts."""
    public = {"agency": recipient.agency.uscc, "purpose": recipient.purpose, "first": first, "last": last}
    public |= {} if snapshot is None else {"snapshot": snapshot}
    return ledger.append(LEAF_KIND, {"recipient": recipient.pk, "count": count}, now=now, public=public)
