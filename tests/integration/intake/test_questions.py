"""A number known under another name waits for a person; the answer decides, is kept, and can be taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.intake import answers_undone, questions, selectors
from chengxin.intake.models import Question
from chengxin.intake.questions import Answer, AnswerIncomplete, Reply
from chengxin.ledger.models import Entry
from chengxin.registry import selectors as registry
from chengxin.registry.models import NameChange, OrganisationName, Record

pytestmark = pytest.mark.django_db
OLD, NEW = "栖云望舒茶业有限公司", "栖云望舒食品有限公司"
RENAMED_ON = date(2026, 11, 10)
LATER = make.NOW + timedelta(hours=1)
SAME = Answer(Reply.MISWRITTEN, "已核对决定书原件")
OTHER = Answer(Reply.OTHER, "决定书上是另一个人")
RENAMED = Answer(Reply.RENAMED, "登记机关变更通知书", RENAMED_ON)


@pytest.fixture
def clerk() -> User:
    make.law()
    make.person(name="沈清河")
    return filings.clerk(make.agency())


@pytest.fixture
def judge(clerk: User) -> User:
    filings.file(filings.as_csv([filings.PERSON_ROW]), clerk)
    return make.user("judge", Role.CENTRE_OPERATOR)


@pytest.fixture
def renamed(clerk: User) -> User:
    """A firm is known under its old name, and three rows of one file bear its new one."""
    make.firm(name=OLD)
    rows = [filings.FIRM_ROW | {"CF_WSH": f"示交罚〔2026〕{n}号"} for n in (1, 3, 4)]
    filings.file(filings.as_csv(rows), clerk)
    return make.user("judge", Role.CENTRE_OPERATOR)


def answer(judge: User, found: Answer = SAME) -> Question:
    question = selectors.open_questions()[0]
    return questions.answer_question(question.pk, found, actor=judge, now=make.NOW, today=make.TODAY)


def take_back(question: Question, judge: User) -> list[Question]:
    return answers_undone.take_back(question.pk, "看错了决定书", actor=judge, now=LATER)


def in_use() -> int:
    subjects = list(Record.objects.values_list("subject_id", flat=True))
    return registry.in_use(subjects, make.TODAY).count()


def send_again(clerk: User, number: int, **changed: str) -> None:
    row = filings.FIRM_ROW | {"CF_WSH": f"示交罚〔2026〕{number}号"} | changed
    filings.file(filings.as_csv([row]), clerk, name=f"{number}.csv")


def test_both_sides_are_shown_and_looking_leaves_a_leaf(judge: User) -> None:
    evidence = questions.look_at(selectors.open_questions().get().pk, actor=judge, now=make.NOW)
    assert (evidence.declared_name, evidence.known_name) == ("沈清和", "沈清河")
    assert make.CITIZEN not in repr(evidence)
    assert Entry.objects.filter(kind="match.shown").count() == 1


def test_the_known_side_says_which_names_records_and_sources_there_are(clerk: User) -> None:
    send_again(clerk, 1)
    send_again(clerk, 2, CF_XDR_MC=OLD)
    judge = make.user("judge", Role.CENTRE_OPERATOR)
    evidence = questions.look_at(selectors.open_questions().get().pk, actor=judge, now=make.NOW)
    assert (evidence.records, evidence.sources) == (1, (make.agency().name_zh,))
    assert [(borne.name, borne.until) for borne in evidence.names] == [(NEW, None)]


def test_yes_admits_the_row_and_the_link_says_that_a_person_judged(judge: User) -> None:
    question = answer(judge)
    record = Record.objects.get()
    assert record.evidence == "code+answered_question"
    assert record.subject.kind == "person"
    assert question.answered_by == judge
    assert questions.reason_of(question) == SAME.reason
    assert selectors.summary(selectors.submissions().get()).admitted == 1


def test_no_returns_the_row_and_leaves_the_file_alone(judge: User) -> None:
    answer(judge, OTHER)
    sent = selectors.submissions().get()
    assert (selectors.summary(sent).returned, selectors.summary(sent).waiting) == (1, 0)
    assert not Record.objects.exists()
    words = selectors.in_words(sent, selectors.rows(sent))[0]
    assert words.findings[-1].code == "subject.not_the_same"


def test_an_answer_is_given_once(judge: User) -> None:
    question = answer(judge, OTHER)
    with pytest.raises(questions.QuestionClosed):
        questions.answer_question(question.pk, SAME, actor=judge, now=make.NOW, today=make.TODAY)
    assert not Record.objects.exists()


@pytest.mark.parametrize(
    "incomplete",
    [
        Answer(Reply.MISWRITTEN, "  "),
        Answer(Reply.RENAMED, "变更通知书"),
        Answer(Reply.FORMER, "变更通知书", make.TODAY + timedelta(days=1)),
    ],
    ids=["no reason", "no day", "a day to come"],
)
def test_an_answer_has_a_reason_and_a_name_has_a_day(judge: User, incomplete: Answer) -> None:
    with pytest.raises(AnswerIncomplete):
        answer(judge, incomplete)
    assert not Record.objects.exists()


def test_the_clerk_who_sent_the_row_may_neither_judge_it_nor_take_the_answer_back(judge: User, clerk: User) -> None:
    question = selectors.open_questions().get()
    with pytest.raises(NotPermitted):
        questions.answer_question(question.pk, SAME, actor=clerk, now=make.NOW, today=make.TODAY)
    answer(judge)
    with pytest.raises(NotPermitted):
        take_back(question, clerk)


def test_a_miswritten_name_is_not_known_afterwards(judge: User, clerk: User) -> None:
    answer(judge)
    assert registry.name_index("沈清河") == Record.objects.get().subject.person.name_index
    filings.file(filings.as_csv([filings.PERSON_ROW | {"CF_WSH": "示交罚〔2026〕9号"}]), clerk, name="后.csv")
    assert selectors.open_questions().count() == 1


def test_a_renamed_firm_is_asked_about_once(renamed: User, clerk: User) -> None:
    assert selectors.open_questions().count() == 3
    answer(renamed, RENAMED)
    assert (selectors.open_questions().count(), in_use()) == (0, 3)
    send_again(clerk, 5)
    assert (selectors.open_questions().count(), in_use()) == (0, 4)
    borne = OrganisationName.objects.order_by("-since").values_list("name", "since", "until")
    assert (NEW, RENAMED_ON, None) in borne
    assert OLD in registry.former_names(Record.objects.first().subject)


def test_a_name_that_was_borne_before_stays_a_former_name(renamed: User, clerk: User) -> None:
    answer(renamed, Answer(Reply.FORMER, "登记机关档案", date(2024, 1, 1)))
    subject = Record.objects.first().subject
    assert (registry.present_name(subject), registry.former_names(subject)) == (OLD, [NEW])
    # Records of one moment lie in no order, hence the count.
    by_former_name = Record.objects.filter(evidence="code+former_name")
    before = by_former_name.count()
    send_again(clerk, 5)
    assert by_former_name.count() == before + 1


def test_a_person_with_a_new_name_is_asked_about_once_and_not_found_by_it(judge: User, clerk: User) -> None:
    answer(judge, RENAMED)
    filings.file(filings.as_csv([filings.PERSON_ROW | {"CF_WSH": "示交罚〔2026〕9号"}]), clerk, name="后.csv")
    assert set(Record.objects.values_list("evidence", flat=True)) == {"code+answered_question", "code+judged_name"}
    assert registry.name_index("沈清河") == Record.objects.first().subject.person.name_index
    assert "沈清和".encode() not in bytes(NameChange.objects.get().sealed)


def test_taking_an_answer_back_takes_out_what_it_let_in_and_asks_anew(renamed: User, clerk: User) -> None:
    question = answer(renamed, RENAMED)
    send_again(clerk, 5)
    send_again(clerk, 6, CF_XDR_MC=OLD)
    assert in_use() == 5
    asked = take_back(question, renamed)
    assert (len(asked), selectors.open_questions().count(), in_use()) == (4, 4, 1)
    subject = Record.objects.first().subject
    assert (registry.present_name(subject), registry.former_names(subject)) == (OLD, [])
    assert NameChange.objects.get().undone_at == LATER


def test_both_answers_stay_with_their_reasons(renamed: User) -> None:
    question = answer(renamed, RENAMED)
    take_back(question, renamed)
    kept = Question.objects.get(pk=question.pk)
    assert (questions.reason_of(kept), questions.reason_of_undoing(kept)) == (RENAMED.reason, "看错了决定书")
    assert (kept.undone_by, kept.same_subject) == (renamed, True)
    assert (
        list(Entry.objects.filter(kind__startswith="match.").values_list("kind", flat=True)).count("match.undone") == 1
    )


def test_a_second_yes_brings_the_records_back(renamed: User) -> None:
    take_back(answer(renamed, RENAMED), renamed)
    answer(renamed, RENAMED)
    assert (selectors.open_questions().count(), in_use(), Record.objects.count()) == (0, 3, 3)


def test_a_second_no_ends_the_record_and_its_history_stays(judge: User) -> None:
    take_back(answer(judge), judge)
    answer(judge, OTHER)
    history = registry.history(Record.objects.get().pk).values_list("cause", flat=True)
    assert list(history) == ["admitted", "link_suspended", "unlinked"]
    assert in_use() == 0


def test_a_no_that_was_wrong_is_asked_anew_and_the_row_can_still_come_in(judge: User) -> None:
    asked = take_back(answer(judge, OTHER), judge)
    assert selectors.summary(selectors.submissions().get()).waiting == len(asked) == 1
    answer(judge, SAME)
    assert in_use() == 1


def test_an_answer_is_taken_back_once_and_one_that_followed_with_the_one_it_followed(renamed: User) -> None:
    question = answer(renamed, RENAMED)
    followed = Question.objects.filter(follows=question).first()
    with pytest.raises(answers_undone.CannotTakeBack):
        take_back(followed, renamed)
    take_back(question, renamed)
    with pytest.raises(answers_undone.CannotTakeBack):
        take_back(question, renamed)


def test_fifteen_digits_find_the_file_of_eighteen(clerk: User) -> None:
    old = make.CITIZEN[:6] + make.CITIZEN[8:17]
    row = filings.PERSON_ROW | {"CF_XDR_ZJHM": old, "CF_XDR_MC": "沈清河"}
    sent = filings.file(filings.as_csv([row]), clerk)
    assert (selectors.summary(sent).admitted, Record.objects.get().evidence) == (1, "code+name")
    assert Record.objects.get().subject == make.person(name="沈清河")
