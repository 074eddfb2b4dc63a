"""法定时限: pauses, extensions and recomputation of a case's due dates; an old date stays with its derivation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from chengxin.accounts.models import User
from chengxin.cases import selectors, services
from chengxin.cases.models import Case, Deadline, Extension, Pause
from chengxin.cases.sealing import seal_extension
from chengxin.rules import deadlines
from chengxin.rules.dated import LawBook
from chengxin.rules.errors import Refusal
from chengxin.rules.workdays import Calendar, CalendarGap, Due

PAUSES: dict[str, tuple[str, str]] = {
    Pause.MATERIAL: ("等待当事人补正材料", "waiting for missing papers"),
    Pause.TESTING: ("检测、检验、鉴定", "testing or appraisal"),
}
REASONS: dict[str, tuple[str, str]] = {
    "complex": ("案情复杂", "the case is complex"),
    "other_body": ("需向第三方核实", "another body must be asked"),
    "hearing": ("需听取当事人意见", "the party must be heard"),
    "disaster": ("不可抗力", "force majeure"),
}
DELAYS: dict[str, tuple[str, str]] = {
    "source_silent": ("信源单位未按时答复", "the source did not answer in time"),
    "papers_late": ("原始文书调取未完成", "original documents not yet retrieved"),
    "staff": ("人手不足", "not enough staff"),
    "system": ("系统故障", "a fault of the system"),
}
EVENTS: dict[str, tuple[str, str]] = {
    "ask_extension": ("申请延长期限", "extension asked for"),
    "assisted": ("窗口协助提交", "filed with help at a counter"),
    "explain_delay": ("说明逾期原因", "reason for delay given"),
    "hand_in": ("补充证据材料", "evidence handed in"),
    "grant_extension": ("批准延长期限", "extension granted"),
    "pause": ("暂停计时", "clock paused"),
    "refuse_extension": ("不批准延长", "extension refused"),
    "resume": ("恢复计时", "clock resumed"),
}
HANDLERS = frozenset({"centre_operator", "reviewer", "source_clerk"})
HEADS = frozenset({"decider"})


class ClockRefused(Refusal):
    """The clock of the case cannot be stopped, prolonged or explained that way."""

    code = "clock_refused"


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline whose date or derivation changed: the superseded row and the new one."""

    before: Deadline
    after: Deadline


def due(case: Case, key: str, start: date, law: LawBook, calendar: Calendar) -> Due:
    """Return the due date of a law key from a day on, over the case's ended pauses and granted extensions."""
    stops = [_pause(each) for each in selectors.pauses(case) if each.until and each.until > start]
    longer = [
        _extension(each)
        for each in selectors.extensions(case)
        if each.approved and (each.key, each.started_on) == (key, start)
    ]
    return deadlines.due(key, start, law, calendar, pauses=stops, extensions=longer)


def _pause(pause: Pause) -> deadlines.Pause:
    assert pause.until is not None
    return deadlines.Pause(pause.since, pause.until, *PAUSES[pause.reason])


def _extension(extension: Extension) -> deadlines.Extension:
    assert extension.answered_by is not None
    assert extension.answered_at is not None
    zh, en = REASONS[extension.reason]
    granted = timezone.localtime(extension.answered_at).date()
    unit = extension.answered_by.agency
    who_zh, who_en = (unit.name_zh, unit.name_en) if unit else ("决定人", "the decider")
    return deadlines.Extension(
        extension.law_key,
        granted,
        f"理由：{zh}；{who_zh}于 {granted.isoformat()} 批准，批准人与申请人不是同一人",
        f"because {en}; granted by {who_en} on {granted.isoformat()}, by another person than the one who asked",
    )


def begin_pause(case: Case, reason: str, *, actor: User, now: datetime, today: date) -> Pause:
    """Stop the clock of an open case from the next day on; needs the caller's transaction."""
    if case.closed_at is not None:
        raise ClockRefused("办件已办结，没有在走的期限。", "The case is closed; no clock is running.")
    if Pause.objects.filter(case=case, until=None).exists():
        raise ClockRefused("期限已经暂停，请先恢复计时。", "The clock is paused already; resume it first.")
    return Pause.objects.create(case=case, reason=reason, since=today, started_at=now, started_by=actor)


