"""C06: nothing is attached to a natural person on a name; a number under another name is a question for a person."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.intake import selectors
from chengxin.intake.models import Question
from chengxin.registry.models import Person, Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


def test_a_name_alone_is_returned_even_when_only_one_file_bears_it(clerk: User) -> None:
    make.person(name="沈清和")
    sent = filings.file(filings.as_csv([filings.PERSON_ROW | {"CF_XDR_ZJHM": "", "CF_XDR_ZJLX": ""}]), clerk)
    assert selectors.summary(sent).returned == 1
    assert not Record.objects.exists()


def test_a_number_without_its_declared_type_is_returned(clerk: User) -> None:
    sent = filings.file(filings.as_csv([filings.PERSON_ROW | {"CF_XDR_ZJLX": ""}]), clerk)
    assert selectors.summary(sent).returned == 1
    assert not Person.objects.exists()


def test_the_same_name_under_another_number_is_another_person(clerk: User) -> None:
    make.person(name="沈清和")
    namesake = filings.PERSON_ROW | {"CF_XDR_ZJHM": make.OTHER_CITIZEN}
    filings.file(filings.as_csv([namesake]), clerk)
    assert Person.objects.count() == 2
    assert Record.objects.get().subject.person.certificate_index != make.person(name="沈清和").person.certificate_index


def test_the_same_number_as_another_type_of_certificate_is_another_person(clerk: User) -> None:
    make.person(name="沈清和")
    passport = filings.PERSON_ROW | {"CF_XDR_ZJLX": "护照号", "CF_XDR_ZJHM": "E12345678"}
    filings.file(filings.as_csv([passport]), clerk)
    assert Person.objects.count() == 2


def test_a_known_number_under_another_name_waits_and_nothing_is_attached(clerk: User) -> None:
    make.person(name="沈清河")
    sent = filings.file(filings.as_csv([filings.PERSON_ROW]), clerk)
    assert selectors.summary(sent).waiting == 1
    assert Question.objects.count() == 1
    assert not Record.objects.exists()


def test_two_names_for_one_unknown_number_in_the_same_file_are_a_question(clerk: User) -> None:
    other = filings.PERSON_ROW | {"CF_XDR_MC": "顾明远", "CF_WSH": "示交罚〔2026〕3号"}
    sent = filings.file(filings.as_csv([filings.PERSON_ROW, other]), clerk)
    assert (selectors.summary(sent).admitted, selectors.summary(sent).waiting) == (1, 1)


def test_a_name_written_in_another_width_or_with_a_blank_is_the_same_name(clerk: User) -> None:
    make.person(name="沈清和")
    filings.file(filings.as_csv([filings.PERSON_ROW | {"CF_XDR_MC": "沈　清和"}]), clerk)
    assert Record.objects.get().evidence == "code+name"


def test_an_identity_number_in_the_column_of_organisation_codes_links_nobody(clerk: User) -> None:
    """About one identity number in thirty satisfies the check character of an organisation's code."""
    sent = filings.file(filings.as_csv([filings.FIRM_ROW | {"CF_XDR_SHXYM": "320199197106253780"}]), clerk)
    assert selectors.summary(sent).by_code == {"uscc.citizen_id": 1}
    assert not Record.objects.exists()


def test_a_minor_gets_no_file_and_the_row_says_why(clerk: User) -> None:
    sent = filings.file(filings.as_csv([filings.PERSON_ROW | {"CF_XDR_ZJHM": filings.MINOR}]), clerk)
    assert selectors.summary(sent).by_code == {"person.minor": 1}
    assert not Person.objects.exists()
