"""Every address of the product: what speaks of a person leaves its leaf or says nothing, and strangers see nothing.

The addresses come from the URL map. One that is in none of the tables below fails: whoever adds a page says here
whether it speaks of a person. What speaks of one is found out by opening it, not by the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.contrib.messages import get_messages
from tests import disclosures, everybody, screenings
from tests.everybody import PART, SONG, WORDS, World, filled, routes
from tests.factories import CITIZEN
from tests.visited import as_in_a_test, broken_ledger, world_for_a_module

from chengxin.ledger.models import Entry

pytestmark = pytest.mark.django_db
ROUTES = list(routes())
world = world_for_a_module
# Opened by those who may, these show a person's data: a leaf each, or nothing.
LEAVES = {
    "portal": "mine record objection restoration lookups report kiosk_print report_sheet report_data "
    "mine_portable_report whole_file lookups_table",
    "console": "case counter:visit power intake:record intake:correct intake:lineage intake:question intake:grid "
    "intake:returned intake:annotated intake:differences",
    "api": "one traced differences",
}
# These answer a form or a body; ASKED below asks each of them, or names the test that does.
BY_POST = {
    "console": "enquiry_ask screening_ask report_ask enquiry_order_results",
    "api": "enquire screen issue go_on take",
    "compat": "shandong_query",
}
ELSEWHERE = {
    "portal:case_evidence": "hands a paper in; test_materials",
    "portal:authorisation_decide": "grants or refuses; test_c12_consent",
    "api:withdraw": "test_c09_no_leaf_no_own_record",
    "api:undo": "test_c09_no_leaf_no_own_record",
    "api:correct": "test_c09_no_leaf_no_own_record",
    "api:confirm": "test_c09_no_leaf_no_own_record",
    "console:report_archive": "of organisations only; each sheet is another read, committed before its bytes leave",
}
# Whoever opens these is shown no word of the file of another person, nor a word of their own but their name.
SILENT = {
    "portal": "home comment search organisation latest catalogue item rights privacy about laggards ledger checkpoint "
    "verifier_key check_report progress transparency transparency_csv sign_in choose record_receipt "
    "lists statistics open_data open_data_file "
    "lookup_receipt authorisations authorisation authorisation_artefact "
    "inbox inbox_read inbox_open cases case case_step "
    "material check_document paper paper_evidence erasures erasure erasure_proof erasure_step "
    "reorganisations reorganisation reorganisation_step agents agent_withdraw contacts sign_out "
    "demonstration check_report_at kiosk kiosk_leave report_withdraw portable portable_keys "
    "portable_verifier portable_status portable_issuer mine_portable mine_portable_withdraw",
    "console": "home cases case_load kinds kind reorganisations reorganisation reorganisation_action case_clock "
    "case_document case_material case_action clients new_client client new_client_key end_client_key "
    "new_peer peer erasures paper power_proof erasure erasure_action effects unasked_effects case_effects "
    "catalogue catalogue_open catalogue_comment catalogue_answer catalogue_new catalogue_change "
    "catalogue_edit catalogue_step counter:start "
    "counter:objection counter:restoration counter:act counter:print enquiry enquiry_authorisations "
    "enquiry_ask_authorisation intake:home intake:blank intake:mapping intake:mapping_file intake:mapping_rehearsal "
    "intake:mapping_change intake:questions intake:question_answer intake:records intake:withdraw_file "
    "intake:withdraw intake:undo intake:subjects intake:subject_change intake:subject_split "
    "intake:uploads intake:upload intake:give_up intake:result intake:receipt intake:own_file intake:retract "
    "intake:trial_copy quality quality_table "
    "quality_count quality_issue quality_paper quality_data quality_agency quality_file_table "
    "quality_duties quality_points recipients new_recipient recipient screening screening_feedback "
    "screening_portfolio screening_portfolio_add screening_portfolio_remove screening_portfolio_replay "
    "screening_portfolio_hook "
    "outreach cancel_duty duty_review enquiry_approvals enquiry_approval enquiry_orders enquiry_order_new "
    "enquiry_protected enquiry_protect enquiry_unprotect enquiry_protection enquiry_authorisation_artefact "
    "enquiry_order enquiry_order_go_on monitoring monitoring_reads monitoring_counts monitoring_ticket "
    "monitoring_act monitoring_subject monitoring_asked monitoring_explain reports report_batch_new "
    "report_batch",
    "compat": "shandong_token shandong_feedback shandong_check",
    "api": "index openapi problems problem catalogue search organisation latest watch listed unwatch remove "
    "events webhook_state webhook feedback submit submit_archive submit_rows submission retract receipt findings "
    "whole compare to_delete delete waiting "
    "own_records file feed checkpoint by_index by_entry verify token revoke nowhere keys status_list "
    "open_data ask_approval see_approval place_order see_order ask_authorisation list_authorisations see_authorisation "
    "template",
    "ui": "catalogue",
    "": "set_language",
}


def names(table: dict[str, str]) -> set[str]:
    return {f"{space}:{name}" if space else name for space, words in table.items() for name in words.split()}


SINGING, SILENT_ONES = names(LEAVES), names(SILENT)
NOT_OPENED = {"portal:sign_out", "portal:demonstration", "set_language", "api:nowhere"}
READERS = {
    "compat": ("system",),
    "portal": ("anyone", "person"),
    "console": ("centre", "reviewer", "decider", "auditor", "enquirer", "clerk"),
    "api": ("system",),
    "ui": ("anyone",),
}
STRANGERS = {
    "compat": ("other system",),
    "portal": ("anyone", "other person", "other firm"),
    "console": ("anyone", "other person", "other clerk", "other enquirer", "other auditor", *everybody.FAR_OFFICE),
    "api": ("other system",),
}
NOBODY = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "987654321"}
NUMBERED = re.compile(r"[0-9a-f-]{36}|\d+")
SECRETS = re.compile(r'(csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|csrf-token" content="[^"]+")')


@dataclass(frozen=True)
class Opened:
    """Who opened what; whether a leaf was left, and whether the answer sang."""

    name: str
    who: str
    path: str
    left: bool
    sang: bool


def sang(answer: Any, who: str) -> bool:
    """Tell whether an answer holds a word of the person's file; to the person, their name is no secret."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = everybody.unpacked(body).decode(errors="replace")
    if "json" in answer.headers.get("Content-Type", ""):
        text = text.encode().decode("unicode_escape", errors="replace") if "\\u" in text else text
    return bool(SONG.search(text.replace(disclosures.PERSON_NAME, "") if who == "person" else text))


