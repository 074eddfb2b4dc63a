"""The desk of hits when there are hundreds: every one can be reached and answered, and the count is of all."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from tests import factories
from tests.factories import NOW, TODAY
from tests.screenings import THE_FIRM, listing, officer, request

from chengxin.disclosure.models import Access, ScreeningHit
from chengxin.disclosure.screening import services
from chengxin.disclosure.screening.asking import ask
from chengxin.ui.clock import moved_to

pytestmark = pytest.mark.django_db
MANY = 205


@pytest.fixture
def actor():
    """An officer whose unit has 205 hits to answer, all given in one matter after another."""
    factories.law()
    record = listing(factories.firm())
    found = officer()
    ask(request(found, THE_FIRM), now=NOW, today=TODAY)
    access = Access.objects.get()
    rows = [
        ScreeningHit(
            access=access, agency=found.agency, matter="government_procurement", matter_no=f"苏采〔2026〕{n}号",
            record_id=record, at=NOW + timedelta(minutes=n), due_on=TODAY + timedelta(days=7),
        )
        for n in range(100, 100 + MANY - 1)
    ]  # fmt: skip
    ScreeningHit.objects.bulk_create(rows)
    return found


def test_the_last_of_hundreds_is_shown_on_a_page_and_answered(actor):
    browser, last = Client(), ScreeningHit.objects.order_by("-due_on", "-at").first()
    browser.force_login(actor)
    with moved_to(TODAY + timedelta(days=60)):
        first = browser.get("/console/screening/").content.decode()
        assert f"共 {MANY} 条" in first and f"有 {MANY} 条命中逾期" in first and "下一页" in first
        assert last.matter_no not in first
        end = browser.get("/console/screening/?start=200").content.decode()
        assert last.matter_no in end and "上一页" in end and "下一页" not in end
        place = f"/console/screening/feedback/{last.pk}/"
        assert browser.get(place).status_code == 200
        assert browser.post(place, {"applied": "yes", "reason": "", "amount": ""}).status_code == 302
        assert browser.get(place).status_code == 404
        assert browser.get(f"/console/screening/feedback/{uuid4()}/").status_code == 404
    assert services.waiting_count(actor.agency_id) == MANY - 1


def test_another_units_hit_is_not_found_one_by_one_either(actor):
    other = factories.agency()
    assert services.waiting_one(other.pk, ScreeningHit.objects.first().pk, TODAY) is None
    with pytest.raises(services.UnknownHit):
        services.waiting(other.pk, TODAY, after=ScreeningHit.objects.first().pk)
