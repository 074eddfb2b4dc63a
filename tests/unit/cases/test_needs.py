"""What a step's own note and data satisfy, and what they do not."""

from __future__ import annotations

import pytest

from chengxin.cases.policies import needs_met
from chengxin.cases.workflows import WORKFLOWS, workflow_of
from chengxin.rules.errors import Refusal
from chengxin.rules.workflow import check


@pytest.mark.parametrize(("note", "data", "met"), [
    ("", {}, set()),
    ("   \n", {}, set()),
    ("理由", {}, {"answer", "grounds", "reason"}),
    ("", {"outcome": "upheld"}, {"outcome"}),
    ("", {"outcome": "", "remedy": None}, set()),
    ("理由", {"remedy": "复议"}, {"answer", "grounds", "reason", "remedy"}),
])  # fmt: skip
def test_needs_seen_in_note_and_data(note, data, met):
    assert needs_met(note, data) == {"other_person", *met}


def test_nothing_that_must_be_done_elsewhere_is_met_by_writing():
    everything = needs_met("理由", {"outcome": "x", "remedy": "y", "receipts": "z", "heard": "z", "materials": "z"})
    assert not everything & {"receipts", "heard", "materials", "deadline_passed", "effects_done", "applicant_told"}


def test_the_tables_in_use_are_sound_and_found_by_kind():
    for kind, flow in WORKFLOWS.items():
        assert workflow_of(kind) is flow
        assert check(flow) == ()
    with pytest.raises(Refusal):
        workflow_of("unheard of")