@pytest.fixture(scope="module")
def opened(world: World) -> list[Opened]:
    """Open every address as everybody who has business there."""
    return [each for name, pattern in ROUTES if name not in NOT_OPENED for each in _open(world, name, pattern)]


def _open(world: World, name: str, pattern: str) -> Iterator[Opened]:
    paths = filled(pattern, lambda part: WORDS.get(part) or world.parts.get(part, []))
    for who in READERS[name.split(":")[0]]:
        browser = world.browser(who)
        for path in paths:
            before = Entry.objects.count()
            with as_in_a_test():
                answer = browser.get(path)
                yield Opened(name, who, path, Entry.objects.count() > before, sang(answer, who))
            if answer.status_code == 405:
                return


def test_every_address_is_classified_once():
    known = [SINGING, names(BY_POST), set(ELSEWHERE), SILENT_ONES]
    assert {name for name, _ in ROUTES} <= set().union(*known), (
        "say in this file whether these addresses speak of a person"
    )
    assert sum(map(len, known)) == len(set().union(*known))


def test_every_kind_of_object_exists_in_the_world(world):
    unknown = {part for _, pattern in ROUTES for part in PART.findall(pattern)} - set(WORDS)
    assert {part for part in unknown if not world.parts.get(part)} <= {"<rest>", *EMPTY}


# Objects of which the world has none; what shows them says nothing of the person, as the test named says.
EMPTY = {"<int:document_id>": "a paper of a decided case; test_canary opens them"}


