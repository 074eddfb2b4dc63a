"""C26: no export of whole files; open statistics suppress small counts, and differences give none of them away."""

from __future__ import annotations

import inspect
from datetime import date, datetime
from random import Random
from typing import get_type_hints
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import disclosures, factories
from tests.factories import FIRM, OTHER_FIRM, TODAY

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.disclosure import feed, gate, publication
from chengxin.disclosure.models import Access
from chengxin.disclosure.shapes import Answer, Enquiry, Refused, ServiceRefused, SubjectShown
from chengxin.rules.identifiers.verdict import CodeKind

COUNTS = st.lists(st.integers(0, 60), min_size=2, max_size=8).map(lambda n: [(str(i), c) for i, c in enumerate(n)])


@given(counts=COUNTS)
def test_no_count_from_one_to_nine_is_ever_shown(counts):
    assert all(shown is None or shown == 0 or shown >= 10 for _name, shown in publication.suppressed(counts))


@given(counts=COUNTS)
def test_the_total_never_tells_a_single_hidden_count(counts):
    shown = publication.suppressed(counts)
    hidden = [name for name, count in shown if count is None]
    others = [count for _name, count in counts if count >= 10]
    assert len(hidden) != 1 or not others


@given(counts=COUNTS)
def test_what_is_shown_is_true(counts):
    assert all(
        shown in (None, true) for (_n, shown), (_m, true) in zip(publication.suppressed(counts), counts, strict=True)
    )


def test_one_enquiry_asks_about_one_subject():
    """No list of subjects can be handed in: the gate takes one question, and each part of a question is one value."""
    taken, asked = get_type_hints(gate.disclose), get_type_hints(Enquiry)
    assert {name: taken[name] for name in inspect.signature(gate.disclose).parameters} == {
        "enquiry": Enquiry,
        "now": datetime,
        "today": date,
        "rng": Random | None,  # Draws who owes a reason.
        "keep": gate.Keep | None,  # Stores the one outcome.
    }
    assert (asked["code"], asked["name"], asked["code_kind"]) == (str, str, CodeKind)
    assert set(asked.values()) == {User, str, CodeKind, UUID | None}
    assert taken["return"] is Answer and get_type_hints(Answer)["subject"] is SubjectShown


@pytest.mark.django_db
@pytest.mark.parametrize("code", [f"{FIRM},{OTHER_FIRM}", f"{FIRM}\n{OTHER_FIRM}", f"{FIRM} {OTHER_FIRM}"])
def test_two_codes_written_as_one_are_no_code(code):
    factories.law()
    factories.record(factories.firm())
    officer = factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    with pytest.raises(Refused):
        disclosures.answer(disclosures.about_firm(officer, code=code))
    with pytest.raises(ServiceRefused):
        disclosures.answer([disclosures.about_firm(officer)] * 2)
    assert list(Access.objects.values_list("outcome", "subject_id")) == [("refused", None)]


@pytest.mark.django_db
def test_a_search_and_a_page_of_the_list_are_bounded():
    factories.law()
    firm = factories.firm()
    for number in range(publication.PAGE + 3):
        factories.record(firm, document_no=f"示交罚〔2026〕{number + 10}号")
    assert len(publication.latest("all", TODAY).rows) == publication.PAGE
    assert feed.BATCH <= 500
