"""Durable, provable appends a second, and the cost of one inclusion proof: ours, pymerkle's and the machine's limit.

Ours: sealed leaves in groups, each group one transaction on a real file under synchronous=FULL, and after every group
the sequencer: indices, tiles, signed checkpoint, a second durable transaction. Peer: pymerkle's SqliteTree, which
commits each append by itself. Limit: as many bytes written and fdatasynced in the same groups, two hashes a leaf.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
from datetime import UTC, datetime
from pathlib import Path

from bench import harness

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LEAVES, GROUP, PEER_LEAVES, SINGLE = 20_000, 1000, 400, 200
PUBLIC = {"unit": "示例单位"}
LEAF_BYTES = 700
"""About what one leaf costs on disk: body, sealed opening, hashes in tiles and indexes."""


def payload(n: int) -> dict[str, object]:
    """Return what an enquiry would commit to."""
    return {
        "actor": f"operator-{n % 40}",
        "purpose": "market.access",
        "matter": f"示例〔2026〕{n}号",
        "records": [n, n + 1],
    }


def append_groups(leaves: int, group: int) -> None:
    """Append and integrate leaves in durable groups."""
    from django.db import transaction

    from chengxin.ledger import services as ledger

    for start in range(0, leaves, group):
        drafts = [ledger.Draft("disclosure.enquiry", payload(n), PUBLIC) for n in range(start, start + group)]
        with transaction.atomic(durable=True):
            ledger.append_many(drafts, now=NOW)
        ledger.sequence(now=NOW)


def raw_groups(path: Path) -> None:
    """Write and fdatasync as many bytes in as many groups, hashing each leaf twice."""
    with path.open("wb", buffering=0) as file:
        for _ in range(LEAVES // GROUP):
            parts = [os.urandom(LEAF_BYTES) for _ in range(GROUP)]
            for part in parts:
                hashlib.sha256(hashlib.sha256(part).digest()).digest()
            file.write(b"".join(parts))
            os.fdatasync(file.fileno())


def peer_appends(tree: object) -> None:
    """Append leaves the way pymerkle offers it."""
    for n in range(PEER_LEAVES):
        tree.append_entry(f"{n}".encode() * 20)  # type: ignore[attr-defined]


def proof_times(count: int = 2000) -> list[float]:
    """Return the seconds that proofs of random leaves take, each read from tiles."""
    from chengxin.ledger import services as ledger
    from chengxin.rules import merkle

    head, rng = ledger.latest_checkpoint(), random.Random(1)
    indices = [rng.randrange(head.size) for _ in range(count)]
    assert all(len(ledger.inclusion(i, head)) == len(merkle.inclusion_spans(i, head.size)) for i in indices[:5])
    return [harness.timed(lambda i=i: ledger.inclusion(i, head)) for i in indices]


def peer_cold_proof(path: Path) -> float:
    """Return the seconds of pymerkle's first proof after a restart, over as many leaves as we hold."""
    from pymerkle import SqliteTree

    from chengxin.ledger import services as ledger

    size = ledger.latest_checkpoint().size
    with SqliteTree(str(path)) as tree:
        tree.append_entries([b"x%d" % n for n in range(size)], chunksize=50_000)
    with SqliteTree(str(path)) as tree:
        return harness.timed(lambda: tree.prove_inclusion(size // 3))


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="sqlite", help='"sqlite" or the URL of an empty PostgreSQL database')
    database = parser.parse_args().database
    folder = harness.django_on(database)
    from pymerkle import SqliteTree

    tree = SqliteTree(str(folder / "peer.sqlite3"))
    took = harness.interleaved(
        {
            "grouped": lambda: append_groups(LEAVES, GROUP),
            "single": lambda: append_groups(SINGLE, 1),
            "peer": lambda: peer_appends(tree),
            "limit": lambda: raw_groups(folder / "raw"),
        }
    )
    proofs, cold = proof_times(), peer_cold_proof(folder / "proof.sqlite3")
    p50, p99 = harness.percentile(proofs, 0.5), harness.percentile(proofs, 0.99)
    harness.line("one leaf to a transaction, integrated at once", took["single"].rate(SINGLE), "leaves/s")
    harness.line("inclusion proof, median", p50 * 1e6, "µs", f"floor 200 µs; p99 {p99 * 1e6:.0f} µs")
    harness.line("pymerkle, first proof after a restart", cold * 1e6, "µs", f"{cold / p50:,.0f} times ours")
    harness.report(
        harness.Result(
            name="ledger",
            ours=took["grouped"].rate(LEAVES),
            peer=took["peer"].rate(PEER_LEAVES),
            limit=took["limit"].rate(LEAVES),
            unit="leaves/s",
            n=LEAVES,
            p99_ms=p99 * 1000,
            peak_mb=harness.peak_mb(),
            peer_name="pymerkle SqliteTree",
            database="sqlite" if database == "sqlite" else "postgresql",
        )
    )


if __name__ == "__main__":
    main()
