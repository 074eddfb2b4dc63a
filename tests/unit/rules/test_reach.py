"""A province reaches its cities, a city its counties; what has no region the whole platform only."""

from __future__ import annotations

import pytest

from chengxin.rules.reach import WHOLE, reaches

CASES = [
    ("320000", "320199", True),
    ("320000", "329900", True),
    ("320100", "320199", True),
    ("320100", "329900", False),
    ("329900", "320199", False),
    ("320100", "320000", False),
    ("320199", "320100", False),
    (WHOLE, "320199", True),
    (WHOLE, WHOLE, True),
    ("320000", WHOLE, False),
]


@pytest.mark.parametrize(("scope", "region", "expected"), CASES)
def test_a_scope_reaches_what_lies_within_it(scope, region, expected):
    assert reaches(scope, region) is expected
