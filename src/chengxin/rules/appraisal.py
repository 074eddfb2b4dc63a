"""Points under a dated scheme of appraisal: each line says why it earned what it did; nothing unknown earns or loses.

What the platform cannot measure is entered by a person or stands as not measured; points are never scaled up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from chengxin.rules import quality
from chengxin.rules.dated import Basis
from chengxin.rules.errors import Refusal
from chengxin.rules.lawreader import Entry, fault
from chengxin.rules.quality import Counts, Duties, Rate


class Measure(StrEnum):
    """How a criterion comes to its points."""

    STORED = "stored"
    COMPLETE = "complete"
    ACCURATE = "accurate"
    TIMELY_DECISIONS = "timely_decisions"
    TIMELY_MONTHLY = "timely_monthly"
    MONTHLY_TABLE = "monthly_table"
    ENQUIRIES = "enquiries"
    SUPPLY = "supply"
    SUPPLIED = "supplied"
    BY_HAND = "by_hand"
    NOT_SEEN = "not_seen"


RATED = (
    Measure.STORED,
    Measure.COMPLETE,
    Measure.ACCURATE,
    Measure.TIMELY_DECISIONS,
    Measure.TIMELY_MONTHLY,
)


class NotEnterable(Refusal):
    """Points were entered for a criterion the platform counts itself, or beyond what it is worth."""

    code = "points_not_enterable"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the scheme; a bonus stands beside the hundred."""

    code: str
    zh: str
    en: str
    points: int
    bonus: bool


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the scheme; ``threshold`` is in percent.

    Enquiries: more than ``companies`` looked up, or at least ``batches`` orders for many. Supplied: one of ``items``.
    """

    code: str
    section: str
    zh: str
    en: str
    points: int
    measure: Measure
    threshold: int
    rule_zh: str
    rule_en: str
    companies: int = 0
    batches: int = 0
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scheme:
    """A scheme of appraisal in force from ``since`` to ``until``, both included.

    ``least_rows``: no rate below it; ``table_day``: last day of the next month for the monthly table;
    ``remind_days``: calendar days before a limit.
    """

    code: str
    zh: str
    en: str
    basis: Basis
    since: date
    until: date | None
    verified: bool
    note: str
    note_en: str
    least_rows: int
    table_day: int
    remind_days: tuple[int, ...]
    sections: tuple[Section, ...]
    criteria: tuple[Criterion, ...]

    def holds_on(self, day: date) -> bool:
        """Say whether the scheme is in force on a day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def table_due(self, month: date) -> date:
        """Return the last day for the table of a month."""
        return quality.following(month).replace(day=self.table_day)

    def by_hand(self) -> tuple[Criterion, ...]:
        """Return the criteria a person enters."""
        return tuple(each for each in self.criteria if each.measure is Measure.BY_HAND)

    def check_given(self, code: str, points: int) -> Criterion:
        """Return the criterion points may be entered for; raises NotEnterable."""
        found = next((each for each in self.by_hand() if each.code == code), None)
        if found is None:
            raise NotEnterable(
                "这一项不由人工填写。请从人工填写的指标中选择。",
                "This criterion is not entered by hand. Choose one of those that are.",
            )
        if not 0 <= points <= found.points:
            raise NotEnterable(
                f"“{found.zh}”的分值是 0 至 {found.points} 分。请改正后再填。",
                f"“{found.en}” is worth 0 to {found.points} points. Correct the figure.",
            )
        return found


@dataclass(frozen=True, slots=True)
class Given:
    """Points a person entered, with the reason."""

    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class Use:
    """What an agency looked up in a month: how many organisations, and how many times a whole list of them."""

    companies: int = 0
    batches: int = 0


@dataclass(frozen=True, slots=True)
class Supply:
    """What an agency filed in a month: files, those of them sent by a system, items stored, items it owes."""

    files: int = 0
    by_system: int = 0
    stored: frozenset[str] = frozenset()
    owed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """What is known of an agency's month on the day ``as_of``.

    ``lateness_known`` is False for a month whose working days nobody has published yet; ``table_bound`` is False for an
    agency that neither files nor owes anything the monthly table is about. ``use`` is None where nobody looked.
    """

    month: date
    as_of: date
    counts: Counts
    duties: Duties
    table_filed_on: date | None = None
    lateness_known: bool = True
    table_bound: bool = True
    given: Mapping[str, Given] = field(default_factory=dict)
    supply: Supply = Supply()
    use: Use | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion with what it earned (None: not measured, neither earned nor lost) and why."""

    criterion: Criterion
    earned: int | None
    zh: str
    en: str


@dataclass(frozen=True)
class Score:
    """The lines and their sums: ``earned`` of ``countable`` of ``full``; a bonus is apart."""

    lines: tuple[Line, ...]
    earned: int
    countable: int
    full: int
    bonus: int


def score(scheme: Scheme, facts: Facts) -> Score:
    """Return the points of an agency's month with the reason of every line."""
    extra = {each.code for each in scheme.sections if each.bonus}
    lines = tuple(_line(each, scheme, facts) for each in scheme.criteria)
    base = [each for each in lines if each.criterion.section not in extra]
    return Score(
        lines,
        earned=sum(each.earned or 0 for each in base),
        countable=sum(each.criterion.points for each in base if each.earned is not None),
        full=sum(each.criterion.points for each in base),
        bonus=sum(each.earned or 0 for each in lines if each.criterion.section in extra),
    )


