"""The pages of portable reports: the holder's own are nobody else's; those for checking are for everybody."""

from __future__ import annotations

import pytest
from tests.integration.portal.conftest import body, browser

from chengxin.disclosure.models import PortableReport
from chengxin.portal import portable as pages
from chengxin.vault import portable_key
from chengxin.vault.sdjwt import jose, statuslist

SHOWN = {"audience": "栖云示范银行", "nonce": "8317", "days": "1"}


@pytest.fixture
def report(town) -> PortableReport:
    """The person's report, issued on the page."""
    answer = browser(town.person_user).post("/mine/portable/", {"days": "5", "own_jwk": ""})
    assert answer.status_code == 302
    return PortableReport.objects.get()


def test_the_holder_issues_chooses_and_withdraws(town, report):
    client, address = browser(town.person_user), f"/mine/portable/{report.pk}/"
    page = client.get(address)
    keys = [option["value"] for group in page.context["groups"] for option in group["options"]]
    assert "no-store" in page.headers["Cache-Control"] and len(keys) > 10
    empty = client.post(address, {**SHOWN, "parts": keys[:1], "audience": ""})
    assert empty.status_code == 422 and "请填写给谁看" in empty.content.decode()
    assert client.post(address, {**SHOWN, "parts": ["x"]}).status_code == 422
    shown = client.post(address, {**SHOWN, "parts": keys[:2]})
    assert shown.context["text"].count("~") == 3 and "no-store" in shown.headers["Cache-Control"]
    assert client.post(f"{address}withdraw/").status_code == 302
    assert "不能再出示" in client.get(address).content.decode()


def test_nobody_else_finds_the_report(town, report):
    for path in (f"/mine/portable/{report.pk}/", f"/mine/portable/{report.pk}/withdraw/"):
        for who in (town.stranger, town.firm_user, town.officer):
            nothing = browser(who).get("/mine/nothing/here/")
            found = browser(who).post(path, {**SHOWN, "parts": ["x"]})
            assert (found.status_code, body(found)) == (404, body(nothing)), path
        assert browser().post(path).headers["Location"].startswith("/sign-in/")
    assert PortableReport.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_open_in_both_languages(town, report, language):
    client = browser(town.person_user)
    for path in ("/mine/portable/", f"/mine/portable/{report.pk}/", "/portable/"):
        assert client.get(path, headers={"accept-language": language}).status_code == 200


def test_a_wrong_wallet_key_is_said_on_the_page(town):
    answer = browser(town.person_user).post("/mine/portable/", {"days": "5", "own_jwk": "{}"})
    assert answer.status_code == 422 and "钱包公钥有误" in answer.content.decode()


def test_anybody_gets_keys_and_lists(town, report):
    client = browser()
    keys = {each["kid"]: jose.key_of(each) for each in client.get("/portable/keys.json").json()["keys"]}
    assert list(keys) == list(portable_key.public_keys())
    answer = client.get("/portable/status/1")
    assert answer.headers["Content-Type"] == pages.LIST_TYPE
    now = int(jose.as_object(answer.content.decode().split(".")[1])["iat"])
    found = statuslist.check(answer.content.decode(), keys, uri="http://testserver/portable/status/1", now=now)
    assert found.at(report.position) == 0
    assert client.get("/portable/status/2").status_code == 404
    issuer = client.get("/.well-known/jwt-vc-issuer").json()
    assert issuer == {"issuer": "http://testserver", "jwks": client.get("/portable/keys.json").json()}


def test_the_offline_page_may_reach_nothing(db, client):
    answer = client.get("/portable/verifier.html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy and "connect-src" not in policy
    text = answer.content.decode()
    assert "http:" not in text and "https:" not in text and "src=" not in text and "innerHTML" not in text
    assert "attachment" in client.get("/portable/verifier.html?download").headers["Content-Disposition"]


def test_the_api_gives_the_same_keys_and_lists(town, report):
    client = browser()
    assert client.get("/api/v1/portable/keys").json() == client.get("/portable/keys.json").json()
    found = client.get("/api/v1/portable/status-lists/1").json()
    payload = jose.as_object(found["token"].split(".")[1])
    assert payload["sub"] == found["uri"] == "http://testserver/portable/status/1"
    assert client.get("/api/v1/portable/status-lists/2").status_code == 404
