"""报告版式: the sections of a credit report in their order, which records each holds, and the labels they carry. Pure.

There is one layout for organisations and one for natural persons. A record belongs to the section that names its item;
else to the one that names its national class; else, if only the province knows the item, to the section of local
additions; else to the section of everything else. A section that is not shown for a kind of subject holds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from chengxin.rules.dated import NATIONAL, Basis
from chengxin.rules.lawreader import Entry, fault

OTHERS, LOCAL, ADVICE = "others", "local", "advice"
EVALUATION_CLASS = 9
"""The national class of evaluations: grades, which nobody gives to a natural person (charter C22)."""
OF_RECORD = ("document_no", "document_date", "authority_name", "authority_code")
"""What a label may show of the record itself when its filed columns do not hold it."""


@dataclass(frozen=True, slots=True)
class Label:
    """One printed label: the filed columns that may hold its value, else what the record itself has of it.

    With neither, nobody files it, and the report says so.
    """

    zh: str
    en: str
    of: tuple[str, ...]
    record: str


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """The labels of the records of some items, in printed order."""

    items: tuple[str, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class SectionRule:
    """One section. A ``standing`` one shows what is so today, so that a period of enquiry does not cut it."""

    code: str
    number_zh: str
    number_en: str
    zh: str
    en: str
    items: tuple[str, ...]
    classes: tuple[int, ...]
    subject_kinds: tuple[str, ...]
    standing: bool
    forms: tuple[PrintedForm, ...]

    @property
    def heading(self) -> tuple[str, str]:
        """Return the heading with its number, in Chinese and English."""
        stop = "" if self.number_zh.endswith("）") else "、"
        return f"{self.number_zh}{stop}{self.zh}", f"{self.number_en}. {self.en}"


@dataclass(frozen=True, slots=True)
class ReportLayout:
    """The layout of the reports about some kinds of subject, in force on some days."""

    code: str
    subject_kinds: tuple[str, ...]
    sections: tuple[SectionRule, ...]
    basis: tuple[Basis, ...]
    since: date
    until: date | None
    verified: bool

    def shown_to(self, kind: str) -> tuple[SectionRule, ...]:
        """Return the sections that a report about a subject of this kind has."""
        return tuple(each for each in self.sections if not each.subject_kinds or kind in each.subject_kinds)

    def section_of(self, item: str, national_class: int, scope: str) -> str:
        """Return the code of the section in which the records of an item stand."""
        by_item = (each.code for each in self.sections if item in each.items)
        by_class = (each.code for each in self.sections if national_class in each.classes)
        return next(by_item, None) or next(by_class, None) or (OTHERS if scope == NATIONAL else LOCAL)

    def labels_of(self, item: str) -> tuple[Label, ...]:
        """Return the labels of an item's records; of an item without a printed form, none."""
        forms = (form for section in self.sections for form in section.forms if item in form.items)
        found = next(forms, None)
        return found.labels if found else ()


def of_kind(layouts: Iterable[ReportLayout], kind: str) -> ReportLayout:
    """Return the layout for a kind of subject, the newest of those given."""
    return max((each for each in layouts if kind in each.subject_kinds), key=lambda each: each.since)


def read_report_layout(entry: Entry) -> ReportLayout:
    """Read one layout of law/*/report_layouts.yaml; a section that grades persons is a fault (charter C22)."""
    layout = ReportLayout(
        code=entry.text("code"),
        subject_kinds=entry.names("subject_kinds"),
        sections=tuple(_section(each) for each in entry.entries("sections")),
        basis=entry.bases(),
        since=entry.day("since"),
        until=entry.maybe_day("until"),
        verified=entry.flag("verified"),
    )
    entry.finish()
    _check(layout, entry.where)
    return layout


def _check(layout: ReportLayout, where: str) -> None:
    codes = [each.code for each in layout.sections]
    if len(codes) != len(set(codes)) or not {OTHERS, LOCAL} <= set(codes):
        raise fault(
            where, "sections", "各节代码不得重复，须有 others 和 local", "need distinct codes, others and local"
        )
    graded = [each for each in layout.sections if EVALUATION_CLASS in each.classes]
    if "person" in layout.subject_kinds and graded:
        raise fault(where, "classes", "自然人的报告不得有评价一节", "must not grade natural persons")


def _section(entry: Entry) -> SectionRule:
    section = SectionRule(
        code=entry.text("code"),
        number_zh=entry.text("number_zh"),
        number_en=entry.text("number_en"),
        zh=entry.text("zh"),
        en=entry.text("en"),
        items=entry.names("items", ()),
        classes=_classes(entry),
        subject_kinds=entry.names("subject_kinds", ()),
        standing=entry.flag("standing", False),
        forms=tuple(_form(each) for each in entry.entries("forms")) if entry.raw("forms") else (),
    )
    entry.finish()
    return section


def _classes(entry: Entry) -> tuple[int, ...]:
    found = entry.raw("classes") or []
    if not isinstance(found, list) or not all(type(each) is int for each in found):
        raise fault(entry.where, "classes", "应当是全国目录的类号", "must be numbers of national classes")
    return tuple(found)


def _form(entry: Entry) -> PrintedForm:
    form = PrintedForm(entry.names("items"), tuple(_label(each) for each in entry.entries("labels")))
    entry.finish()
    return form


def _label(entry: Entry) -> Label:
    label = Label(entry.text("zh"), entry.text("en"), entry.names("of", ()), entry.text("record", ""))
    entry.finish()
    if label.record and label.record not in OF_RECORD:
        raise fault(entry.where, "record", f"应当是 {'、'.join(OF_RECORD)} 之一", f"must be one of {OF_RECORD}")
    return label


@dataclass(frozen=True, slots=True)
class Value:
    """What a printed label shows. ``code`` is the filed column it came from; an empty text means "not filed"."""

    code: str
    zh: str
    en: str
    text: str
    masked: bool


def printed(
    labels: Iterable[Label], filed: Mapping[str, tuple[str, bool]], record: Mapping[str, str]
) -> tuple[Value, ...]:
    """Return every label with its value, in order; ``filed`` holds the value of each column and whether it is cut."""
    return tuple(_printed(label, filed, record) for label in labels)


def _printed(label: Label, filed: Mapping[str, tuple[str, bool]], record: Mapping[str, str]) -> Value:
    code = next((code for code in label.of if filed.get(code, ("", False))[0]), "")
    text, masked = filed.get(code, (record.get(label.record, ""), False))
    return Value(code, label.zh, label.en, text, masked)
