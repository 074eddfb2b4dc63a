"""For every unsafe operation of the API a valid request in the world of everybody, by the name it has in OpenAPI."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from chengxin.api import schema
from chengxin.intake import resubmission
from chengxin.intake.models import Submission
from chengxin.rules import held_sets
from tests import disclosures, everybody, factories, filings, screenings
from tests.everybody import World
from tests.factories import CITIZEN, TODAY

SOURCE, TAKER = "system", "taker system"
MATTER_NO, WHY = "苏办〔2026〕118号", "核对许可申请人有无不良记录"
PUSHED_TO = "hall.example"
NO_KEY = {
    "exchange_filing": "a sealed message carries a nonce and is taken once; test_exchange",
    "token": "an assertion is good for one use; test_signed_assertions",
    "revoke": "an assertion is good for one use; a token that is dead stays dead; test_signed_assertions",
}
"""The operations without a token of a client, and so without its keys, with the reason why nothing is done twice."""


class Call(NamedTuple):
    """Where a request goes and what it carries; ``sent`` makes it anew each time, since a file is read up."""

    who: str
    path: str
    sent: Callable[[], dict[str, Any]]

    def by(self, browser: Client, key: str = "") -> HttpResponse:
        """Send it."""
        head = {"Idempotency-Key": key} if key else {}
        return browser.post(f"/api/v1{self.path}", headers=head, **self.sent())


def unsafe() -> dict[str, str]:
    """Return the path of every operation that may change something, by its name."""
    paths = schema.document()["paths"].items()
    return {told["operationId"]: path for path, each in paths for method, told in each.items() if method != "get"}


def body(given: Any) -> Callable[[], dict[str, Any]]:
    """Return what carries a body of JSON."""
    return lambda: {"data": json.dumps(given, default=str), "content_type": "application/json"}


def person(**more: Any) -> dict[str, Any]:
    """Return how the person is named in a body."""
    return {"code_kind": "citizen_id", "code": CITIZEN, "name": disclosures.PERSON_NAME, **more}


def asked(purpose: str = "licensing") -> dict[str, Any]:
    """Return an enquiry about the person."""
    ground = {"purpose": purpose, "statute": disclosures.article(purpose), "matter": disclosures.matter(purpose)}
    return person(subject_kind="person", matter_no=MATTER_NO, reason=WHY, **ground)


def screening() -> dict[str, Any]:
    """Return a screening of the person."""
    ground = {"matter": "high_consumption", "matter_no": MATTER_NO, "statute": screenings.article("high_consumption")}
    return {**ground, "subjects": [person(subject_kind="person")]}


def _order() -> dict[str, Any]:
    ground = {"purpose": "licensing", "statute": disclosures.article("licensing"), "matter_no": MATTER_NO}
    subjects = [{"code": CITIZEN, "name": disclosures.PERSON_NAME}]
    return {
        **ground,
        "subject_kind": "person",
        "code_kind": "citizen_id",
        "reason": everybody.WHY,
        "subjects": subjects,
    }


def _authorisation() -> dict[str, Any]:
    return person(purpose="bank_credit", items=[factories.PENALTY], days=30, once=True)


def _file(name: str, row: dict[str, str]) -> Callable[[], dict[str, Any]]:
    content = filings.as_csv([row])

    def sent() -> dict[str, Any]:
        return {"data": {"item": factories.PENALTY, "file": SimpleUploadedFile(name, content)}}

    return sent


def _archive() -> dict[str, Any]:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo("one.csv"), filings.as_csv([fresh_row(71)]))
    return {"data": {"item": factories.PENALTY, "file": SimpleUploadedFile("一包.zip", made.getvalue())}}


def fresh_row(number: int) -> dict[str, str]:
    """Return a row about the person that was never filed."""
    return filings.PERSON_ROW | {"CF_WSH": f"示黄鹂〔2026〕{number}号"}


def calls(world: World) -> dict[str, Call]:
    """Return a valid request for every operation; what it needs before, is done."""
    return {**_of_reading(world), **_of_watching(world), **_of_filing(world), **_of_receiving(world)}


def _of_reading(world: World) -> dict[str, Call]:
    finished, fresh = world.parts["<order>"]
    return {
        "enquire": Call(TAKER, "/enquiries", body(asked())),
        "issue_report": Call(TAKER, "/reports", body(asked())),
        "ask_approval": Call(TAKER, "/enquiry-approvals", body(asked(everybody.SENSITIVE))),
        "ask_authorisation": Call(TAKER, "/authorisations", body(_authorisation())),
        "place_order": Call(TAKER, "/enquiry-orders", body(_order())),
        "go_on_with_order": Call(TAKER, f"/enquiry-orders/{fresh}/next", body({})),
        "take_results": Call(TAKER, f"/enquiry-orders/{finished}/results", body({})),
    }


def _of_watching(world: World) -> dict[str, Call]:
    matter = {name: each for name, each in screening().items() if name != "statute"}
    told = {"number": world.parts["<uuid:number>"][0], "applied": False, "reason": "对象已履行完毕"}
    return {
        "screen": Call(TAKER, "/screenings", body(screening())),
        "watch": Call(TAKER, "/screenings/portfolio", body(screening())),
        "unwatch": Call(TAKER, "/screenings/portfolio/close", body({"watches": [_watch(world)]})),
        "unwatch_subjects": Call(TAKER, "/screenings/portfolio/remove", body(matter)),
        "screening_webhook": Call(
            TAKER, "/screenings/webhook", body({"url": f"https://{PUSHED_TO}/events", "replay_after": 0})
        ),
        "screening_feedback": Call(TAKER, "/screenings/feedback", body(told)),
    }


def _watch(world: World) -> str:
    registered = Call(TAKER, "/screenings/portfolio", body(screening())).by(world.browser(TAKER))
    return str(registered.json()["watches"]["0"])


def _of_filing(world: World) -> dict[str, Call]:
    record = world.parts["<record>"][0]
    waiting = world.browser(SOURCE).post(
        "/api/v1/submissions", **_file("等.csv", fresh_row(72) | {"CF_XDR_MC": "沈清河"})()
    )
    later, row = next((each, found) for each in Submission.objects.all() for found in resubmission.differing(each))
    confirmed = {"rows": [{"row_no": row.row_no, "number": 1}], "text": "改"}
    corrected = {"fields": {"CF_NR_FK": "0.9"}, "text": "改", "number": 1}
    return {
        "submit": Call(SOURCE, "/submissions", _file("新.csv", fresh_row(73))),
        "submit_archive": Call(SOURCE, "/submissions/archive", _archive),
        "submit_rows": Call(SOURCE, "/submissions/rows", body({"item": factories.PENALTY, "rows": [fresh_row(74)]})),
        "retract_rows": Call(
            SOURCE, f"/submissions/{waiting.json()['id']}/retract", body({"rows": [2], "text": "报错了"})
        ),
        "confirm_differences": Call(SOURCE, f"/submissions/{later.pk}/differences", body(confirmed)),
        "search_own_records": Call(SOURCE, "/records/search", body({"code": CITIZEN})),
        "correct_record": Call(SOURCE, f"/records/{record}/correction", body(corrected)),
        "withdraw_record": Call(
            SOURCE, f"/records/{record}/withdrawal", body({"reason": "mistake", "text": "对象报错"})
        ),
        "undo_withdrawal": Call(SOURCE, f"/records/{record}/withdrawal/undo", body({"text": "撤回有误"})),
    }


def _of_receiving(world: World) -> dict[str, Call]:
    browser, contract = world.browser(TAKER), "GX-" + world.systems[TAKER].client.agency.uscc[-2:]
    page = browser.get("/api/v1/feed/snapshot", {"contract_no": contract}).json()
    total = held_sets.total({})
    held = {"number": page["number"], "count": total.count, "sha256": total.sha256, "contract_no": contract}
    gone = {"through": TODAY - timedelta(days=1), "contract_no": contract}
    numbers = {"numbers": [page["number"]], "contract_no": contract}
    return {
        "verify_held": Call(TAKER, "/feed/verified", body(held)),
        "confirm_deletion": Call(TAKER, "/feed/deletions", body(gone)),
        "confirm": Call(TAKER, "/feed/receipts", body(numbers)),
    }
