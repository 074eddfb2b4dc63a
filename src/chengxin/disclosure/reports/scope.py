"""Which records a report covers: the whole file, all or from a day on, or the breaches of some branches in a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from chengxin.catalogue import lawbook
from chengxin.disclosure.models import ReportPaper
from chengxin.disclosure.reports.shapes import Form, NoDomain, PeriodUnfit, Wanted
from chengxin.rules.periods import add_months
from chengxin.rules.report_domains import Decided, Domain, Statement, counts_in, domain_of, statements


class Listed(Decided, Protocol):
    """A record as a scope looks at it."""

    @property
    def item(self) -> str:
        """Return the code of its catalogue item."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about. A certificate covers the breaches of its branches in its days, and those of no branch.

    ``always`` names the items that show what is so today, such as a registration: no first day leaves them out.
    """

    form: Form
    since: date | None
    until: date
    domains: tuple[str, ...]
    known: tuple[Domain, ...]
    always: frozenset[str] = frozenset()

    def covers(self, row: Listed) -> bool:
        """Tell whether a record belongs into this report."""
        if self.form is Form.FULL:
            return self.since is None or row.document_date >= self.since or row.item in self.always
        branch = domain_of(row.authority_name, self.known)
        return counts_in(row, self.since, self.until) and (branch == "" or branch in self.domains)

    def statements(self, rows: Sequence[Decided]) -> tuple[Statement, ...]:
        """Return what is said about each branch chosen, or about every known one in a report on the whole file."""
        chosen = [each for each in self.known if self.form is Form.FULL or each.code in self.domains]
        return statements(rows, chosen, self.known, self.since, self.until)


def of(wanted: Wanted, today: date) -> Scope:
    """Return the scope that was asked for; raises PeriodUnfit or NoDomain."""
    known = lawbook.domains(today)
    if wanted.form is Form.FULL:
        return _whole(wanted, today, known)
    since, until = _period(wanted, today)
    codes = {each.code for each in known}
    if not wanted.domains or not set(wanted.domains) <= codes:
        raise NoDomain(
            "请至少选择一个领域，并从列出的领域中选择。", "Choose at least one field, from those that are listed."
        )
    return Scope(Form.CLEARANCE, since, until, tuple(sorted(set(wanted.domains))), known)


def _whole(wanted: Wanted, today: date, known: tuple[Domain, ...]) -> Scope:
    """Return the scope of a report on the whole file, which always ends today: nothing newer may be left out unsaid."""
    if (wanted.since and wanted.since > today) or wanted.until not in (None, today):
        raise PeriodUnfit(
            "信用报告的起始日不得晚于今天，截止日只能是今天。请重新选择。",
            "A report begins today at the latest and ends today. Choose again.",
        )
    return Scope(Form.FULL, wanted.since, today, (), known, _always(today))


def _always(on: date) -> frozenset[str]:
    """Return the items of the sections that show what is so today."""
    sections = (each for layout in lawbook.report_layouts(on) for each in layout.sections if each.standing)
    return frozenset(item for each in sections for item in each.items)


def of_paper(paper: ReportPaper | None, today: date) -> Scope:
    """Return the scope a report was made with; one from before scopes was about the whole file.

    A branch is read with the words of the day of the report, so that a change of words does not change a report.
    """
    if paper is None:
        return Scope(Form.FULL, None, today, (), ())
    made_on = paper.report.made_at.date()
    if paper.form == Form.FULL:
        return Scope(Form.FULL, paper.since, today, (), (), _always(made_on) if paper.since else frozenset())
    known = lawbook.domains(made_on)
    return Scope(Form.CLEARANCE, paper.since, paper.until, tuple(paper.domains), known)


def longest_years(today: date) -> int:
    """Return how many years a certificate may reach back."""
    return lawbook.current().integer("report.period_years", today)


def _period(wanted: Wanted, today: date) -> tuple[date, date]:
    years, until = longest_years(today), wanted.until or today
    if wanted.since is None or not add_months(until, -12 * years) <= wanted.since <= until <= today:
        raise PeriodUnfit(
            f"查询期的起始日不得晚于截止日，截止日不得晚于今天，最长 {years} 年。请重新选择。",
            f"The period must run forward, end no later than today and last at most {years} years. Choose again.",
            years=years,
        )
    return wanted.since, until
