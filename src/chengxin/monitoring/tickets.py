"""核查单: opened by a rule, put to the unit, judged by one auditor and confirmed by another; each act with its leaf.

Nobody handles a ticket about themself, about their own unit, or about a file they act for (charter C25).
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.accounts.policies import can_may, check_may
from chengxin.accounts.roles import Permission
from chengxin.cases.services import serve_notice
from chengxin.catalogue import lawbook
from chengxin.ledger import services as ledger
from chengxin.monitoring.models import Ticket, TicketStep
from chengxin.registry.models import Mandate
from chengxin.rules import workdays
from chengxin.rules.errors import Refusal
from chengxin.rules.misuse.shapes import RULES, Finding
from chengxin.rules.workflow import find
from chengxin.rules.workflows.misuse import MISUSE, VERDICTS
from chengxin.ui.formats import day as day_text
from chengxin.vault import services as vault
from chengxin.vault.services import Place

LEAF = "misuse"
LONGEST = 2000
MOST_NAMED = 200


class TicketRefused(Refusal):
    """A step on a ticket that is not possible, and why."""

    code = "ticket_refused"


def open_ticket(finding: Finding, *, now: datetime) -> bool:
    """Open a ticket for a finding unless there is one for the same thing; needs the caller's transaction."""
    key = hashlib.sha256(finding.key.encode()).hexdigest()
    if Ticket.objects.filter(key=key).exists():
        return False
    ticket = Ticket.objects.create(
        rule=finding.rule,
        key=key,
        actor_id=finding.actor,
        agency_id=finding.unit,
        subject_id=finding.subject,
        day=finding.day,
        accesses=[str(access) for access in finding.accesses[:MOST_NAMED]],
        zh=finding.zh,
        en=finding.en,
        facts=[asdict(fact) for fact in finding.facts],
        weight=finding.weight.points,
        weight_zh=finding.weight.zh,
        weight_en=finding.weight.en,
        state=MISUSE.initial,
        opened_at=now,
        notes_key=vault.new_key(now),
    )
    _write(ticket, "open", "", MISUSE.initial, None, "", now)
    return True


def ask(ticket_id: int, *, actor: User, version: int, now: datetime, today: date) -> Ticket:
    """Put a ticket to the unit and to the person concerned, with the day by which to answer."""
    days = lawbook.current().integer("misuse.explain_workdays", today)
    due = workdays.add(today, days, lawbook.calendar()).due_on
    with transaction.atomic():
        ticket = _audited(ticket_id, actor, version)
        ticket = _take(ticket, "ask", "auditor", actor, "", now, due_on=due)
        body = _(
            "核查单 %(number)s：规则“%(rule)s”提示 %(day)s 的查询须说明。请于 %(due)s 前说明为哪件事、为什么需要。"
        )
        given = {"number": ticket.number, "rule": rule_zh(ticket), "day": day_text(ticket.day), "due": day_text(due)}
        link = f"/console/monitoring/asked/{ticket.pk}/"
        for mailbox in (ticket.agency_id, ticket.actor_id):
            serve_notice(mailbox, "misuse_asked", _("请说明一次查询"), body % given, now=now, link=link)
    return ticket


def explain(ticket_id: int, text: str, *, actor: User, version: int, now: datetime) -> Ticket:
    """Write down what the unit says; anybody of the unit who may enquire can say it, the person concerned too."""
    check_may(actor, Permission.EXPLAIN_ACCESS)
    with transaction.atomic():
        if actor.agency_id is None or not Ticket.objects.filter(pk=ticket_id, agency_id=actor.agency_id).exists():
            raise _unknown()
        ticket = _locked(ticket_id, version)
        return _take(ticket, "explain", "enquirer", actor, _text(text), now, met={"answer"})


def note_silence(ticket_id: int, *, actor: User, version: int, now: datetime, today: date) -> Ticket:
    """Go on without the unit's word once its time is over."""
    with transaction.atomic():
        ticket = _audited(ticket_id, actor, version)
        over = {"deadline_passed"} if ticket.due_on is not None and today > ticket.due_on else set[str]()
        return _take(ticket, "silent", "auditor", actor, "", now, met=over)


def judge(ticket_id: int, verdict: str, reason: str, *, actor: User, version: int, now: datetime) -> Ticket:
    """Say what a ticket comes to; it holds only once somebody else has confirmed it."""
    if verdict not in VERDICTS:
        raise TicketRefused("请选择判断结论。", "Choose a verdict.")
    with transaction.atomic():
        ticket = _audited(ticket_id, actor, version)
        changed = {"verdict": verdict, "judged_by": actor}
        return _take(ticket, "judge", "auditor", actor, _text(reason), now, met={"reason", "outcome"}, **changed)


def confirm(ticket_id: int, reason: str, *, actor: User, version: int, now: datetime) -> Ticket:
    """Confirm the first auditor's verdict, which closes the ticket; refused to that auditor."""
    with transaction.atomic():
        ticket = _audited(ticket_id, actor, version)
        met = {"reason", *_other(ticket, actor)}
        action = f"confirm_{ticket.verdict}" if ticket.verdict else "confirm_justified"
        changed = {"confirmed_by": actor, "closed_at": now}
        return _take(ticket, action, "auditor", actor, _text(reason), now, met=met, **changed)


