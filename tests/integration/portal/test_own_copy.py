"""Taking one's file along: complete, unmasked, signed, checked offline, committed first, and nobody else's."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests import factories
from tests.disclosures import about_person, answer
from tests.factories import CITIZEN, NOW, PENALTY, TODAY
from tests.integration.portal.conftest import browser

from chengxin.accounts.roles import Role
from chengxin.disclosure import authorisations, own_copy, own_file
from chengxin.disclosure.models import Access
from chengxin.disclosure.services import ServiceRefused
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry
from chengxin.registry import hiding
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.rules.identifiers.verdict import CodeKind

VERIFIER = Path(__file__).parents[3] / "verifier" / "chengxin_document.py"


@pytest.fixture
def enquirer(town):
    return factories.user("enquirer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))


def taken(town) -> dict[str, object]:
    return own_copy.whole(town.person.id, town.person_user, now=NOW, today=TODAY).evidence


def text(town) -> dict:
    return json.loads(str(taken(town)["text"]))


def offline(evidence: object, folder: Path) -> int:
    (folder / "copy.json").write_text(json.dumps(evidence), encoding="utf-8")
    command = [sys.executable, str(VERIFIER), str(folder / "copy.json"), "--key", ledger.vkey()]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_it_holds_everything_in_full(town, enquirer):
    contested = factories.record(town.person, document_no="示交罚〔2026〕21号", personal={"CF_XDR_ZJHM": CITIZEN})
    registry.suspend_link(contested, ref="YY-1", now=NOW)
    hidden = factories.record(town.person, document_no="示交罚〔2026〕22号")
    hiding.hide(hidden, Cause.SHIELDED, ref="CZ-1", now=NOW)
    gone = factories.record(town.person, document_no="示交罚〔2026〕23号")
    registry.end_record(gone, Cause.WITHDRAWN, ref="wrong_subject", now=NOW)
    answer(about_person(enquirer))
    answer(about_person(enquirer, "litigation", statute="《民事诉讼法》第七十条"))
    ask = authorisations.Ask("bank_credit", CodeKind.CITIZEN_ID, CITIZEN, "沈清和", (PENALTY,))
    authorisations.ask(ask, enquirer, now=NOW, today=TODAY)
    held = text(town)
    assert held["subject"] == {"kind": "person", "name": "沈清和", "code_kind": "citizen_id", "code": CITIZEN}
    by_number = {each["document_no"]: each for each in held["records"]}
    assert by_number["示交罚〔2026〕21号"]["link_suspended"] and CITIZEN in json.dumps(by_number["示交罚〔2026〕21号"])
    assert all(each["derivation"] and each["why"] for each in held["records"])
    assert [each["record"] for each in held["hidden"]] == [str(hidden)]
    assert [each["record"] for each in held["taken_back"]] == [str(gone)]
    assert "示交罚〔2026〕23号" not in json.dumps(held["taken_back"], ensure_ascii=False)
    assert {each["purpose"] for each in held["looks"]} == {"licensing", "own_file"}
    assert [(each["count"], bool(each["basis"]), bool(each["latest"])) for each in held["withheld"]] == [
        (1, True, True)
    ]
    assert held["authorisations"][0]["state"] == "asked" and held["authorisations"][0]["items"] == [PENALTY]
    assert any("申请查询" in each["title"] for each in held["notices"])


def test_it_is_a_read_and_its_digest_is_a_leaf(town):
    reads = Access.objects.count()
    evidence = taken(town)
    assert Access.objects.count() == reads + 1
    leaf = Entry.objects.latest("pk")
    assert evidence["sha256"] in json.dumps(ledger.proof(leaf.pk, now=NOW))


def test_the_offline_verifier_accepts_it_and_no_altered_one(town, tmp_path):
    evidence = taken(town)
    assert offline(evidence, tmp_path) == 0
    altered = str(evidence["text"]).replace("超限运输货物", "无")
    assert altered != evidence["text"]
    for changed in ({"text": altered}, {"number": "DA1"}, {"sha256": "0" * 64}):
        assert offline(evidence | changed, tmp_path) == 1


def test_without_its_leaf_nothing_is_handed_out(town, monkeypatch):
    def away(*_args, **_kwargs):
        raise RuntimeError("the ledger is away")

    monkeypatch.setattr(ledger, "append", away)
    with pytest.raises(ServiceRefused):
        taken(town)


def test_nobody_else_gets_it(town):
    for stranger in (town.stranger, town.firm_user, town.officer):
        with pytest.raises(Exception) as refusal:
            own_copy.whole(town.person.id, stranger, now=NOW, today=TODAY)
        assert getattr(refusal.value, "code", "") in (own_file.NotYours.code, "not_permitted")
        assert CITIZEN not in browser(stranger).get("/mine/file.json").content.decode()


def test_the_page_leads_to_it_and_it_is_a_file(town):
    client = browser(town.person_user)
    assert "/mine/file.json" in client.get("/mine/").content.decode()
    found = client.get("/mine/file.json")
    assert found.headers["Content-Disposition"].startswith('attachment; filename="DA')
    assert "no-store" in found.headers["Cache-Control"]
    assert json.loads(json.loads(found.content)["text"])["subject"]["name"] == "沈清和"


def test_the_looks_are_a_table_without_formulas(town, enquirer):
    answer(about_person(enquirer, matter_no="=1+1"))
    table = browser(town.person_user).get("/mine/lookups.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table)))
    assert tuple(rows[0]) == own_copy.HEADS and len(rows) == 2
    assert rows[1][1] == "示例单位510" and "'=1+1" in rows[1]


def test_a_withheld_look_is_a_line_with_its_article(town, enquirer):
    answer(about_person(enquirer, "litigation", statute="《民事诉讼法》第七十条"))
    table = own_copy.looks_table(town.person.id, town.person_user, now=NOW).decode("utf-8-sig")
    assert len(table.splitlines()) == 2 and "暂不显示" in table
    later = own_copy.looks_table(town.person.id, town.person_user, now=NOW + timedelta(days=4000))
    assert "暂不显示" not in later.decode("utf-8-sig")
