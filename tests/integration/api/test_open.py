"""What anyone may ask without a token: the catalogue, organisations, proofs, reports. Never a person."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from django.test import Client
from tests import factories
from tests.disclosures import about_firm
from tests.factories import CITIZEN, FIRM, NOW, TODAY
from tests.integration.api.conftest import problem

from chengxin.accounts.roles import Role
from chengxin.api import catalogue, schema
from chengxin.catalogue import lawbook
from chengxin.disclosure import report
from chengxin.ledger import services as ledger
from chengxin.registry import services as registry
from chengxin.rules.identifiers.orgcode import org_check_char
from chengxin.rules.identifiers.uscc import uscc_check_char

pytestmark = pytest.mark.django_db


def get(path: str, **query: str):
    return Client().get(f"/api/v1{path}", query)


def test_the_catalogue_names_the_law_behind_every_item(world):
    body = get("/catalogue").json()
    assert body["as_of"] == TODAY.isoformat()
    assert {item["code"] for item in body["items"]} >= {"JS-CF-01", "JS-XK-01"}
    assert all(item["basis"] and item["publicity"] for item in body["items"])


def test_the_empty_table_of_an_item_can_be_had(world):
    answer = get("/catalogue/JS-XK-01/template.xlsx")
    assert answer.headers["Content-Type"] == catalogue.XLSX
    assert "template-JS-XK-01.xlsx" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == [field.zh for field in lawbook.layout("xk").fields]
    problem(get("/catalogue/JS-NO-99/template.xlsx"), 404, "not_found")
    problem(get("/catalogue/js/template.xlsx"), 422, "invalid")
    operation = schema.document()["paths"]["/api/v1/catalogue/{item}/template.xlsx"]["get"]
    assert list(operation["responses"]["200"]["content"]) == [catalogue.XLSX]


def test_an_organisation_is_found_by_name_and_code(world):
    assert [each["uscc"] for each in get("/organisations", q="望舒").json()["items"]] == [FIRM]
    assert [each["uscc"] for each in get("/organisations", q=FIRM).json()["items"]] == [FIRM]


def test_search_pages_through_namesakes(world):
    for number in range(25):
        factories.firm(_code(number), f"同名示例商贸{number:02}有限公司")
    first = get("/organisations", q="同名示例").json()
    second = get("/organisations", q="同名示例", cursor=first["next_cursor"]).json()
    names = [each["name"] for each in first["items"] + second["items"]]
    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (20, 5, "")
    assert len(set(names)) == 25


def _code(number: int) -> str:
    inner = f"MA{number:06}"
    start = "91320199" + inner + org_check_char(inner)
    return start + uscc_check_char(start)


def test_a_page_shows_basis_end_and_marks(world):
    record = factories.record(world.firm, document_no="示交罚〔2026〕5号")
    registry.annotate(record, "disputed", ref="YY-1", now=NOW)
    body = get(f"/organisations/{FIRM}").json()
    shown = next(each for each in body["records"] if each["record"] == str(record))
    assert shown["disputed"] and shown["until"] and shown["basis"].startswith("《")
    assert body["count"] == 2


def test_an_unknown_organisation_is_not_found(world):
    problem(get("/organisations/91320199MA00000T4W"), 404, "not_found")


def test_no_person_is_found_by_name_number_or_list(world):
    assert get("/organisations", q="沈清和").json()["items"] == []
    problem(get("/organisations", q=CITIZEN), 422, "personal_number_in_address")
    problem(get(f"/organisations/{CITIZEN}"), 404, "not_found")
    owners = {each["owner_uscc"] for each in get("/latest").json()["items"]}
    assert owners == {FIRM}


def test_latest_by_heading(world):
    assert len(get("/latest", kind="penalties").json()["items"]) == 1
    assert get("/latest", kind="honours").json()["items"] == []
    problem(get("/latest", kind="persons"), 422, "invalid")
    problem(get("/latest", cursor="abc"), 422, "invalid")


def test_checkpoint_and_proof_without_payload(world):
    problem(get("/ledger/checkpoint"), 404, "not_found")
    ledger.sequence(now=NOW)
    head = get("/ledger/checkpoint").json()
    proof = get("/ledger/entries/0/proof").json()
    assert proof["size"] == head["size"] and proof["checkpoint"] == head["note"]
    assert not {"payload", "payload_text", "salt"} & set(proof)
    problem(get(f"/ledger/entries/{head['size']}/proof"), 404, "not_found")
    problem(get("/ledger/entries/-1/proof"), 422, "invalid")
    problem(get("/ledger/entries/99999999999999999999/proof"), 422, "invalid")


def test_a_report_is_checked_with_number_and_code(world):
    officer = factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    made = report.build(about_firm(officer), now=NOW, today=TODAY)
    assert get("/reports/verify", number=made.number, code=made.verify_code).json()["validity"] == "valid"
    wrong = get("/reports/verify", number=made.number, code="22222222").json()
    assert wrong == get("/reports/verify", number="XB1", code="22222222").json()
    assert wrong["validity"] == "unknown"
    factories.record(world.firm, document_no="示交罚〔2026〕6号")
    assert get("/reports/verify", number=made.number, code=made.verify_code).json()["validity"] == "superseded"


def test_the_list_of_operations_needs_no_script(world):
    page = Client().get("/api/").content.decode()
    assert all(path in page for path in schema.document()["paths"])
    assert "swagger" not in page.lower() and "http://" not in page and "https://" not in page


def test_the_document_is_served_as_generated(world):
    served = Client().get("/api/openapi.json")
    assert json.loads(served.content) == schema.document()
    assert schema.document()["openapi"].startswith("3.1")


@pytest.mark.parametrize("path", ["/api/v1/persons", "/api/v2", "/api/docs", f"/api/v1/persons/{CITIZEN}"])
def test_what_is_nowhere_is_a_problem_too(world, path):
    assert CITIZEN not in json.dumps(problem(Client().get(path), 404, "not_found"))


def test_a_method_that_is_not_allowed_is_a_problem(world):
    response = Client().delete("/api/v1/catalogue")
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET"
