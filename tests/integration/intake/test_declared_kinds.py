"""A number known for another kind of subject waits for a person; the answer holds for later rows and can be undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.intake import answers_undone, matching, questions, selectors
from chengxin.intake.models import Question
from chengxin.intake.questions import Answer, AnswerIncomplete, Reply
from chengxin.registry import selectors as registry
from chengxin.registry.models import Record, Subject

pytestmark = pytest.mark.django_db
BUSINESS_CODE = "92320199MA0000023X"
SAME = Answer(Reply.MISWRITTEN, "登记机关档案")
OTHER = Answer(Reply.OTHER, "决定书上是另一家")


@pytest.fixture
def clerk() -> User:
    make.law()
    make.firm()
    return filings.clerk(make.agency())


@pytest.fixture
def judge(clerk: User) -> User:
    declare(clerk, 1)
    return make.user("judge", Role.CENTRE_OPERATOR)


def declare(clerk: User, number: int, kind: str = "个体工商户") -> None:
    row = filings.FIRM_ROW | {"CF_XDR_LB": kind, "CF_WSH": f"示交罚〔2026〕{number}号"}
    filings.file(filings.as_csv([row]), clerk, name=f"{number}.csv")


def answer(judge: User, found: Answer = SAME) -> Question:
    question = selectors.open_questions()[0]
    return questions.answer_question(question.pk, found, actor=judge, now=make.NOW, today=make.TODAY)


def evidences() -> list[str]:
    return sorted(Record.objects.values_list("evidence", flat=True))


def in_use() -> int:
    return registry.in_use(list(Subject.objects.values_list("id", flat=True)), make.TODAY).count()


def test_the_row_waits_and_says_which_column_is_in_doubt(judge: User) -> None:
    question = selectors.open_questions().get()
    assert question.reason == matching.KIND_DIFFERS
    sent = selectors.submissions().get()
    told = selectors.in_words(sent, selectors.rows(sent))[0].findings[-1]
    assert (told.code, told.field) == ("subject.kind_differs", "CF_XDR_LB")
    assert not Record.objects.exists()


def test_both_kinds_are_shown_side_by_side_and_no_name_is_asked_for(judge: User, client: Client) -> None:
    question = selectors.open_questions().get()
    evidence = questions.look_at(question.pk, actor=judge, now=make.NOW)
    assert (evidence.declared_kind, evidence.kind, evidence.kinds_differ) == (
        "individual_business", "organisation", True,
    )  # fmt: skip
    client.force_login(judge)
    page = client.get(f"/console/intake/questions/{question.pk}/").content.decode()
    assert "个体工商户" in page and "法人及非法人组织" in page and "与档案不同" in page
    assert 'name="since"' not in page and 'value="renamed"' not in page
    assert "号码与主体类别不一致" in client.get("/console/intake/questions/").content.decode()


def test_the_answer_admits_the_row_and_later_ones_declared_alike(judge: User, clerk: User) -> None:
    declare(clerk, 2)
    answer(judge)
    assert (selectors.open_questions().count(), Record.objects.count()) == (0, 2)
    declare(clerk, 3)
    assert evidences() == ["code+answered_question", "code+judged_kind", "code+judged_kind"]


def test_a_no_sends_the_row_back_and_settles_nothing_else(judge: User, clerk: User) -> None:
    declare(clerk, 2)
    answer(judge, OTHER)
    assert (selectors.open_questions().count(), Record.objects.count()) == (1, 0)


def test_taking_the_answer_back_doubts_what_came_in_through_it_and_asks_again(judge: User, clerk: User) -> None:
    declare(clerk, 2, "法人及非法人组织")
    question = answer(judge)
    declare(clerk, 3)
    assert in_use() == 3
    asked = answers_undone.take_back(question.pk, "看错了", actor=judge, now=make.NOW + timedelta(hours=1))
    assert (len(asked), in_use()) == (2, 1)
    declare(clerk, 4)
    assert Question.objects.filter(answered_at=None, reason=matching.KIND_DIFFERS).count() == 1


def test_where_the_names_agree_there_is_no_name_to_write_down(judge: User) -> None:
    with pytest.raises(AnswerIncomplete):
        answer(judge, Answer(Reply.RENAMED, "变更通知书", make.TODAY))
    assert selectors.open_questions().count() == 1


def test_an_answer_about_the_name_leaves_a_question_about_the_kind_open(clerk: User) -> None:
    declare(clerk, 1)
    renamed = filings.FIRM_ROW | {"CF_XDR_MC": "栖云远山食品有限公司", "CF_WSH": "示交罚〔2026〕2号"}
    filings.file(filings.as_csv([renamed]), clerk, name="改名.csv")
    about_name = Question.objects.get(reason=matching.NAME_DIFFERS)
    found = Answer(Reply.FORMER, "登记机关档案", make.TODAY)
    judge = make.user("judge", Role.CENTRE_OPERATOR)
    questions.answer_question(about_name.pk, found, actor=judge, now=make.NOW, today=make.TODAY)
    assert selectors.open_questions().get().reason == matching.KIND_DIFFERS


def test_a_firm_nobody_knew_takes_its_kind_from_most_rows_of_the_file_in_any_order(clerk: User) -> None:
    known = {"CF_XDR_SHXYM": BUSINESS_CODE, "CF_XDR_MC": "栖云小馆"}
    kinds = ("法人及非法人组织", "个体工商户", "个体工商户")
    rows = [
        filings.FIRM_ROW | known | {"CF_XDR_LB": kind, "CF_WSH": f"示交罚〔2026〕{n}号"} for n, kind in enumerate(kinds)
    ]
    filings.file(filings.as_csv(rows), clerk)
    assert Subject.objects.get(organisation__uscc=BUSINESS_CODE).kind == "individual_business"
    assert (Record.objects.count(), selectors.open_questions().count()) == (2, 1)


def test_a_table_that_does_not_ask_for_the_kind_is_told_by_the_code(clerk: User) -> None:
    row = {
        "统一社会信用代码": BUSINESS_CODE, "名称": "栖云小馆", "法定代表人": "沈清和", "成立日期": "2026-11-18",
        "登记状态": "存续", "登记机关": "示例市市场监督管理局",
    }  # fmt: skip
    text = ",".join(row) + "\r\n" + ",".join(row.values())
    sent = filings.file(text.encode(), clerk, name="登记.csv", item="JS-DJ-01")
    assert (selectors.summary(sent).admitted, dict(selectors.summary(sent).by_code)) == (1, {})
    assert Subject.objects.get(organisation__uscc=BUSINESS_CODE).kind == "individual_business"
