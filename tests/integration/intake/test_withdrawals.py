"""A source takes a record back: it leaves every answer, its rows show it, the clock is the law's, it can be undone."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests import factories as make
from tests import filings
from tests.factories import NOW, TODAY

from chengxin.accounts.models import Message
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.disclosure import feed, publication
from chengxin.intake import filed, selectors, withdrawal_files, withdrawals
from chengxin.intake.models import Admission, Submission, SubmissionRow, Withdrawal
from chengxin.intake.withdrawals import Ground
from chengxin.ledger.models import Entry
from chengxin.registry import hiding
from chengxin.registry import selectors as registry
from chengxin.registry.models import Cause
from chengxin.registry.services import RecordNotOpen
from chengxin.registry.subjects import give_mandate
from chengxin.rules.errors import Refusal

pytestmark = pytest.mark.django_db
GROUND = Ground("revoked", TODAY, "示复决〔2026〕3号", "复议机关撤销原决定")


@pytest.fixture
def clerk():
    make.law()
    return filings.clerk(make.agency())


@pytest.fixture
def filed_rows(clerk):
    """A firm's penalty and a person's, both admitted."""
    submission = filings.file(filings.as_csv([filings.FIRM_ROW, filings.PERSON_ROW]), clerk)
    by_row = dict(Admission.objects.values_list("row__row_no", "record_id"))
    return submission, by_row[2], by_row[3]


def take_back(record, clerk, ground=GROUND, **changed):
    return withdrawals.withdraw(record, ground, actor=clerk, **{"now": NOW, "today": TODAY, **changed})


def test_a_revoked_decision_leaves_every_answer_at_once(clerk, filed_rows):
    _submission, firm, _person = filed_rows
    subject = registry.find_organisation(make.FIRM)
    recipient = feed.contract(
        make.agency(make.OTHER_AGENCY), "supervision", "GX-1", since=TODAY, until=date(2030, 1, 1)
    )
    feed.collect(NOW, TODAY)
    feed.pull(recipient, 0, now=NOW, today=TODAY)
    assert publication.organisation_page(make.FIRM, TODAY).count == 1
    take_back(firm, clerk)
    assert publication.organisation_page(make.FIRM, TODAY).count == 0
    assert not registry.published(TODAY).exists()
    assert not registry.in_use([subject.id], TODAY).exists()
    assert not registry.held(subject.id, TODAY).exists()
    feed.collect(NOW, TODAY)
    assert "withdraw" in repr(feed.pull(recipient, 0, now=NOW, today=TODAY))
    other = registry.find_person(make.CodeKind.CITIZEN_ID, make.CITIZEN)
    assert registry.held(other.id, TODAY).exists(), "the other row of the file stands"


def test_its_row_shows_it_and_the_figures_of_the_file_follow(clerk, filed_rows):
    submission, firm, _person = filed_rows
    take_back(firm, clerk)
    figures = selectors.summary(Submission.objects.get(pk=submission.pk))
    assert (figures.received, figures.admitted, figures.withdrawn) == (2, 1, 1)
    assert dict(selectors.states(submission)) == {2: "withdrawn", 3: "admitted"}


def test_the_subject_is_told_who_when_and_why(clerk, filed_rows):
    _submission, firm, _person = filed_rows
    take_back(firm, clerk)
    told = Message.objects.get(mailbox=registry.find_organisation(make.FIRM).id, kind="record_withdrawn")
    assert "决定被撤销" in told.body and "2026-11-20" in told.body and clerk.agency.name_zh in told.body


def test_the_clock_is_the_laws_and_a_late_withdrawal_is_counted(clerk, filed_rows):
    """Revoked on Thursday 2026-11-19; three working days end on Tuesday 24, whatever the weekend brings."""
    _submission, firm, person = filed_rows
    fallen = replace(GROUND, decided_on=date(2026, 11, 19))
    counted = withdrawals.look(firm, fallen, actor=clerk, today=TODAY)
    assert (counted.due_on, counted.days_late) == (date(2026, 11, 24), 0)
    assert "行政处罚法" in str(counted.derivation)
    late = take_back(firm, clerk, fallen, today=date(2026, 11, 27), now=NOW + timedelta(days=7))
    assert (late.due_on, late.days_late) == (date(2026, 11, 24), 3)
    mistake = take_back(person, clerk, Ground("mistake", None, "", "对象报错"))
    assert (mistake.due_on, mistake.days_late) == (None, 0)
    figures = withdrawals.punctuality(clerk.agency, TODAY, TODAY + timedelta(days=30))
    assert (figures.made, figures.timed, figures.late, figures.worst) == (2, 1, 1, 3)


@pytest.mark.parametrize(
    "ground",
    [
        replace(GROUND, reason=""),
        replace(GROUND, reason="because"),
        replace(GROUND, note="  "),
        replace(GROUND, document_no=""),
        replace(GROUND, decided_on=None),
        replace(GROUND, decided_on=TODAY + timedelta(days=1)),
        replace(GROUND, decided_on=date(2026, 11, 17)),
    ],
)
def test_without_a_ground_nothing_is_taken_back(clerk, filed_rows, ground):
    with pytest.raises(withdrawals.GroundMissing):
        take_back(filed_rows[1], clerk, ground)
    assert not Withdrawal.objects.exists()
    assert registry.published(TODAY).exists()


def test_another_agencys_record_and_no_record_are_answered_alike(clerk, filed_rows):
    stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    told = set()
    for record in (filed_rows[1], make.record(make.firm(make.OTHER_FIRM, "栖云物流有限公司"))):
        with pytest.raises(filed.RecordUnknown) as refused:
            take_back(record, stranger)
        told.add((refused.value.code, str(refused.value)))
    assert len(told) == 1


def test_who_is_not_when(clerk, filed_rows):
    _submission, firm, _person = filed_rows
    officer = make.user("officer", Role.ENQUIRER, of=clerk.agency)
    with pytest.raises(NotPermitted):
        take_back(firm, officer)
    take_back(firm, clerk)
    with pytest.raises(RecordNotOpen):
        take_back(firm, clerk)


def test_nobody_takes_back_their_own_record(clerk, filed_rows):
    give_mandate(clerk, registry.find_organisation(make.FIRM), NOW)
    with pytest.raises(filed.OwnFile):
        take_back(filed_rows[1], clerk)


def test_a_record_hidden_for_a_time_never_comes_back_after_a_withdrawal(clerk, filed_rows):
    _submission, firm, _person = filed_rows
    hiding.hide(firm, Cause.DISPLAY_SUSPENDED, ref="YY-1", now=NOW)
    take_back(firm, clerk)
    with pytest.raises(hiding.NotHidden):
        hiding.show_again(firm, ref="YY-1", now=NOW)


def test_filed_again_it_stays_away_and_the_clerk_is_told_why(clerk, filed_rows):
    _submission, firm, _person = filed_rows
    take_back(firm, clerk)
    again = filings.file(filings.as_csv([filings.FIRM_ROW]), clerk, name="again.csv")
    row = SubmissionRow.objects.get(submission=again)
    assert (row.state, row.findings[-1]["code"]) == ("returned", "record.withdrawn")
    assert not registry.published(TODAY).exists()


def test_a_withdrawal_made_by_mistake_is_undone_once(clerk, filed_rows):
    submission, firm, _person = filed_rows
    take_back(firm, clerk)
    with pytest.raises(withdrawals.GroundMissing):
        withdrawals.undo(firm, " ", actor=clerk, now=NOW)
    withdrawals.undo(firm, "撤错了一条", actor=clerk, now=NOW)
    assert registry.published(TODAY).count() == 1
    assert dict(selectors.states(submission))[2] == "admitted"
    with pytest.raises(RecordNotOpen):
        withdrawals.undo(firm, "再来", actor=clerk, now=NOW)
    take_back(firm, clerk)
    assert Withdrawal.objects.filter(record_id=firm).count() == 2


def test_the_words_are_sealed_and_the_ledger_holds_none_of_them(clerk, filed_rows):
    _submission, _firm, person = filed_rows
    made = take_back(person, clerk)
    assert "复议".encode() not in bytes(made.sealed)
    assert withdrawals.words(made, registry.present_version(person)) == {
        "document_no": "示复决〔2026〕3号",
        "note": GROUND.note,
    }
    bodies = [bytes(body).decode() for body in Entry.objects.values_list("body", flat=True)]
    assert bodies and not any("示复决" in body or "复议机关" in body for body in bodies)


FILE = (
    "文号,主体代码,原因,撤销文书文号,撤销日期,说明\n"
    f"示交罚〔2026〕1号,{make.FIRM},决定被撤销,示复决〔2026〕3号,2026-11-19,复议撤销\n"
    f"示交罚〔2026〕2号,{make.CITIZEN},报送有误,,,对象报错\n"
    f"示交罚〔2026〕9号,{make.FIRM},报送有误,,,没有这一条\n"
    f"示交罚〔2026〕1号,{make.FIRM},不知道,,,理由不明\n"
)


def test_a_file_of_withdrawals_answers_row_by_row_and_twice_the_same(clerk, filed_rows):
    def send(**changed):
        return withdrawal_files.withdraw_file(io.BytesIO(FILE.encode()), actor=clerk, now=NOW, today=TODAY, **changed)

    looked = send(dry_run=True)
    assert not Withdrawal.objects.exists()
    assert [each.refusal and each.refusal.code for each in looked] == [None, None, "record_unknown", "record_not_open"]
    done = send()
    assert [each.refusal and each.refusal.code for each in done] == [
        each.refusal and each.refusal.code for each in looked
    ]
    assert [each.done for each in done] == [True, True, False, False]
    assert [each.row_no for each in done] == [2, 3, 4, 5]
    again = send()
    assert [each.refusal.code for each in again] == [
        "record_not_open", "record_not_open", "record_unknown", "record_not_open",
    ]  # fmt: skip
    assert Withdrawal.objects.count() == 2


def test_a_file_that_does_not_say_why_is_refused_whole(clerk, filed_rows):
    with pytest.raises(withdrawal_files.WithdrawalColumns) as refused:
        withdrawal_files.withdraw_file(
            io.BytesIO(f"文号,主体代码\n示交罚〔2026〕1号,{make.FIRM}\n".encode()), actor=clerk, now=NOW, today=TODAY
        )
    assert "撤回原因" in refused.value.zh and isinstance(refused.value, Refusal)
