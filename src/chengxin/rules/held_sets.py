"""持有清单: one digest over the records somebody holds, whole and by bucket, so that two sides find where they differ.

A line is the record, a space, the number of the step that brought its present content, and a line feed; the lines stand
in the order of the records. A bucket is all records whose identity begins with the same two hexadecimal digits.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

Held = Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Total:
    """How many records, and the SHA-256 of their lines in hexadecimal."""

    count: int
    sha256: str


def total(held: Held) -> Total:
    """Return the total of a whole set; the empty set has one too."""
    lines = "".join(f"{record} {held[record]}\n" for record in sorted(held, key=str))
    return Total(len(held), hashlib.sha256(lines.encode()).hexdigest())


def bucket_of(record: UUID) -> str:
    """Return the bucket a record lies in."""
    return str(record)[:2]


def by_bucket(held: Held) -> dict[str, Total]:
    """Return the total of every bucket that holds anything, in order."""
    buckets: dict[str, dict[UUID, int]] = defaultdict(dict)
    for record, number in held.items():
        buckets[bucket_of(record)][record] = number
    return {bucket: total(buckets[bucket]) for bucket in sorted(buckets)}


def ends_of(bucket: str) -> tuple[UUID, UUID]:
    """Return the first and the last identity that lie in a bucket."""
    return UUID(bucket + "0" * 30), UUID(bucket + "f" * 30)