def rate_of(measure: Measure, scheme: Scheme, facts: Facts) -> Rate:
    """Return the rate a criterion is judged by."""
    if measure is Measure.STORED:
        return quality.stored_rate(facts.counts, scheme.least_rows)
    if measure is Measure.ACCURATE:
        return quality.accuracy(facts.counts, scheme.least_rows)
    if measure is Measure.TIMELY_DECISIONS:
        return quality.timeliness(facts.counts, scheme.least_rows)
    return quality.completeness(facts.duties) if measure is Measure.COMPLETE else quality.monthly(facts.duties)


def _line(criterion: Criterion, scheme: Scheme, facts: Facts) -> Line:
    if criterion.measure in RATED:
        return _rated(criterion, scheme, facts)
    if criterion.measure is Measure.MONTHLY_TABLE:
        return _table(criterion, scheme, facts)
    if counted := _COUNTED.get(criterion.measure):
        return counted(criterion, facts)
    given = facts.given.get(criterion.code)
    if criterion.measure is Measure.NOT_SEEN:
        return Line(criterion, None, "指标正文未见，未计分", "the text of these criteria was not seen: not counted")
    if given is None:
        return Line(criterion, None, "平台不能测量，尚未人工填写", "cannot be measured here and was not entered yet")
    why = f"人工填写 {given.points} 分：{given.reason}", f"entered by hand, {given.points}: {given.reason}"
    return Line(criterion, given.points, *why)


def _rated(criterion: Criterion, scheme: Scheme, facts: Facts) -> Line:
    if criterion.measure is Measure.TIMELY_DECISIONS and not facts.lateness_known:
        return Line(
            criterion, None, "该年放假安排未公布，不能判断是否迟报", "working days not published: lateness unknown"
        )
    rate = rate_of(criterion.measure, scheme, facts)
    if not rate.told:
        return Line(criterion, None, *_too_little(criterion.measure, rate))
    reached = rate.reaches(criterion.threshold)
    sums = f"{rate.part} ÷ {rate.whole} = {rate.percent} %"
    sign = "≥" if reached else "＜"
    zh = f"{sums}，{sign} {criterion.threshold} %，得 {criterion.points if reached else 0} 分"
    en = f"{sums}, {'≥' if reached else '<'} {criterion.threshold} %: {criterion.points if reached else 0}"
    return Line(criterion, criterion.points if reached else 0, zh, en)


def _too_little(measure: Measure, rate: Rate) -> tuple[str, str]:
    if measure in (Measure.COMPLETE, Measure.TIMELY_MONTHLY):
        return "没有登记应报的目录项，未计分", "no items are registered as required: not counted"
    return (
        f"只有 {rate.whole} 行（{rate.part} ÷ {rate.whole}），不足 {rate.least} 行不计比率",
        f"only {rate.whole} row(s) ({rate.part} of {rate.whole}); no rate below {rate.least}",
    )


def _table(criterion: Criterion, scheme: Scheme, facts: Facts) -> Line:
    due, filed = scheme.table_due(facts.month), facts.table_filed_on
    if filed is None and not facts.table_bound:
        return Line(criterion, None, "没有双公示信息应报，不需报送", "no licences or penalties to report: not needed")
    if filed is None and facts.as_of <= due:
        return Line(criterion, None, f"未到期：{due} 前报送", f"not due yet: by {due}")
    if filed is None:
        return Line(criterion, 0, f"到 {due} 未报送，得 0 分", f"not filed by {due}: 0")
    points = criterion.points if filed <= due else 0
    word, english = ("按时", "in time") if filed <= due else ("迟报", "late")
    return Line(criterion, points, f"{filed} 报送，期限 {due}，{word}，得 {points} 分",
                f"filed {filed}, limit {due}, {english}: {points}")  # fmt: skip


def _enquiries(criterion: Criterion, facts: Facts) -> Line:
    use = facts.use
    if use is None:
        return Line(criterion, None, "未统计查询使用情况", "enquiries were not counted")
    done = use.companies > criterion.companies or use.batches >= criterion.batches
    zh = f"查询企业 {use.companies} 家、批量审查 {use.batches} 次"
    en = f"{use.companies} organisations looked up, {use.batches} batch reviews"
    if not done and facts.as_of <= quality.last_of(facts.month):
        return Line(criterion, None, f"月份未结束：{zh}", f"the month is not over: {en}")
    return _earned(criterion, done, zh, en)


