"""A catalogue item as the law files define it: what may be collected, about whom, from whom, on which basis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chengxin.rules.dated import Basis
from chengxin.rules.errors import Refusal
from chengxin.rules.lawfiles import Prohibited
from chengxin.rules.lawreader import Entry
from chengxin.rules.layouts import Field
from chengxin.rules.own_columns import names_of, read_columns


class Nature(StrEnum):
    """Whether the information speaks for the subject, against it, or neither."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"


class Publicity(StrEnum):
    """Who may see it: everyone, government units under a purpose, or whoever the subject authorises."""

    PUBLIC = "public"
    SHARED = "shared"
    AUTHORISED = "authorised"


class PeriodRule(StrEnum):
    """How its period is found; the meaning of each word is in `rules.periods.PeriodFacts`."""

    GRADED = "graded"
    VALIDITY = "validity"
    TERM = "term"
    STANDING = "standing"
    RETENTION = "retention"


SUBJECT_KINDS = ("organisation", "individual_business", "person")


class UnlawfulItem(Refusal):
    """A catalogue item that the law does not allow; nobody can switch it on, not even an administrator."""

    code = "unlawful_item"


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """One item of the catalogue for the days `since` to `until`.

    `contents` names what a record holds and is searched for prohibited content. `person_public_basis` is the law that
    orders publication about natural persons, or None: then nothing about a person is public (charter C11).
    `term_months` belongs to the period rule `term`; `grade` fixes a grade where the law fixes it (serious lists).
    `decision_needed` says that only a decision document of a competent authority may make such a record (charter C05).
    `columns` are the item's own, beside those of the table `layout`; an item that has some is filed in a table of its
    own, called by the item's code.
    """

    code: str
    zh: str
    en: str
    act: str
    national_class: int
    nature: Nature
    subject_kinds: tuple[str, ...]
    layout: str
    publicity: Publicity
    person_public_basis: Basis | None
    basis: tuple[Basis, ...]
    contents: tuple[str, ...]
    source: str
    sharing: str
    update: str
    periods: PeriodRule
    term_months: int | None
    grade: str
    procedure: str
    decision_needed: bool
    opt_in: bool
    needs_consent: bool
    since: date
    until: date | None
    verified: bool
    scope: str
    columns: tuple[Field, ...] = ()

    @property
    def table(self) -> str:
        """The code of the table in which the item is filed."""
        return self.code.casefold() if self.columns else self.layout


def read_item(entry: Entry, scope: str) -> ItemDefinition:
    """Read one catalogue item."""
    item = ItemDefinition(
        code=entry.text("code"),
        zh=entry.text("zh"),
        en=entry.text("en"),
        act=entry.text("act"),
        national_class=entry.whole("national_class"),
        nature=entry.choice("nature", Nature),
        subject_kinds=entry.names("subject_kinds"),
        layout=entry.text("layout"),
        publicity=entry.choice("publicity", Publicity),
        person_public_basis=entry.basis("person_public_basis") if entry.raw("person_public_basis") else None,
        basis=entry.bases(),
        contents=entry.names("contents"),
        source=entry.text("source"),
        sharing=entry.text("sharing"),
        update=entry.text("update"),
        periods=entry.choice("periods", PeriodRule),
        term_months=entry.whole("term_months") if entry.raw("term_months") else None,
        grade=entry.text("grade", ""),
        procedure=entry.text("procedure", ""),
        decision_needed=entry.flag("decision_needed", False),
        opt_in=entry.flag("opt_in", False),
        needs_consent=entry.flag("needs_consent", False),
        since=entry.day("since"),
        until=entry.maybe_day("until"),
        verified=entry.flag("verified"),
        scope=scope,
        columns=read_columns(entry),
    )
    entry.finish()
    return item


def check_lawful(item: ItemDefinition, prohibited: Prohibited) -> None:
    """Raise UnlawfulItem when an item has no basis, prohibited content, or consent-bound content without consent."""
    problems = (_without_basis(item), _prohibited(item, prohibited), _consent(item, prohibited), _contradiction(item))
    for problem in problems:
        if problem:
            zh, en = problem
            raise UnlawfulItem(f"目录项 {item.code}：{zh}", f"Catalogue item {item.code}: {en}", item=item.code)


def _texts(item: ItemDefinition) -> tuple[str, ...]:
    return (item.zh, item.act, *item.contents, *(name for column in item.columns for name in names_of(column)))


def _without_basis(item: ItemDefinition) -> tuple[str, str] | None:
    if item.basis and all(each.instrument.strip() and each.article.strip() for each in item.basis):
        return None
    return "没有依据。请写明文件和条款。", "it has no basis. Name the instrument and the article."


def _prohibited(item: ItemDefinition, prohibited: Prohibited) -> tuple[str, str] | None:
    for kind, word in prohibited.find(_texts(item)):
        return (
            f"含有禁止采集的内容“{kind.zh}”（字样“{word}”，{kind.basis[0]}）。请删去该内容。",
            f'it holds prohibited content, {kind.en} (by the word "{word}", {kind.basis[0]}). Remove it.',
        )
    return None


def _consent(item: ItemDefinition, prohibited: Prohibited) -> tuple[str, str] | None:
    if item.needs_consent or "person" not in item.subject_kinds:
        return None
    for kind, word in prohibited.needing_consent(_texts(item)):
        return (
            f"采集“{kind.zh}”（字样“{word}”）须经本人书面同意。请写 needs_consent: true。",
            f'collecting {kind.en} (by the word "{word}") needs written consent. Set needs_consent: true.',
        )
    return None


def _contradiction(item: ItemDefinition) -> tuple[str, str] | None:
    unknown = set(item.subject_kinds) - set(SUBJECT_KINDS)
    if unknown or not item.subject_kinds:
        return "主体类别不在可用范围。", "its subject kinds are empty or unknown."
    if item.periods is PeriodRule.TERM and item.term_months is None:
        return (
            "按期限公示却没有月数。请填 term_months。",
            "its period is a term without months. Fill in term_months.",
        )
    if item.nature is Nature.NEGATIVE and item.periods not in (PeriodRule.GRADED, PeriodRule.RETENTION):
        return (
            "失信信息必须有最长期限。请用 graded 或 retention。",
            "negative information must end. Use graded or retention.",
        )
    return None
