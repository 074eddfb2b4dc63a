"""C10: the subject sees every read of their file, free, with proof; protected reads appear later, counted meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import factories, filings
from tests.disclosures import about_person, answer
from tests.factories import NOW, OTHER_CITIZEN, TODAY

from chengxin.accounts.roles import Role
from chengxin.catalogue import lawbook
from chengxin.disclosure import own_file
from chengxin.disclosure.models import Access
from chengxin.disclosure.services import Refused
from chengxin.intake import filed
from chengxin.ledger import services as ledger
from chengxin.registry import selectors as registry
from chengxin.registry.models import RecordVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    factories.law()
    person = factories.person()
    factories.record(person)
    officer = factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    return person, officer, factories.citizen(person)


DELAY = timedelta(days=90)  # The dated value of law/national for this purpose, with its basis beside it.


def litigation(officer):
    return about_person(officer, "litigation", statute="《民事诉讼法》第七十条")


def test_the_subject_sees_time_unit_role_purpose_basis_matter_and_fields(world):
    person, officer, citizen = world
    given_answer = answer(about_person(officer))
    (look,) = own_file.who_looked(person.id, citizen, now=NOW).looks
    assert (look.access, look.at, look.agency_zh) == (given_answer.access, NOW, officer.agency.name_zh)
    assert (look.role, look.purpose_zh, look.matter_no) == ("enquirer", "办理行政许可", "苏办〔2026〕118号")
    assert look.basis_ref == given_answer.basis_ref and look.fields


def test_the_proof_of_a_read_verifies(world):
    _person, officer, citizen = world
    given_answer = answer(about_person(officer))
    receipt = own_file.proof(given_answer.access, citizen, now=NOW)
    assert receipt["payload"]["access"] == str(given_answer.access)
    assert receipt["index"] < receipt["size"]


def test_refused_reads_and_ones_own_are_in_the_list(world):
    person, officer, citizen = world
    with pytest.raises(Refused):
        answer(about_person(officer, matter_no=""))
    own_file.read(person.id, citizen, now=NOW, today=TODAY)
    outcomes = {(look.purpose, look.outcome) for look in own_file.who_looked(person.id, citizen, now=NOW).looks}
    assert outcomes == {("licensing", "refused"), ("own_file", "answered")}


def test_a_protected_read_is_counted_at_once_and_shown_when_its_time_has_come(world):
    person, officer, citizen = world
    given_answer = answer(litigation(officer))
    now_seen = own_file.who_looked(person.id, citizen, now=NOW)
    assert now_seen.looks == ()
    assert [(w.count, w.basis) for w in now_seen.withheld] == [(1, "《个人信息保护法》第三十五条、第四十五条")]
    later = own_file.who_looked(person.id, citizen, now=NOW + DELAY)
    assert [look.access for look in later.looks] == [given_answer.access] and later.withheld == ()


def test_the_delay_is_committed_at_the_time(world):
    _person, officer, _citizen = world
    body = ledger.proof(answer(litigation(officer)).entry, now=NOW)["leaf_body"]
    assert "visible_from" in body and "第三十五条" in body


def test_nobody_else_sees_the_list_or_a_proof(world):
    person, officer, _citizen = world
    stranger = factories.citizen(factories.person(OTHER_CITIZEN, "陆行舟"), "stranger")
    read = answer(about_person(officer))
    for act in (
        lambda: own_file.who_looked(person.id, stranger, now=NOW),
        lambda: own_file.proof(read.access, stranger, now=NOW),
        lambda: own_file.read(person.id, stranger, now=NOW, today=TODAY),
    ):
        with pytest.raises(own_file.NotYours):
            act()


PURPOSES = st.lists(st.sampled_from(["licensing", "litigation", "curiosity", "civil_service"]), min_size=1, max_size=5)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(purposes=PURPOSES)
def test_every_read_is_either_in_the_list_or_in_a_counted_class(world, purposes):
    person, officer, citizen = world
    for purpose in purposes:
        known = {each.code: str(each.basis[0]) for each in lawbook.purposes()}
        try:
            answer(about_person(officer, purpose, statute=known.get(purpose, "")))
        except Refused:
            continue
    seen = own_file.who_looked(person.id, citizen, now=NOW)
    assert len(seen.looks) + sum(each.count for each in seen.withheld) == Access.objects.count()


def test_the_agency_that_filed_a_record_is_in_the_list_when_it_opens_it():
    """The clerk may look, because the agency answers for the record; the person sees that it did, with proof."""
    factories.law()
    clerk = filings.clerk(factories.agency())
    filings.file(filings.as_csv([filings.PERSON_ROW, filings.FIRM_ROW]), clerk)
    person = registry.find_person(factories.CodeKind.CITIZEN_ID, factories.CITIZEN)
    citizen = factories.citizen(person)
    for version in RecordVersion.objects.all():
        filed.shown(version, actor=clerk, now=NOW)
    (look,) = own_file.who_looked(person.id, citizen, now=NOW).looks
    assert (look.at, look.agency_zh, look.role) == (NOW, clerk.agency.name_zh, "source_clerk")
    assert look.purpose_zh and look.item_codes == (factories.PENALTY,)
    receipt = own_file.proof(look.access, citizen, now=NOW)
    assert receipt["payload"]["subject"] == str(person.id)
    stranger = factories.citizen(factories.person(OTHER_CITIZEN, "陆行舟"), "stranger")
    with pytest.raises(own_file.NotYours):
        own_file.proof(look.access, stranger, now=NOW)
    browser = Client()
    browser.force_login(citizen)
    page = browser.get("/mine/lookups/").content.decode()
    assert "核对本单位报送的记录" in page and "个人信息被遮盖" in page
