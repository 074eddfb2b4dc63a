"""The quick ways of a screening's trace write and hash exactly what the plain ways do."""

from __future__ import annotations

import json
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from chengxin.rules import merkle
from chengxin.rules.merkle import CompactRange
from chengxin.rules.screening import look_line

CODES = some.sampled_from(["", "needs_code", "code_not_usable", "own_file"])


@given(some.uuids(), some.none() | some.uuids(), CODES, some.lists(some.sampled_from(["A-05", "JS-YZ-01", "名单"])))
def test_a_line_is_the_canonical_json_of_its_row(access: UUID, subject: UUID | None, reason: str, items: list[str]):
    parts = [str(access), str(subject) if subject else None, "answered", reason, sorted(items), len(items)]
    plain = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    assert look_line(access, subject, "answered", reason, items, len(items)) == plain


@given(some.integers(min_value=0, max_value=70))
def test_the_root_by_rows_is_the_root_of_the_growing_tree(size: int):
    leaves = [merkle.leaf_hash(number.to_bytes(2, "big")) for number in range(size)]
    growing = CompactRange()
    for leaf in leaves:
        growing.append(leaf)
    assert merkle.root(leaves) == (growing.root() if size else merkle.EMPTY_ROOT)
