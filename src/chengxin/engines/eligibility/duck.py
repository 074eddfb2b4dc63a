"""The fast engine: one statement of SQL over columns on disk, spilling where the register outgrows the memory.

Facts and verdicts travel as Parquet files: both sides read them natively, and neither has to fit in memory.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from chengxin.engines.eligibility.tables import check_law
from chengxin.rules.dated import LawBook

SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the machine a job may take."""

    threads: int = 2
    memory: str = "2GB"


def decide(facts: pl.DataFrame, law: LawBook, on: date) -> pl.DataFrame:
    """Return one verdict for each record on a day, ordered by record."""
    with tempfile.TemporaryDirectory(prefix="chengxin-eligibility-") as name:
        folder = Path(name)
        facts.write_parquet(folder / "facts.parquet")
        decide_files(str(folder / "facts.parquet"), folder / "verdicts.parquet", law, on, spill=folder)
        return pl.read_parquet(folder / "verdicts.parquet").sort("record")


def decide_files(
    source: str, target: Path, law: LawBook, on: date, *, spill: Path, limits: Limits | None = None
) -> None:
    """Read facts from Parquet files (a path or a pattern) and write one verdict a record, in no order, to another.

    ``spill`` is a folder for what does not fit into the memory the limits allow.
    """
    check_law(law, on)
    limits = limits or Limits()
    kinds = law.names("repair.excluded_kinds", on)
    values = {"source": source, "day": on, **{f"kind_{n}": kind for n, kind in enumerate(kinds)}}
    settings: dict[str, str | int | float | list[str]] = {
        "threads": limits.threads,
        "memory_limit": limits.memory,
        "temp_directory": str(spill / "spill"),
        "preserve_insertion_order": False,
    }
    with duckdb.connect(config=settings) as connection:
        connection.execute(statement(target, len(kinds)), values)


def statement(target: Path, excluded: int) -> str:
    """Return the whole job as one statement; ``excluded`` is how many kinds of penalty the law excludes."""
    path = str(target).replace("'", "''")
    return f"COPY ({VERDICT.format(excluded=_excluded(excluded))}) TO '{path}' (FORMAT parquet)"


def _excluded(count: int) -> str:
    """Return the test whether any penalty of a record holds the name of an excluded kind; the names are bound."""
    joined = f"array_to_string(kinds, '{SEPARATOR}')"
    return " OR ".join(f"contains({joined}, $kind_{n})" for n in range(count)) or "false"


VERDICT = """
WITH facts AS (
    SELECT *, NOT ended AND NOT link_suspended AND listing AND coalesce(use_until >= $day, true) AS lists
    FROM read_parquet($source)
),
lists AS (
    SELECT subject, authority, count(*) AS entries FROM facts WHERE lists GROUP BY subject, authority
),
known AS (
    SELECT facts.*,
        coalesce(entries, 0) - CAST(lists AS INTEGER) > 0 AS listed,
        greatest(restorable_from, ban_until + 1, barred_until + 1) AS opens
    FROM facts LEFT JOIN lists USING (subject, authority)
),
judged AS (
    SELECT record, opens, CASE
        WHEN ended THEN 'ended'
        WHEN nature <> 'negative' THEN 'not_negative'
        WHEN use_until < $day THEN 'expired'
        WHEN link_suspended THEN 'link_suspended'
        WHEN restorable_from IS NULL THEN 'no_period'
        WHEN NOT duty THEN 'duty_open'
        WHEN {excluded} THEN 'excluded'
        WHEN listed THEN 'listed'
        WHEN opens > $day AND opens > use_until THEN 'ends_first'
        WHEN opens > $day THEN ''
        WHEN disputed THEN 'disputed'
        WHEN matter_open THEN 'under_way'
        ELSE ''
    END AS reason
    FROM known
)
SELECT record,
    CASE WHEN reason <> '' THEN 'not' WHEN opens > $day THEN 'becomes' ELSE 'eligible' END AS state,
    CASE WHEN reason IN ('', 'disputed', 'under_way') THEN opens END AS day,
    reason
FROM judged
"""