def _supply(criterion: Criterion, facts: Facts) -> Line:
    supply = facts.supply
    if supply.files == 0:
        return Line(criterion, None, "本月没有报送", "nothing was filed this month")
    zh = f"{supply.files} 个文件中 {supply.by_system} 个由系统对接报送"
    en = f"{supply.by_system} of {supply.files} files were sent by a system"
    return _earned(criterion, supply.by_system > 0, zh, en)


def _supplied(criterion: Criterion, facts: Facts) -> Line:
    wanted, names = frozenset(criterion.items), "、".join(criterion.items)
    done = sorted(wanted & facts.supply.stored)
    if done:
        return _earned(criterion, True, f"已入库：{'、'.join(done)}", f"stored: {', '.join(done)}")
    if not wanted & facts.supply.owed:
        return Line(criterion, None, f"没有登记应报，也没有入库：{names}", f"neither required nor stored: {names}")
    if facts.as_of <= quality.last_of(facts.month):
        return Line(criterion, None, f"月份未结束，尚未入库：{names}", f"not stored yet, the month runs: {names}")
    return _earned(criterion, False, f"应报未入库：{names}", f"required and not stored: {names}")


def _earned(criterion: Criterion, done: bool, zh: str, en: str) -> Line:
    points = criterion.points if done else 0
    return Line(criterion, points, f"{zh}，得 {points} 分", f"{en}: {points}")


_COUNTED: Mapping[Measure, Callable[[Criterion, Facts], Line]] = {
    Measure.ENQUIRIES: _enquiries,
    Measure.SUPPLY: _supply,
    Measure.SUPPLIED: _supplied,
}


def read_scheme(entry: Entry, scope: str) -> Scheme:
    """Read one scheme of a law file; the criteria must add up to each section and the sections to a hundred."""
    scheme = Scheme(
        code=entry.text("code"),
        zh=entry.text("zh"),
        en=entry.text("en"),
        basis=entry.basis(),
        since=entry.day("since"),
        until=entry.maybe_day("until"),
        verified=entry.flag("verified"),
        note=entry.text("note", ""),
        note_en=entry.text("note_en", ""),
        least_rows=entry.whole("least_rows"),
        table_day=entry.whole("table_day"),
        remind_days=_whole_numbers(entry, "remind_days"),
        sections=tuple(_section(each) for each in entry.entries("sections")),
        criteria=tuple(_criterion(each) for each in entry.entries("criteria")),
    )
    entry.finish()
    _check(scheme, f"{scope}: {entry.where}")
    return scheme


def _whole_numbers(entry: Entry, key: str) -> tuple[int, ...]:
    found = entry.raw(key)
    if not isinstance(found, list) or not all(type(each) is int and each >= 0 for each in found):
        raise fault(entry.where, key, "应当是整数的列表", "must be a list of whole numbers")
    return tuple(found)


def _section(entry: Entry) -> Section:
    made = Section(
        entry.text("code"), entry.text("zh"), entry.text("en"), entry.whole("points"), entry.flag("bonus")
    )  # fmt: skip
    entry.finish()
    return made


def _criterion(entry: Entry) -> Criterion:
    measure = entry.choice("measure", Measure)
    made = Criterion(
        code=entry.text("code"),
        section=entry.text("section"),
        zh=entry.text("zh"),
        en=entry.text("en"),
        points=entry.whole("points"),
        measure=measure,
        threshold=entry.whole("threshold") if measure in RATED else 0,
        rule_zh=entry.text("rule", ""),
        rule_en=entry.text("rule_en", ""),
        companies=entry.whole("companies") if measure is Measure.ENQUIRIES else 0,
        batches=entry.whole("batches") if measure is Measure.ENQUIRIES else 0,
        items=entry.names("items") if measure is Measure.SUPPLIED else (),
    )
    entry.finish()
    return made


def _check(scheme: Scheme, where: str) -> None:
    for section in scheme.sections:
        if sum(each.points for each in scheme.criteria if each.section == section.code) != section.points:
            raise fault(where, section.code, "各指标分值之和不等于本部分分值", "does not add up to its section")
    if sum(each.points for each in scheme.sections if not each.bonus) != 100:
        raise fault(where, "sections", "各部分分值之和应当是 100", "must add up to 100")
    if {each.section for each in scheme.criteria} - {each.code for each in scheme.sections}:
        raise fault(where, "criteria", "指标归入了没有列出的部分", "name a section that is not listed")
    if not 1 <= scheme.table_day <= 28:
        raise fault(where, "table_day", "应当是 1 至 28", "must be 1 to 28")
