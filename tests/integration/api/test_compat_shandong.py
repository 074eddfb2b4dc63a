"""A service hall that speaks the four calls of the Shandong platform, from token to feedback; and its refusals."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from django.test import Client
from tests import factories
from tests.factories import CITIZEN, FIRM
from tests.screenings import MATTER_NO, PERSON_NAME, listing

from chengxin.accounts import clients
from chengxin.catalogue import lawbook
from chengxin.disclosure.models import Access, ScreeningFeedback, ScreeningHit
from chengxin.ui import clock

pytestmark = pytest.mark.django_db


class Hall:
    """The hall's own program: it knows the four calls, keeps its token, and writes down what each case came to."""

    def __init__(self, unit: str, client_id: str, secret: str) -> None:
        self.unit, self.client_id, self.secret, self.token = unit, client_id, secret, ""
        self.cases: dict[str, str] = {}

    def call(self, name: str, **fields: str):
        return Client().post(f"/api/compat/shandong/{name}", {**fields, "access_token": self.token})

    def sign_in(self):
        given = {"client_id": self.client_id, "client_secret": self.secret, "grant_type": "client_credentials"}
        answer = self.call("token", **given, resource_provider_id="1")
        self.token = answer.json().get("access_token", "")
        return answer

    def ask(self, case: str = MATTER_NO, **who: str):
        about = {
            "unitId": self.unit,
            "factUnitName": "政务服务大厅",
            "matterCode": "market_entry",
            "matterName": "准入",
        }
        rest = {"powerMaterCode": "P-1", "businessProcessId": case, "systemName": "hall"}
        answer = self.call("query", **{**about, **rest, **who}).json()
        self.cases[case] = answer.get("status", answer["code"])
        return answer

    def report(self, **fields: str):
        return self.call("feedback", fkbm=self.unit, jclb="2", qlbm="P-1", **fields)


@pytest.fixture
def hall(world):
    issued = clients.issue(world.ours.client.agency, ["licensing", "compat_shandong"], world.operator, clock.now())
    return Hall(issued.client.agency.uscc, str(issued.client.line), issued.token)


def hits(answer):
    return [{each.tag: each.text for each in data} for data in ElementTree.fromstring(answer["data"]).iter("data")]


def test_the_four_calls_of_a_hall_from_token_to_feedback(world, hall):
    listing(world.firm)
    assert hall.sign_in().status_code == 200 and hall.token.startswith("cxa_")
    answer = hall.ask(ztmc="", ztlb="1", ztdm=FIRM)
    (found,) = hits(answer)
    assert answer["code"] == "200" and hall.cases == {MATTER_NO: "hit"} and found["mdlb"] and found["sjly"] == "2"
    assert found["qssj"] and found["lryy"].startswith("《") and found["jjtj"] and found["fkqx"] and found["mzbh"]
    assert ElementTree.fromstring(answer["data"]).findtext("jbxx/tyshxydm") == FIRM
    assert Access.objects.get().subject_id == world.firm.id and answer["ledgerEntry"]
    checked = hall.call("check", unitId=hall.unit, factUnitName="大厅", creditCode=FIRM, orgName="").json()
    assert checked["result"].endswith(f"/organisations/{FIRM}/")
    said = {"ztmc": "", "ztlb": "0", "tyshxydm": FIRM, "mdmc": found["mdlb"]}
    assert hall.report(**said).status_code == 400  # Neither a measure nor a reason.
    done = hall.report(**said, csnr="不予准入", sjje="12.50", jcsm="依据名单")
    assert done.json()["count"] == 1 and hall.report(**said, csnr="不予准入").status_code == 404
    row = ScreeningFeedback.objects.get()
    assert row.applied and row.amount_fen == 1250 and row.reason == "不予准入；依据名单"


def test_a_person_needs_number_and_name_and_gets_no_word_back(world, hall):
    listing(world.person)
    hall.sign_in()
    answer = hall.ask(ztmc=PERSON_NAME, ztlb="2", ztdm=CITIZEN)
    assert answer["status"] == "hit" and CITIZEN not in str(answer) and PERSON_NAME not in str(answer)
    named = hall.ask(ztmc=PERSON_NAME, ztlb="2", ztdm="")
    assert named["status"] == "needs_code" and hits(named) == []
    assert hall.ask(ztmc="别人", ztlb="2", ztdm=CITIZEN)["status"] == "no_hit"
    number = hits(answer)[0]["mzbh"]
    assert hall.report(mzbh=number, jcsm="仅变更地址").status_code == 200
    assert not ScreeningFeedback.objects.get().applied and ScreeningHit.objects.count() == 1


def test_the_defects_of_the_original_are_not_repeated(world, hall):
    assert Client().post(f"/api/compat/shandong/token?client_secret={hall.secret}").status_code == 400
    hall.sign_in()
    assert hall.ask(ztlb="1", ztdm=FIRM, unitId=factories.FIRM)["code"] == "400"  # Another unit's name is not borrowed.
    assert hall.ask(ztlb="1", ztdm=FIRM, matterCode="weather")["code"] == "403"
    assert hall.ask(ztlb="7", ztdm=FIRM)["code"] == "400"
    assert Client().get("/api/compat/shandong/query").status_code == 405
    assert hall.call("check", unitId=hall.unit, factUnitName="x", creditCode="", orgName="某公司").status_code == 400
    assert hall.report(mzbh="x", csnr="y").status_code == 404
    assert hall.report(mzbh="", csnr="y", ztlb="0", mdmc="z", tyshxydm=FIRM, sjje="-1").status_code == 400


def test_it_is_off_for_every_client_it_was_not_switched_on_for(world, hall):
    ours = Hall(hall.unit, str(world.ours.client.line), world.ours.token)
    closed, wrong = ours.sign_in(), Hall(hall.unit, hall.client_id, hall.secret + "x").sign_in()
    assert closed.status_code == wrong.status_code == 401 and closed.json() == wrong.json()
    ours.token = world.ours.token
    assert ours.ask(ztlb="1", ztdm=FIRM)["code"] == "401" and not Access.objects.exists()


def test_a_page_is_named_only_where_there_is_one(world, hall):
    hall.sign_in()
    unknown = hall.call("check", unitId=hall.unit, factUnitName="大厅", creditCode="91320199MB00000435").json()
    assert (unknown["code"], unknown["result"], unknown["status"]) == ("200", "", "no_record")
    known = hall.call("check", unitId=hall.unit, factUnitName="大厅", creditCode=FIRM).json()
    assert known["status"] == "found" and Client().get(known["result"]).status_code == 200


def test_a_hall_may_use_its_own_code_of_a_matter(world, hall, monkeypatch):
    listing(world.firm)
    hall.sign_in()
    asked = {"ztmc": "", "ztlb": "1", "ztdm": FIRM, "matterCode": ""}
    assert hall.ask(**asked)["code"] == "403", "nobody has said what P-1 is"
    book = lawbook.library()
    matters = [replace(each, codes=("P-1",)) if each.code == "market_entry" else each for each in book.matters]
    monkeypatch.setattr(lawbook, "library", lambda: replace(book, matters=tuple(matters)))
    assert hall.ask(**asked)["status"] == "hit"
    assert hall.ask(**{**asked, "matterCode": "P-1"})["status"] == "hit"
    both = [replace(each, codes=("P-1",)) for each in book.matters]
    monkeypatch.setattr(lawbook, "library", lambda: replace(book, matters=tuple(both)))
    assert hall.ask(**asked)["code"] == "403", "two matters claim it"
    assert hall.ask(**{**asked, "powerMaterCode": ""})["code"] == "400"
