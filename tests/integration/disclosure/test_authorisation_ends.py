"""Expiry, revocation and notices: both sides are told before an authorisation ends and when it has, each once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories
from tests.disclosures import about_person, allowed, answer
from tests.factories import NOW, TODAY
from tests.integration.disclosure.test_gate_together import at_once

from chengxin.accounts.models import Message
from chengxin.accounts.roles import Role
from chengxin.cli import daily
from chengxin.disclosure import authorisation_artefact as artefact
from chengxin.disclosure import authorisation_ends as ends
from chengxin.disclosure import authorisations
from chengxin.disclosure.models import AuthorisationArtefact
from chengxin.disclosure.services import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    factories.law()
    person = factories.person()
    factories.record(person)
    officer = factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    return person, officer, factories.citizen(person)


def runs(days):
    return ends.run(now=NOW + timedelta(days=days), today=TODAY + timedelta(days=days))


def titles(mailbox):
    said = Message.objects.filter(mailbox=mailbox, kind="authorisation").order_by("delivered_at")
    return [each.title for each in said if "到期" in each.title]


def test_both_sides_are_told_before_and_at_the_end_and_each_once(world):
    person, officer, citizen = world
    given = allowed(officer, citizen, days=30)  # The last day is TODAY + 29.
    assert [runs(day) for day in (0, 25, 26, 26, 28, 29, 30, 30, 31)] == [0, 0, 1, 0, 0, 0, 1, 0, 0]
    for mailbox in (person.id, officer.agency_id):
        assert titles(mailbox) == ["查询授权即将到期", "查询授权已到期"]
    bodies = [each.body for each in Message.objects.filter(mailbox=officer.agency_id)]
    assert all("bank_credit" not in body for body in bodies) and any("银行授信" in body for body in bodies)
    assert artefact.latest(given).act == "expired"


def test_the_read_fails_on_the_day_after_whether_the_job_ran_or_not(world):
    _person, officer, citizen = world
    enquiry = about_person(officer, "bank_credit", authorisation_id=allowed(officer, citizen, days=7).pk)
    assert answer(enquiry, today=TODAY + timedelta(days=6)).outcome == "answered"
    with pytest.raises(Refused):
        answer(enquiry, today=TODAY + timedelta(days=7))


def test_what_was_withdrawn_declined_used_up_or_never_granted_has_no_end_to_tell(world):
    _person, officer, citizen = world
    authorisations.withdraw(allowed(officer, citizen, days=7).pk, citizen, now=NOW)
    once = allowed(officer, citizen, days=7, once=True)
    answer(about_person(officer, "bank_credit", authorisation_id=once.pk))
    before = Message.objects.count()
    assert not ends.due(TODAY + timedelta(days=6)) and runs(7) == 0
    assert Message.objects.count() == before


def test_a_short_one_is_told_of_its_end_only(world):
    person, officer, citizen = world
    allowed(officer, citizen, days=2)
    assert [runs(day) for day in (0, 1, 2)] == [0, 0, 1]
    assert titles(person.id) == ["查询授权已到期"]


def test_of_an_end_long_ago_nobody_is_told(world):
    _person, officer, citizen = world
    allowed(officer, citizen, days=1)
    assert runs(60) == 0


def test_a_withdrawal_between_the_two_notices_leaves_the_second_out(world):
    person, officer, citizen = world
    given = allowed(officer, citizen, days=30)
    runs(27)
    authorisations.withdraw(given.pk, citizen, now=NOW + timedelta(days=28))
    assert runs(30) == 0 and titles(person.id) == ["查询授权即将到期"]
    acts = list(AuthorisationArtefact.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ["asked", "granted", "ending", "withdrawn"]


@pytest.mark.django_db(transaction=True)
def test_of_two_runs_at_once_each_end_is_told_by_one(world):
    person, officer, citizen = world
    for _ in range(3):
        allowed(officer, citizen, days=30)
    told = at_once(lambda _n: runs(27), 3)
    assert sum(told) == 3 and titles(person.id) == ["查询授权即将到期"] * 3


def test_the_day_has_a_job_for_it(world):
    assert "authorisations" in [job.name for job in daily.jobs()]
