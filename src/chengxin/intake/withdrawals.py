"""撤回: the source takes back a record whose decision fell, within the time the law sets, and says why."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chengxin.accounts.models import Agency, User
from chengxin.accounts.roles import Permission, Role
from chengxin.cases import services as cases
from chengxin.catalogue import lawbook
from chengxin.intake import filed
from chengxin.intake.admission import locked, recount_one
from chengxin.intake.models import Admission, Correction, SubmissionRow, Withdrawal
from chengxin.ledger import services as ledger
from chengxin.registry import forwarding, sourced
from chengxin.registry.assessment import MARKET_REGULATOR
from chengxin.registry.models import RecordVersion
from chengxin.rules import deadlines
from chengxin.rules.dated import LawGap
from chengxin.rules.errors import Refusal
from chengxin.rules.text import normalise
from chengxin.rules.workdays import CalendarGap
from chengxin.rules.workflow import next_state
from chengxin.rules.workflows.submission_row import SUBMISSION_ROW
from chengxin.vault import services as vault
from chengxin.vault.services import Place

MISTAKE = Withdrawal.Reason.MISTAKE
_KEY, _MARKET_KEY = "sgs.withdraw_days", "mkt.withdraw_workdays"


class GroundMissing(Refusal):
    """A withdrawal or its undoing does not say why, or names a day that cannot be."""

    code = "ground_missing"


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a record is taken back: a coded reason, the document that says so with its day, and words of the clerk."""

    reason: str
    decided_on: date | None
    document_no: str
    note: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The last day the law gives for a withdrawal, how it was counted, and by how many days today is past it.

    ``due_on`` is None where no law sets a time: what is not negative, and what the source itself filed by mistake.
    """

    due_on: date | None
    derivation: list[dict[str, str]]
    days_late: int


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How many withdrawals were made in a period, how many had a statutory time, how many passed it and how far."""

    made: int
    timed: int
    late: int
    worst: int


def clock(version: RecordVersion, ground: Ground, today: date) -> Clock:
    """Count the statutory time of a withdrawal from the day on which the decision fell (行政处罚法 第四十八条)."""
    if version.nature != "negative" or ground.reason == MISTAKE or ground.decided_on is None:
        return Clock(None, [], 0)
    key = _MARKET_KEY if MARKET_REGULATOR in version.authority_name else _KEY
    try:
        due = deadlines.due(key, ground.decided_on, lawbook.current(), lawbook.calendar())
    except (LawGap, CalendarGap) as gap:
        return Clock(None, [{"zh": gap.zh, "en": gap.en, "basis": ""}], 0)
    lines = [{"zh": s.zh, "en": s.en, "basis": str(s.basis or "")} for s in due.derivation]
    return Clock(due.due_on, lines, max(0, (today - due.due_on).days))


def look(record_id: UUID, ground: Ground, *, actor: User, today: date) -> Clock:
    """Check a withdrawal as ``withdraw`` would and return its clock; nothing is changed."""
    version = filed.own(record_id, Permission.WITHDRAW_RECORDS, actor=actor)
    _check(version, ground, today)
    return clock(version, ground, today)


def withdraw(record_id: UUID, ground: Ground, *, actor: User, now: datetime, today: date) -> Withdrawal:
    """Take a record back: it leaves every answer at once, its rows show it, and its subject is told why.

    Raises NotPermitted, RecordUnknown, OwnFile, GroundMissing, RecordNotOpen. Recipients who were given the record
    receive its withdrawal by the feed.
    """
    version = filed.own(record_id, Permission.WITHDRAW_RECORDS, actor=actor)
    _check(version, ground, today)
    counted, identifier = clock(version, ground, today), uuid.uuid4()
    with transaction.atomic():
        ended = sourced.withdraw(record_id, ref=_ref(ground.reason, identifier), now=now)
        made = Withdrawal.objects.create(
            id=identifier,
            record_id=record_id,
            number=ended.number,
            agency=_agency(actor),
            made_by=actor,
            made_at=now,
            reason=ground.reason,
            decided_on=ground.decided_on,
            due_on=counted.due_on,
            derivation=counted.derivation,
            days_late=counted.days_late,
            sealed=_sealed(version, identifier, ground),
        )
        _move_rows(record_id, "withdraw")
        _write_leaf("record.withdrawn", made, now)
        _tell_withdrawn(version, made, now)
    return made


def undo(record_id: UUID, note: str, *, actor: User, now: datetime) -> Withdrawal:
    """Undo a withdrawal that was made by mistake; the record stands again and its subject is told why."""
    version = filed.own(record_id, Permission.WITHDRAW_RECORDS, actor=actor)
    if not note.strip():
        raise GroundMissing("请写明为什么撤销撤回。", "Say why the withdrawal is undone.")
    with transaction.atomic():
        made = of_record(record_id)
        sourced.undo_withdrawal(record_id, ref=_ref(made.reason, made.pk) if made else "", now=now)
        assert made is not None
        made.undone_at, made.undone_by = now, actor
        made.save(update_fields=["undone_at", "undone_by"])
        _move_rows(record_id, "reinstate")
        _write_leaf("record.reinstated", made, now)
        body = _("“%(item)s”这条记录此前由%(agency)s撤回；该单位说明撤回有误，现已恢复：%(note)s") % {
            **_named(version, made),
            "note": note.strip(),
        }
        title = _("一条被撤回的记录已恢复")
        cases.serve_notice(version.record.subject_id, "record_reinstated", title, body, now=now, link="/mine/")
    return made


