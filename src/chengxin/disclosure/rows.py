"""Which records a purpose may see, and how: masked by default, and a field no layout knows is not shown at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from chengxin.catalogue import lawbook
from chengxin.disclosure.shapes import FieldShown, RowShown
from chengxin.registry.hot import Mark, Standing, opened
from chengxin.registry.models import Annotation
from chengxin.rules import masks, money
from chengxin.rules.catalogue_items import ItemDefinition
from chengxin.rules.lawfiles import AnswerKind, Purpose
from chengxin.rules.layouts import Layout
from chengxin.rules.masks import FieldClass
from chengxin.vault import services as vault

WITH_FIELDS = frozenset({AnswerKind.RECORDS, AnswerKind.FILE})
OPEN_CLASSES = frozenset({FieldClass.PUBLIC.value, "org_code"})  # Codes of organisations are public by law.
# A purpose that lists ``code_tail`` sees the ends of certificate numbers; any other purpose sees none of them.
CODE_TAIL = "code_tail"
NUMBERS = frozenset({FieldClass.CITIZEN_ID.value, FieldClass.CERTIFICATE.value})
Mask = Callable[[str], str]
# Of each field its code, its names in Chinese and English, and its mask.
Plan = tuple[tuple[str, str, str, Mask | None], ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader may see: the items (None for all of the natures), the natures, the classes shown in clear."""

    natures: frozenset[str]
    items: frozenset[str] | None
    clear: frozenset[str]
    consented: bool = False
    restrains: bool = False

    def sees(self, row: Standing) -> bool:
        """Tell whether a record is within this sight."""
        return self._sees(row.item, row.nature, row.publicity, opt_in=row.opt_in)

    def reaches(self, item: ItemDefinition) -> bool:
        """Tell whether the records of a catalogue item are within this sight."""
        return self._sees(item.code, item.nature, item.publicity, opt_in=item.opt_in)

    def _sees(self, item: str, nature: str, publicity: str, *, opt_in: bool) -> bool:
        listed = self.items is not None and item in self.items
        if nature not in self.natures or (self.items is not None and not listed):
            return False
        if opt_in and self.restrains:  # What somebody joined for benefits never serves a restraint (charter C21).
            return False
        return publicity != "authorised" or self.consented or listed


def sight_of(purpose: Purpose, consented_items: Iterable[str] | None) -> Sight:
    """Return what a purpose may see, cut further to the items a subject consented to, if it stands on consent."""
    items = frozenset(purpose.items) or None
    if consented_items is not None:
        consented = frozenset(consented_items)
        items = consented if items is None else items & consented
    clear = OPEN_CLASSES | frozenset(purpose.fields)
    return Sight(frozenset(purpose.natures), items, clear, consented_items is not None, purpose.restrains)


def way_of(klass: str, clear: frozenset[str]) -> str:
    """Return how a field of a class is shown: ``clear``, ``trimmed`` (text without numbers), ``masked``, ``hidden``."""
    if klass in clear:
        return "clear"
    if klass == FieldClass.SECRET.value or (klass in NUMBERS and CODE_TAIL not in clear):
        return "hidden"
    return "trimmed" if klass == FieldClass.FREE_TEXT.value else "masked"


EVERYTHING = frozenset({"positive", "negative", "neutral"})
OWN_SIGHT = Sight(EVERYTHING, None, frozenset(kind.value for kind in FieldClass), consented=True)


def bare(row: Standing) -> RowShown:
    """Return a record without content: what it is, who decided it, until when, and its marks."""
    return _shown(row, row.document_no, ())


def full(rows: Iterable[Standing], sealer: Callable[[], vault.Sealer], clear: frozenset[str]) -> tuple[RowShown, ...]:
    """Return records with their fields, masked by their classes; ``sealer`` is called only if something is sealed."""
    plan = cache(lambda code: _plan(lawbook.layout(code), clear))  # Records of one answer share a few layouts.
    return tuple(_full(row, sealer, plan(row.layout)) for row in rows)


def _full(row: Standing, sealer: Callable[[], vault.Sealer], plan: Plan) -> RowShown:
    content = opened(row, sealer()) if row.sealed is not None else row.content
    document_no = row.document_no or str(content.get("document_no", ""))
    return _shown(row, document_no, tuple(_fields(plan, content)))


def _plan(layout: Layout, clear: frozenset[str]) -> Plan:
    """Return how each field of a layout is shown to a reader who may see these classes in clear; None is in clear."""
    return tuple((field.code, field.zh, field.en, _mask(field.klass, clear)) for field in layout.fields)


def _mask(klass: str, clear: frozenset[str]) -> Mask | None:
    if klass in clear:
        return None
    if klass in NUMBERS and CODE_TAIL not in clear:
        return lambda _text: masks.HIDDEN
    return masks.of_class(klass)


def _fields(plan: Plan, content: dict[str, Any]) -> Iterator[FieldShown]:
    """Yield what is shown of each field; one loop without calls of its own, since an answer has a hundred of them."""
    for code, zh, en, mask in plan:
        if code not in content:
            continue
        value = content[code]
        text = value if type(value) is str else as_text(value)
        cut = text if mask is None else mask(text)
        yield FieldShown(code, zh, en, cut, cut != text)


def as_text(value: Any) -> str:
    """Return a stored value for reading; an amount shows its yuan with the reported figure beside it."""
    if type(value) is str:
        return value
    if isinstance(value, dict):
        return money.show(money.Money(value["fen"], value["original"], value["unit"]))
    if isinstance(value, list):
        return "；".join(as_text(each) for each in value)
    return "" if value is None else str(value)


def _statement(marks: tuple[Mark, ...]) -> str:
    return "；".join(mark.text for mark in marks if mark.kind == Annotation.STATEMENT)


def _shown(row: Standing, document_no: str, fields: tuple[FieldShown, ...]) -> RowShown:
    kinds = {mark.kind for mark in row.marks} if row.marks else ()
    return RowShown(
        record=row.record,
        item=row.item,
        item_zh=row.item_zh,
        item_en=row.item_en,
        basis=f"《{row.instrument}》{row.article}",
        nature=row.nature,
        grade=row.grade,
        authority_name=row.authority_name,
        authority_code=row.authority_code,
        document_no=document_no,
        document_date=row.document_date,
        public_until=row.public_until,
        use_until=row.use_until,
        disputed=Annotation.DISPUTED in kinds,
        under_repair=Annotation.UNDER_REPAIR in kinds,
        statement=_statement(row.marks) if row.marks else "",
        fields=fields,
        restorable_from=row.restorable_from,
    )
