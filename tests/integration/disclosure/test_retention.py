"""What was given is kept for the contract's days and no longer: counted daily, told, listed late, confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests import factories
from tests.factories import NOW, TODAY

from chengxin.accounts.models import Message
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.disclosure import feed, recipients, retention, snapshot
from chengxin.disclosure.models import Deletion, DeletionDue
from chengxin.disclosure.recipients import Wanted
from chengxin.monitoring import ended
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.ui.clock import moved_to

pytestmark = pytest.mark.django_db
KEPT, GRACE = 100, 10
GIVEN_ON = timezone.localdate(NOW)


def after(days):
    return {"now": NOW + timedelta(days=days), "today": GIVEN_ON + timedelta(days=days)}


@pytest.fixture
def officer(world):
    return factories.user("centre-keep", Role.CENTRE_OPERATOR, of=factories.agency())


@pytest.fixture
def recipient(world, officer):
    """A unit that was given two records of a firm and keeps what it gets for a hundred days."""
    factories.agency(factories.OTHER_AGENCY)
    end = TODAY + timedelta(days=700)
    wanted = Wanted(factories.OTHER_AGENCY, "GX-1", "supervision", TODAY, end, KEPT)
    taker = recipients.add(wanted, actor=officer, now=NOW).recipient
    taker.record = factories.record(world.firm, document_no="示交罚〔2026〕7号")
    feed.collect(NOW, TODAY)
    feed.pull(taker, 0, now=NOW, today=TODAY)
    return taker


def owed(recipient, days):
    found = retention.owed(recipient, after(days)["today"])
    return len(found.until), len(found.late)


def test_a_record_may_be_kept_to_the_last_day_then_it_is_due_then_late(recipient):
    assert [owed(recipient, days) for days in (1, KEPT, KEPT + 1, KEPT + GRACE, KEPT + GRACE + 1)] == [
        (0, 0), (0, 0), (2, 0), (2, 0), (2, 2),
    ]  # fmt: skip


def test_taking_the_whole_set_anew_begins_the_time_anew(recipient):
    snapshot.page(recipient, None, **after(90))
    assert owed(recipient, KEPT + 50) == (0, 0)
    assert owed(recipient, 90 + KEPT + 1) == (2, 0)


def test_what_was_withdrawn_and_applied_is_gone_already(recipient):
    registry.end_record(recipient.record, Cause.RESTORED, ref="T-1", now=NOW)
    feed.collect(NOW, TODAY)
    number = snapshot.newest()
    feed.pull(recipient, number - 1, now=NOW, today=TODAY)
    assert owed(recipient, KEPT + 1) == (2, 0)
    feed.acknowledge(recipient, number, now=NOW, applied=True)
    assert owed(recipient, KEPT + 1) == (1, 0)


def test_after_the_contract_everything_is_due_whatever_the_term(recipient, officer):
    ends = (recipient.until - GIVEN_ON).days
    snapshot.page(recipient, None, **after(ends - 1))
    assert owed(recipient, ends) == (0, 0) and owed(recipient, ends + 1) == (2, 0)
    recipients.disable(recipient.pk, actor=officer, now=NOW + timedelta(days=5))
    assert owed(recipient, 5) == (0, 0) and owed(recipient, 6) == (2, 0)


def test_without_terms_only_the_contract_ends_it(world):
    unit = factories.agency(factories.OTHER_AGENCY)
    taker = feed.contract(unit, "supervision", "GX-0", since=TODAY, until=TODAY + timedelta(days=400))
    feed.collect(NOW, TODAY)
    feed.pull(taker, 0, now=NOW, today=TODAY)
    assert owed(taker, 390) == (0, 0) and owed(taker, 420) == (1, 1)


def test_a_confirmation_settles_what_was_due_by_its_day_and_nothing_later(recipient, officer):
    now = after(KEPT + 5)
    with pytest.raises(retention.NotYetDue):
        retention.deleted(recipient, now["today"], actor=officer, **now)
    done = retention.deleted(recipient, now["today"] - timedelta(days=1), actor=officer, **now)
    assert (done.count, owed(recipient, KEPT + 5)) == (2, (0, 0))
    early = retention.deleted(recipient, GIVEN_ON, actor=officer, **now)
    assert early.count == 0 and Deletion.objects.count() == 2
    snapshot.page(recipient, None, **after(KEPT + 6))
    assert owed(recipient, 2 * KEPT + 8) == (2, 0)


def test_only_the_centre_writes_a_letter_down(recipient, officer):
    clerk = factories.user("clerk-keep", Role.SOURCE_CLERK, of=factories.agency())
    with pytest.raises(NotPermitted):
        retention.deleted_by_letter(recipient, GIVEN_ON, actor=clerk, **after(KEPT + 5))
    assert retention.deleted_by_letter(recipient, GIVEN_ON, actor=officer, **after(KEPT + 5)).count == 0


def test_every_day_is_counted_once_told_when_due_and_daily_when_late(recipient):
    assert retention.run(**after(1)) == 0 and retention.due(after(1)["today"]) == []
    for days in (KEPT + 1, KEPT + 2, KEPT + GRACE + 1, KEPT + GRACE + 2):
        assert (retention.run(**after(days)), retention.run(**after(days))) == (1, 0)
    letters = Message.objects.filter(mailbox=recipient.agency_id, kind="deletion_due")
    assert letters.count() == 3, "once when due, and every day when late"
    assert "GX-1" in letters[0].body and "依据" in letters[0].body
    assert DeletionDue.objects.count() == 5


def test_the_late_are_listed_until_they_confirm(recipient, officer):
    now = after(KEPT + GRACE + 1)
    retention.run(**after(KEPT + 1))
    assert retention.late(after(KEPT + 1)["today"]) == []
    retention.run(**now)
    (late,) = retention.late(now["today"])
    assert (late.contract_no, late.count) == ("GX-1", 2)
    with moved_to(now["today"]):
        assert "GX-1" in Client().get("/laggards/").content.decode()
        retention.deleted(recipient, now["today"] - timedelta(days=1), actor=officer, **now)
        assert "GX-1" not in Client().get("/laggards/").content.decode()
    assert retention.late(now["today"]) == []


def test_the_probe_looks_for_what_is_kept_too_long(recipient):
    assert ended.of_recipient(recipient, **after(KEPT + GRACE)) == []
    wanted = ended.of_recipient(recipient, **after(KEPT + GRACE + 1))
    assert recipient.record in {each.record for each in wanted} and len(wanted) == 2


def test_the_desk_asks_shows_and_keeps_the_letter(recipient, officer):
    browser, place = Client(), f"/console/recipients/{recipient.pk}/"
    browser.force_login(officer)
    with moved_to(after(KEPT + 1)["today"]):
        page = browser.get(place).content.decode()
        assert "还没有报送持有清单" in page and "2 条保存期满" in page
        assert browser.post(place, {"act": "ask"}).status_code == 302
        assert Message.objects.filter(kind="feed_compare").count() == 1
        assert browser.post(place, {"act": "deleted", "through": str(after(KEPT + 1)["today"])}).status_code == 422
        assert (
            browser.post(place, {"act": "deleted", "through": "x"}).status_code == 302 and not Deletion.objects.exists()
        )
        assert browser.post(place, {"act": "deleted", "through": str(after(KEPT)["today"])}).status_code == 302
        assert "没有到期应当删除" in browser.get(place).content.decode()
    assert Deletion.objects.get().by == officer
