"""The reading of one cell: what its text means, or which rule it breaks. Depends on nothing else in the row."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from chengxin.rules import text as texts
from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.citizen import is_citizen_id
from chengxin.rules.identifiers.shape import tidy
from chengxin.rules.identifiers.verdict import CodeKind, Outcome
from chengxin.rules.layouts import Field, FieldType, Role
from chengxin.rules.money import MoneyRefused, parse_wan
from chengxin.rules.validation import dates
from chengxin.rules.validation.codes import Problem
from chengxin.rules.validation.context import Context
from chengxin.rules.validation.shapes import NO_SHAPE, Shape, characters, shape_of

Value = str | date | int

# Exactly the characters of Unicode's White_Space, so that every engine strips the same ones.
BLANKS = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
# What programs write when they have nothing. The figure 0 is not among them: it is an answer.
NOTHING = frozenset({"", "\\N", "NULL", "null", "None", "NaN", "/", "／", "-", "--", "—", "——", "无", "暂无", "N/A"})
# Control characters, and the marks that reverse the direction in which a line is shown.
FORBIDDEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069"
_FORBIDDEN = re.compile(f"[{FORBIDDEN}]")
SEPARATORS = ";；"
DOCUMENT_NO = re.compile(r".{1,60}[(〔\[【〈<]?(?:19|20)[0-9]{2}[)〕\]】〉>]?.{0,40}[0-9].{0,40}")


@dataclass(frozen=True, slots=True)
class Reading:
    """The typed value of a cell (None when it is empty or bad) and the rule it breaks, if any."""

    value: Value | None = None
    problem: Problem | None = None

    @property
    def bad(self) -> bool:
        """True when something is written that could not be read."""
        return self.value is None and self.problem is not None


def stripped(raw: str | None) -> str:
    """Return the text without surrounding blanks, or the empty text when it only says that there is none."""
    text = (raw or "").strip(BLANKS)
    return "" if text in NOTHING else text


def read_cell(field: Field, raw: str | None, context: Context) -> Reading:
    """Read one cell by the type of its field.

    Numbers of personal certificates come back as tidied text only, because their meaning hangs on the certificate
    type in another cell; rows.read_row judges them.
    """
    text = stripped(raw)
    if not text:
        return Reading()
    if _FORBIDDEN.search(text):
        return _bad(field, "text.control", shape_of(text))
    return _READERS[field.type](field, text, context)


def _bad(field: Field, code: str, shape: Shape = NO_SHAPE, limit: str = "") -> Reading:
    return Reading(None, Problem(code, field.code, shape, limit))


def _within(field: Field, text: str, value: Value) -> Reading:
    if field.length and len(text) > field.length:
        return _bad(field, "text.too_long", characters(len(text)), str(field.length))
    return Reading(value)


def _read_text(field: Field, text: str, context: Context) -> Reading:
    return _within(field, text, text)


def _read_person_code(field: Field, text: str, context: Context) -> Reading:
    return _within(field, text, tidy(text))


def _read_document_no(field: Field, text: str, context: Context) -> Reading:
    reading = _within(field, text, text)
    if not reading.bad and not DOCUMENT_NO.fullmatch(texts.document_no(text)):
        return Reading(text, Problem("document_no.shape", field.code, shape_of(text)))
    return reading


def _read_choice(field: Field, text: str, context: Context) -> Reading:
    choice = field.choice(text) or field.choice(tidy(text))
    if choice:
        return Reading(choice.value)
    if field.open_prefix and text.startswith(field.open_prefix):
        return _within(field, text, text)
    return _bad(field, "choice.unknown", shape_of(text))


def _read_choices(field: Field, text: str, context: Context) -> Reading:
    atoms: list[str] = []
    for part in re.split(f"[{SEPARATORS}]", text):
        names = _atoms(field, part.strip(BLANKS))
        if names is None:
            return _bad(field, "choice.unknown", shape_of(text))
        atoms += [name for name in names if name not in atoms]
    return Reading(";".join(atoms)) if atoms else Reading()


def _atoms(field: Field, part: str) -> list[str] | None:
    """Split one part at the enumeration comma, unless the part as a whole is a value or an open one."""
    if not part:
        return []
    if choice := field.choice(part):
        return [choice.value]
    if field.open_prefix and part.startswith(field.open_prefix):
        return [part]
    found = [field.choice(name) for name in part.split("、")]
    return [choice.value for choice in found if choice] if all(found) else None


def _read_date(field: Field, text: str, context: Context) -> Reading:
    day = dates.parse_date(text)
    if day is None:
        return _no_date(field, text)
    if dates.is_no_date(day):
        return Reading()
    return _judge_decision(field, day, context) if field.role is Role.DECIDED_ON else Reading(day)


def _no_date(field: Field, text: str) -> Reading:
    """Where nothing hangs on a date, words in its place are left out and the row is not returned for them."""
    return _bad(field, "date.ignored" if field.informative else "date.unreadable", shape_of(text))


def _judge_decision(field: Field, day: date, context: Context) -> Reading:
    if day > context.today:
        return _bad(field, "date.future", limit=context.today.isoformat())
    if day.year < dates.FIRST_YEAR:
        return _bad(field, "date.too_old", limit=str(dates.FIRST_YEAR))
    if context.on_time_from and day < context.on_time_from:
        return Reading(day, Problem("date.late", field.code, NO_SHAPE, str(context.publish_workdays)))
    return Reading(day)


def _read_until(field: Field, text: str, context: Context) -> Reading:
    day = dates.end_of_validity(text)
    if day is None:
        return _no_date(field, text)
    return Reading() if dates.is_no_date(day) else Reading(day)


def _read_wan(field: Field, text: str, context: Context) -> Reading:
    try:
        return Reading(parse_wan(text).fen)
    except MoneyRefused as refusal:
        if refusal.code == "money-negative":
            return _bad(field, "amount.negative", shape_of(text))
        return _bad(field, "amount.unreadable", _with_fault(refusal, shape_of(text)))


def _with_fault(refusal: MoneyRefused, shape: Shape) -> Shape:
    """Say what is wrong with an amount, where it is known, before what the cell looks like."""
    if "fault_zh" not in refusal.facts:
        return shape
    return Shape(f"{refusal.facts['fault_zh']}，{shape.zh}", f"{refusal.facts['fault_en']}; {shape.en}")


def _read_uscc(field: Field, text: str, context: Context) -> Reading:
    verdict = check(CodeKind.USCC, text)
    shape = Shape(verdict.shape, verdict.shape_en)
    # About one identity number in thirty also satisfies the check character of a USCC; the birth date gives it away.
    if is_citizen_id(verdict.normalised):
        return _bad(field, "uscc.citizen_id", Shape("可解析为 18 位身份证号", "parses as an 18-digit identity number"))
    if verdict.outcome is Outcome.WRONG:
        return _bad(field, "uscc.wrong", shape)
    if verdict.check_exempt:
        return Reading(verdict.normalised, Problem("uscc.exempt", field.code, shape))
    return Reading(verdict.normalised)


def _read_org_code(field: Field, text: str, context: Context) -> Reading:
    verdict = check(CodeKind.ORG_CODE, text)
    if verdict.outcome is Outcome.WRONG:
        return Reading(text, Problem("org_code.wrong", field.code, Shape(verdict.shape, verdict.shape_en)))
    return Reading(verdict.normalised)


_READERS: dict[FieldType, Callable[[Field, str, Context], Reading]] = {
    FieldType.TEXT: _read_text,
    FieldType.DATE: _read_date,
    FieldType.UNTIL: _read_until,
    FieldType.WAN: _read_wan,
    FieldType.CHOICE: _read_choice,
    FieldType.CHOICES: _read_choices,
    FieldType.USCC: _read_uscc,
    FieldType.ORG_CODE: _read_org_code,
    FieldType.PERSON_CODE: _read_person_code,
    FieldType.DOCUMENT_NO: _read_document_no,
}