def of_record(record_id: UUID) -> Withdrawal | None:
    """Return the withdrawal that stands on a record."""
    found = Withdrawal.objects.filter(record_id=record_id, undone_at=None).select_related("agency", "made_by")
    return found.first()


def punctuality(agency: Agency | None, since: date, until: date) -> Punctuality:
    """Count the withdrawals made from one day to another, both included; of one agency, or of all."""
    found = Withdrawal.objects.filter(made_at__date__gte=since, made_at__date__lte=until)
    if agency is not None:
        found = found.filter(agency=agency)
    days = list(found.values_list("due_on", "days_late"))
    late = [over for _, over in days if over]
    return Punctuality(len(days), sum(due is not None for due, _ in days), len(late), max(late, default=0))


def words(made: Withdrawal, version: RecordVersion) -> dict[str, str]:
    """Return what the clerk wrote: the number of the document and the note; raises Erased."""
    place = _place(made.pk)
    kept: dict[str, str] = json.loads(vault.open_sealed(version.record.subject.key, bytes(made.sealed), place))
    return kept


def _ref(reason: str, identifier: UUID) -> str:
    """Return how the record names the act that took it back; the reason in front is for the subject's own file."""
    return f"{reason}:{identifier}"


def _check(version: RecordVersion, ground: Ground, today: date) -> None:
    if ground.reason not in Withdrawal.Reason.values:
        raise GroundMissing("请选择撤回的原因。", "Choose why the record is withdrawn.")
    if not ground.note.strip():
        raise GroundMissing("请写明撤回的理由。", "Give the reason in words.")
    if ground.reason == MISTAKE:
        return
    if ground.decided_on is None or not ground.document_no.strip():
        raise GroundMissing(
            "请填写撤销、变更或确认违法、无效的文书文号和日期。",
            "Give number and date of the document that revoked or changed the decision or held it illegal or void.",
        )
    if not version.document_date <= ground.decided_on <= today:
        raise GroundMissing(
            "文书日期应当不早于原决定、不晚于今天，请核对。",
            "The document's date lies between the decision and today; check it.",
        )


def _agency(actor: User) -> Agency:
    assert actor.agency is not None
    return actor.agency


def _place(identifier: UUID) -> Place:
    return Place("intake_withdrawal", "sealed", str(identifier))


def _sealed(version: RecordVersion, identifier: UUID, ground: Ground) -> bytes:
    kept = {"document_no": normalise(ground.document_no), "note": ground.note.strip()}
    plain = json.dumps(kept, ensure_ascii=False).encode()
    return vault.seal(version.record.subject.key, plain, _place(identifier))


def _move_rows(record_id: UUID, action: str) -> None:
    """Let the rows that brought a record show what became of it, as their table says."""
    rows = set(Admission.objects.filter(record_id__in=forwarding.ids_of(record_id)).values_list("row_id", flat=True))
    rows |= set(Correction.objects.filter(record_id=record_id, row__isnull=False).values_list("row_id", flat=True))
    for row in SubmissionRow.objects.filter(pk__in=rows).only("id", "state", "submission_id"):
        state = next_state(SUBMISSION_ROW, row.state, action, Role.SOURCE_CLERK)
        SubmissionRow.objects.filter(pk=row.pk).update(state=state)
        recount_one(locked(row.submission_id), row.state, state)


def _write_leaf(kind: str, made: Withdrawal, now: datetime) -> None:
    payload = {"withdrawal": made.pk, "record": made.record_id, "actor": made.made_by_id, "agency": made.agency_id}
    ledger.append(kind, payload, now=now, public={"reason": made.reason, "late": made.days_late > 0})


def _tell_withdrawn(version: RecordVersion, made: Withdrawal, now: datetime) -> None:
    body = _(
        "“%(item)s”这条记录由%(agency)s于 %(day)s 撤回，原因：%(reason)s。"
        "自此刻起不再公示、共享和使用；据此采取的措施失去依据。"
    ) % {
        **_named(version, made),
        "day": timezone.localtime(now).date().isoformat(),
        "reason": reason_word(made.reason),
    }
    title = _("一条关于您的记录已由报送单位撤回")
    cases.serve_notice(version.record.subject_id, "record_withdrawn", title, body, now=now, link="/mine/")


def _named(version: RecordVersion, made: Withdrawal) -> dict[str, str]:
    return {"item": version.record.item.name_zh, "agency": made.agency.name_zh}


def reason_word(reason: str) -> str:
    """Return the words for a reason."""
    return {
        "revoked": _("决定被撤销"),
        "changed": _("决定被变更"),
        "illegal": _("决定被确认违法"),
        "void": _("决定被确认无效"),
        "mistake": _("报送有误"),
    }[reason]


def reasons() -> Iterable[tuple[str, str]]:
    """Return the reasons there are, with their words."""
    return [(value, reason_word(value)) for value in Withdrawal.Reason.values]
