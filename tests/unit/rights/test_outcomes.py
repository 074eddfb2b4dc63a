"""Outcomes and proposals: which answers which objection, and that a proposal reads back as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.rights.outcomes import _APPLY, ALLOWED, OutcomeNotAllowed, Proposed, check, read
from chengxin.rules.workflows.objection import OUTCOMES


def test_every_outcome_of_the_table_answers_some_objection_and_does_something():
    assert set(OUTCOMES) == set(ALLOWED["content"]) == set(_APPLY)
    assert set(ALLOWED["identity"]) <= set(OUTCOMES)


@pytest.mark.parametrize("outcome", ["corrected", "supplemented", "disclosure_stopped", "delisted", "unheard of"])
def test_not_me_is_not_answered_by_changing_the_record(outcome):
    with pytest.raises(OutcomeNotAllowed):
        check(Proposed(outcome, {"CF_NR": "x"}, "附注"), "identity", record=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("proposed", [Proposed("corrected", {}), Proposed("supplemented", {}, "  ")])
def test_a_correction_needs_fields_and_a_supplement_needs_words(proposed):
    with pytest.raises(OutcomeNotAllowed):
        check(proposed, "content", record=None)  # type: ignore[arg-type]


@given(st.sampled_from(sorted(OUTCOMES)), st.dictionaries(st.text(), st.text()), st.text())
def test_a_proposal_reads_back_as_it_was_written(outcome, changes, statement):
    proposed = Proposed(outcome, changes, statement)
    assert read(proposed.sealed_text()) == proposed
