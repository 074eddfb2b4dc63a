"""Enquiries that wait are committed together: one commit, one leaf each, and the failure of one is nobody else's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import IntegrityError, connection, connections, transaction
from tests import factories
from tests.disclosures import about_person, answer

from chengxin.accounts.models import Message
from chengxin.accounts.roles import Role
from chengxin.disclosure.models import Access
from chengxin.disclosure.services import Answer, Refused
from chengxin.storage import together
from chengxin.storage.together import NotCommitted, Together

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 8


@pytest.fixture
def officer():
    factories.law()
    factories.record(factories.person())
    return factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))


def at_once(work, count=CROWD):
    """Do the work in so many threads that start together and return what each returned or raised."""
    gate = Barrier(count)

    def one(number):
        gate.wait(timeout=20)
        try:
            return work(number)
        except Exception as fault:
            return fault
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_every_enquiry_of_a_crowd_has_its_own_row_and_leaf(officer):
    given = at_once(lambda _n: answer(about_person(officer)))
    assert all(isinstance(each, Answer) for each in given), given
    assert len({each.entry for each in given}) == len({each.access for each in given}) == CROWD
    assert set(Access.objects.values_list("entry_id", flat=True)) == {each.entry for each in given}


def test_a_refused_enquiry_among_others_is_refused_alone(officer):
    given = at_once(lambda n: answer(about_person(officer, matter_no="" if n % 2 else "苏办〔2026〕9号")))
    assert [type(each) for each in given] == [Answer, Refused] * (CROWD // 2)
    assert Access.objects.filter(outcome="refused", reason_code="no_matter").count() == CROWD // 2


def note(number: int) -> int:
    Message.objects.create(mailbox=factories.user(f"u{number}").pk, kind="x", title=str(number), body="", link="",
                           delivered_at=factories.NOW)  # fmt: skip
    return number


def led(acts, queue=None):
    """Let a first act hold the lead until all the others wait, so that they are committed as one."""
    queue = queue or Together()
    leading, waiting = Event(), Event()

    def first():
        leading.set()
        waiting.wait(timeout=20)
        return "first"

    def call(work):
        try:
            return queue.run(work)
        except Exception as fault:
            return fault
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts) + 1) as pool:
        head = pool.submit(call, first)
        leading.wait(timeout=20)
        rest = [pool.submit(call, act) for act in acts]
        while len(queue._waiting) < len(acts):
            leading.wait(timeout=0.01)
        waiting.set()
        assert head.result(timeout=20) == "first"
        return [each.result(timeout=20) for each in rest]


def test_an_act_that_fails_keeps_nothing_and_hinders_no_other():
    def half_done():
        note(99)
        with transaction.atomic():
            note(98)
        raise IntegrityError("no")

    given = led([lambda: note(1), half_done, lambda: note(2)])
    assert given[0] == 1 and isinstance(given[1], IntegrityError) and given[2] == 2
    assert sorted(Message.objects.values_list("title", flat=True)) == ["1", "2"]


@pytest.mark.parametrize("noticed", [True, False])
def test_a_lost_transaction_is_answered_by_nobody_before_each_is_done_again_alone(noticed):
    tries = []

    def breaks():
        tries.append(1)
        note(len(tries))
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")  # As a database does by itself when the disk is full.
        if noticed:
            raise RuntimeError("disk full")

    given = led([lambda: note(10), breaks, lambda: note(20)])
    assert given[0] == 10 and given[2] == 20 and isinstance(given[1], NotCommitted)
    assert len(tries) == 2  # With the others, then alone.
    assert sorted(Message.objects.values_list("title", flat=True)) == ["10", "20"]
    assert sorted(Message.objects.values_list("title", flat=True)) == ["10", "20"]


def test_what_is_committed_together_is_bounded(monkeypatch):
    monkeypatch.setattr(together, "MOST", 2)
    sizes = []
    whole = together._committed
    monkeypatch.setattr(together, "_committed", lambda acts: sizes.append(len(acts)) or whole(acts))
    assert led([lambda n=n: note(n) for n in range(5)]) == [0, 1, 2, 3, 4]
    assert sizes == [1, 2, 2, 1]
