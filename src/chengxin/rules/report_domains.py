"""领域: which branch of the administration decided a record, and what a report may say about each branch. Pure.

A statement of "no record" must never rest on a name that was read wrongly: a record whose authority belongs to no known
branch counts against every statement, so that somebody looks at it. Domain facts 2.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from chengxin.rules.dated import Basis
from chengxin.rules.lawreader import Entry


@dataclass(frozen=True, slots=True)
class Domain:
    """One branch: the words by which the name of its authorities is known."""

    code: str
    zh: str
    en: str
    authorities: tuple[str, ...]
    basis: tuple[Basis, ...]
    since: date
    until: date | None
    verified: bool


class Decided(Protocol):
    """What a statement looks at in a record."""

    @property
    def nature(self) -> str:
        """Return positive, negative or neutral."""

    @property
    def authority_name(self) -> str:
        """Return who decided."""

    @property
    def document_date(self) -> date:
        """Return when it was decided."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said about one branch: how many records of breach, and the sentence."""

    code: str
    name_zh: str
    name_en: str
    count: int
    unsorted: int
    zh: str
    en: str


def read_domain(entry: Entry) -> Domain:
    """Read one branch of law/*/domains.yaml."""
    domain = Domain(
        code=entry.text("code"),
        zh=entry.text("zh"),
        en=entry.text("en"),
        authorities=entry.names("authorities"),
        basis=entry.bases(),
        since=entry.day("since"),
        until=entry.maybe_day("until"),
        verified=entry.flag("verified"),
    )
    entry.finish()
    return domain


def domain_of(authority_name: str, domains: Iterable[Domain]) -> str:
    """Return the branch of an authority, or an empty text when none of the words is in its name.

    The longest word wins, so that 生态环境 is not taken for 环境卫生 by an accident of order.
    """
    found = [(len(word), each.code) for each in domains for word in each.authorities if word in authority_name]
    return max(found)[1] if found else ""


def counts_in(row: Decided, since: date | None, until: date) -> bool:
    """Tell whether a record is a breach decided within the period; without a first day, at any time up to the last."""
    return row.nature == "negative" and (since is None or since <= row.document_date) and row.document_date <= until


def statements(
    rows: Sequence[Decided], chosen: Sequence[Domain], known: Sequence[Domain], since: date | None, until: date
) -> tuple[Statement, ...]:
    """Return one statement for each chosen branch, in the order chosen."""
    branches = [domain_of(row.authority_name, known) for row in rows if counts_in(row, since, until)]
    unsorted = branches.count("")
    return tuple(_statement(each, branches.count(each.code), unsorted) for each in chosen)


def _statement(domain: Domain, count: int, unsorted: int) -> Statement:
    if count:
        zh = f"{domain.zh}领域：查询期内有 {count} 条违法失信记录，列于报告正文。"
        en = f"{domain.en}: {count} record(s) of breach in the period, listed in the report."
    elif unsorted:
        zh = f"{domain.zh}领域：未发现已归入本领域的记录；另有 {unsorted} 条归不进任何领域，列于正文，请人工核对。"
        en = f"{domain.en}: none found; {unsorted} record(s) belong to no known field and must be looked at."
    else:
        zh = f"{domain.zh}领域：查询期内无违法失信记录。"
        en = f"{domain.en}: no record of breach in the period."
    return Statement(domain.code, domain.zh, domain.en, count, unsorted, zh, en)
