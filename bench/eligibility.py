"""Who may be restored today among ten million records: DuckDB on two cores, against the plain engine and a bare scan.

The register is drawn by DuckDB itself from hashes of row numbers, so one seed gives one register. Ours reads it from
Parquet, joins every record with its subject's list entries and writes a verdict for each, within the memory given and
spilling beyond it. Peer: the plain engine, which is the specification, on whole subjects drawn from the register; its
verdicts must be the same, every one. Limit: reading every column of the same files once.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl
from bench import harness

if TYPE_CHECKING:
    from chengxin.rules.dated import LawBook

ROWS, SAMPLE, SEED, DAY = 10_000_000, 25_000, 7, date(2026, 11, 20)
EXCLUDED = ("终身禁业",)
"""The law excludes no kind by name yet; the bench excludes one, so that the texts are really read."""

REGISTER = """
COPY (
    SELECT md5('r' || i) AS record,
        md5('s' || (hash(i, {seed}) % ({rows} * 2 // 5))) AS subject,
        '11320100' || lpad((hash(i, {seed} + 1) % 40)::VARCHAR, 10, '0') AS authority,
        hash(i, {seed} + 2) % 25 = 0 AS listing,
        CASE WHEN hash(i, {seed} + 3) % 10 < 7 THEN 'negative' ELSE 'positive' END AS nature,
        ['minor', 'general', 'general', 'serious', ''][1 + (hash(i, {seed} + 4) % 5)::INT] AS grade,
        CASE WHEN hash(i, {seed} + 5) % 20 > 0
            THEN DATE '2025-01-01' + (hash(i, {seed} + 6) % 1000)::INT END AS restorable_from,
        CASE WHEN hash(i, {seed} + 7) % 20 > 0
            THEN DATE '2026-06-01' + (hash(i, {seed} + 8) % 1200)::INT END AS use_until,
        hash(i, {seed} + 9) % 12 = 0 AS ended,
        hash(i, {seed} + 10) % 500 = 0 AS link_suspended,
        hash(i, {seed} + 11) % 100 = 0 AS disputed,
        hash(i, {seed} + 12) % 60 = 0 AS matter_open,
        [['罚款'], ['警告'], ['罚款', '没收违法所得'], ['其他-终身禁业']][1 + (hash(i, {seed} + 13) % 4)::INT] AS kinds,
        CASE WHEN hash(i, {seed} + 14) % 50 = 0
            THEN DATE '2026-01-01' + (hash(i, {seed} + 15) % 900)::INT END AS ban_until,
        CASE WHEN hash(i, {seed} + 16) % 200 = 0
            THEN DATE '2026-01-01' + (hash(i, {seed} + 17) % 1400)::INT END AS barred_until,
        CASE hash(i, {seed} + 18) % 10 WHEN 0 THEN false WHEN 1 THEN true WHEN 2 THEN true END AS duty
    FROM range({rows}) AS rows(i)
) TO '{path}' (FORMAT parquet)
"""


def law() -> LawBook:
    """Return the law of the repository with one kind of penalty excluded."""
    from chengxin.catalogue import lawbook
    from chengxin.rules.dated import LawBook

    book = lawbook.current()
    values = (replace(v, value=EXCLUDED) if v.key == "repair.excluded_kinds" else v for v in book)
    return LawBook(tuple(values), scope=book.scope)


def draw(path: Path, rows: int) -> None:
    """Write the register."""
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB", "preserve_insertion_order": False}) as connection:
        connection.execute(REGISTER.format(seed=SEED, rows=rows, path=path))


def scan(path: Path) -> None:
    """Read every column once."""
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as connection:
        connection.execute("SELECT max(COLUMNS(*)) FROM read_parquet($path)", {"path": str(path)}).fetchall()


def sample(path: Path, verdicts: Path, rows: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the facts of whole subjects, at least as many as asked for, and our verdicts on just those."""
    share = max(1, rows // (2 * SAMPLE))
    facts = pl.scan_parquet(path).filter(pl.col("subject").hash(SEED) % share == 0).collect()
    ours = pl.scan_parquet(verdicts).join(facts.lazy().select("record"), on="record", how="semi").collect()
    return facts, ours.sort("record")


def spread(verdicts: Path) -> str:
    """Return how many verdicts there are of each state, in words."""
    counts = pl.scan_parquet(verdicts).group_by("state").len().collect().sort("state")
    return ", ".join(f"{state} {count:,}" for state, count in counts.iter_rows())


def main() -> None:
    """Run the benchmark and print its figures; a verdict on which the engines differ fails it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--memory", default="2GB", help="what DuckDB may hold before it spills")
    given = parser.parse_args()
    folder = harness.django_on(migrate=False)
    from chengxin.engines.eligibility import duck, reference

    book, register, verdicts = law(), folder / "facts.parquet", folder / "verdicts.parquet"
    harness.line("drawing the register", harness.timed(lambda: draw(register, given.rows)), "s")
    limits = duck.Limits(threads=2, memory=given.memory)
    took = harness.interleaved(
        {
            "ours": lambda: duck.decide_files(str(register), verdicts, book, DAY, spill=folder, limits=limits),
            "limit": lambda: scan(register),
        }
    )
    peak = harness.peak_mb()
    facts, ours = sample(register, verdicts, given.rows)
    seconds = harness.rounds(lambda: reference.decide(facts, book, DAY), warm_up=0)
    same = ours.equals(reference.decide(facts, book, DAY))
    harness.line("DuckDB, whole register", took["ours"].median, "s", f"floor 300 s; {spread(verdicts)}")
    harness.line("records asked of both engines", facts.height, "rows", "all verdicts agree" if same else "THEY DIFFER")
    harness.report(
        harness.Result(
            name="eligibility",
            ours=took["ours"].rate(given.rows),
            peer=seconds.rate(facts.height),
            limit=took["limit"].rate(given.rows),
            unit="records/s",
            n=given.rows,
            peak_mb=peak,
            peer_name="plain engine, one core",
            database=f"DuckDB {duckdb.__version__}, 2 threads, {given.memory}",
        )
    )
    if not same or facts.height < min(20_000, given.rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
