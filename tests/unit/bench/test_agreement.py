"""The bench of validation measures only when ours and Frictionless tell the same errors; else it fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import harness
from bench.agreement import CODES, Told, agree

ROWS = 4_000
Both = tuple[list[Told], list[Told]]


def judged(path: Path) -> Both:
    """Let both judge one file; Frictionless changes how a process reads CSV, so not in that of the tests."""
    from bench import validate, validate_data, validate_peer

    validate_data.write(ROWS, path)
    return validate.told(validate.ours(path)), validate_peer.run(path)[1]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    found: Both = harness.elsewhere(judged, tmp_path_factory.mktemp("bench") / "part.csv")
    return found


def test_row_code_and_column_of_every_planted_fault_are_equal(both: Both) -> None:
    ours, theirs = both
    assert {code for _, code, _ in ours} == CODES - {"date.too_old"}
    assert agree(ours, theirs).startswith(f"errors equal in row, code and column: {len(theirs)} in {len(CODES) - 1} ")


@pytest.mark.parametrize("other", [(0, "date.order", "CF_YXQ"), (None, "date.late", ""), (None, "", "CF_WSH")])
def test_another_row_code_or_column_fails_the_bench(both: Both, other: tuple[int | None, str, str]) -> None:
    """The bad rows alone would still be the same when only a code or a column differs."""
    ours, theirs = both
    row, code, column = theirs[0]
    changed = (row if other[0] is None else other[0], other[1] or code, other[2] or column)
    with pytest.raises(SystemExit, match="tell different errors"):
        agree(ours, [changed, *theirs[1:]])
