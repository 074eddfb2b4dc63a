"""Two requests under one key at the same time: one effect, and nobody is told anything else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client
from tests import factories
from tests.api_operations import Call, asked, body

from chengxin.accounts import clients
from chengxin.accounts.roles import Role
from chengxin.disclosure import feed
from chengxin.disclosure.models import Deletion, EnquiryApproval, Report
from chengxin.ui import clock

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "the-same-key-01"


def at_once(work, count=2):
    gate = Barrier(count)

    def one(_number):
        gate.wait(timeout=20)
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.fixture
def system():
    """A unit's system that may enquire, in a database that two threads see."""
    with clock.moved_to(factories.TODAY):
        factories.law()
        factories.record(factories.person())
        unit, operator = factories.agency(factories.OTHER_AGENCY), factories.user("operator", Role.CENTRE_OPERATOR)
        issued = clients.issue(unit, ("licensing", "qualification_review", "feed"), operator, clock.now())
        yield issued


def sender(issued, path, given):
    head = {"Authorization": f"Bearer {issued.token}"}
    return lambda: Call("", path, body(given)).by(Client(headers=head), KEY)


@pytest.mark.parametrize("_round", range(3))
def test_two_requests_for_a_report_at_the_same_time_make_one(system, _round):
    given = at_once(sender(system, "/reports", asked()))
    assert Report.objects.count() == 1
    numbers = {each.json().get("number") for each in given if each.status_code == 200}
    assert numbers == {Report.objects.get().number}
    assert {each.status_code for each in given} <= {200, 503}


@pytest.mark.parametrize("_round", range(3))
def test_two_requests_for_approval_at_the_same_time_make_one(system, _round):
    given = at_once(sender(system, "/enquiry-approvals", asked("qualification_review")))
    assert [each.status_code for each in given] == [200, 200]
    assert {each.json()["id"] for each in given} == {str(EnquiryApproval.objects.get().pk)}


def test_two_confirmations_at_the_same_time_are_written_down_once(system):
    until = factories.TODAY + timedelta(days=9)
    feed.contract(system.client.agency, "supervision", "GX-1", since=factories.TODAY, until=until)
    given = at_once(sender(system, "/feed/deletions", {"through": str(factories.TODAY - timedelta(days=1))}))
    assert [each.status_code for each in given] == [200, 200] and given[0].json() == given[1].json()
    assert Deletion.objects.count() == 1
