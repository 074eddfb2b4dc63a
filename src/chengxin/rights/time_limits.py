"""办理期限: what an officer may do about the clock of a case, each step told to the applicant."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.cases import clock, policies
from chengxin.cases import selectors as case_selectors
from chengxin.cases.clock import DELAYS, HANDLERS, HEADS, REASONS, Recount
from chengxin.cases.models import Case, Deadline, Pause
from chengxin.catalogue import lawbook
from chengxin.registry.models import Record
from chengxin.rights import matters, objections, restoration, texts
from chengxin.rights.acts import Act
from chengxin.rights.models import Matter
from chengxin.rights.selectors import own_files

EXTENSIONS = {objections.TOTAL: "objection.extension_workdays", restoration.REPLY: restoration.EXTENSION}
"""Which deadline may be prolonged, and the law's key of by how much."""


@dataclass(frozen=True)
class Offer:
    """One thing this reader may do about the clock now: its code, its name, and the reasons to choose from."""

    code: str
    zh: str
    en: str
    reasons: Mapping[str, tuple[str, str]]


NAMES: dict[str, tuple[str, str]] = {
    "pause": ("因检测鉴定暂停计时", "Pause for testing"),
    "resume": ("恢复计时", "Resume the clock"),
    "extend": ("申请延长期限", "Ask for an extension"),
    "grant": ("批准延长", "Grant the extension"),
    "refuse": ("不批准延长", "Refuse the extension"),
    "explain": ("说明逾期原因", "Give the reason for the delay"),
}


def offers(case: Case, reader: User, today: date) -> list[Offer]:
    """Return what the reader may do about the clock of a case today; steps of others are left out."""
    own = own_files(reader)
    codes = [code for code in _possible(case, today) if policies.can_play(reader, case, _ROLES[code], own)]
    return [Offer(code, *NAMES[code], _CHOICES.get(code, {})) for code in codes]


_ROLES: dict[str, Collection[str]] = {
    "pause": HANDLERS,
    "resume": HANDLERS,
    "extend": HANDLERS,
    "grant": HEADS,
    "refuse": HEADS,
    "explain": HANDLERS | HEADS,
}
_CHOICES = {"extend": REASONS, "explain": DELAYS}


def _possible(case: Case, today: date) -> list[str]:
    if case.closed_at is not None:
        return []
    pause = next((each for each in case_selectors.pauses(case) if each.until is None), None)
    found = ["pause"] if pause is None else ["resume"] if pause.reason == Pause.TESTING else []
    asked = case_selectors.extensions(case)
    if any(each.approved is None for each in asked):
        found += ["grant", "refuse"]
    elif prolongable(case, today) is not None:
        found += ["extend"]
    return found + (["explain"] if case_selectors.overdue(today).filter(case=case).exists() else [])


def prolongable(case: Case, today: date) -> Deadline | None:
    """Return the standing deadline the law allows to prolong and nobody has asked to, if there is one."""
    taken = {(e.key, e.started_on) for e in case_selectors.extensions(case) if e.approved is not False}
    for each in case_selectors.deadlines(case):
        stands = each.met_at is None and each.superseded_at is None and each.due_on >= today
        if not stands or each.key not in EXTENSIONS or (each.key, each.started_on) in taken:
            continue
        if lawbook.current().integer(EXTENSIONS[each.key], today) > 0:
            return each
    return None


def take(act: Act, code: str, *, note: str, reason: str = "") -> Case:
    """Take one step about the clock of a case; raises the sentence that says why it cannot be taken."""
    step = _STEPS.get(code)
    matter = Matter.objects.filter(case_id=act.case_id).select_related("record__item").first()
    if step is None or matter is None:
        raise matters.NoMatter("没有这个办件，或者没有这一步。", "There is no such case or no such step.")
    with transaction.atomic():
        step(act, note.strip(), reason)
        case = case_selectors.case(act.case_id)
        assert case is not None
        if code != "extend":  # A request changes nothing yet; its answer is what the applicant is told.
            _tell(case, matter.record, code, act.now)
    return case


