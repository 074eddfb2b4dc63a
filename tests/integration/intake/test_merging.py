"""One firm under two codes becomes one file, by two people; a wrong merge is split again; no history is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from tests import factories as make
from tests import filings, screenings

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.cli.main import main
from chengxin.disclosure import feed
from chengxin.disclosure.models import Delta
from chengxin.disclosure.publication import organisation_page
from chengxin.disclosure.screening import services as screening
from chengxin.disclosure.screening.shapes import Asked
from chengxin.intake import answers_undone, filed, lineage, merging, questions, selectors
from chengxin.intake.merging import CannotChange
from chengxin.intake.questions import Answer, Reply
from chengxin.ledger.models import Entry
from chengxin.registry import hot, listed
from chengxin.registry import selectors as registry
from chengxin.registry import services as records
from chengxin.registry.models import Annotation, Record, RecordMove, RecordVersion, Subject
from chengxin.registry.subjects import give_mandate
from chengxin.rules.identifiers.verdict import CodeKind

pytestmark = pytest.mark.django_db
OLD_CODE, NAME, OLD_NAME = "91320199MA00000T4W", "栖云望舒食品有限公司", "栖云望舒茶业有限公司"
LATER = make.NOW + timedelta(hours=1)
LAST = make.NOW + timedelta(hours=2)


@pytest.fixture
def clerk() -> User:
    """A clerk has filed one decision under either code of what is one firm."""
    make.law()
    actor = filings.clerk(make.agency())
    other = filings.FIRM_ROW | {"CF_XDR_SHXYM": OLD_CODE, "CF_XDR_MC": OLD_NAME, "CF_WSH": "示交罚〔2026〕3号"}
    sent = filings.file(filings.as_csv([filings.FIRM_ROW, other]), actor)
    assert selectors.summary(sent).admitted == 2
    return actor


@pytest.fixture
def proposer(clerk: User) -> User:
    return make.user("proposer", Role.CENTRE_OPERATOR)


@pytest.fixture
def approver(clerk: User) -> User:
    return make.user("approver", Role.CENTRE_OPERATOR)


def propose(actor: User, **changed: str) -> Any:
    given = {
        "source": OLD_CODE,
        "target": make.FIRM,
        "proof": "换照通知书〔2026〕5号",
        "reason": "换发统一代码",
        **changed,
    }
    return merging.propose_merge(**given, actor=actor, now=make.NOW, today=make.TODAY)


def merge(proposer: User, approver: User) -> Any:
    return merging.decide(propose(proposer).pk, approve=True, actor=approver, now=LATER, today=make.TODAY)


def split(proposer: User, approver: User, chosen: list[Any]) -> Any:
    change = merging.propose_split(
        OLD_CODE, chosen, "登记机关复函", "两家企业", actor=proposer, now=LATER, today=make.TODAY
    )
    return merging.decide(change.pk, approve=True, actor=approver, now=LAST, today=make.TODAY)


def own(code: str) -> Subject:
    return Subject.objects.get(organisation__uscc=code)


def numbers(subject: Subject) -> list[str]:
    return sorted(registry.in_use([subject.pk], make.TODAY).values_list("document_no", flat=True))


BOTH = ["示交罚〔2026〕1号", "示交罚〔2026〕3号"]


def test_nothing_moves_before_another_person_has_approved(proposer: User) -> None:
    change = propose(proposer)
    assert registry.find_organisation(OLD_CODE) == own(OLD_CODE)
    with pytest.raises(CannotChange):
        merging.decide(change.pk, approve=True, actor=proposer, now=LATER, today=make.TODAY)
    assert numbers(own(make.FIRM)) == BOTH[:1]


def test_a_refused_proposal_changes_nothing_and_stays(proposer: User, approver: User) -> None:
    change = merging.decide(propose(proposer).pk, approve=False, actor=approver, now=LATER, today=make.TODAY)
    assert (change.approved, RecordMove.objects.count()) == (False, 0)
    assert merging.look_at(change.pk, actor=proposer, now=LATER).proof == "换照通知书〔2026〕5号"


def test_every_lookup_by_the_old_code_ends_in_the_file_that_stands_for_both(proposer: User, approver: User) -> None:
    merge(proposer, approver)
    one = own(make.FIRM)
    assert registry.find_organisation(OLD_CODE) == one
    assert hot.find(CodeKind.USCC, OLD_CODE, OLD_NAME, proposer.pk).id == one.pk
    assert hot.find(CodeKind.USCC, OLD_CODE, NAME, proposer.pk).id == one.pk
    assert listed.organisations([OLD_CODE])[OLD_CODE].id == one.pk
    assert {found.subject_id for found in registry.search_organisations("望舒")} == {one.pk}
    page = organisation_page(OLD_CODE, make.TODAY)
    assert page is not None
    assert sum(map(len, page.groups.values())) == 2
    assert numbers(one) == BOTH
    assert sorted(row.document_no for row in hot.standing(one.pk, make.TODAY)) == BOTH


def test_no_version_is_lost_and_every_one_has_its_leaf(proposer: User, approver: User) -> None:
    before = Record.objects.get(subject=own(OLD_CODE))
    merge(proposer, approver)
    after = Record.objects.get(subject=own(make.FIRM), evidence="code+merged_subject")
    assert list(registry.history(before.pk).values_list("cause", flat=True)) == ["admitted", "moved_out"]
    assert list(registry.history(after.pk).values_list("cause", flat=True)) == ["moved_in"]
    assert Entry.objects.filter(kind="registry.record").count() == RecordVersion.objects.count() == 4
    assert RecordMove.objects.get().new_id == after.pk


def test_rows_filed_later_under_either_code_reach_the_one_file_and_repeats_are_known(
    proposer: User, approver: User, clerk: User
) -> None:
    merge(proposer, approver)
    old = filings.FIRM_ROW | {"CF_XDR_SHXYM": OLD_CODE, "CF_XDR_MC": OLD_NAME}
    rows = [old | {"CF_WSH": "示交罚〔2026〕3号"}, old | {"CF_WSH": "示交罚〔2026〕4号", "CF_XDR_MC": NAME}]
    sent = filings.file(filings.as_csv(rows), clerk, name="后.csv")
    assert (selectors.summary(sent).duplicate, selectors.summary(sent).admitted) == (1, 1)
    assert numbers(own(make.FIRM)) == [*BOTH, "示交罚〔2026〕4号"]


def test_the_source_still_finds_and_traces_what_it_filed(proposer: User, approver: User, clerk: User) -> None:
    merge(proposer, approver)
    found = filed.find(BOTH[1], actor=clerk)
    assert [version.record.subject_id for version in found] == [own(make.FIRM).pk]
    traced = lineage.of_record(found[0].record_id, actor=clerk)
    assert (traced.steps[0].cause, traced.steps[0].origin.row_no) == ("moved_in", 3)


def test_recipients_learn_that_the_record_left_one_id_and_stands_under_another(proposer: User, approver: User) -> None:
    feed.collect(make.NOW, make.TODAY)
    merge(proposer, approver)
    feed.collect(LATER, make.TODAY)
    before = Record.objects.get(subject=own(OLD_CODE))
    deltas = list(Delta.objects.order_by("number").values_list("kind", "record__subject__organisation__uscc"))
    assert sorted(deltas[2:]) == [("publish", make.FIRM), ("withdraw", OLD_CODE)]
    assert Delta.objects.filter(record=before).count() == 2


def test_who_acts_for_the_one_acts_for_both_and_both_are_told(proposer: User, approver: User) -> None:
    boss = make.user("boss", Role.ORGANISATION_REPRESENTATIVE)
    give_mandate(boss, own(OLD_CODE), make.NOW)
    merge(proposer, approver)
    assert registry.may_act_for(boss, own(make.FIRM).pk) and registry.may_act_for(boss, own(OLD_CODE).pk)
    split(proposer, approver, [])
    assert not registry.may_act_for(boss, own(make.FIRM).pk)
    assert registry.may_act_for(boss, own(OLD_CODE).pk)


def test_a_watch_goes_on_with_the_file_that_stands(proposer: User, approver: User) -> None:
    screenings.listing(own(OLD_CODE))
    actor = screenings.officer()
    asked = screenings.request(actor, Asked("organisation", CodeKind.USCC, OLD_CODE))
    screening.register(asked, now=make.NOW, today=make.TODAY)
    merge(proposer, approver)
    screening.run(LATER, make.TODAY)
    kinds = [each.kind for each in screening.events(actor.agency, 0, 9)]
    assert kinds == ["changed"]  # The record stands under another id; nobody was cleared.


def test_a_split_gives_the_chosen_records_back_and_forgets_nothing(proposer: User, approver: User) -> None:
    merge(proposer, approver)
    side, came = merging.merged_into(OLD_CODE)
    assert len(side.records) == 2 and len(came) == 1
    split(proposer, approver, list(came))
    assert (numbers(own(make.FIRM)), numbers(own(OLD_CODE))) == (BOTH[:1], BOTH[1:])
    assert registry.find_organisation(OLD_CODE) == own(OLD_CODE)
    assert registry.former_names(own(make.FIRM)) == []
    causes = (
        RecordVersion.objects.filter(record__subject=own(OLD_CODE)).order_by("number").values_list("cause", flat=True)
    )
    assert list(causes) == ["admitted", "moved_out", "moved_in"]
    assert merging.changes().count() == 2


def test_the_same_fact_in_both_files_is_one_fact_afterwards(proposer: User, approver: User, clerk: User) -> None:
    twice = filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕3号"}
    filings.file(filings.as_csv([twice]), clerk, name="二.csv")
    merge(proposer, approver)
    assert numbers(own(make.FIRM)) == BOTH


@pytest.mark.parametrize("kind", [Annotation.DISPUTED, Annotation.UNDER_REPAIR])
def test_a_file_with_something_under_way_waits(proposer: User, kind: str) -> None:
    record = Record.objects.get(subject=own(OLD_CODE))
    records.annotate(record.pk, kind, ref="示异〔2026〕1号", now=make.NOW)
    with pytest.raises(CannotChange):
        propose(proposer)


def test_a_statement_of_the_subject_goes_with_its_record(proposer: User, approver: User) -> None:
    record = Record.objects.get(subject=own(OLD_CODE))
    records.annotate(record.pk, Annotation.STATEMENT, ref="声明", now=make.NOW, text="已整改")
    merge(proposer, approver)
    standing = hot.standing(own(make.FIRM).pk, make.TODAY)
    assert [mark.text for row in standing for mark in row.marks] == ["已整改"]


@pytest.mark.parametrize(
    "changed",
    [{"target": OLD_CODE}, {"proof": " "}, {"reason": ""}, {"source": make.CITIZEN}, {"source": NAME}],
    ids=["one code", "no document", "no reason", "a person", "a name"],
)
def test_two_codes_of_organisations_a_document_and_a_reason_are_needed(proposer: User, changed: dict[str, str]) -> None:
    make.person()
    with pytest.raises(CannotChange):
        propose(proposer, **changed)


def test_a_record_of_the_merged_file_that_its_source_had_withdrawn_does_not_come_back(
    proposer: User, approver: User
) -> None:
    record = Record.objects.get(subject=own(OLD_CODE))
    records.end_record(record.pk, "withdrawn", ref="mistake:1", now=make.NOW)
    merge(proposer, approver)
    with pytest.raises(records.RecordNotOpen):
        records.reinstate_record(record.pk, ref="x", now=LATER)
    assert numbers(own(make.FIRM)) == BOTH[:1]


def test_the_command_line_asks_for_two_people_too(proposer: User, approver: User) -> None:
    def run(*given: str) -> Any:
        return CliRunner().invoke(main, ["subjects", *given])

    grounds = ("--proof", "换照通知书〔2026〕5号", "--reason", "换发代码")
    made = run("merge", OLD_CODE, make.FIRM, *grounds, "--as", "proposer").output.split()[0]
    assert run("decide", made, "--approve", "--as", "proposer").exit_code != 0
    assert run("decide", made, "--approve", "--as", "approver").exit_code == 0
    assert "已批准" in run("list").output
    assert numbers(own(make.FIRM)) == BOTH
    back = run("split", OLD_CODE, *grounds, "--as", "proposer").output.split()[0]
    assert run("decide", back, "--refuse", "--as", "approver").exit_code == 0
    assert numbers(own(make.FIRM)) == BOTH


def test_an_answer_about_a_merged_file_is_not_taken_back_past_the_merge(
    proposer: User, approver: User, clerk: User
) -> None:
    renamed = filings.FIRM_ROW | {
        "CF_XDR_SHXYM": OLD_CODE,
        "CF_WSH": "示交罚〔2026〕5号",
        "CF_XDR_MC": "栖云听澜酒业有限公司",
    }
    filings.file(filings.as_csv([renamed]), clerk, name="五.csv")
    asked = selectors.open_questions().get()
    with pytest.raises(CannotChange):
        propose(proposer)
    answer = Answer(Reply.MISWRITTEN, "已核对决定书原件")
    questions.answer_question(asked.pk, answer, actor=proposer, now=make.NOW, today=make.TODAY)
    merge(proposer, approver)
    with pytest.raises(answers_undone.CannotTakeBack):
        answers_undone.take_back(asked.pk, "看错了", actor=proposer, now=LAST)
    assert numbers(own(make.FIRM)) == [*BOTH, "示交罚〔2026〕5号"]
