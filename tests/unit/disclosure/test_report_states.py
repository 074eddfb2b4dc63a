"""The four states of a report, from the three things that decide it."""

from __future__ import annotations

import pytest

from chengxin.disclosure.reports.shapes import Validity
from chengxin.disclosure.reports.states import derived


@pytest.mark.parametrize(
    ("known", "withdrawn", "same", "state"),
    [
        (False, False, False, Validity.UNKNOWN),
        (False, True, True, Validity.UNKNOWN),
        (True, True, True, Validity.WITHDRAWN),
        (True, True, False, Validity.WITHDRAWN),
        (True, False, False, Validity.SUPERSEDED),
        (True, False, True, Validity.VALID),
    ],
)
def test_the_state_follows_from_what_is_known_withdrawn_and_the_same(known, withdrawn, same, state):
    assert derived(known=known, withdrawn=withdrawn, same=same) is state
