"""Reports over HTTP: the signed content says what was looked at, and a first day leaves older decisions out."""

from __future__ import annotations

import json

from tests.disclosures import FIRM_NAME, article
from tests.factories import FIRM
from tests.integration.api.conftest import problem

ASKED = {
    "purpose": "licensing",
    "subject_kind": "organisation",
    "code_kind": "uscc",
    "code": FIRM,
    "name": FIRM_NAME,
    "statute": article("licensing"),
    "matter_no": "苏办〔2026〕118号",
}


def sections(answer) -> dict[str, dict]:
    assert answer.status_code == 200, answer.content
    return {each["code"]: each for each in json.loads(answer.json()["evidence"]["text"])["sections"]}


def test_what_the_purpose_may_not_see_is_said_in_the_signed_content(world):
    found = sections(world.ours.post("/reports", ASKED))
    assert found["honours"]["said_zh"] == "不在本用途可查范围" and found["honours"]["outside"]
    assert len(found["penalties"]["rows"]) == 1


def test_a_first_day_leaves_older_decisions_out(world):
    assert not sections(world.ours.post("/reports", ASKED | {"since": "2026-11-13"}))["penalties"]["rows"]
    problem(world.ours.post("/reports", ASKED | {"since": "2027-01-01"}), 422, "report_period_unfit")
