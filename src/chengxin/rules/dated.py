"""Dated values: the law as data, each figure with its article and the days on which it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from chengxin.rules.errors import Refusal

NATIONAL = "national"

Plain = bool | int | str | tuple[str, ...]


class Rank(StrEnum):
    """How high a legal basis stands; a measure needs a basis of sufficient rank (charter C18)."""

    LAW = "law"
    ADMINISTRATIVE_REGULATION = "administrative_regulation"
    LOCAL_REGULATION = "local_regulation"
    CENTRAL_POLICY = "central_policy"
    DEPARTMENT_RULE = "department_rule"
    LOCAL_RULE = "local_rule"
    NORMATIVE_DOCUMENT = "normative_document"
    STANDARD = "standard"
    PLATFORM = "platform"


RANK_NAMES = {
    Rank.LAW: ("法律", "law"),
    Rank.ADMINISTRATIVE_REGULATION: ("行政法规", "administrative regulation"),
    Rank.LOCAL_REGULATION: ("地方性法规", "local regulation"),
    Rank.CENTRAL_POLICY: ("党中央、国务院政策文件", "central policy document"),
    Rank.DEPARTMENT_RULE: ("部门规章", "department rule"),
    Rank.LOCAL_RULE: ("地方政府规章", "local government rule"),
    Rank.NORMATIVE_DOCUMENT: ("规范性文件", "normative document"),
    Rank.STANDARD: ("标准", "standard"),
    Rank.PLATFORM: ("平台暂定，待核", "platform's own choice, to be checked"),
}


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal basis: the instrument, the article in it and the rank of the instrument."""

    instrument: str
    article: str
    rank: Rank

    def __str__(self) -> str:
        return f"《{self.instrument}》{self.article}"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation, in both languages, with the basis that carries it (None for plain arithmetic)."""

    zh: str
    en: str
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A figure of the law, in force from `since` to `until`, both days included; `until=None`: until further notice.

    `verified` is False when nobody has yet read the figure in the official text; pages must show that.
    """

    key: str
    value: Plain
    unit: str
    basis: Basis
    since: date
    until: date | None = None
    verified: bool = False
    note: str = ""
    note_en: str = ""
    scope: str = NATIONAL

    def holds_on(self, day: date) -> bool:
        """Say whether the value is in force on that day."""
        return self.since <= day and (self.until is None or day <= self.until)


class LawGap(Refusal):
    """No value is in force on that day: the platform does not guess law."""

    code = "law_gap"


class LawOverlap(Refusal):
    """Two values for one key hold on the same day, so nobody could say which applies."""

    code = "law_overlap"


class LawType(Refusal):
    """A value is of another type than the rule that reads it expects."""

    code = "law_type"


def first_overlap(values: Iterable[Value]) -> tuple[Value, Value] | None:
    """Return the first pair of one key and scope whose days overlap, or None."""
    ordered = sorted(values, key=lambda v: (v.scope, v.key, v.since))
    for one, two in pairwise(ordered):
        if (one.scope, one.key) == (two.scope, two.key) and (one.until is None or two.since <= one.until):
            return one, two
    return None


@dataclass(frozen=True)
class LawBook:
    """All dated values. A value of the book's own province goes before the national one for the same key and day."""

    values: tuple[Value, ...]
    scope: str = NATIONAL
    _index: dict[tuple[str, str], tuple[Value, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        overlap = first_overlap(self.values)
        if overlap:
            raise _overlap(*overlap)
        index: dict[tuple[str, str], tuple[Value, ...]] = {}
        for value in self.values:
            place = (value.scope, value.key)
            index[place] = (*index.get(place, ()), value)
        object.__setattr__(self, "_index", index)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.values)

    def keys(self) -> list[str]:
        """Return every key of the book once, sorted."""
        return sorted({value.key for value in self.values})

    def value(self, key: str, on: date, scope: str | None = None) -> Value:
        """Return the value of a key in force on a day; raises LawGap when there is none."""
        for place in dict.fromkeys((scope or self.scope, NATIONAL)):
            for value in self._index.get((place, key), ()):
                if value.holds_on(on):
                    return value
        raise LawGap(
            f"{on.isoformat()} 没有生效的“{key}”。请在 law/ 目录补上该日生效的数值和依据，再重新装载。",
            f'No value of "{key}" is in force on {on.isoformat()}. Add one with its basis under law/ and load again.',
            key=key,
            on=on.isoformat(),
        )

    def integer(self, key: str, on: date) -> int:
        """Return a whole number in force on a day."""
        value = self.value(key, on).value
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong_type(key, "整数", "a whole number")
        return value

    def flag(self, key: str, on: date) -> bool:
        """Return a yes-or-no value in force on a day."""
        value = self.value(key, on).value
        if not isinstance(value, bool):
            raise _wrong_type(key, "是或否", "yes or no")
        return value

    def text(self, key: str, on: date) -> str:
        """Return a word (a choice between rules, an anchor) in force on a day."""
        value = self.value(key, on).value
        if not isinstance(value, str):
            raise _wrong_type(key, "文字", "a word")
        return value

    def names(self, key: str, on: date) -> tuple[str, ...]:
        """Return a list of names (penalty kinds, sectors) in force on a day."""
        value = self.value(key, on).value
        if not isinstance(value, tuple):
            raise _wrong_type(key, "名单", "a list of names")
        return value


def _overlap(one: Value, two: Value) -> LawOverlap:
    return LawOverlap(
        f"“{one.key}”（{one.scope}）有两个数值在 {two.since.isoformat()} 同时生效。请给前一个加上 until。",
        f'Two values of "{one.key}" ({one.scope}) hold on {two.since.isoformat()}. Give the earlier one an "until".',
        key=one.key,
        scope=one.scope,
    )


def _wrong_type(key: str, zh: str, en: str) -> LawType:
    return LawType(
        f"“{key}”应当是{zh}。请改正 law/ 中的数值。", f'"{key}" must be {en}. Correct it under law/.', key=key
    )
