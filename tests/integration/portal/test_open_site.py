"""The open site: what caches and robots may keep, how often one may ask, and the pages around the records."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta

import pytest
from tests import factories
from tests.factories import FIRM, NOW, TODAY
from tests.integration.portal.conftest import browser

from chengxin.accounts import quota
from chengxin.accounts.models import RateWindow
from chengxin.disclosure import open_data
from chengxin.registry import services as registry
from chengxin.registry.models import Cause

pytestmark = pytest.mark.django_db
LISTED = "JS-SW-01"
WITH_RECORDS = [f"/organisations/{FIRM}/", "/latest/", "/lists/", "/search/?q=栖云"]


@pytest.fixture(autouse=True)
def small(settings, tmp_path):
    settings.VAR, settings.DEMO_DAY = tmp_path, TODAY.isoformat()
    factories.law()
    return factories.record(factories.firm())


@pytest.mark.parametrize("path", [*WITH_RECORDS, "/", "/statistics/", "/open-data/"])
def test_who_has_a_page_already_is_told_so(path):
    first = browser().get(path)
    again = browser().get(path, headers={"if-none-match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert "Cookie" in first["Vary"]
    assert not first.cookies


@pytest.mark.parametrize("path", WITH_RECORDS)
def test_a_page_with_records_is_checked_every_time_and_kept_by_no_search_engine(path):
    answer = browser().get(path)
    assert answer["Cache-Control"] == "public, no-cache"
    assert "noindex" in answer["X-Robots-Tag"]


def test_an_ended_record_is_not_answered_from_a_cache(small):
    path = f"/organisations/{FIRM}/"
    mark = browser().get(path)["ETag"]
    registry.end_record(small, Cause.RESTORED, ref="T-1", now=NOW)
    assert browser().get(path, headers={"if-none-match": mark}).status_code == 200


def test_figures_may_be_kept_for_minutes_but_a_session_never():
    assert browser().get("/statistics/")["Cache-Control"].startswith("public, max-age=")
    assert "X-Robots-Tag" not in browser().get("/statistics/")
    signed_in = browser(factories.user("somebody")).get("/statistics/")
    assert signed_in["Cache-Control"] == "private, no-store"


def test_the_limit_is_told_and_kept_and_the_address_is_not(settings, monkeypatch, clock_stands_still):
    settings.CHENGXIN_QUOTAS = True
    monkeypatch.setattr(quota, "_shares", {})
    monkeypatch.setattr("chengxin.portal.open_site.lawbook", _Limit)
    codes = [browser().get("/latest/", REMOTE_ADDR="192.0.2.7") for _ in range(4)]
    assert [each.status_code for each in codes] == [200, 200, 200, 429]
    assert codes[0]["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert int(codes[3]["Retry-After"]) <= 60
    assert "每分钟最多打开 3 页" in codes[3].content.decode()
    assert browser().get("/latest/", REMOTE_ADDR="192.0.2.8").status_code == 200
    assert "192.0.2" not in repr(list(RateWindow.objects.values()))


class _Limit:
    """A law book with a small limit."""

    @staticmethod
    def current():
        return _Limit

    @staticmethod
    def integer(key, on):
        return 3


def test_lists_hold_organisations_in_force_with_the_way_out_and_go_on_by_cursor(small):
    firm = registry_subject()
    for number in range(23):
        registry.admit_records(
            [factories.draft(firm, item=LISTED, document_no=f"示税〔2026〕{number}号", content={})],
            now=NOW + timedelta(minutes=number),
        )
    person = factories.person()
    factories.record(person, item=LISTED, document_no="示税〔2026〕99号", content={})
    first = browser().get("/lists/?list=serious").content.decode()
    assert first.count("怎样移出") >= 20
    assert [f"示税〔2026〕{n}号" in first for n in (22, 3, 2, 99)] == [True, True, False, False]
    rest = first.split("after=")[1].split('"')[0]
    second = browser().get(f"/lists/?list=serious&after={rest}").content.decode()
    assert [f"示税〔2026〕{n}号" in second for n in (3, 2, 0, 99)] == [False, True, True, False]
    assert "示交罚" not in first + second
    assert "没有组织" in browser().get("/lists/?list=abnormal").content.decode()


def registry_subject():
    from chengxin.registry.selectors import find_organisation

    return find_organisation(FIRM)


def test_an_organisation_shows_when_each_record_ends_and_says_where_there_is_none():
    page = browser().get(f"/organisations/{FIRM}/").content.decode()
    for said in (
        "公示期满，不再显示",
        "每条记录从决定到公示期满",
        "信用承诺：无公示中的记录。",
        "行政许可：无公示中的记录。",
    ):
        assert said in page


def test_a_long_file_goes_on_over_several_pages(monkeypatch):
    monkeypatch.setattr("chengxin.disclosure.publication.MOST_ON_PAGE", 2)
    for number in (2, 3):
        factories.record(registry_subject(), document_no=f"示交罚〔2026〕{number}号")
    first = browser().get(f"/organisations/{FIRM}/").content.decode()
    second = browser().get(f"/organisations/{FIRM}/?part=2").content.decode()
    assert "?part=2" in first
    assert [page.count("公示期是怎么算出来的") for page in (first, second)] == [2, 1]
    assert browser().get(f"/organisations/{FIRM}/?part=x").status_code == 200


def test_open_data_is_given_signed_until_a_record_ends(small):
    assert "文件正在生成" in browser().get("/open-data/").content.decode()
    assert browser().get("/open-data/manifest.json").status_code == 503
    edition = open_data.make(now=NOW, today=TODAY)
    page = browser().get("/open-data/").content.decode()
    name = edition.files[0].name
    assert f"/open-data/{name}" in page
    answer = browser().get(f"/open-data/{name}")
    rows = [json.loads(line) for line in gzip.decompress(b"".join(answer.streaming_content)).splitlines()]
    assert [row["uscc"] for row in rows] == [FIRM]
    assert browser().get(f"/open-data/{name}", headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert browser().get("/open-data/manifest.json").content.decode() == edition.manifest
    assert browser().get("/open-data/manifest.sig").content.decode() == edition.signature
    assert browser().get("/open-data/nothing.gz").status_code == 404
    registry.end_record(small, Cause.RESTORED, ref="T-1", now=NOW)
    for path in (name, "manifest.json", "SHA256SUMS"):
        assert browser().get(f"/open-data/{path}").status_code == 503
    assert browser().get("/open-data/schema.json").status_code == 200


def test_the_statistics_page_draws_the_cities_and_says_the_same_in_a_table():
    for number in range(2, 14):
        factories.record(registry_subject(), document_no=f"示交罚〔2026〕{number}号")
    page = browser().get("/statistics/").content.decode()
    assert page.count('class="city city--') == 13
    for said in ("南京", "苏州", "每千家组织", "行政处罚", "2026-11", "13 条"):
        assert said in page
