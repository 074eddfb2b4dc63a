"""Which records a report covers, and in which section each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from chengxin.catalogue import lawbook
from chengxin.disclosure.models import ReportPaper
from chengxin.disclosure.reports.shapes import Form, NoDomain, PeriodUnfit, Section, Wanted
from chengxin.disclosure.shapes import RowShown
from chengxin.rules.periods import add_months
from chengxin.rules.report_domains import Decided, Domain, Statement, counts_in, domain_of, statements

SECTIONS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("registration", "一、登记注册基本信息", "1. Registration", ("DJ",)),
    ("licences", "二、行政许可信息", "2. Licences", ("XK",)),
    ("penalties", "三、行政处罚信息", "3. Penalties", ("CF",)),
    ("honours", "四、诚实守信信息", "4. Good standing", ("RY", "ZY", "ZQ", "CS", "JY")),
    ("lists", "五、严重失信主体名单信息", "5. Serious-dishonesty lists", ("YZ", "SF", "SW")),
    ("abnormal", "六、经营（活动）异常名录信息", "6. Abnormal operation", ("YC",)),
    ("commitments", "七、信用承诺信息", "7. Commitments", ("CN",)),
    ("others", "八、其他信息", "8. Other information", ()),
)
CLEARANCE_SECTION = ("breaches", "违法失信记录", "Records of breach")


class Listed(Decided, Protocol):
    """A record as its section is chosen by."""

    @property
    def item(self) -> str:
        """Return the code of its catalogue item."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about. A certificate covers the breaches of its branches in its days, and those of no branch."""

    form: Form
    since: date | None
    until: date
    domains: tuple[str, ...]
    known: tuple[Domain, ...]

    def covers(self, row: Decided) -> bool:
        """Tell whether a record belongs into this report."""
        if self.form is Form.FULL:
            return True
        branch = domain_of(row.authority_name, self.known)
        return counts_in(row, self.since, self.until) and (branch == "" or branch in self.domains)

    def statements(self, rows: Sequence[Decided]) -> tuple[Statement, ...]:
        """Return what is said about each branch chosen, or about every known one in a report on the whole file."""
        chosen = [each for each in self.known if self.form is Form.FULL or each.code in self.domains]
        return statements(rows, chosen, self.known, self.since, self.until)

    def sections(self, rows: Sequence[RowShown]) -> tuple[Section, ...]:
        """Return the rows under their headings; an empty section stays, for that there is nothing is information."""
        if self.form is Form.CLEARANCE:
            return (Section(*CLEARANCE_SECTION, tuple(rows)),)
        named = {prefix for *_names, prefixes in SECTIONS for prefix in prefixes}
        return tuple(
            Section(code, zh, en, tuple(row for row in rows if _belongs(row.item, prefixes, named)))
            for code, zh, en, prefixes in SECTIONS
        )


def _belongs(item: str, prefixes: tuple[str, ...], named: set[str]) -> bool:
    prefix = item.split("-")[1] if item.count("-") >= 2 else ""
    return prefix in prefixes if prefixes else prefix not in named


def of(wanted: Wanted, today: date) -> Scope:
    """Return the scope that was asked for; raises PeriodUnfit or NoDomain."""
    known = lawbook.domains(today)
    if wanted.form is Form.FULL:
        return Scope(Form.FULL, None, today, (), known)
    since, until = _period(wanted, today)
    codes = {each.code for each in known}
    if not wanted.domains or not set(wanted.domains) <= codes:
        raise NoDomain(
            "请至少选择一个领域，并从列出的领域中选择。", "Choose at least one field, from those that are listed."
        )
    return Scope(Form.CLEARANCE, since, until, tuple(sorted(set(wanted.domains))), known)


def of_paper(paper: ReportPaper | None, today: date) -> Scope:
    """Return the scope a report was made with; one from before scopes was about the whole file.

    A branch is read with the words of the day of the report, so that a change of words does not change a report.
    """
    if paper is None or paper.form == Form.FULL:
        return Scope(Form.FULL, None, today, (), ())
    known = lawbook.domains(paper.report.made_at.date())
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
