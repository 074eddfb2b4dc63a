"""How long a record may be published and used, and from when it may be restored.

Every date returned is the last day that still counts, included. A period of months starts the day after its anchor and
ends on the day of the same number, or on the last day of a month that has no such day (民法典 201-202).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from chengxin.rules.dated import LawBook, Step
from chengxin.rules.errors import Refusal
from chengxin.rules.grading import GRADE_NAMES, Grade

Rule = Literal["graded", "validity", "term", "standing", "retention"]
Publicity = Literal["public", "shared", "authorised"]
Anchor = Literal["document_date", "publicity_date"]

ANCHOR_NAMES = {"document_date": ("文书日期", "document date"), "publicity_date": ("公示日期", "publicity date")}


class UngradedRecord(Refusal):
    """A record whose period depends on its grade has none."""

    code = "ungraded_record"


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """What is known of a record.

    `rule`: graded (penalties, lists), validity (licences, honours: until their own end), term (`term_months` after the
    document), standing (true while the register says so), retention (negative, no publicity period of its own).
    `market_regulator` says that Order 45 also claims the case; `low_fine` is the "通报批评或者较低数额罚款" of its 13.
    """

    document_date: date
    rule: Rule = "graded"
    publicity: Publicity = "public"
    grade: Grade | None = None
    publicised_on: date | None = None
    act_ended_on: date | None = None
    valid_until: date | None = None
    term_months: int | None = None
    market_regulator: bool = False
    low_fine: bool = False
    ban_until: date | None = None
    publish_minor: bool = False


@dataclass(frozen=True, slots=True)
class Periods:
    """`public_from=None`: never public. `public_until=None` with a `public_from`: no end of its own.

    `use_until=None`: no end of its own. `restorable_from=None`: nothing to restore. Dates are inclusive last days.
    """

    public_from: date | None
    public_until: date | None
    use_until: date | None
    restorable_from: date | None
    anchor: Anchor
    derivation: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    anchor: Anchor
    start: date
    end: date
    steps: tuple[Step, ...]


def add_months(day: date, months: int) -> date:
    """Return the day of the same number some months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def compute(facts: PeriodFacts, law: LawBook, on: date) -> Periods:
    """Compute a record's periods under the law in force `on` the day of computing (admission, or a recomputation).

    Sources: 信用修复管理办法 (Order 36), Order 58 before it, 市场监督管理行政处罚信息公示规定 13 (Order 45).
    """
    if facts.rule == "graded":
        return _graded(facts, law, on)
    if facts.rule == "retention":
        return _retained(facts, law, on)
    return _plain(facts)


def retention_limit(facts: PeriodFacts, law: LawBook, on: date) -> tuple[date, Step]:
    """Return the last day on which negative information may be kept in use, whatever its grade says."""
    value = law.value("negative.retention_years", on)
    years = law.integer("negative.retention_years", on)
    by_act = law.text("negative.retention_anchor", on) == "act_end" and facts.act_ended_on is not None
    start = facts.act_ended_on if by_act and facts.act_ended_on else facts.document_date
    last = add_months(start, 12 * years)
    zh, en = ("行为终止之日", "end of the act") if by_act else ("文书日期", "document date")
    return last, Step(
        f"使用上限：自{zh} {start.isoformat()} 起 {years} 年，至 {last.isoformat()}",
        f"Upper limit of use: {years} years from the {en} {start.isoformat()}, to {last.isoformat()}",
        value.basis,
    )


def _graded(facts: PeriodFacts, law: LawBook, on: date) -> Periods:
    grade = _known_grade(facts)
    span = _longest(facts, grade, law, on)
    limit, limit_step = retention_limit(facts, law, on)
    until = min(span.end, limit)
    publishable, publish_step = _may_publish(facts, grade, law, on)
    restorable, restore_step = _restorable(grade, span.start, law, on)
    return Periods(
        public_from=(facts.publicised_on or facts.document_date) if publishable else None,
        public_until=until if publishable else None,
        use_until=until,
        restorable_from=min(restorable, until),
        anchor=span.anchor,
        derivation=(*span.steps, limit_step, publish_step, restore_step),
    )


def _known_grade(facts: PeriodFacts) -> Grade:
    if facts.grade is None:
        raise UngradedRecord(
            "该信息按等次定期限，但没有等次。请先按处罚种类、程序和金额定等次。",
            "This record's period depends on its grade, and it has none. Grade it first.",
        )
    return facts.grade


