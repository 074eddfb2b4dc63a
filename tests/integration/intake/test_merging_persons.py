"""Two files of one person become one, by two people and on a document; what the person allowed stays theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from tests import disclosures, filings
from tests import factories as make

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.cli.main import main
from chengxin.disclosure import authorisations, own_file
from chengxin.disclosure.shapes import Refused
from chengxin.intake import merging, selectors
from chengxin.intake.merging import CannotChange
from chengxin.registry import erasing, hot, listed, looks, versions
from chengxin.registry import selectors as registry
from chengxin.registry.models import NameChange, Person, RecordVersion, Subject
from chengxin.registry.subjects import PersonFacts, give_mandate, register_person
from chengxin.rules.identifiers.verdict import CodeKind

pytestmark = pytest.mark.django_db
PASSPORT, NAME, ABROAD = "E3201990001", "沈清和", "SHEN QINGHE"
LATER, LAST = make.NOW + timedelta(hours=1), make.NOW + timedelta(hours=2)


@pytest.fixture
def card() -> Subject:
    """The file under the identity card, with one penalty."""
    make.law()
    found = make.person()
    make.record(found)
    return found


@pytest.fixture
def passport(card: Subject) -> Subject:
    """The same person's file under the passport, with another penalty."""
    facts = PersonFacts(CodeKind.PASSPORT, PASSPORT, ABROAD)
    found = register_person(facts, today=make.TODAY, now=make.NOW)
    make.record(found, document_no="示交罚〔2026〕3号")
    return found


@pytest.fixture
def people(card: Subject, passport: Subject) -> tuple[User, User]:
    return make.user("proposer", Role.CENTRE_OPERATOR), make.user("approver", Role.CENTRE_OPERATOR)


def propose(actor: User, **changed: Any) -> Any:
    given = {"source": PASSPORT, "target": make.CITIZEN, "proof": "出入境证明〔2026〕5号", "reason": "同一人两个证件"}
    kinds = {"source_kind": CodeKind.PASSPORT, "target_kind": CodeKind.CITIZEN_ID}
    return merging.propose_merge(**{**given, **kinds, **changed}, actor=actor, now=make.NOW, today=make.TODAY)


def merge(people: tuple[User, User]) -> Any:
    return merging.decide(propose(people[0]).pk, approve=True, actor=people[1], now=LATER, today=make.TODAY)


def split(people: tuple[User, User], change: Any) -> Any:
    came = merging.merged_into(change.pk)[1]
    back = merging.propose_split(
        change.pk, list(came), "机关复函", "不是同一人", actor=people[0], now=LATER, today=make.TODAY
    )
    return merging.decide(back.pk, approve=True, actor=people[1], now=LAST, today=make.TODAY)


def by_passport(name: str = ABROAD) -> hot.Found | None:
    return hot.find(CodeKind.PASSPORT, PASSPORT, name, make.user("asker").pk)


def document_numbers(subject: Subject) -> list[str]:
    standing = RecordVersion.objects.filter(record__subject=subject, known_until=None, ended_at=None)
    opened = [versions.opened(each) for each in standing.select_related("record__subject__key")]
    return sorted(each.personal["document_no"] for each in opened)


BOTH = ["示交罚〔2026〕1号", "示交罚〔2026〕3号"]


def test_either_certificate_finds_the_one_file_and_its_records_can_be_read(
    people: tuple[User, User], card: Subject
) -> None:
    merge(people)
    found = by_passport()
    assert found is not None and found.id == card.id
    assert registry.find_person(CodeKind.PASSPORT, PASSPORT) == card
    assert listed.persons(CodeKind.PASSPORT, [PASSPORT])[PASSPORT].id == card.id
    assert document_numbers(card) == BOTH
    assert len(hot.standing(card.id, make.TODAY)) == 2


