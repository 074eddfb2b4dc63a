"""C12: consent is for one unit and purpose, has an end, is withdrawn with one action, and then the next read fails."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from tests import factories
from tests.disclosures import PERSON_NAME, about_person, allowed, answer
from tests.factories import CITIZEN, NOW, OTHER_CITIZEN, PENALTY, TODAY

from chengxin.accounts.models import Message
from chengxin.accounts.roles import Role
from chengxin.catalogue import lawbook
from chengxin.disclosure import authorisations
from chengxin.disclosure.authorisations import Ask, CannotAuthorise, NotTheirsToGrant
from chengxin.disclosure.models import Authorisation
from chengxin.disclosure.policies import is_live
from chengxin.disclosure.services import Refused
from chengxin.ledger.models import Entry
from chengxin.registry.models import Mandate
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    factories.law()
    person = factories.person()
    factories.record(person)
    officer = factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    return person, officer, factories.citizen(person)


def request(**changed):
    return replace(Ask("bank_credit", CodeKind.CITIZEN_ID, CITIZEN, PERSON_NAME, (PENALTY,)), **changed)


def asked(officer, **changed):
    return authorisations.ask(request(**changed), officer, now=NOW, today=TODAY)


def test_nothing_may_be_read_between_asking_and_granting(world):
    _person, officer, _citizen = world
    wanted = asked(officer)
    with pytest.raises(Refused):
        answer(about_person(officer, "bank_credit", authorisation_id=wanted.pk))


def test_asking_reaches_the_subjects_inbox_in_plain_words(world):
    person, officer, _citizen = world
    asked(officer)
    message = Message.objects.get(mailbox=person.id, kind="authorisation")
    assert officer.agency.name_zh in message.body and "一键撤回" in message.body


def test_withdrawing_is_one_action_and_blocks_the_very_next_read(world):
    _person, officer, citizen = world
    given = allowed(officer, citizen)
    enquiry = about_person(officer, "bank_credit", authorisation_id=given.pk)
    assert answer(enquiry).outcome == "answered"
    authorisations.withdraw(given.pk, citizen, now=NOW)
    with pytest.raises(Refused):
        answer(enquiry)


def test_a_request_can_be_withdrawn_or_declined_before_it_is_granted(world):
    _person, officer, citizen = world
    declined = asked(officer)
    authorisations.decline(declined.pk, citizen, now=NOW)
    with pytest.raises(CannotAuthorise):
        authorisations.grant(declined.pk, citizen, now=NOW, today=TODAY)


def test_consent_for_one_purpose_is_none_for_another(world):
    _person, officer, citizen = world
    given = allowed(officer, citizen)
    with pytest.raises(Refused):
        answer(about_person(officer, "contract_partner", authorisation_id=given.pk))


@pytest.mark.parametrize("changed", [{"item_codes": ()}, {"item_codes": ("JS-RY-01",)}, {"days": 0}, {"days": 91}])
def test_no_general_consent_no_item_beyond_the_purpose_no_endless_consent(world, changed):
    _person, officer, _citizen = world
    with pytest.raises(CannotAuthorise):
        asked(officer, **changed)


def test_a_purpose_that_stands_on_a_statute_takes_no_consent(world):
    _person, officer, _citizen = world
    with pytest.raises(CannotAuthorise):
        asked(officer, purpose="licensing")


def test_only_the_subject_can_grant_or_withdraw(world):
    _person, officer, citizen = world
    stranger = factories.citizen(factories.person(OTHER_CITIZEN, "陆行舟"), "stranger")
    wanted = asked(officer)
    for actor in (officer, stranger):
        with pytest.raises(Refusal):
            authorisations.grant(wanted.pk, actor, now=NOW, today=TODAY)
    authorisations.grant(wanted.pk, citizen, now=NOW, today=TODAY)
    with pytest.raises(Refusal):
        authorisations.withdraw(wanted.pk, stranger, now=NOW)


@pytest.mark.parametrize(
    ("capacity", "may"),
    [(Mandate.GUARDIAN, True), (Mandate.AGENT, False), (Mandate.RELATIVE, False)],
)
def test_who_acts_on_a_proof_may_decline_and_withdraw_but_only_a_guardian_grants(world, capacity, may):
    person, officer, citizen = world
    helper = factories.user("helper", Role.CITIZEN)
    Mandate.objects.create(user=helper, subject=person, capacity=capacity, since=NOW)
    wanted = asked(officer)
    if may:
        assert authorisations.grant(wanted.pk, helper, now=NOW, today=TODAY).granted_by == helper
    else:
        with pytest.raises(NotTheirsToGrant):
            authorisations.grant(wanted.pk, helper, now=NOW, today=TODAY)
        assert authorisations.decline(asked(officer).pk, helper, now=NOW).declined_at
    given = allowed(officer, citizen)
    assert authorisations.withdraw(given.pk, helper, now=NOW).withdrawn_at


def test_the_unit_is_told_of_every_act_by_the_purposes_name_never_its_code(world):
    _person, officer, citizen = world
    authorisations.withdraw(allowed(officer, citizen).pk, citizen, now=NOW)
    told = [each.body for each in Message.objects.filter(mailbox=officer.agency_id, kind="authorisation")]
    assert len(told) == 2 and all("银行授信" in body and "bank_credit" not in body for body in told)


def test_a_change_of_what_was_agreed_invalidates_it_even_behind_the_guards(world):
    _person, officer, citizen = world
    given = allowed(officer, citizen)
    tampered = Authorisation.objects.get(pk=given.pk)
    tampered.item_codes = [PENALTY, "JS-XK-01"]
    assert tampered.digest != tampered.computed_digest()
    assert is_live(given, TODAY) and not is_live(tampered, TODAY)


def test_the_database_refuses_more_than_ninety_days_and_half_a_grant(world):
    _person, officer, _citizen = world
    row = Authorisation.objects.filter(pk=asked(officer).pk).values().get()
    row.pop("id")
    for change in ({"days": 91}, {"days": 0}, {"granted_at": NOW}, {"since": TODAY}, {"used_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Authorisation.objects.create(**{**row, **change})


def test_the_database_refuses_to_undo_a_withdrawal(world):
    _person, officer, citizen = world
    given = allowed(officer, citizen)
    authorisations.withdraw(given.pk, citizen, now=NOW)
    for change in ({"withdrawn_at": None}, {"days": 90}, {"purpose": "employment"}):
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            Authorisation.objects.filter(pk=given.pk).update(**change)


def test_each_act_has_its_leaf(world):
    _person, officer, citizen = world
    given = allowed(officer, citizen)
    authorisations.withdraw(given.pk, citizen, now=NOW)
    bodies = [bytes(e.body).decode() for e in Entry.objects.filter(kind="authorisation").order_by("id")]
    assert [act in body for act, body in zip(("asked", "granted", "withdrawn"), bodies, strict=True)] == [True] * 3


def test_every_purpose_says_which_ground_it_stands_on():
    assert all(purpose.ground and purpose.basis for purpose in lawbook.purposes())
