"""C08: every read of a person's record carries that person's authorisation, or an article plus a matter number.

What comes back is cut to what that purpose may see.
"""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from tests import factories
from tests.disclosures import about_person, allowed, answer
from tests.factories import CITIZEN, NOW

from chengxin.accounts.roles import Role
from chengxin.disclosure.models import Access
from chengxin.disclosure.services import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    factories.law()
    factories.record(factories.person(), personal={"CF_XDR_MC": "沈清和", "CF_XDR_ZJHM": CITIZEN})
    return factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))


@pytest.mark.parametrize("without", [{"statute": ""}, {"matter_no": ""}, {"statute": "", "matter_no": ""}])
def test_without_article_or_matter_there_is_no_answer(officer, without):
    with pytest.raises(Refused):
        answer(about_person(officer, **without))


def test_without_an_authorisation_there_is_no_answer_for_a_purpose_that_needs_one(officer):
    with pytest.raises(Refused):
        answer(about_person(officer, "bank_credit"))


def test_even_the_database_refuses_an_answer_without_a_basis(officer):
    given = answer(about_person(officer))
    row = Access.objects.filter(pk=given.access).values().get()
    row.pop("id")
    for change in ({"basis_kind": ""}, {"matter_no": ""}, {"basis_ref": ""}, {"subject_id": None}):
        entry = answer(about_person(officer)).entry
        groundless = {**row, **change, "entry_id": entry}
        with pytest.raises(IntegrityError), transaction.atomic():
            Access.objects.create(**groundless)


def test_the_answer_is_cut_to_the_purpose(officer):
    given = answer(about_person(officer, "civil_service", statute="《公务员法》第二十六条"))
    assert (given.hit, given.rows) == (False, ())  # A penalty is not among the items that purpose may see.


def test_names_and_numbers_come_masked(officer):
    (row,) = answer(about_person(officer)).rows
    shown = {field.code: field for field in row.fields}
    assert (shown["CF_XDR_MC"].value, shown["CF_XDR_MC"].masked) == ("沈**", True)
    assert shown["CF_XDR_ZJHM"].value == CITIZEN[0] + "*" * 15 + CITIZEN[-2:]
    assert shown["CF_CFLB"].value == "罚款" and not shown["CF_CFLB"].masked


def test_what_was_given_and_what_was_given_in_clear_are_written_down(officer):
    row = Access.objects.get(pk=answer(about_person(officer)).access)
    assert "CF_XDR_ZJHM" in row.fields and "CF_XDR_ZJHM" not in row.shown


def test_with_the_persons_own_authorisation_the_unit_is_answered(officer):
    citizen = factories.citizen(factories.person())
    given = allowed(officer, citizen)
    answered = answer(about_person(officer, "bank_credit", authorisation_id=given.pk), now=NOW)
    assert answered.outcome == "answered" and len(answered.rows) == 1
