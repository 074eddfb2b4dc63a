"""A case: its number, its events, its clock, its documents; nothing half done and nothing rewritten."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from tests import factories
from tests.factories import NOW, TODAY

from chengxin.accounts.roles import Role
from chengxin.cases import policies, selectors, services
from chengxin.cases.models import Case, CaseEvent, Deadline, Notice
from chengxin.ledger.models import Entry
from chengxin.rules.dated import Step
from chengxin.rules.workdays import Due
from chengxin.rules.workflow import NeedsUnmet, NotInThisState, UnknownAction

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict:
    source, centre = factories.agency(), factories.agency(factories.OTHER_AGENCY)
    return {
        "source": source,
        "applicant": factories.user("applicant", Role.CITIZEN),
        "clerk": factories.user("clerk", Role.SOURCE_CLERK, of=source),
        "centre": factories.user("centre", Role.CENTRE_OPERATOR, of=centre),
        "reviewer": factories.user("reviewer", Role.REVIEWER, of=centre),
        "decider": factories.user("decider", Role.DECIDER, of=centre),
        "both": factories.user("both", Role.REVIEWER, Role.DECIDER, of=centre),
        "inside": factories.user("inside", Role.DECIDER, of=source),
    }


def opened(people: dict, kind: str = "objection", day: date = TODAY) -> Case:
    subject = factories.firm()
    return services.open_case(
        kind,
        subject=subject.id,
        applicant_mailbox=subject.id,
        respondent=people["source"],
        actor=people["applicant"],
        now=NOW,
        today=day,
        facts={"about": "content"},
        note="原始陈述",
    )


def act(case: Case, action: str, actor, own_files=(), **more) -> Case:
    return services.act(case.id, action, actor=actor, own_files=own_files, now=NOW, **more)


def due(day: date) -> Due:
    return Due(day, (Step("三个工作日", "three working days"),))


def test_numbers_run_by_kind_and_year_without_gaps(people):
    first, second = opened(people), opened(people)
    with pytest.raises(RuntimeError), transaction.atomic():
        opened(people)
        raise RuntimeError("the opening is rolled back")
    third, other_kind, next_year = opened(people), opened(people, "restoration"), opened(people, day=date(2027, 1, 4))
    numbers = [case.number for case in (first, second, third, other_kind, next_year)]
    assert numbers == ["YY-2026-000001", "YY-2026-000002", "YY-2026-000003", "XF-2026-000001", "YY-2027-000001"]


def test_every_act_writes_event_and_leaf_in_one_transaction(people):
    case = opened(people)
    before = Entry.objects.filter(kind="case").count()
    moved = act(case, "accept", people["centre"])
    assert (moved.state, moved.version) == ("accepted", 2)
    event = CaseEvent.objects.get(case=case, seq=2)
    assert (event.action, event.source, event.target, event.role) == ("accept", "filed", "accepted", "centre_operator")
    assert Entry.objects.filter(kind="case").count() == before + 1
    assert event.entry.kind == "case"


def test_a_failing_act_leaves_no_trace(people):
    case, leaves = opened(people), Entry.objects.count()
    with pytest.raises(NeedsUnmet):
        act(case, "refuse", people["centre"])
    assert Case.objects.get(pk=case.pk).state == "filed"
    assert CaseEvent.objects.filter(case=case).count() == 1
    assert Entry.objects.count() == leaves


def test_notes_are_sealed_and_the_leaf_holds_no_word_of_them(people):
    case = opened(people)
    event = CaseEvent.objects.get(case=case, seq=1)
    assert "原始陈述".encode() not in bytes(event.sealed_note)
    assert "原始陈述".encode() not in bytes(event.entry.body)
    assert selectors.timeline(case)[0].note == "原始陈述"


def test_events_documents_and_notices_cannot_be_rewritten(people):
    case = opened(people)
    document = services.issue_document(case, "decision", "决定书", "正文", actor=people["centre"], now=NOW)
    notice = services.serve_notice(case.applicant_mailbox, "x", "标题", "正文", now=NOW, case=case)
    rows = (CaseEvent.objects.filter(case=case), type(document).objects.all(), Notice.objects.filter(pk=notice.pk))
    for found, column in zip(rows, ("action", "title", "title"), strict=True):
        with pytest.raises(DatabaseError), transaction.atomic():
            found.update(**{column: "篡改"})
        with pytest.raises(DatabaseError), transaction.atomic():
            found.delete()


def test_the_database_refuses_one_person_as_reviewer_and_decider(people):
    case = opened(people)
    with pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(reviewer=people["both"], decider=people["both"])


def test_the_system_can_decide_nothing_even_by_sql(people):
    case = opened(people)
    event = CaseEvent.objects.get(case=case, seq=1)
    for action in ("decide", "approve", "deny", "cancel", "propose"):
        event.pk, event.seq, event.role, event.actor, event.action = None, 9, "system", None, action
        with pytest.raises(DatabaseError), transaction.atomic():
            event.save(force_insert=True)


def test_an_unknown_action_and_a_wrong_moment_are_told_apart(people):
    case = opened(people)
    with pytest.raises(UnknownAction):
        act(case, "fly", people["centre"])
    with pytest.raises(NotInThisState):
        act(case, "decide", people["decider"])


def test_an_old_page_does_not_win(people):
    case = opened(people)
    act(case, "accept", people["centre"], expected_version=1)
    with pytest.raises(services.CaseMoved):
        act(case, "forward", people["centre"], expected_version=1)


def test_a_clerk_of_another_agency_is_no_party(people):
    case = opened(people)
    act(case, "accept", people["centre"])
    act(case, "forward", people["centre"])
    stranger = factories.user("stranger", Role.SOURCE_CLERK, of=factories.agency(factories.OTHER_AGENCY))
    with pytest.raises(policies.NotAParty):
        act(case, "answer", stranger, note="无误")
    assert act(case, "answer", people["clerk"], note="无误").state == "answered"


def test_a_role_held_for_another_region_does_not_reach_the_case(people):
    case = opened(people)
    elsewhere = factories.user("elsewhere", Role.CENTRE_OPERATOR, region="320500")
    with pytest.raises(policies.RoleMissing):
        act(case, "accept", elsewhere)


def test_queue_is_sorted_by_due_date_and_a_clerk_sees_only_their_own_agency(people):
    late, soon = opened(people), opened(people)
    for case, days in ((late, 9), (soon, 2)):
        services.set_deadline(case, "total", due(TODAY + timedelta(days=days)), started_on=TODAY, now=NOW)
    found = list(selectors.queue(people["centre"], [Role.CENTRE_OPERATOR]))
    assert [case.number for case in found] == [soon.number, late.number]
    assert found[0].due_on == TODAY + timedelta(days=2)
    for case in (late, soon):
        act(case, "accept", people["centre"])
    act(late, "forward", people["centre"])
    assert list(selectors.queue(people["clerk"], [Role.SOURCE_CLERK])) == [late]
    stranger = factories.user("stranger", Role.SOURCE_CLERK, of=factories.agency(factories.OTHER_AGENCY))
    assert not selectors.queue(stranger, [Role.SOURCE_CLERK]).exists()


def test_a_new_deadline_supersedes_and_the_old_one_stays_readable(people):
    case = opened(people)
    services.set_deadline(case, "total", due(date(2026, 11, 25)), started_on=TODAY, now=NOW)
    services.set_deadline(case, "total", due(date(2026, 11, 30)), started_on=TODAY, now=NOW)
    first, second = selectors.deadlines(case)
    assert (first.due_on, first.superseded_at is not None) == (date(2026, 11, 25), True)
    assert (second.due_on, second.superseded_at) == (date(2026, 11, 30), None)
    assert second.derivation == [{"zh": "三个工作日", "en": "three working days", "basis": ""}]


def test_overdue_starts_the_day_after_the_due_date(people):
    case = opened(people)
    services.set_deadline(case, "total", due(date(2026, 11, 25)), started_on=TODAY, now=NOW)
    assert not selectors.overdue(date(2026, 11, 25)).exists()
    assert [deadline.case for deadline in selectors.overdue(date(2026, 11, 26))] == [case]
    services.meet_deadline(case, "total", NOW)
    assert not selectors.overdue(date(2026, 11, 26)).exists()


def test_a_met_deadline_cannot_be_unmet(people):
    case = opened(people)
    services.set_deadline(case, "total", due(date(2026, 11, 25)), started_on=TODAY, now=NOW)
    services.meet_deadline(case, "total", NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Deadline.objects.filter(case=case).update(met_at=None)


def test_a_served_notice_lies_in_the_inbox_and_leaves_proof(people):
    case = opened(people)
    notice = services.serve_notice(case.applicant_mailbox, "told", "标题", "正文", now=NOW, case=case)
    assert (notice.message.mailbox, notice.body) == (case.applicant_mailbox, "正文")
    assert len(notice.sha256) == 64


def test_erasing_the_case_key_leaves_proof_and_no_word(people):
    from chengxin.vault import services as vault

    case = opened(people)
    vault.destroy(case.key, NOW)
    with pytest.raises(vault.Erased):
        selectors.timeline(Case.objects.select_related("key").get(pk=case.pk))
    assert CaseEvent.objects.get(case=case, seq=1).entry.leaf_hash