def _pause(act: Act, note: str, reason: str) -> None:
    clock.pause_for_testing(
        act.case_id, note, actor=act.actor, own_files=own_files(act.actor), now=act.now, today=act.today
    )


def _resume(act: Act, note: str, reason: str) -> None:
    clock.resume_after_testing(
        act.case_id,
        note,
        lawbook.current(),
        lawbook.calendar(),
        actor=act.actor,
        own_files=own_files(act.actor),
        now=act.now,
        today=act.today,
    )


def _extend(act: Act, note: str, reason: str) -> None:
    case = case_selectors.case(act.case_id)
    standing = prolongable(case, act.today) if case else None
    if standing is None:
        raise clock.ClockRefused(
            "本件没有可以延长的期限：法律没有给出天数，或者已延长过，或者已经届满。",
            "Nothing here can be prolonged: the law gives no length, it was done once, or the day has passed.",
        )
    clock.ask_extension(
        act.case_id,
        standing.key,
        EXTENSIONS[standing.key],
        reason,
        note,
        lawbook.current(),
        actor=act.actor,
        own_files=own_files(act.actor),
        now=act.now,
        today=act.today,
    )


def _answer(act: Act, note: str, *, grant: bool) -> None:
    clock.answer_extension(
        act.case_id,
        grant=grant,
        note=note,
        law=lawbook.current(),
        calendar=lawbook.calendar(),
        actor=act.actor,
        own_files=own_files(act.actor),
        now=act.now,
    )


def _explain(act: Act, note: str, reason: str) -> None:
    clock.explain_delay(
        act.case_id, reason, note, actor=act.actor, own_files=own_files(act.actor), now=act.now, today=act.today
    )


_STEPS: dict[str, Callable[[Act, str, str], None]] = {
    "pause": _pause,
    "resume": _resume,
    "extend": _extend,
    "grant": lambda act, note, reason: _answer(act, note, grant=True),
    "refuse": lambda act, note, reason: _answer(act, note, grant=False),
    "explain": _explain,
}


def _tell(case: Case, record: Record, code: str, now: datetime) -> None:
    sentences = {
        "pause": _("因检测、检验、鉴定，办理期限暂停计算，恢复后另行通知到期日。"),
        "resume": _("办理期限恢复计算。"),
        "grant": _("办理期限依法延长一次，由申请延长者以外的人批准。"),
        "refuse": _("延长办理期限的申请未获批准，仍按原期限办理。"),
        "explain": _("办理已超过期限，原因见办件页面。"),
    }
    sentence = sentences[code] + texts.due_sentence(next_due(case))
    body = texts.about(case, record, sentence)
    matters.tell_applicant(case, "time_limit", _("办理期限有变化"), body, now)


def next_due(case: Case) -> date | None:
    """Return the earliest standing due date, or ``None`` while the clock is paused or nothing is due."""
    if any(each.until is None for each in case_selectors.pauses(case)):
        return None
    standing = (d for d in case_selectors.deadlines(case) if d.met_at is None and d.superseded_at is None)
    return min((each.due_on for each in standing), default=None)


def recompute_all(*, now: datetime) -> Recount:
    """Recompute every open deadline, for instance after a new holiday notice; tell the applicants whose date moved."""
    found = clock.recompute_all(lawbook.current(), lawbook.calendar(), now)
    changed = [each for each in found.moved if each.before.due_on != each.after.due_on]
    records = _records([each.after.case_id for each in changed])
    for each in changed:
        sentence = _("到期日由 %(before)s 重新计算为 %(after)s。") % {
            "before": each.before.due_on.isoformat(),
            "after": each.after.due_on.isoformat(),
        }
        case = each.after.case
        body = texts.about(case, records[case.pk], sentence)
        matters.tell_applicant(case, "time_limit", _("办理期限有变化"), body, now)
    return found


def _records(ids: Sequence[UUID]) -> dict[UUID, Record]:
    found = Matter.objects.filter(case_id__in=ids).select_related("record__item")
    return {matter.case_id: matter.record for matter in found}
