"""What stands in the law files as immutable things: values, calendar years, prohibited content, purposes, measures."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chengxin.rules.dated import NATIONAL, Basis, Plain, Value
from chengxin.rules.lawreader import Entry, fault
from chengxin.rules.workdays import Calendar


class AnswerKind(StrEnum):
    """The least that answers a purpose: a yes or no, a number, a list of hits, the records, or the whole file."""

    YES_NO = "yes_no"
    COUNT = "count"
    HITS = "hits"
    RECORDS = "records"
    FILE = "file"


class Ground(StrEnum):
    """What an enquiry must carry: nothing but being the subject, an authorisation, or a statute and a matter number."""

    OWN = "own"
    AUTHORISATION = "authorisation"
    STATUTE = "statute"


@dataclass(frozen=True, slots=True)
class ProhibitedTerm:
    """A kind of content nobody may collect, with the words that betray it in a column name, and its basis.

    `consent` is True for the kinds that may be collected with that person's written consent (charter C03).
    """

    code: str
    zh: str
    en: str
    terms: tuple[str, ...]
    exceptions: tuple[str, ...]
    consent: bool
    basis: tuple[Basis, ...]
    verified: bool

    def found_in(self, text: str) -> str | None:
        """Return the first betraying word in a name of a column or item, or None."""
        plain = re.sub(r"\s+", "", text).casefold()
        for exception in self.exceptions:
            plain = plain.replace(exception.casefold(), "")
        return next((term for term in self.terms if term.casefold() in plain), None)


@dataclass(frozen=True, slots=True)
class Prohibited:
    """All content that is refused, and all that needs written consent."""

    kinds: tuple[ProhibitedTerm, ...]

    def find(self, texts: Iterable[str]) -> list[tuple[ProhibitedTerm, str]]:
        """Return (kind, betraying word) for every text that names content nobody may collect."""
        return self._search(texts, consent=False)

    def needing_consent(self, texts: Iterable[str]) -> list[tuple[ProhibitedTerm, str]]:
        """Return (kind, betraying word) for every text that names content needing that person's written consent."""
        return self._search(texts, consent=True)

    def _search(self, texts: Iterable[str], *, consent: bool) -> list[tuple[ProhibitedTerm, str]]:
        kinds = [kind for kind in self.kinds if kind.consent is consent]
        hits = [(kind, kind.found_in(text)) for text in texts for kind in kinds]
        return [(kind, word) for kind, word in hits if word]


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose of enquiry: who may ask, on what ground, and the least that answers it.

    `items` and `natures` bound what is returned (empty `items`: every item of those natures); `fields` are the mask
    classes shown in clear, everything else is masked; `functions` are the agency functions that may use the purpose.
    `matters` are the kinds of matter it may be used for, by their code in matters.yaml; empty: any matter of the unit.
    """

    code: str
    zh: str
    en: str
    ground: Ground
    roles: tuple[str, ...]
    functions: tuple[str, ...]
    subject_kinds: tuple[str, ...]
    natures: tuple[str, ...]
    items: tuple[str, ...]
    fields: tuple[str, ...]
    answer: AnswerKind
    restrains: bool
    basis: tuple[Basis, ...]
    since: date
    until: date | None
    verified: bool
    matters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that may follow from dishonesty: its class (A, B or C), its rank needed and its basis."""

    code: str
    zh: str
    en: str
    measure_class: str
    subject_kinds: tuple[str, ...]
    lists: tuple[str, ...]
    basis: Basis
    bodies_zh: str
    bodies_en: str
    since: date
    until: date | None
    verified: bool


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The holiday arrangement of one year."""

    year: int
    holidays: tuple[tuple[date, str, str], ...]
    makeup: tuple[date, ...]
    notice: Basis
    verified: bool


def read_value(entry: Entry, scope: str = NATIONAL) -> Value:
    """Read one dated value."""
    value = Value(
        key=entry.text("key"),
        value=_plain(entry),
        unit=entry.text("unit"),
        basis=entry.basis(),
        since=entry.day("since"),
        until=entry.maybe_day("until"),
        verified=entry.flag("verified"),
        note=entry.text("note", ""),
        note_en=entry.text("note_en", ""),
        scope=scope,
    )
    entry.finish()
    return value


def _plain(entry: Entry) -> Plain:
    value = entry.raw("value")
    if isinstance(value, list):
        return entry.names("value")
    if isinstance(value, bool | int | str):
        return value
    raise fault(entry.where, "value", "应当是整数、文字、是否或文字列表", "must be a number, a word, yes/no or a list")


def read_year(entry: Entry) -> CalendarYear:
    """Read the holiday arrangement of one year."""
    year = CalendarYear(
        year=entry.whole("year"),
        holidays=tuple(day for each in entry.entries("holidays") for day in _holiday(each)),
        makeup=tuple(each.day("day") for each in entry.entries("makeup")),
        notice=entry.basis("notice"),
        verified=entry.flag("verified"),
    )
    entry.finish()
    return year


def _holiday(entry: Entry) -> list[tuple[date, str, str]]:
    first, last = entry.day("from"), entry.day("to")
    zh, en = entry.text("zh"), entry.text("en")
    entry.finish()
    return [(first + timedelta(days=n), zh, en) for n in range((last - first).days + 1)]


def calendar_of(years: Iterable[CalendarYear]) -> Calendar:
    """Put the years together into one calendar."""
    known = list(years)
    return Calendar(
        years=frozenset(each.year for each in known),
        holidays={day: (zh, en) for each in known for day, zh, en in each.holidays},
        makeup=frozenset(day for each in known for day in each.makeup),
        notices={each.year: each.notice for each in known},
    )


def read_prohibited(entry: Entry) -> ProhibitedTerm:
    """Read one kind of prohibited or consent-bound content."""
    kind = ProhibitedTerm(
        entry.text("code"), entry.text("zh"), entry.text("en"), entry.names("terms"), entry.names("exceptions", ()),
        entry.flag("consent"), entry.bases(), entry.flag("verified"),
    )  # fmt: skip
    entry.finish()
    return kind


def read_purpose(entry: Entry) -> Purpose:
    """Read one purpose of enquiry."""
    purpose = Purpose(
        code=entry.text("code"),
        zh=entry.text("zh"),
        en=entry.text("en"),
        ground=entry.choice("ground", Ground),
        roles=entry.names("roles"),
        functions=entry.names("functions"),
        subject_kinds=entry.names("subject_kinds"),
        natures=entry.names("natures"),
        items=entry.names("items"),
        fields=entry.names("fields"),
        answer=entry.choice("answer", AnswerKind),
        restrains=entry.flag("restrains"),
        basis=entry.bases(),
        since=entry.day("since"),
        until=entry.maybe_day("until"),
        verified=entry.flag("verified"),
        matters=entry.names("matters", ()),
    )
    entry.finish()
    return purpose


def read_measure(entry: Entry) -> Measure:
    """Read one measure."""
    measure = Measure(
        code=entry.text("code"),
        zh=entry.text("zh"),
        en=entry.text("en"),
        measure_class=entry.text("class"),
        subject_kinds=entry.names("subject_kinds"),
        lists=entry.names("lists", ()),
        basis=entry.basis(),
        bodies_zh=entry.text("bodies_zh"),
        bodies_en=entry.text("bodies_en"),
        since=entry.day("since"),
        until=entry.maybe_day("until"),
        verified=entry.flag("verified"),
    )
    entry.finish()
    return measure
