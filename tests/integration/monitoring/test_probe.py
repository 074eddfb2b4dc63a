"""The compliance probe against a stand-in site: what it looks for, what it keeps, when something is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories, standin_site
from tests.factories import NOW, TODAY

from chengxin.accounts.models import Message
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.disclosure import feed
from chengxin.monitoring import ended, fetching, probing, showing
from chengxin.monitoring.fetching import PageNotAllowed
from chengxin.monitoring.models import Probe, Trace
from chengxin.registry import services as registry
from chengxin.registry.models import Cause

LATER = timedelta(days=30)
NUMBER = "示交罚〔2026〕77号"
NAME = "栖云望舒食品有限公司"


@pytest.fixture
def site(settings):
    with standin_site.running() as running:
        settings.CHENGXIN_PROBE_HOSTS = [running.host]
        yield running


@pytest.fixture
def recipient(db, site):
    """A recipient that was given a firm's penalty, and has declared its public page."""
    factories.law()
    firm = factories.firm()
    factories.person()
    record = factories.record(firm, document_no=NUMBER)
    factories.record(firm, document_no="示交罚〔2026〕78号", content=factories.penalty_content(600_000))
    taker = feed.contract(
        factories.agency(factories.OTHER_AGENCY), "supervision", "GX-2026-1", since=TODAY, until=TODAY + timedelta(900)
    )
    feed.collect(NOW, TODAY)
    feed.pull(taker, 0, now=NOW, today=TODAY)
    taker.centre = factories.user("centre", Role.CENTRE_OPERATOR, of=factories.agency())
    taker.record = record
    probing.declare(taker.pk, site.url(), actor=taker.centre, now=NOW)
    return taker


def withdraw(record):
    registry.end_record(record, Cause.WITHDRAWN, ref="TEST", now=NOW)
    feed.collect(NOW, TODAY)


def look(recipient, after=LATER):
    return probing.probe(recipient.pk, now=NOW + after, today=TODAY + after)


def test_a_record_that_stands_is_not_looked_for(recipient, site):
    site.put("/list/", f"<p>{NUMBER}</p>")
    assert look(recipient).sought == 0
    assert not Trace.objects.exists()


def test_a_withdrawn_record_is_found_by_its_number_however_it_is_printed(recipient, site):
    withdraw(recipient.record)
    site.put("/list/", "<table><td>示交罚【２０２６】 77 号</td></table>")
    done = look(recipient)
    assert (done.pages, done.sought, done.found, done.whole) == (1, 1, 1, True)
    trace = Trace.objects.get()
    assert (trace.kind, trace.record_id, trace.length) == ("document", recipient.record, 12)
    assert [each.contract_no for each in showing.showing()] == ["GX-2026-1"]


def test_there_is_time_to_carry_a_withdrawal_out(recipient, site):
    withdraw(recipient.record)
    site.put("/list/", NUMBER)
    assert look(recipient, timedelta(hours=1)).sought == 0


def test_a_name_alone_proves_nothing(recipient, site):
    withdraw(recipient.record)
    site.put("/list/", NAME)
    look(recipient)
    assert not Trace.objects.exists()  # The firm has another record that may be shown.


def test_a_name_without_any_record_left_is_for_people_to_look_at(recipient, site):
    for each in ended.of_recipient(recipient, NOW, TODAY + timedelta(days=9000)):
        assert each.names == (NAME,)
    site.put("/list/", NAME)
    look(recipient, timedelta(days=9000))
    assert {trace.kind for trace in Trace.objects.all()} == {"name"}
    assert showing.showing() == []


def test_pages_beneath_the_declared_address_are_read_and_none_elsewhere(recipient, site):
    withdraw(recipient.record)
    site.put("/list/", '<a href="b.html">二</a><a href="/secret/">x</a><a href="http://127.0.0.1:9/">y</a>')
    site.put("/list/b.html", NUMBER)
    assert look(recipient).found == 1
    assert site.asked == ["/list/", "/list/b.html"]


def test_a_redirect_is_not_followed(recipient, site):
    withdraw(recipient.record)
    site.put("/list/", "", status=302, Location=site.url("/inside/"))
    done = look(recipient)
    assert (done.failure, done.pages, done.whole) == ("http_302", 0, False)
    assert site.asked == ["/list/"]


def test_what_is_no_longer_shown_is_gone_only_when_every_page_was_read(recipient, site):
    withdraw(recipient.record)
    site.put("/list/", NUMBER)
    look(recipient)
    site.put("/list/", "", status=500)
    look(recipient, LATER + timedelta(days=1))
    assert Trace.objects.get().gone_at is None
    site.put("/list/", "没有内容")
    look(recipient, LATER + timedelta(days=2))
    assert Trace.objects.get().gone_at == NOW + LATER + timedelta(days=2)
    assert showing.showing() == []


def test_nothing_of_the_page_is_kept_but_its_digest_and_the_place(recipient, site):
    withdraw(recipient.record)
    site.put("/list/", f"<p>{NUMBER} 法定代表人沈清和 320199198002290012</p>")
    done = look(recipient)
    kept = f"{vars(done)}{vars(Trace.objects.get())}{bytes(done.entry.body)!r}"
    assert "沈清和" not in kept and "320199198002290012" not in kept and "示交罚" not in kept


def test_who_still_shows_something_is_reminded_once_a_day(recipient, site):
    withdraw(recipient.record)
    site.put("/list/", NUMBER)
    today = TODAY + LATER
    assert probing.run(now=NOW + LATER, today=today) == 1
    assert probing.run(now=NOW + LATER, today=today) == 0
    assert showing.remind(now=NOW + LATER, today=today) == 1
    assert showing.remind(now=NOW + LATER, today=today) == 0
    assert Message.objects.filter(kind="still_shown", mailbox=recipient.agency_id).count() == 1
    assert Probe.objects.count() == 1


def test_only_the_centre_declares_and_only_hosts_on_the_list(recipient):
    with pytest.raises(PageNotAllowed):
        probing.declare(recipient.pk, "https://elsewhere.example/", actor=recipient.centre, now=NOW)
    with pytest.raises(NotPermitted):
        probing.declare(recipient.pk, "", actor=factories.user("nobody", Role.ENQUIRER), now=NOW)


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "https://user:pw@127.0.0.1/", "file:///etc/passwd", "https://127.0.0.1:99999/", ""],
)
def test_an_address_off_the_list_is_never_asked(site, url):
    assert fetching.get(url).failure == "not_allowed"
    assert site.asked == []


def test_a_page_too_large_or_of_another_kind_is_not_read(site, monkeypatch):
    site.put("/list/", "{}", Content_Type="application/json")
    assert fetching.get(site.url()).failure == "not_a_page"
    monkeypatch.setattr(fetching, "MOST_READ", 10)
    site.put("/list/", "x" * 11)
    assert fetching.get(site.url()).failure == "too_large"