def end_pause(case: Case, law: LawBook, calendar: Calendar, *, now: datetime, today: date) -> list[Moved]:
    """Let the clock run again from the next day on and recompute what is due; needs the caller's transaction."""
    if not close_pause(case, now=now, today=today):
        raise ClockRefused("期限没有暂停，无需恢复。", "The clock is not paused; there is nothing to resume.")
    return recompute(case, law, calendar, now)


def close_pause(case: Case, *, now: datetime, today: date) -> bool:
    """End an open pause without counting anew, when the case itself ends; tell whether there was one."""
    return Pause.objects.filter(case=case, until=None).update(until=today, ended_at=now) > 0


def recompute(case: Case, law: LawBook, calendar: Calendar, now: datetime) -> list[Moved]:
    """Recompute every standing deadline of a case; what changed supersedes the old row, which stays readable."""
    standing = Deadline.objects.filter(case=case, superseded_at=None, met_at=None).order_by("id")
    found = [_renewed(case, each, law, calendar, now) for each in standing]
    return [moved for moved in found if moved is not None]


def _renewed(case: Case, old: Deadline, law: LawBook, calendar: Calendar, now: datetime) -> Moved | None:
    new = due(case, old.key, old.started_on, law, calendar)
    if (new.due_on, services.lines(new)) == (old.due_on, old.derivation):
        return None
    return Moved(old, services.set_deadline(case, old.key, new, started_on=old.started_on, now=now))


@dataclass(frozen=True, slots=True)
class Recount:
    """What a recomputation of everything did: the deadlines that changed, and the cases no calendar reaches yet."""

    moved: tuple[Moved, ...]
    beyond_calendar: tuple[str, ...]


def recompute_all(law: LawBook, calendar: Calendar, now: datetime) -> Recount:
    """Recompute every open case after a new holiday notice; paused clocks are counted when they run again.

    A case whose last day lies in a year nobody has published keeps its date and is named, and holds up no other.
    """
    paused = Pause.objects.filter(until=None).values("case_id")
    standing = Deadline.objects.filter(superseded_at=None, met_at=None, case__closed_at=None)
    ids = standing.exclude(case_id__in=paused).order_by("case_id").values_list("case_id", flat=True).distinct()
    moved: list[Moved] = []
    beyond: list[str] = []
    for case_id in list(ids):
        try:
            moved += _recompute_one(case_id, law, calendar, now)
        except CalendarGap:
            beyond.append(Case.objects.values_list("number", flat=True).get(pk=case_id))
    return Recount(tuple(moved), tuple(beyond))


def _recompute_one(case_id: UUID, law: LawBook, calendar: Calendar, now: datetime) -> list[Moved]:
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
        return recompute(case, law, calendar, now)


def pause_for_testing(
    case_id: UUID, note: str, *, actor: User, own_files: Collection[UUID], now: datetime, today: date
) -> Case:
    """Stop the clock while something is tested or appraised; what and by whom goes into the note."""
    _check_written(note)
    with transaction.atomic():
        case = services.note_event(
            case_id, "pause", actor=actor, allowed=HANDLERS, own_files=own_files, now=now, note=note
        )
        begin_pause(case, Pause.TESTING, actor=actor, now=now, today=today)
    return case


def resume_after_testing(
    case_id: UUID,
    note: str,
    law: LawBook,
    calendar: Calendar,
    *,
    actor: User,
    own_files: Collection[UUID],
    now: datetime,
    today: date,
) -> list[Moved]:
    """Let the clock run again once the result is there; a pause for missing papers ends only when they come."""
    _check_written(note)
    with transaction.atomic():
        case = services.note_event(
            case_id, "resume", actor=actor, allowed=HANDLERS, own_files=own_files, now=now, note=note
        )
        if Pause.objects.filter(case=case, until=None, reason=Pause.MATERIAL).exists():
            raise ClockRefused(
                "正在等待当事人补正材料；材料补齐时自动恢复计时。",
                "The case waits for missing papers; the clock runs again when they come.",
            )
        return end_pause(case, law, calendar, now=now, today=today)


