"""The plain engine: record by record, asking the rules themselves. Slow, short, and what others must agree with."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from chengxin.engines.eligibility.tables import VERDICTS, check_law
from chengxin.rules.dated import LawBook
from chengxin.rules.eligibility import RestorationFacts, restorable

Row = dict[str, Any]
Verdict = tuple[str, date | None, str]
Lists = Counter[tuple[str, str]]

FAILED = {
    "date_reached": "no_period",
    "duty_performed": "duty_open",
    "not_excluded": "excluded",
    "list_entry_removed": "listed",
}
"""What a condition says that no passing of time will meet."""


def decide(facts: pl.DataFrame, law: LawBook, on: date) -> pl.DataFrame:
    """Return one verdict for each record on a day, ordered by record."""
    check_law(law, on)
    rows = list(facts.iter_rows(named=True))
    lists = Lists((row["subject"], row["authority"]) for row in rows if _lists(row, on))
    lines = [(row["record"], *_verdict(row, lists, law, on)) for row in rows]
    return pl.DataFrame(lines, schema=VERDICTS, orient="row").sort("record")


def _verdict(row: Row, lists: Lists, law: LawBook, on: date) -> Verdict:
    gone = _gone(row, on)
    if gone:
        return "not", None, gone
    known = _known(row, lists, on)
    if lasting := _lasting(known, law, on):
        return "not", None, lasting
    opens = _opens(known)
    if all(condition.met is not False for condition in restorable(known, law, on)):
        return _open_now(row, opens)
    if row["use_until"] is not None and opens > row["use_until"]:
        return "not", None, "ends_first"
    return "becomes", opens, ""


def _open_now(row: Row, opens: date) -> Verdict:
    """Say what stands between a record that the law would restore today and its restoration, if anything does."""
    if row["disputed"]:
        return "not", opens, "disputed"
    if row["matter_open"]:
        return "not", opens, "under_way"
    return "eligible", opens, ""


def _gone(row: Row, on: date) -> str:
    """Say why there is nothing to restore in a record, whatever the conditions of the law would be."""
    if row["ended"]:
        return "ended"
    if row["nature"] != "negative":
        return "not_negative"
    if row["use_until"] is not None and row["use_until"] < on:
        return "expired"
    return "link_suspended" if row["link_suspended"] else ""


def _lists(row: Row, on: date) -> bool:
    """Tell whether a record is an entry in a serious list that is in use on the day."""
    in_use = row["use_until"] is None or row["use_until"] >= on
    return bool(row["listing"] and not row["ended"] and not row["link_suspended"] and in_use)


def _known(row: Row, lists: Lists, on: date) -> RestorationFacts:
    others = lists[row["subject"], row["authority"]] - _lists(row, on)
    return RestorationFacts(
        grade=row["grade"] or "general",
        restorable_from=row["restorable_from"],
        duty_performed=row["duty"],
        penalty_kinds=tuple(row["kinds"]),
        ban_until=row["ban_until"],
        list_entry_open=others > 0,
        barred_until=row["barred_until"],
    )


def _lasting(known: RestorationFacts, law: LawBook, on: date) -> str:
    """Return the first condition that fails even with every running period taken away."""
    start = on if known.restorable_from else None
    timeless = replace(known, restorable_from=start, ban_until=None, barred_until=None)
    failed = {condition.code for condition in restorable(timeless, law, on) if condition.met is False}
    return next((reason for code, reason in FAILED.items() if code in failed), "")


def _opens(known: RestorationFacts) -> date:
    """Return the first day after every running period."""
    last_days = [day for day in (known.ban_until, known.barred_until) if day is not None]
    assert known.restorable_from is not None
    return max([known.restorable_from, *(day + timedelta(days=1) for day in last_days)])