def _longest(facts: PeriodFacts, grade: Grade, law: LawBook, on: date) -> _Span:
    """Return the longest lawful span; where Order 45 also claims the case, a dated policy value picks and says why."""
    general = _by_grade(facts, grade, law, on)
    if not facts.market_regulator:
        return general
    market = _by_market_rule(facts, law, on)
    pick = law.value("conflict.market_regulator_publicity", on)
    chosen, other = (market, general) if pick.value == "market_rule" else (general, market)
    step = Step(
        f"两项规定都适用：信用修复规定至 {general.end.isoformat()}，市场监管规定至 {market.end.isoformat()}；"
        f"采用至 {chosen.end.isoformat()} 的一项。{pick.note}",
        f"Two rules apply: the repair rule to {general.end.isoformat()}, the market regulator's to "
        f"{market.end.isoformat()}; the one to {chosen.end.isoformat()} is taken. {pick.note_en}",
        pick.basis,
    )
    return _Span(chosen.anchor, chosen.start, chosen.end, (*other.steps, *chosen.steps, step))


def _by_grade(facts: PeriodFacts, grade: Grade, law: LawBook, on: date) -> _Span:
    value = law.value(f"grade.{grade}.max_months", on)
    months = law.integer(f"grade.{grade}.max_months", on)
    return _span(facts, law, on, "grade.anchor", months, value.key, GRADE_NAMES[grade])


def _by_market_rule(facts: PeriodFacts, law: LawBook, on: date) -> _Span:
    key = "market.low.max_months" if facts.low_fine else "market.other.max_months"
    span = _span(facts, law, on, "market.anchor", law.integer(key, on), key, ("市场监管", "market regulation"))
    if facts.ban_until is None or facts.ban_until <= span.end:
        return span
    step = Step(
        f"限制期更长，按限制期公示至 {facts.ban_until.isoformat()}",
        f"The ban lasts longer, so publicity follows it to {facts.ban_until.isoformat()}",
        law.value("market.ban", on).basis,
    )
    return _Span(span.anchor, span.start, facts.ban_until, (*span.steps, step))


def _span(
    facts: PeriodFacts, law: LawBook, on: date, anchor_key: str, months: int, months_key: str, name: tuple[str, str]
) -> _Span:
    anchor: Anchor = "publicity_date" if law.text(anchor_key, on) == "publicity_date" else "document_date"
    # A record that was never publicised counts from its document, which can only be shorter for the subject.
    start = facts.publicised_on if anchor == "publicity_date" and facts.publicised_on else facts.document_date
    end = add_months(start, months)
    zh, en = ANCHOR_NAMES[anchor]
    first = Step(f"起算点：{zh} {start.isoformat()}", f"Anchor: {en} {start.isoformat()}",
                 law.value(anchor_key, on).basis)  # fmt: skip
    second = Step(
        f"{name[0]}：最长 {months} 个月，至 {end.isoformat()}（含当日）",
        f"{name[1]}: at most {months} months, to {end.isoformat()} included",
        law.value(months_key, on).basis,
    )
    return _Span(anchor, start, end, (first, second))


def _may_publish(facts: PeriodFacts, grade: Grade, law: LawBook, on: date) -> tuple[bool, Step]:
    if facts.publicity != "public":
        return False, Step("目录规定该项不向社会公开", "The catalogue does not make this item public")
    value = law.value("grade.minor.public", on)
    if grade == "minor" and not value.value and not facts.publish_minor:
        return False, Step("轻微失信原则上不公示", "Minor dishonesty is not published in principle", value.basis)
    return True, Step("目录规定该项向社会公开", "The catalogue makes this item public")


def _restorable(grade: Grade, start: date, law: LawBook, on: date) -> tuple[date, Step]:
    value = law.value(f"grade.{grade}.min_months", on)
    months = law.integer(f"grade.{grade}.min_months", on)
    # The shortest period must be over; its last day is still inside it, so restoration opens the day after.
    day = add_months(start, months) + timedelta(days=1) if months else start
    zh = f"最短 {months} 个月届满后，{day.isoformat()} 起可申请修复" if months else f"{day.isoformat()} 起可申请修复"
    en = f"Restoration may be sought from {day.isoformat()}, the shortest period of {months} months being over"
    return day, Step(zh, en, value.basis)


def _retained(facts: PeriodFacts, law: LawBook, on: date) -> Periods:
    limit, step = retention_limit(facts, law, on)
    public = facts.publicity == "public"
    start = facts.publicised_on or facts.document_date
    return Periods(start if public else None, limit if public else None, limit, None, "document_date", (step,))


def _plain(facts: PeriodFacts) -> Periods:
    """Positive and neutral information: its own end, the catalogue's term, or as long as the register says so."""
    start = facts.publicised_on or facts.document_date
    if facts.rule == "term" and facts.term_months is not None:
        end: date | None = add_months(facts.document_date, facts.term_months)
        zh, en = f"目录期限 {facts.term_months} 个月", f"catalogue term of {facts.term_months} months"
    else:
        end = facts.valid_until
        zh, en = ("至有效期届满", "until its validity ends") if end else ("没有届满日", "no end of its own")
    when_zh, when_en = (f"，至 {end.isoformat()}（含当日）", f", to {end.isoformat()} included") if end else ("", "")
    public = facts.publicity == "public"
    steps = (Step(f"{zh}{when_zh}", f"{en}{when_en}"),)
    return Periods(start if public else None, end if public else None, end, None, "document_date", steps)
