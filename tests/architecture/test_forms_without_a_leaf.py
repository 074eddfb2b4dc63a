"""Every form on every page, filled in and sent with the ledger broken: no word of the person, nothing half done.

The forms are found by opening every address of the URL map; with the ledger whole each is sent first, and whatever
left a leaf or spoke of the person then must be refused as a whole without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.urls import resolve
from tests.disclosures import PERSON_NAME
from tests.everybody import SONG, WORDS, filled, routes, unpacked
from tests.factories import CITIZEN
from tests.page_forms import Form, forms, sent
from tests.visited import as_in_a_test, broken_ledger, world_for_a_module

from chengxin.ledger.models import Entry

pytestmark = pytest.mark.django_db
world = world_for_a_module
PEOPLE = {
    "portal": ("anyone", "person"),
    "console": ("centre", "reviewer", "decider", "auditor", "enquirer", "clerk"),
}


EXPECTED = {
    *("console:case_action", "console:counter:act", "console:counter:restoration", "console:enquiry_ask"),
    *("console:enquiry_order_results", "console:erasure_action", "console:intake:correct", "console:intake:question"),
    *("console:monitoring_subject", "console:report_ask", "console:screening_feedback", "console:intake:home"),
    *("portal:authorisation_decide", "portal:case_step", "portal:objection", "portal:restoration", "portal:report"),
    *("portal:kiosk_print", "portal:mine_portable_report", "portal:erasures", "portal:report_withdraw"),
}


class Sent(NamedTuple):
    """A form that left a leaf, or spoke of the person, when it was sent with the ledger whole."""

    name: str
    who: str
    form: Form


def spoke(answer: Any, form: Form) -> bool:
    """Tell whether an answer holds a word of the person's file that the sender has not typed."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = unpacked(body).decode(errors="replace")
    for typed in (CITIZEN, PERSON_NAME):
        text = text.replace(typed, "") if typed in form.fields.values() else text
    return bool(SONG.search(text))


def found(world) -> Iterator[Sent]:
    """Yield every form somebody sees, once."""
    seen = set()
    for name, pattern in routes():
        for who in PEOPLE.get(name.split(":")[0], ()):
            for path in filled(pattern, lambda part: WORDS.get(part) or world.parts.get(part, [])):
                with as_in_a_test():
                    page = world.browser(who).get(path)
                    text = "" if page.streaming or page.status_code != 200 else page.content.decode(errors="replace")
                for form in forms(path, text):
                    mark = (who, form.action, tuple(sorted(form.fields)))
                    if mark not in seen:
                        seen.add(mark)
                        yield Sent(resolve(form.action.partition("?")[0]).view_name, who, form)


def rows() -> dict[str, int]:
    return {model._meta.db_table: model._base_manager.count() for model in apps.get_models()}


@pytest.fixture(scope="module")
def leaving(world) -> list[Sent]:
    """Return the forms that leave a leaf when the ledger is whole."""
    kept, broken = [], []
    for each in found(world):
        with as_in_a_test():
            before = Entry.objects.count()
            answer = world.browser(each.who).post(each.form.action, sent(each.form))
            if answer.status_code >= 500:
                broken.append((each.name, each.who, answer.status_code))
            elif Entry.objects.count() > before or (spoke(answer, each.form) and each.who != "person"):
                kept.append(each)
    assert broken == []
    return kept


def test_the_forms_are_sent_as_somebody_would(leaving):
    missing = EXPECTED - {each.name for each in leaving}
    assert not missing, "these forms left a leaf and do not any more, or cannot be sent as they are read"


def test_without_its_leaf_a_form_does_nothing_and_says_nothing(world, leaving):
    wrong = []
    for each in leaving:
        with as_in_a_test():
            before = rows()
            with broken_ledger():
                answer = world.browser(each.who).post(each.form.action, sent(each.form))
            left = {name for name, count in rows().items() if count != before[name]} - {"django_session"}
            if answer.status_code != 503 or spoke(answer, each.form) or left:
                wrong.append((each.name, each.who, answer.status_code, left))
    assert wrong == []