def send_back(ticket_id: int, reason: str, *, actor: User, version: int, now: datetime) -> Ticket:
    """Disagree with the first auditor's verdict; the ticket is to be judged anew."""
    with transaction.atomic():
        ticket = _audited(ticket_id, actor, version)
        met = {"reason", *_other(ticket, actor)}
        changed = {"verdict": "", "judged_by": None}
        return _take(ticket, "return", "auditor", actor, _text(reason), now, met=met, **changed)


def note_of(step: TicketStep) -> str:
    """Return what was written at a step, empty when nothing was."""
    if step.sealed_note is None:
        return ""
    place = _place(step.ticket_id, step.seq)
    return vault.open_sealed(step.ticket.notes_key, bytes(step.sealed_note), place).decode()


def rule_zh(ticket: Ticket) -> str:
    """Return the Chinese name of a ticket's rule."""
    return RULES[ticket.rule][0]


def conflict(ticket: Ticket, actor: User) -> str:
    """Return why this person may not handle this ticket, in one word, or nothing."""
    if ticket.actor_id == actor.pk:
        return "self"
    if ticket.agency_id == actor.agency_id:
        return "unit"
    if ticket.subject_id is None:
        return ""
    acts_for = Mandate.objects.filter(user=actor, subject_id=ticket.subject_id, until=None)
    return "file" if acts_for.exists() else ""


_CONFLICTS = {
    "self": ("这是关于您本人的核查单，您不能办理。", "This ticket is about you; you may not handle it."),
    "unit": (
        "这是关于您所在单位的核查单，须由其他单位的审计员办理。",
        "This ticket is about your own unit.",
    ),
    "file": (
        "您代表这张核查单所涉的主体，应当回避。",
        "You act for the subject concerned.",
    ),
}


def _audited(ticket_id: int, actor: User, version: int) -> Ticket:
    """Return a ticket this auditor may handle; one of another region looks the same as none."""
    check_may(actor, Permission.JUDGE_MISUSE)
    region = Ticket.objects.filter(pk=ticket_id).values_list("agency__region", flat=True).first()
    if region is None or not can_may(actor, Permission.JUDGE_MISUSE, region):
        raise _unknown()
    ticket = _locked(ticket_id, version)
    why = conflict(ticket, actor)
    if why:
        raise TicketRefused(*_CONFLICTS[why], code="conflict")
    return ticket


def _locked(ticket_id: int, version: int) -> Ticket:
    found = Ticket.objects.select_for_update(of=("self",)).select_related("agency", "notes_key")
    ticket = found.filter(pk=ticket_id).first()
    if ticket is None:
        raise _unknown()
    if ticket.version != version:
        raise TicketRefused("他人已先办理；请刷新页面后再办。", "Somebody acted first; reload the page.", code="moved")
    return ticket


def _unknown() -> TicketRefused:
    return TicketRefused("没有这张核查单。", "There is no such ticket.", code="unknown")


def _other(ticket: Ticket, actor: User) -> set[str]:
    return {"other_person"} if ticket.judged_by_id not in (None, actor.pk) else set()


def _text(given: str) -> str:
    text = given.strip()
    if not text or len(text) > LONGEST:
        raise TicketRefused("请写明理由，2000 字以内。", "Give the reason, in at most 2,000 characters.")
    return text


def _take(
    ticket: Ticket,
    action: str,
    role: str,
    actor: User,
    note: str,
    now: datetime,
    *,
    met: set[str] | None = None,
    **changed: Any,
) -> Ticket:
    step = find(MISUSE, ticket.state, action, role, met or set())
    values = {"state": step.target, "version": F("version") + 1, **changed}
    if not Ticket.objects.filter(pk=ticket.pk, version=ticket.version).update(**values):
        raise TicketRefused("他人已先办理；请刷新页面后再办。", "Somebody acted first; reload the page.", code="moved")
    ticket.refresh_from_db()
    _write(ticket, action, step.source, step.target, actor, note, now)
    return ticket


def _write(ticket: Ticket, action: str, source: str, target: str, actor: User | None, note: str, now: datetime) -> None:
    seq = TicketStep.objects.filter(ticket=ticket).count() + 1
    payload = {
        "ticket": ticket.number,
        "seq": seq,
        "actor": actor.pk if actor else "system",
        "about": ticket.actor_id,
        "subject": ticket.subject_id,
        "verdict": ticket.verdict,
        "note": hashlib.sha256(note.encode()).hexdigest() if note else "",
    }
    public = {"ticket": ticket.number, "rule": ticket.rule, "action": action, "target": target}
    entry = ledger.append(LEAF, payload, now=now, public=public, key=ticket.notes_key)
    sealed = vault.seal(ticket.notes_key, note.encode(), _place(ticket.pk, seq)) if note else None
    TicketStep.objects.create(
        ticket=ticket,
        seq=seq,
        action=action,
        source=source,
        target=target,
        actor=actor,
        at=now,
        sealed_note=sealed,
        verdict=ticket.verdict,
        entry=entry,
    )


def _place(ticket: int, seq: int) -> Place:
    return Place("monitoring_ticketstep", "sealed_note", f"{ticket}:{seq}")
