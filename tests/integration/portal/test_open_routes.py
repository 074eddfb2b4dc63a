"""Every page anybody may open is counted, says so, and tells caches and robots what they may keep."""

from __future__ import annotations

import pytest
from django.urls import get_resolver
from tests import factories
from tests.factories import FIRM, NOW, TODAY
from tests.integration.portal.conftest import browser

from chengxin.accounts import quota
from chengxin.disclosure import open_data

pytestmark = pytest.mark.django_db
PARTS = {
    "<str:uscc>": FIRM,
    "<str:code>": "JS-CF-01",
    "open-data/<str:name>": "open-data/manifest.json",
    "<str:number>/<str:verify_code>": "NOBODY/0000",
    "<slug:name>": "agencies",
    "<int:number>": "1",
}
# These are doors and not pages: each limits attempts by itself, or belongs to a machine in a hall.
DOORS = {"sign-in/", "sign-out/", "demo/", "kiosk/", "kiosk/print/", "kiosk/leave/"}
FORMS = ("/reports/verify/", "/documents/verify/", "/progress/")


def public() -> list[str]:
    """Return the address of every route of the portal but those of somebody's own pages and the doors."""
    routes = [str(each.pattern) for each in get_resolver("chengxin.portal.urls").url_patterns]
    return ["/" + filled(route) for route in routes if not route.startswith("mine/") and route not in DOORS]


def filled(route: str) -> str:
    for part, value in PARTS.items():
        route = route.replace(part, value)
    return route


@pytest.fixture(autouse=True)
def town(settings, tmp_path, monkeypatch):
    settings.VAR, settings.DEMO_DAY = tmp_path, TODAY.isoformat()
    settings.CHENGXIN_QUOTAS = True
    monkeypatch.setattr(quota, "_shares", {})
    factories.law()
    factories.record(factories.firm())
    open_data.make(now=NOW, today=TODAY)


def test_every_open_route_is_counted_and_tells_the_limit():
    addresses = public()
    assert len(addresses) > 20
    assert not [address for address in addresses if "<" in address], "a new kind of part: add it to PARTS"
    answers = {address: browser().get(address) for address in addresses}
    assert not {address for address, answer in answers.items() if "RateLimit-Policy" not in answer}
    assert not {address for address, answer in answers.items() if not answer.get("Cache-Control")}


@pytest.mark.parametrize("address", ["/organisations/91320199MA99999999/", "/catalogue/JS-XX-99/", "/open-data/x.gz"])
def test_a_missing_page_is_counted_too_and_kept_by_nobody(address):
    answer = browser().get(address)
    assert (answer.status_code, answer["Cache-Control"]) == (404, "private, no-store")
    assert "RateLimit-Policy" in answer
    assert "没有找到这一页" in answer.content.decode()


@pytest.mark.parametrize("address", FORMS)
def test_the_answer_to_something_typed_is_kept_by_no_cache(address):
    given = {"number": "A-1", "code": "B-2", "sha256": "0" * 64, "signature": "00"}
    answer = browser().post(address, given)
    assert answer.status_code in (200, 422)
    assert "no-store" in answer["Cache-Control"]
    assert "RateLimit-Policy" in answer
    assert "no-store" in browser().get(address)["Cache-Control"], "a form holds a token of its session"


def test_the_newest_head_of_the_log_is_asked_for_every_time():
    assert browser().get("/ledger/checkpoint")["Cache-Control"] == "public, no-cache"


def test_uploads_for_checking_are_limited_like_pages(monkeypatch, clock_stands_still):
    monkeypatch.setattr("chengxin.portal.open_site.lawbook", _Limit)
    codes = [browser().post("/reports/verify/", {}, REMOTE_ADDR="192.0.2.7").status_code for _ in range(3)]
    assert codes == [422, 422, 429]


class _Limit:
    """A law book with a small limit."""

    @staticmethod
    def current():
        return _Limit

    @staticmethod
    def integer(key, on):
        return 2
