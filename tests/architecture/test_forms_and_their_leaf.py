"""Every form of the product, sent as somebody might fill it in: with a leaf, or with nothing done and nothing said.

The forms are those of the pages behind every address of the URL map, and of the pages that answer them; an address
that takes a form but shows none is sent an empty one. One that leaves no leaf and is not excused below fails.
"""

from __future__ import annotations

import pytest
from django.test import override_settings
from tests import filled_forms
from tests.filled_forms import PUSHED_TO, Sent
from tests.visited import as_in_a_test, world_for_a_module

pytestmark = pytest.mark.django_db
world = world_for_a_module
WITHOUT_LEAF = {
    "set_language": "the language of the pages",
    "portal:sign_in": "who signs in; test_sign_in",
    "portal:sign_out": "who signs out",
    "portal:kiosk_leave": "who leaves the kiosk",
    "portal:check_report": "says whether a report stands; whose it is, is not said",
    "portal:check_document": "says whether a paper is genuine; whose it is, is not said",
    "portal:progress": "says at which step a case is, to who holds its code",
    "portal:inbox_read": "marks one's own messages as read",
    "portal:inbox_open": "marks one's own message as read and leads on",
    "portal:reorganisations": "an empty form is not taken",
    "console:home": "a page without a form",
    "console:counter:print": "prints a receipt with the code of a case; nothing of the file",
    "console:counter:objection": "the record has a case already, so none is opened",
    "console:catalogue_new": "the catalogue is of no person; made-up columns are not taken",
    "console:cancel_duty": "nothing was confirmed that could be cancelled",
    "console:enquiry_unprotect": "the same is proposed already",
    "console:quality_count": "figures of a month",
    "console:quality_issue": "an empty form is not taken",
    "console:quality_file_table": "an empty form is not taken",
    "console:monitoring_act": "an empty form is not taken",
    "console:screening_portfolio_hook": "where a unit's own events go",
    "console:screening_portfolio_remove": "ends watches of the unit itself; no file is read",
    "console:intake:give_up": "one's own upload is dropped",
    "console:intake:grid": "keeps what the clerk wrote; the page that shows it is another look",
    "console:intake:lineage": "who changed a record and when; no value of it",
    "console:intake:mapping": "keeps the clerk's own file until its columns are matched",
    "console:intake:own_file": "hands the clerk's own file back to the clerk",
    "console:intake:questions": "a page without a form",
    "console:intake:receipt": "a signed statement of counts",
    "console:intake:records": "the unit's own list, without personal values",
    "console:intake:result": "counts and shapes",
    "console:intake:subject_change": "an empty form is not taken",
    "console:intake:subject_split": "an empty form is not taken",
    "console:intake:subjects": "a file with an open case cannot be merged",
    "console:intake:trial_copy": "an empty form is not taken",
    "console:intake:undo": "the record was not withdrawn",
    "console:intake:uploads": "an empty form is not taken",
    "console:intake:withdraw_file": "a trial tells counts only",
}
# Forms that nobody in the world of everybody is in a position to send.
NOT_SENT = {
    "compat:shandong_check": "the Shandong shape has no forms; test_compat_shandong",
    "compat:shandong_feedback": "the Shandong shape has no forms; test_compat_shandong",
    "compat:shandong_query": "test_routes_of_everybody asks it with the ledger broken",
    "compat:shandong_token": "the Shandong shape has no forms; test_compat_shandong",
    "console:catalogue_answer": "the catalogue is of no person; test_comments",
    "console:catalogue_comment": "the catalogue is of no person; test_comments",
    "console:catalogue_edit": "the catalogue is of no person",
    "console:catalogue_step": "the catalogue is of no person",
    "console:duty_review": "no duty of the world waits for two people; test_duty_review",
    "console:intake:blank": "an empty table; nobody posts to it",
    "console:intake:question_answer": "the world's question is the centre's, at its own page; test_questions",
    "console:kind": "no record of the world waits for its kind; test_kinds",
    "console:screening_portfolio_replay": "the unit has no address yet to which events go; they name nobody",
    "portal:agent_withdraw": "an agent gives the power back; nothing of the other's file; test_agents",
    "portal:choose": "whose file is opened next; each page leaves its own leaf",
    "portal:comment": "the catalogue is of no person; test_comments",
    "portal:demonstration": "only where the demonstration is on",
}
# What these answer, holds a word of the file; so a word that leaks would be seen.
SINGING = {
    "console:enquiry_ask",
    "console:enquiry_order_results",
    "console:intake:annotated",
    "console:intake:record",
    "console:intake:returned",
    "console:power",
    "portal:objection",
}


@pytest.fixture(scope="module")
def sent(world) -> list[Sent]:
    with override_settings(CHENGXIN_PUSH_HOSTS=[PUSHED_TO]), as_in_a_test():
        filled_forms.prepared(world)
        found = list(filled_forms.sent(world))
        return [*found, *filled_forms.bare(world, {each.route for each in found})]


def names(sent: list[Sent]) -> set[tuple[str, str]]:
    return {(each.route, each.who) for each in sent}


def test_every_address_that_takes_a_form_leaves_a_leaf_or_says_why_not(sent):
    left = {each.route for each in sent if each.left}
    assert {each.route for each in sent} - left == set(WITHOUT_LEAF), "say in this file why no leaf is needed"


def test_no_address_that_takes_a_form_is_left_out(world, sent):
    known = {each.route for each in sent} | set(NOT_SENT)
    assert filled_forms.takers(world) - known == set(), "nobody sends these: add an object, or a reason"


def test_with_the_ledger_a_form_is_answered_and_speaks_of_a_person_with_a_leaf_only(sent):
    assert names([each for each in sent if each.status >= 500]) == set()
    assert names([each for each in sent if each.sang and not each.left]) == set()
    assert {each.route for each in sent if each.sang} >= SINGING


def test_without_its_leaf_a_form_is_refused_and_says_nothing_and_nothing_is_half_done(sent):
    needed = [each for each in sent if each.left]
    assert len({each.route for each in needed}) > 60
    wrong = {
        "answered": names([each for each in needed if each.refused != 503]),
        "half done": names([each for each in needed if each.half_done]),
        "told": names([each for each in sent if each.told]),
    }
    assert wrong == {"answered": set(), "half done": set(), "told": set()}


def test_what_needs_no_leaf_goes_on_without_the_ledger(sent):
    assert names([each for each in sent if not each.left and each.refused != each.status]) == set()
