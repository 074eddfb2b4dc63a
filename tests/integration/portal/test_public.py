"""The open site: organisations with basis and end, nothing about persons, and no number of a person anywhere."""

from __future__ import annotations

import pytest
from tests import factories
from tests.factories import CITIZEN, FIRM, HONOUR
from tests.integration.portal.conftest import body, browser

from chengxin.disclosure import publication

PAGES = ["/", "/search/", "/latest/", "/catalogue/", "/rights/", "/privacy/", "/about/", "/ledger/", "/reports/verify/"]


@pytest.mark.parametrize(
    "path", [*PAGES, "/search/?q=栖云", "/search/?q=没有的", "/catalogue/JS-CF-01/", f"/organisations/{FIRM}/"]
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_public_page_opens_without_signing_in(town, path, language):
    assert browser().get(path, headers={"accept-language": language}).status_code == 200


def test_a_penalty_is_shown_with_document_basis_authority_and_last_day(town):
    page = browser().get(f"/organisations/{FIRM}/").content.decode()
    for said in ("示交罚〔2026〕1号", "示例省交通运输厅", "超限运输货物", "公示到", "公示期是怎么算出来的"):
        assert said in page
    row = publication.organisation_page(FIRM, factories.TODAY).groups["penalties"][0]
    assert row.until.isoformat() in page
    assert row.basis in page


def test_a_persons_penalty_is_nowhere_on_the_open_site(town):
    for path in [*PAGES, f"/organisations/{FIRM}/"]:
        page = browser().get(path).content.decode()
        assert "示交罚〔2026〕7号" not in page
        assert "沈清和" not in page


def test_a_record_is_gone_the_day_after_its_period(town, settings):
    row = publication.organisation_page(FIRM, factories.TODAY).groups["penalties"][0]
    settings.DEMO_DAY = row.until.isoformat()
    assert "示交罚〔2026〕1号" in browser().get(f"/organisations/{FIRM}/").content.decode()
    settings.DEMO_DAY = row.until.replace(day=row.until.day + 1).isoformat() if row.until.day < 28 else "2031-01-01"
    page = browser().get(f"/organisations/{FIRM}/").content.decode()
    assert "示交罚〔2026〕1号" not in page
    assert "无公示中的记录" in page


def test_an_organisation_is_found_once_under_its_present_name(town):
    factories.firm(FIRM, "栖云望舒食品（集团）有限公司")
    page = browser().get("/search/", {"q": "望舒"}).content.decode()
    assert page.count(f'href="/organisations/{FIRM}/"') == 1
    assert "这是曾用名" not in page


def test_searching_finds_present_and_former_names_and_the_code(town):
    factories.firm(FIRM, "栖云新名食品有限公司")
    former = browser().get("/search/", {"q": "望舒"}).content.decode()
    assert f"/organisations/{FIRM}/" in former
    assert "这是曾用名" in former
    assert "栖云新名" in browser().get("/search/", {"q": FIRM}).content.decode()


@pytest.mark.parametrize(
    "number", [CITIZEN, " ".join(CITIZEN), CITIZEN[:17] + "9", CITIZEN[:6] + CITIZEN[8:17], "13800138000"]
)
def test_a_persons_number_is_refused_and_not_repeated(town, number):
    answer = browser().get("/search/", {"q": number}, follow=True)
    assert answer.redirect_chain == [("/search/?why=personal", 302)]
    page = answer.content.decode()
    assert "这里不能用个人号码查询" in page
    assert number not in page


@pytest.mark.parametrize(
    "path", ["/organisations/91320199MA0000000X/", f"/organisations/{CITIZEN}/", "/catalogue/NONE/", "/nothing/"]
)
def test_unknown_things_give_the_same_missing_page(town, path):
    missing, known = browser().get(path), browser().get("/nowhere/")
    assert missing.status_code == 404
    assert body(missing) == body(known)


def test_small_counts_are_not_shown(town):
    page = browser().get("/").content.decode()
    assert "少于 10" in page


def test_latest_is_grouped_and_paged(town):
    for number in range(25):
        factories.record(
            town.firm,
            item=HONOUR,
            document_no=f"示荣〔2026〕{number}号",
            content={"RY_MC": "示范单位", "RY_YXQ": "2029-12-31"},
        )
    first = browser().get("/latest/?kind=honours").content.decode()
    assert first.count("record-card") >= 20
    assert "示交罚" not in first
    rest = first.split("after=")[1].split('"')[0]
    second = browser().get(f"/latest/?kind=honours&after={rest}").content.decode()
    shown = [{n for n in range(25) if f"示荣〔2026〕{n}号" in page} for page in (first, second)]
    assert (len(shown[0]), len(shown[1]), shown[0] & shown[1]) == (20, 5, set())


def test_the_checkpoint_can_be_downloaded_once_there_is_one(town):
    from chengxin.ledger import services as ledger

    assert browser().get("/ledger/checkpoint").status_code == 404
    ledger.sequence(now=factories.NOW)
    answer = browser().get("/ledger/checkpoint")
    assert answer.content.decode() == ledger.latest_checkpoint().note
    assert bytes(ledger.latest_checkpoint().root).hex()[:8] in browser().get("/ledger/").content.decode().replace(
        "</span><span>", ""
    )


def test_a_report_is_checked_by_number_and_code_without_showing_whose_it_is(town):
    from chengxin.disclosure import report

    made = report.build_own(town.person.id, town.person_user, now=factories.NOW, today=factories.TODAY)
    given = {"number": made.number, "code": made.verify_code}
    page = browser().post("/reports/verify/", given).content.decode()
    assert "有效。" in page
    assert "沈" not in page
    spaced = {"number": " ".join(made.number), "code": made.verify_code.lower()}
    assert "有效。" in browser().post("/reports/verify/", spaced).content.decode()
    wrong = browser().post("/reports/verify/", {**given, "code": "22222222"}).content.decode()
    assert "没有这份报告" in wrong
    factories.record(town.person, document_no="示交罚〔2026〕8号")
    assert "已过时" in browser().post("/reports/verify/", given).content.decode()