def ask_extension(
    case_id: UUID,
    key: str,
    law_key: str,
    reason: str,
    note: str,
    law: LawBook,
    *,
    actor: User,
    own_files: Collection[UUID],
    now: datetime,
    today: date,
) -> Extension:
    """Ask for the extension the law gives to a standing deadline, once and before its last day has passed."""
    _check_written(note)
    _check_reason(reason, REASONS)
    if law.integer(law_key, today) <= 0:
        raise ClockRefused(
            "现行规定没有给出延长的天数，不能延长；请在原期限内办理。",
            "The law in force gives no length of extension; decide within the present time limit.",
        )
    with transaction.atomic():
        data = {"deadline": key, "reason": reason}
        case = services.note_event(
            case_id,
            "ask_extension",
            actor=actor,
            allowed=HANDLERS,
            own_files=own_files,
            now=now,
            note=note,
            data=data,
        )
        standing = _standing(case, key, today)
        return _ask(case, standing, law_key, reason, note, actor, now)


def _standing(case: Case, key: str, today: date) -> Deadline:
    found = Deadline.objects.filter(case=case, key=key, superseded_at=None, met_at=None).first()
    if found is None or found.due_on < today:
        raise ClockRefused(
            "该期限已完成或者已经届满，不能再延长；逾期请说明原因。",
            "The deadline is met or has passed and cannot be prolonged; give the reason for the delay instead.",
        )
    return found


def _ask(case: Case, standing: Deadline, law_key: str, reason: str, note: str, actor: User, now: datetime) -> Extension:
    try:
        with transaction.atomic():
            return Extension.objects.create(
                case=case,
                key=standing.key,
                law_key=law_key,
                started_on=standing.started_on,
                reason=reason,
                sealed_note=seal_extension(case, standing.key, note),
                asked_by=actor,
                asked_at=now,
            )
    except IntegrityError:
        raise ClockRefused(
            "该期限已申请过延长，只能延长一次。", "An extension was asked for already; a deadline is prolonged once."
        ) from None


def answer_extension(
    case_id: UUID,
    *,
    grant: bool,
    note: str,
    law: LawBook,
    calendar: Calendar,
    actor: User,
    own_files: Collection[UUID],
    now: datetime,
) -> list[Moved]:
    """Grant or refuse the extension that was asked for; never by the person who asked."""
    _check_written(note)
    action = "grant_extension" if grant else "refuse_extension"
    with transaction.atomic():
        case = services.note_event(case_id, action, actor=actor, allowed=HEADS, own_files=own_files, now=now, note=note)
        asked = Extension.objects.filter(case=case, approved=None).first()
        if asked is None:
            raise ClockRefused("没有待批准的延长申请。", "There is no request for an extension.")
        if asked.asked_by_id == actor.pk:
            raise ClockRefused(
                "延长须由申请人以外的人批准；请交由他人办理。",
                "An extension is granted by somebody other than who asked for it; hand it to a colleague.",
            )
        Extension.objects.filter(pk=asked.pk).update(answered_by=actor, answered_at=now, approved=grant)
        return recompute(case, law, calendar, now) if grant else []


def explain_delay(
    case_id: UUID, reason: str, note: str, *, actor: User, own_files: Collection[UUID], now: datetime, today: date
) -> Case:
    """Say why a deadline of a case has passed; the reason shows to the subject, the unit and the supervisor."""
    _check_reason(reason, DELAYS)
    with transaction.atomic():
        case = services.note_event(
            case_id,
            "explain_delay",
            actor=actor,
            allowed=HANDLERS | HEADS,
            own_files=own_files,
            now=now,
            note=note,
            data={"reason": reason},
        )
        if not selectors.overdue(today).filter(case=case).exists():
            raise ClockRefused("本件没有逾期，无需说明。", "Nothing is overdue here; there is nothing to explain.")
    return case


def _check_written(note: str) -> None:
    if not note.strip():
        raise ClockRefused("请写明理由。", "Give the reason.")


def _check_reason(reason: str, known: Collection[str]) -> None:
    if reason not in known:
        raise ClockRefused("请选择原因。", "Choose the reason.")
