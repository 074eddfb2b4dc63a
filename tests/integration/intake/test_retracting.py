"""入库前撤回: a source takes back rows that wait for a person; nobody has to judge them then."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, transaction
from django.test import Client
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.cli import setup
from chengxin.cli.main import main
from chengxin.intake import questions, retracting, selectors
from chengxin.intake.filed import OwnFile
from chengxin.intake.models import Question, Submission, SubmissionRow
from chengxin.intake.policies import NotYourAgency
from chengxin.intake.quality import counting, months
from chengxin.intake.questions import AnswerIncomplete, QuestionClosed
from chengxin.intake.retracting import NotWaiting
from chengxin.registry.models import Record
from chengxin.registry.subjects import give_mandate
from chengxin.rules.quality import first_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk() -> User:
    make.law()
    make.firm()
    return filings.clerk(make.agency())


@pytest.fixture
def sent(clerk: User) -> Submission:
    """One row in order and two under a name nobody knows."""
    other = {"CF_XDR_MC": "另一个名称有限公司"}
    rows = [
        filings.FIRM_ROW | {"CF_WSH": f"示交罚〔2026〕{n}号"} | (other if n > 1 else {}) for n in (1, 2, 3)
    ]  # fmt: skip
    return filings.file(filings.as_csv(rows), clerk)


def states(submission: Submission) -> list[str]:
    return list(SubmissionRow.objects.filter(submission=submission).order_by("row_no").values_list("state", flat=True))


def test_rows_taken_back_leave_the_queue_and_are_no_records(clerk: User, sent: Submission) -> None:
    assert retracting.retract(sent, [3], "报错了", actor=clerk, now=make.NOW) == 1
    assert states(sent) == ["admitted", "retracted", "waiting"]
    sent.refresh_from_db()
    figures = selectors.summary(sent)
    assert (figures.admitted, figures.retracted, figures.waiting, figures.received) == (1, 1, 1, 3)
    [left] = selectors.open_questions()
    assert left.row.row_no == 4
    closed = Question.objects.get(row__row_no=3)
    assert (closed.retracted_by, closed.answered_at) == (clerk, None)
    assert questions.reason_of(closed) == "报错了"
    assert Record.objects.count() == 1


def test_nobody_can_answer_a_question_whose_row_was_taken_back(clerk: User, sent: Submission) -> None:
    retracting.retract(sent, [3], "报错了", actor=clerk, now=make.NOW)
    question, operator = Question.objects.get(row__row_no=3), make.user("operator", Role.CENTRE_OPERATOR)
    with pytest.raises(QuestionClosed):
        answer = questions.Answer(questions.Reply.OTHER, "不是同一主体")
        questions.answer_question(question.pk, answer, actor=operator, now=make.NOW, today=make.TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(
            answered_by=operator, answered_at=make.NOW, same_subject=True
        )  # fmt: skip


def test_an_answer_to_one_row_leaves_those_alone_that_were_taken_back(clerk: User, sent: Submission) -> None:
    retracting.retract(sent, [3], "报错了", actor=clerk, now=make.NOW)
    operator = make.user("operator", Role.CENTRE_OPERATOR)
    answer = questions.Answer(questions.Reply.RENAMED, "工商登记已更名", make.TODAY)
    left = Question.objects.get(row__row_no=4)
    questions.answer_question(left.pk, answer, actor=operator, now=make.NOW, today=make.TODAY)
    assert states(sent) == ["admitted", "retracted", "admitted"]


def test_only_rows_that_wait_only_by_their_source_and_only_with_a_reason(clerk: User, sent: Submission) -> None:
    with pytest.raises(NotWaiting):
        retracting.retract(sent, [2, 77], "报错了", actor=clerk, now=make.NOW)
    with pytest.raises(AnswerIncomplete):
        retracting.retract(sent, [3], " ", actor=clerk, now=make.NOW)
    with pytest.raises(NotYourAgency):
        stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
        retracting.retract(sent, [3], "报错了", actor=stranger, now=make.NOW)
    with pytest.raises(NotPermitted):
        retracting.retract(sent, [3], "报错了", actor=make.user("o", Role.CENTRE_OPERATOR), now=make.NOW)
    candidate = questions.candidate(Question.objects.get(row__row_no=3))
    give_mandate(clerk, candidate, make.NOW)
    with pytest.raises(OwnFile):
        retracting.retract(sent, [3], "报错了", actor=clerk, now=make.NOW)
    assert states(sent) == ["admitted", "waiting", "waiting"]


def test_a_row_taken_back_is_not_counted_as_stored(clerk: User, sent: Submission) -> None:
    retracting.retract(sent, [3, 4], "报错了", actor=clerk, now=make.NOW)
    counting.count(make.NOW)
    [unit] = months.units(first_of(make.TODAY), [sent.agency], make.TODAY)
    counts = unit.facts.counts
    assert (counts.supplied, counts.stored, counts.pending, counts.returned) == (3, 1, 0, 2)


def test_the_row_may_come_again_and_is_judged_anew(clerk: User, sent: Submission) -> None:
    retracting.retract(sent, [3], "报错了", actor=clerk, now=make.NOW)
    again = filings.file(filings.as_csv([filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕2号"}]), clerk, name="再.csv")
    assert selectors.summary(again).admitted == 1


def test_page_and_command_take_rows_back(clerk: User, sent: Submission, client: Client, monkeypatch) -> None:
    client.force_login(clerk)
    page = f"/console/intake/{sent.pk}/"
    assert "撤回待判定的行" in client.get(page).content.decode()
    listed = client.get(f"{page}retract/").content.decode()
    assert re.findall(r'name="row" value="(\d+)"', listed) == ["3", "4"]
    assert "请先勾选要撤回的行" in client.post(f"{page}retract/", {"note": "报错了"}).content.decode()
    assert client.post(f"{page}retract/", {"note": "报错了", "row": ["3"]}).status_code == 302
    monkeypatch.setattr(setup, "django", lambda: None)
    result = CliRunner().invoke(main, ["retract", str(sent.pk), "4", "--note", "报错了", "--as", clerk.username])
    assert "入库前撤回 1 行" in result.output
    assert states(sent) == ["admitted", "retracted", "retracted"]
    client.force_login(filings.clerk(make.agency(make.OTHER_AGENCY), "stranger"))
    assert client.get(f"{page}retract/").status_code == 404
