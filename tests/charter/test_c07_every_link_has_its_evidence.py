"""C07: the grade of identity evidence is stored on every link; a doubtful link is no link until a person has judged."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.intake import questions, selectors
from chengxin.registry import selectors as registry
from chengxin.registry import services as records
from chengxin.registry.models import Record
from chengxin.registry.subjects import rename

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


def test_code_and_present_name(clerk: User) -> None:
    filings.file(filings.as_csv([filings.FIRM_ROW]), clerk)
    assert Record.objects.get().evidence == "code+name"


def test_code_and_former_name(clerk: User) -> None:
    rename(make.firm(), "新名有限公司", make.TODAY)
    filings.file(filings.as_csv([filings.FIRM_ROW]), clerk)
    assert Record.objects.get().evidence == "code+former_name"


def test_code_and_the_answer_of_a_person(clerk: User) -> None:
    make.firm(name="别名有限公司")
    filings.file(filings.as_csv([filings.FIRM_ROW]), clerk)
    judge = make.user("judge", Role.CENTRE_OPERATOR)
    question = selectors.open_questions().get()
    answer = questions.Answer(questions.Reply.MISWRITTEN, "决定书原件为同一人")
    questions.answer_question(question.pk, answer, actor=judge, now=make.NOW, today=make.TODAY)
    assert Record.objects.get().evidence == "code+answered_question"


def test_the_database_refuses_a_link_without_evidence(clerk: User) -> None:
    subject = make.firm()
    with pytest.raises(IntegrityError), transaction.atomic():
        make.record(subject, evidence="")


def test_a_contested_link_is_in_no_answer_until_it_is_confirmed(clerk: User) -> None:
    subject = make.firm()
    record = make.record(subject)
    records.suspend_link(record, ref="异议", now=make.NOW)
    assert not registry.in_use([subject.id], make.TODAY).exists()
    assert registry.held(subject.id, make.TODAY).count() == 1
    records.confirm_link(record, ref="异议", now=make.NOW)
    assert registry.in_use([subject.id], make.TODAY).count() == 1
