"""Who may do what to a ticket, in which order, and that each act and each look leaves its leaf."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests import factories
from tests.factories import NOW, TODAY
from tests.integration.monitoring.conftest import look, yesterday

from chengxin.accounts.models import Message
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.disclosure.models import Access, Outcome
from chengxin.disclosure.services import ServiceRefused
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry
from chengxin.monitoring import desk as audit
from chengxin.monitoring import judging, tickets
from chengxin.monitoring.models import AuditLook, Ticket, TicketStep
from chengxin.monitoring.tickets import TicketRefused
from chengxin.registry.subjects import give_mandate
from chengxin.rules.workflow import NeedsUnmet, NotInThisState


@pytest.fixture
def ticket(desk) -> Ticket:
    """A ticket about a look at a ward, just opened."""
    give_mandate(desk.officer, desk.person, NOW - timedelta(days=9), capacity="guardian")
    look(desk.officer, desk.person, yesterday())
    judging.run(now=NOW, today=TODAY)
    return Ticket.objects.get()


def version() -> int:
    return Ticket.objects.get().version


def ask(who):
    return tickets.ask(Ticket.objects.get().pk, actor=who, version=version(), now=NOW, today=TODAY)


def explain(who, text="该事项由我经办。"):
    return tickets.explain(Ticket.objects.get().pk, text, actor=who, version=version(), now=NOW)


def judge(who, verdict="misuse"):
    return tickets.judge(Ticket.objects.get().pk, verdict, "应当回避。", actor=who, version=version(), now=NOW)


def confirm(who):
    return tickets.confirm(Ticket.objects.get().pk, "同意。", actor=who, version=version(), now=NOW)


def test_from_the_rule_through_the_unit_and_two_people(desk, ticket):
    asked = ask(desk.first)
    assert (asked.state, asked.due_on) == ("asked", TODAY + timedelta(days=7))
    assert {m.mailbox for m in Message.objects.filter(kind="misuse_asked")} == {desk.unit.pk, desk.officer.pk}
    explain(desk.officer)
    judge(desk.first)
    closed = confirm(desk.second)
    assert (closed.state, closed.verdict, closed.closed_at) == ("misuse", "misuse", NOW)
    steps = list(TicketStep.objects.order_by("seq").values_list("action", flat=True))
    assert steps == ["open", "ask", "explain", "judge", "confirm_misuse"]
    assert Entry.objects.filter(kind="misuse").count() == 5


def test_one_person_alone_closes_nothing(desk, ticket):
    ask(desk.first)
    explain(desk.colleague)
    judge(desk.first)
    with pytest.raises(NeedsUnmet):
        confirm(desk.first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.update(confirmed_by=desk.first)


def test_whoever_disagrees_sends_it_back_and_it_is_judged_anew(desk, ticket):
    ask(desk.first)
    explain(desk.officer)
    judge(desk.first)
    tickets.send_back(ticket.pk, "说明可信。", actor=desk.second, version=version(), now=NOW)
    judge(desk.second, "justified")
    assert confirm(desk.first).state == "justified"


def test_nobody_handles_a_ticket_about_themself_or_their_own_unit(desk, ticket):
    inside = factories.user("inside", Role.AUDITOR, of=desk.unit)
    with pytest.raises(TicketRefused) as refusal:
        ask(inside)
    assert refusal.value.code == "conflict"
    give_mandate(desk.first, desk.person, NOW)
    with pytest.raises(TicketRefused):
        ask(desk.first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.update(judged_by=desk.officer)


def test_only_the_unit_explains_and_only_auditors_judge(desk, ticket):
    stranger = factories.user("stranger", Role.ENQUIRER, of=factories.agency("123201990000000350"))
    ask(desk.first)
    with pytest.raises(TicketRefused):
        explain(stranger)
    with pytest.raises(NotPermitted):
        explain(desk.first)
    explain(desk.colleague)
    with pytest.raises(NotPermitted):
        judge(desk.officer)


def test_nothing_is_judged_before_the_unit_was_heard_or_its_time_is_over(desk, ticket):
    with pytest.raises(NotInThisState):
        judge(desk.first)
    due = ask(desk.first).due_on
    silence = {"actor": desk.first, "version": version(), "now": NOW}
    with pytest.raises(NeedsUnmet):
        tickets.note_silence(ticket.pk, today=due, **silence)
    assert tickets.note_silence(ticket.pk, today=due + timedelta(days=1), **silence).state == "explained"


def test_two_acts_on_one_page_cannot_both_win(desk, ticket):
    ask(desk.first)
    with pytest.raises(TicketRefused) as refusal:
        tickets.ask(ticket.pk, actor=desk.second, version=1, now=NOW, today=TODAY)
    assert refusal.value.code == "moved"


def test_an_auditor_of_another_region_sees_nothing_of_it(desk, ticket):
    far = factories.user("far", Role.AUDITOR, of=factories.agency(factories.AGENCY), region="320500")
    assert audit.listed(far, now=NOW) == []
    assert audit.reads(audit.Wanted(), actor=far, now=NOW).rows == []
    with pytest.raises(TicketRefused):
        audit.evidence(ticket.pk, actor=far, now=NOW)


def test_what_was_written_is_sealed_and_opened_only_on_the_ticket(desk, ticket):
    ask(desk.first)
    explain(desk.officer, "因家人生病")
    step = TicketStep.objects.get(action="explain")
    assert "因家人生病".encode() not in bytes(step.sealed_note)
    assert tickets.note_of(step) == "因家人生病"


@pytest.mark.parametrize(
    "see",
    [
        lambda ticket, who: audit.reads(audit.Wanted(), actor=who, now=NOW),
        lambda ticket, who: audit.counts(TODAY - timedelta(days=9), TODAY, actor=who, now=NOW),
        lambda ticket, who: audit.evidence(ticket.pk, actor=who, now=NOW),
        lambda ticket, who: audit.listed(who, now=NOW),
    ],
    ids=["reads", "counts", "ticket", "tickets"],
)
def test_every_look_of_an_auditor_is_itself_in_the_ledger_or_nothing_is_shown(desk, ticket, see, monkeypatch):
    before = Entry.objects.count()
    assert see(ticket, desk.first) is not None
    look_row = AuditLook.objects.get()
    assert Entry.objects.count() == before + 1
    assert (look_row.actor, look_row.entry.kind) == (desk.first, "audit_look")

    def broken(*_args, **_more):
        raise DatabaseError("no leaf")

    monkeypatch.setattr(ledger, "append", broken)
    with pytest.raises(ServiceRefused):
        see(ticket, desk.first)
    with pytest.raises(NotPermitted):
        see(ticket, desk.officer)


def test_who_the_subject_is_needs_a_reason_and_the_subject_sees_it(desk, ticket):
    known = {"actor": desk.first, "now": NOW, "today": TODAY}
    with pytest.raises(TicketRefused):
        audit.identify(ticket.pk, " ", **known)
    found = audit.identify(ticket.pk, "核对监护证明。", **known)
    assert (found.kind, found.name) == ("person", "沈**")
    access = Access.objects.get(purpose="misuse_review")
    assert (access.subject, access.actor, access.matter_no) == (desk.person, desk.first, ticket.number)


def test_a_page_of_reads_loses_no_line_of_a_batch(desk):
    pks = {look(desk.officer, None, yesterday(), matter="苏甲办〔2026〕9号", outcome=Outcome.NO_FILE) for _ in range(3)}
    first = Access.objects.order_by("entry_id").first()
    rows = Access.objects.filter(pk__in=pks)
    assert first is not None and rows.count() == 3
    shown = audit.reads(audit.Wanted(after=(first.entry_id + 99, first.pk)), actor=desk.first, now=NOW)
    assert len(shown.rows) == 3
    last = sorted(shown.rows, key=lambda row: (row.entry_id, row.pk))[-1]
    after = audit.reads(audit.Wanted(after=(last.entry_id, last.pk)), actor=desk.first, now=NOW)
    assert len(after.rows) == 2
