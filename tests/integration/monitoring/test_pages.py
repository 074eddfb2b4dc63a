"""The pages of the desk and of the public over a client: who gets in, what is hidden, what the centre declares."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import factories, standin_site
from tests.factories import NOW, TODAY
from tests.integration.monitoring.conftest import look, yesterday

from chengxin.accounts.roles import Role
from chengxin.disclosure import feed
from chengxin.disclosure.models import Outcome
from chengxin.monitoring import figures, judging
from chengxin.monitoring.models import AuditLook, MonthlyMisuse, Site, Ticket
from chengxin.registry.subjects import give_mandate

PATHS = ("", "reads/", "counts/", "tickets/{ticket}/")


@pytest.fixture
def ticket(desk) -> Ticket:
    give_mandate(desk.officer, desk.person, NOW - timedelta(days=9), capacity="guardian")
    look(desk.officer, desk.person, yesterday())
    judging.run(now=NOW, today=TODAY)
    return Ticket.objects.get()


def client(user) -> Client:
    made = Client()
    made.force_login(user)
    return made


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_nobody_but_an_auditor_reads_the_log(desk, ticket, path, role):
    stranger = factories.user("stranger", role, of=factories.agency("123201990000000350"))
    answer = client(stranger).get(f"/console/monitoring/{path.format(ticket=ticket.pk)}")
    assert answer.status_code == 403
    assert "HC-" not in answer.content.decode() and "苏甲办" not in answer.content.decode()


@pytest.mark.parametrize("path", PATHS)
def test_no_page_of_the_desk_names_the_subject(desk, ticket, path):
    text = client(desk.first).get(f"/console/monitoring/{path.format(ticket=ticket.pk)}").content.decode()
    assert "沈清和" not in text and factories.CITIZEN not in text


def test_a_ticket_of_another_unit_and_one_that_does_not_exist_look_alike(desk, ticket):
    Ticket.objects.update(state="asked")
    stranger = factories.user("stranger", Role.ENQUIRER, of=factories.agency("123201990000000350"))
    theirs = client(stranger).get(f"/console/monitoring/asked/{ticket.pk}/")
    none = client(stranger).get("/console/monitoring/asked/999999/")
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert theirs.content.decode().split("<main")[1] == none.content.decode().split("<main")[1]


def test_filters_take_no_free_text(desk, ticket):
    found = client(desk.first).get("/console/monitoring/reads/", {"unit": "x", "purpose": "320199198002290012"})
    assert found.status_code == 200
    assert "320199198002290012" not in found.content.decode().split("<main")[1]
    assert AuditLook.objects.get().asked == {}


def test_a_step_by_post_and_a_refused_one_says_why(desk, ticket):
    act = f"/console/monitoring/tickets/{ticket.pk}/act/"
    client(desk.first).post(act, {"act": "ask", "version": "1"})
    assert Ticket.objects.get().state == "asked"
    answer = client(desk.second).post(act, {"act": "ask", "version": "1"}, follow=True)
    assert "他人已先办理" in answer.content.decode()


def test_small_counts_are_hidden_and_the_figures_of_a_day_stay(desk, ticket):
    for minute in range(12):
        look(desk.officer, None, yesterday(minute / 60), matter=f"苏甲办〔2026〕7{minute}号", outcome=Outcome.NO_FILE)
    kept = figures.make(now=NOW, today=TODAY)
    assert [line.counts[0] for line in kept.reads] == [13]
    assert [line.counts for line in kept.rules] == [(None, 0, 0, 0)]
    look(desk.officer, None, yesterday(), matter="苏甲办〔2026〕99号", outcome=Outcome.NO_FILE)
    assert figures.make(now=NOW, today=TODAY) == kept
    assert not figures.missing(TODAY) and MonthlyMisuse.objects.count() == 1


def test_months_do_not_give_away_a_total_that_the_table_by_unit_hides(desk):
    other = factories.user("other", Role.ENQUIRER, of=factories.agency("123201990000000350"))
    for minute in range(9):
        look(desk.officer, None, yesterday(minute / 60), matter=f"苏甲办〔2026〕{minute}号", outcome=Outcome.NO_FILE)
    look(other, None, yesterday(), matter="苏乙办〔2026〕1号", outcome=Outcome.REFUSED, reason_code="no_matter")
    assert [line.counts for line in figures.make(now=NOW, today=TODAY).reads] == [(None, None)]


def test_the_public_pages_show_the_review_and_offer_its_tables(desk, ticket):
    figures.make(now=NOW, today=TODAY)
    page = Client().get("/transparency/").content.decode()
    assert "违规查询核查" in page and "officer" not in page
    table = Client().get("/transparency/reviews-rule.csv")
    assert table.status_code == 200 and "查询亲属或者代理关系人" in table.content.decode()
    assert "网页上仍能查到的" in Client().get("/laggards/").content.decode()


def test_the_centre_declares_a_page_and_has_it_looked_at(desk, settings):
    taker = feed.contract(desk.unit, "supervision", "GX-1", since=TODAY, until=TODAY + timedelta(days=900))
    centre = client(factories.user("centre", Role.CENTRE_OPERATOR, of=desk.first.agency))
    with standin_site.running() as site:
        settings.CHENGXIN_PROBE_HOSTS = [site.host]
        site.put("/list/", "没有内容")
        path = f"/console/recipients/{taker.pk}/"
        refused = centre.post(path, {"act": "declare", "page": "https://elsewhere.example/"})
        assert refused.status_code == 422 and not Site.objects.exists()
        centre.post(path, {"act": "declare", "page": site.url()})
        answer = centre.post(path, {"act": "probe"}, follow=True).content.decode()
    assert "已查看 1 页，查到 0 条。" in answer
