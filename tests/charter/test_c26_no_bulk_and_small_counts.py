"""C26: no export of whole files; open statistics suppress small counts, and differences give none of them away."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import factories
from tests.factories import TODAY

from chengxin.disclosure import feed, gate, publication
from chengxin.disclosure.shapes import Enquiry

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
    assert inspect.signature(Enquiry).parameters["code"].annotation == "str"
    assert list(inspect.signature(gate.disclose).parameters) == ["enquiry", "now", "today"]


@pytest.mark.django_db
def test_a_search_and_a_page_of_the_list_are_bounded():
    factories.law()
    firm = factories.firm()
    for number in range(publication.PAGE + 3):
        factories.record(firm, document_no=f"示交罚〔2026〕{number + 10}号")
    assert len(publication.latest("all", TODAY).rows) == publication.PAGE
    assert feed.BATCH <= 500
