"""The digest over a set of records: the same for the same set however it was built, another for any other."""

from __future__ import annotations

import hashlib
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chengxin.rules import held_sets

ONE, TWO = UUID("00000000-0000-4000-8000-000000000001"), UUID("ff000000-0000-4000-8000-000000000002")
HELD = st.dictionaries(st.uuids(), st.integers(1, 10**9), max_size=8)


def test_the_digest_is_over_lines_that_anybody_can_write():
    lines = f"{ONE} 7\n{TWO} 3\n".encode()
    assert held_sets.total({TWO: 3, ONE: 7}) == held_sets.Total(2, hashlib.sha256(lines).hexdigest())
    assert held_sets.total({}) == held_sets.Total(0, hashlib.sha256(b"").hexdigest())


@given(HELD, HELD)
def test_two_sets_have_one_digest_only_if_they_are_one(one, other):
    assert (held_sets.total(one) == held_sets.total(other)) == (one == other)
    assert (held_sets.by_bucket(one) == held_sets.by_bucket(other)) == (one == other)


@given(HELD)
def test_every_record_lies_in_one_bucket_between_its_ends(held):
    buckets = held_sets.by_bucket(held)
    assert sum(total.count for total in buckets.values()) == len(held)
    for record in held:
        first, last = held_sets.ends_of(held_sets.bucket_of(record))
        assert first <= record <= last and held_sets.bucket_of(record) in buckets