def test_what_speaks_of_a_person_is_what_the_table_says_and_leaves_its_leaf(opened):
    assert {(each.name, each.who) for each in opened if each.sang and not each.left} == set()
    assert {each.name for each in opened if each.left and each.sang} <= SINGING
    assert {each.name for each in opened if each.sang} & SILENT_ONES == set()


def test_without_its_leaf_no_address_speaks_of_a_person(world, opened):
    spoken = [each for each in opened if each.left]
    assert {each.name for each in spoken} >= {"portal:mine", "console:case", "console:intake:record", "api:one"}
    wrong = []
    for each in spoken:
        with as_in_a_test(), broken_ledger():
            answer = world.browser(each.who).get(each.path)
            if answer.status_code != 503 or sang(answer, ""):
                wrong.append((each.name, each.who, answer.status_code))
    assert wrong == []


LAWFUL = {"matter_no": "苏办〔2026〕118号", "name": disclosures.PERSON_NAME, "reason": "核对许可申请人有无不良记录"}
CODED = {"code_kind": "citizen_id", "code": CITIZEN, "subject_kind": "person"}


def bodies(world: World) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return for every address of BY_POST who asks and what."""
    ground = {"purpose": "licensing", "statute": disclosures.article("licensing")}
    finished, fresh = world.parts["<order>"]
    own_list = f"/console/enquiry/orders/{world.parts['<uuid:order_id>'][0]}/results/"

    screening = {
        "matter": "high_consumption",
        "matter_no": LAWFUL["matter_no"],
        "statute": screenings.article("high_consumption"),
        "subjects": [{**CODED, "name": disclosures.PERSON_NAME}],
    }
    return {
        "console:enquiry_ask": ("enquirer", "/console/enquiry/ask/licensing/", {**LAWFUL, **CODED, **ground}),
        "console:screening_ask": (
            "enquirer",
            "/console/screening/ask/high_consumption/",
            {
                **CODED,
                "matter_no": LAWFUL["matter_no"],
                "statute": screening["statute"],
                "lines": f"{CITIZEN} {disclosures.PERSON_NAME}",
            },
        ),
        "api:enquire": ("taker system", "/api/v1/enquiries", {**LAWFUL, **CODED, **ground}),
        "api:screen": ("taker system", "/api/v1/screenings", screening),
        "console:report_ask": ("enquirer", "/console/reports/ask/licensing/", {**LAWFUL, **CODED, **ground}),
        "console:enquiry_order_results": ("enquirer", own_list, {}),
        "api:issue": ("taker system", "/api/v1/reports", {**LAWFUL, **CODED, **ground}),
        "api:go_on": ("taker system", f"/api/v1/enquiry-orders/{fresh}/next", {}),
        "api:take": ("taker system", f"/api/v1/enquiry-orders/{finished}/results", {}),
        "compat:shandong_query": ("taker system", "/api/compat/shandong/query", _of_a_hall(world)),
    }


def _of_a_hall(world: World) -> dict[str, str]:
    """Return a question in the shape of the Shandong platform."""
    unit = {"unitId": world.systems["taker system"].client.agency.uscc, "factUnitName": "政务服务大厅"}
    about = {"ztlb": "2", "ztdm": CITIZEN, "ztmc": disclosures.PERSON_NAME}
    return {**unit, **about, "matterCode": "high_consumption", "businessProcessId": LAWFUL["matter_no"]}


@pytest.mark.parametrize("name", sorted(names(BY_POST)))
def test_what_is_asked_by_form_or_body_is_answered_with_a_leaf_only(world, name):
    who, path, body = bodies(world)[name]
    sent = {"content_type": "application/json"} if name.startswith("api:") else {}
    with as_in_a_test():
        before = Entry.objects.count()
        answer = world.browser(who).post(path, body, **sent)
        assert answer.status_code == 200, SONG.sub("…", answer.content.decode())[:600]
        assert Entry.objects.count() > before
    with as_in_a_test(), broken_ledger():
        answer = world.browser(who).post(path, body, **sent)
        assert answer.status_code == 503 and not sang(answer, "") and "示黄鹂" not in answer.content.decode()


# Addresses that tell a stranger whether an object exists, because everybody may know it.
OPEN_TO_ALL = {
    "portal:check_report_at": "who holds the number and the code that are printed on a report may check it",
    "portal:open_data_file": "open data is for everybody",
}


def test_to_a_stranger_what_exists_and_what_does_not_is_the_same(world):
    told = []
    for name, pattern in ROUTES:
        objects = [part for part in PART.findall(pattern) if world.parts.get(part)]
        if not objects or name in OPEN_TO_ALL:
            continue
        there, nowhere = filled(pattern, lambda part: _some(world, part)), filled(pattern, _nobody)[0]
        for who, method in product(STRANGERS[name.split(":")[0]], ("get", "post")):
            expected = _said(world, who, method, nowhere)
            told += [f"{name} {who} {method}" for path in there if _said(world, who, method, path) != expected]
    assert not told, "\n".join(sorted(set(told)))


# Where a stranger reads one sentence with 403 instead, the same for what exists and what does not.
SAID_WITH_403 = {
    "console:counter:visit": "a visit is its own officer's for half an hour; over, another's or none is one answer",
    "console:counter:objection": "as the visit",
    "console:counter:restoration": "as the visit",
    "console:counter:act": "as the visit",
    "console:quality_agency": "says whose figures may be seen, whatever the address",
}
# The same role at home, by the role of another region.
AT_HOME = dict(zip(everybody.FAR_OFFICE, ("centre", "reviewer", "decider"), strict=True))


def test_what_opens_to_a_role_at_home_is_not_found_by_the_same_role_of_another_region(world):
    opened, told = set(), []
    for name, pattern in ROUTES:
        if not name.startswith("console:") or not any(world.parts.get(part) for part in PART.findall(pattern)):
            continue
        for (far, home), path in product(AT_HOME.items(), filled(pattern, lambda part: _some(world, part))):
            if _said(world, home, "get", path)[0] != 200:
                continue
            opened.add(name)
            status = _said(world, far, "get", path)[0]
            told += [f"{name} {far} {status}"] if status != (403 if name in SAID_WITH_403 else 404) else []
    assert not told, "\n".join(sorted(set(told)))
    assert opened >= {"console:case", "console:power", "console:erasure", "console:reorganisation", "console:client"}


def test_no_list_of_another_region_leads_to_an_object_of_this_one(world):
    objects = {str(each) for values in world.parts.values() for each in values if isinstance(each, UUID)}
    listed = {name: f"/{pattern}" for name, pattern in ROUTES if name.startswith("console:") and "<" not in pattern}

    def shown(who: str, path: str) -> set[str]:
        body = _said(world, who, "get", path)[2]
        return {each for each in objects if each in body}

    assert len(set().union(*(shown(home, path) for home, path in product(AT_HOME.values(), listed.values())))) >= 7
    led = {name: far for far, (name, path) in product(AT_HOME, listed.items()) if shown(far, path)}
    assert led == {}


def _some(world: World, part: str) -> list[Any]:
    """Return objects of a kind: one, but of cases one of every sort."""
    return WORDS.get(part) or world.parts.get(part, [])[: 3 if part == "<uuid:case_id>" else 1]


def _nobody(part: str) -> list[str]:
    return WORDS.get(part) or [NOBODY["int" if part.startswith("<int:") else "uuid"]]


def _said(world: World, who: str, method: str, path: str) -> tuple[int, str, str]:
    """Return status, place, body and what the next page will tell, without what differs between pages anyway."""
    sent = {"data": {}, "content_type": "application/json"} if path.startswith("/api/") and method == "post" else {}
    with as_in_a_test():
        answer = getattr(world.browser(who), method)(path, **sent)
    text = SECRETS.sub("", answer.content.decode(errors="replace")) if not answer.streaming else "streamed"
    told = "".join(str(each) for each in get_messages(answer.wsgi_request))
    place = NUMBERED.sub("ID", answer.headers.get("Location", "").replace(path, "HERE"))
    return answer.status_code, place, text.replace(path, "HERE") + told