def test_rows_filed_later_under_either_certificate_and_either_name_reach_it(
    people: tuple[User, User], card: Subject
) -> None:
    merge(people)
    abroad = filings.PERSON_ROW | {"CF_XDR_ZJLX": "护照号", "CF_XDR_ZJHM": PASSPORT, "CF_XDR_MC": ABROAD}
    rows = [abroad | {"CF_WSH": "示交罚〔2026〕4号"}, filings.PERSON_ROW | {"CF_WSH": "示交罚〔2026〕5号"}]
    sent = filings.file(filings.as_csv(rows), filings.clerk(make.agency()))
    assert selectors.summary(sent).admitted == 2
    assert document_numbers(card) == [*BOTH, "示交罚〔2026〕4号", "示交罚〔2026〕5号"]


def test_a_split_gives_everything_back_and_forgets_nothing(
    people: tuple[User, User], card: Subject, passport: Subject
) -> None:
    citizen, traveller = make.citizen(card), make.citizen(passport, "traveller")
    change = merge(people)
    assert NameChange.objects.filter(subject=card, undone_at=None).count() == 1
    assert registry.may_act_for(citizen, passport.id) and registry.may_act_for(traveller, card.id)
    split(people, change)
    found = by_passport()
    assert found is not None and found.id == passport.id
    assert (document_numbers(card), document_numbers(passport)) == (BOTH[:1], BOTH[1:])
    assert not NameChange.objects.filter(undone_at=None).exists()
    assert not registry.may_act_for(citizen, passport.id) and registry.may_act_for(traveller, passport.id)
    causes = RecordVersion.objects.filter(record__subject=passport).order_by("number").values_list("cause", flat=True)
    assert list(causes) == ["admitted", "moved_out", "moved_in"]


@pytest.mark.parametrize(
    "changed",
    [
        {"source": ABROAD},
        {"target": NAME},
        {"source_kind": CodeKind.CITIZEN_ID},
        {"source": make.FIRM, "source_kind": CodeKind.USCC},
        {"proof": " "},
        {"source": make.CITIZEN, "source_kind": CodeKind.CITIZEN_ID},
    ],
    ids=["a name", "another name", "another kind", "a firm", "no document", "one file"],
)
def test_two_exact_certificates_and_a_document_are_needed(people: tuple[User, User], changed: Any) -> None:
    make.firm()
    with pytest.raises(CannotChange):
        propose(people[0], **changed)


def test_nobody_decides_alone_or_on_their_own_file(people: tuple[User, User], card: Subject) -> None:
    change = propose(people[0])
    with pytest.raises(CannotChange):
        merging.decide(change.pk, approve=True, actor=people[0], now=LATER, today=make.TODAY)
    give_mandate(people[1], card, make.NOW)
    with pytest.raises(CannotChange):
        merging.decide(change.pk, approve=True, actor=people[1], now=LATER, today=make.TODAY)


def test_looking_at_both_files_is_seen_by_the_person_and_shows_nothing_in_clear(
    people: tuple[User, User], card: Subject, passport: Subject
) -> None:
    shown = merging.look_at(propose(people[0]).pk, actor=people[1], now=make.NOW)
    assert (shown.source.code, shown.target.code) == ("E*******1", "3***************12")
    assert shown.target.names[0].name == "沈**"
    assert [looks.of_subject(each.id).get().why for each in (card, passport)] == ["merge", "merge"]
    assert merging.label(card) == "自然人档案"


