"""A number known under another name waits for a person; the answer decides, is kept, and can be given once."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.intake import questions, selectors
from chengxin.intake.models import Question
from chengxin.ledger.models import Entry
from chengxin.registry import selectors as registry
from chengxin.registry.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    make.law()
    make.person(name="沈清河")
    return filings.clerk(make.agency())


@pytest.fixture
def judge(clerk: User) -> User:
    filings.file(filings.as_csv([filings.PERSON_ROW]), clerk)
    return make.user("judge", Role.CENTRE_OPERATOR)


def answer(judge: User, *, same: bool) -> Question:
    question = selectors.open_questions().get()
    return questions.answer_question(question.pk, same_subject=same, actor=judge, now=make.NOW, today=make.TODAY)


def test_both_sides_are_shown_and_looking_leaves_a_leaf(judge: User) -> None:
    evidence = questions.look_at(selectors.open_questions().get().pk, actor=judge, now=make.NOW)
    assert (evidence.declared_name, evidence.known_name) == ("沈清和", "沈清河")
    assert make.CITIZEN not in repr(evidence)
    assert Entry.objects.filter(kind="match.shown").count() == 1


def test_yes_admits_the_row_and_the_link_says_that_a_person_judged(judge: User) -> None:
    question = answer(judge, same=True)
    record = Record.objects.get()
    assert record.evidence == "code+answered_question"
    assert record.subject.kind == "person"
    assert question.answered_by == judge
    assert selectors.summary(selectors.submissions().get()).admitted == 1


def test_no_returns_the_row_and_leaves_the_file_alone(judge: User) -> None:
    answer(judge, same=False)
    sent = selectors.submissions().get()
    assert (selectors.summary(sent).returned, selectors.summary(sent).waiting) == (1, 0)
    assert not Record.objects.exists()
    words = selectors.in_words(sent, selectors.rows(sent))[0]
    assert words.findings[-1].code == "subject.not_the_same"


def test_an_answer_is_given_once(judge: User) -> None:
    question = answer(judge, same=False)
    with pytest.raises(questions.QuestionClosed):
        questions.answer_question(question.pk, same_subject=True, actor=judge, now=make.NOW, today=make.TODAY)
    assert not Record.objects.exists()


def test_the_clerk_who_sent_the_row_may_not_judge_it(judge: User, clerk: User) -> None:
    question = selectors.open_questions().get()
    with pytest.raises(NotPermitted):
        questions.answer_question(question.pk, same_subject=True, actor=clerk, now=make.NOW, today=make.TODAY)


def test_an_answer_does_not_rename_anybody(judge: User) -> None:
    answer(judge, same=True)
    assert registry.name_index("沈清河") == Record.objects.get().subject.person.name_index