def test_what_the_person_allowed_for_one_file_holds_for_the_file_that_stands_and_after_a_split_for_its_own(
    people: tuple[User, User], passport: Subject
) -> None:
    officer = make.user("bank", Role.ENQUIRER, of=make.agency(make.OTHER_AGENCY))
    traveller = make.citizen(passport, "traveller")
    request = authorisations.Ask("bank_credit", CodeKind.PASSPORT, PASSPORT, ABROAD, (make.PENALTY,))
    asked = authorisations.ask(request, officer, now=make.NOW, today=make.TODAY)
    given = authorisations.grant(asked.pk, traveller, now=make.NOW, today=make.TODAY)
    change = merge(people)
    own = disclosures.about_person(officer, "bank_credit", authorisation_id=given.pk)
    assert disclosures.answer(own).count == 2
    split(people, change)
    with pytest.raises(Refused):
        disclosures.answer(own)
    abroad = disclosures.about_person(
        officer, "bank_credit", authorisation_id=given.pk, code_kind=CodeKind.PASSPORT, code=PASSPORT, name=ABROAD
    )
    assert disclosures.answer(abroad).count == 1
    merged_again = merge_again(people)
    authorisations.withdraw(given.pk, traveller, now=LAST)
    assert merged_again.approved
    with pytest.raises(Refused):
        disclosures.answer(own)


def merge_again(people: tuple[User, User]) -> Any:
    return merging.decide(propose(people[0]).pk, approve=True, actor=people[1], now=LAST, today=make.TODAY)


def test_erasing_destroys_both_keys_and_neither_certificate_finds_anything(
    people: tuple[User, User], card: Subject, passport: Subject
) -> None:
    make.citizen(card)
    merge(people)
    wiped = erasing.wipe_file(card.id, ref="示删〔2026〕1号", now=LAST)
    assert (wiped.records, wiped.mandates) == (2, 2)
    for each in (card, passport):
        each.refresh_from_db()
        each.key.refresh_from_db()
        assert each.key.wrapped is None
    assert not RecordVersion.objects.filter(record__subject__in=[card, passport], sealed__isnull=False).exists()
    assert by_passport() is None and registry.find_person(CodeKind.CITIZEN_ID, make.CITIZEN) is None
    assert {bytes(each.sealed_name) for each in Person.objects.all()} == {b""}
    with pytest.raises(CannotChange):
        merging.look_at(merging.changes()[0].pk, actor=people[0], now=LAST)
    fresh = register_person(PersonFacts(CodeKind.PASSPORT, PASSPORT, ABROAD), today=make.TODAY, now=LAST)
    assert fresh.id not in (card.id, passport.id)


def test_freezing_hides_the_file_from_either_certificate(people: tuple[User, User], card: Subject) -> None:
    merge(people)
    found = erasing.hide_file(card.id)
    assert by_passport() is None and len(found.merged) == 1
    assert card.key.wrapped is not None


def test_the_person_sees_what_was_asked_of_either_file(
    people: tuple[User, User], card: Subject, passport: Subject
) -> None:
    citizen = make.citizen(card)
    merge(people)
    merging.look_at(merging.changes()[0].pk, actor=people[1], now=LAST)
    seen = own_file.who_looked(card.id, citizen, now=LAST)
    assert len(seen.looks) == 2
    assert {look.purpose for look in seen.looks} == {"merge"}
    assert own_file.who_looked(passport.id, citizen, now=LAST).looks == ()


def test_the_command_line_asks_for_the_numbers_unseen(people: tuple[User, User], card: Subject) -> None:
    grounds = ["--proof", "证明", "--reason", "同一人", "--as", "proposer"]
    kinds = ["--source-kind", "passport", "--target-kind", "citizen_id"]
    given = CliRunner().invoke(
        main, ["subjects", "merge-persons", *kinds, *grounds], input=f"{PASSPORT}\n{make.CITIZEN}\n"
    )
    assert given.exit_code == 0 and PASSPORT not in given.output
    number = next(word for line in given.output.splitlines() for word in line.split() if len(word) == 36)
    assert CliRunner().invoke(main, ["subjects", "decide", number, "--approve", "--as", "approver"]).exit_code == 0
    assert document_numbers(card) == BOTH
    back = CliRunner().invoke(main, ["subjects", "split", number, *grounds])
    assert back.exit_code == 0
    assert "自然人档案" in CliRunner().invoke(main, ["subjects", "list"]).output
