"""A change of the catalogue as data: an item, a column of a table, or the end of an item; read as strictly as law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from chengxin.rules.catalogue_items import ItemDefinition, check_lawful, read_item
from chengxin.rules.dated import Basis
from chengxin.rules.errors import Refusal
from chengxin.rules.lawfiles import Prohibited
from chengxin.rules.lawreader import Entry, fault
from chengxin.rules.layouts import Dialect, Field, Layout, LayoutFault, Must, Passed
from chengxin.rules.own_columns import names_of, read_column

WHERE = "变更 change"
ITEM, LAYOUT, RETIREMENT = "item", "layout", "retirement"
KINDS = {
    ITEM: ("新增或修改目录项", "New or changed item"),
    LAYOUT: ("表格列的变更", "Change of a table's columns"),
    RETIREMENT: ("停用目录项", "Retirement of an item"),
}
_DAYS = ("since", "until")


class Operation(StrEnum):
    """What happens to one column."""

    RENAME = "rename"
    SYNONYM = "synonym"
    ADD = "add"
    RETIRE = "retire"


OPERATIONS = {
    Operation.RENAME: ("改列名", "rename a column"),
    Operation.SYNONYM: ("增加列名的另一写法", "accept another heading"),
    Operation.ADD: ("增加一列", "add a column"),
    Operation.RETIRE: ("停用一列", "retire a column"),
}


class ChangeDoesNotFit(Refusal):
    """A change contradicts the table or the catalogue it is to change."""

    code = "change_does_not_fit"


@dataclass(frozen=True, slots=True)
class LayoutChange:
    """One column of one table changed from a day on; ``added`` is the whole field when a column is added."""

    layout: str
    operation: Operation
    field: str
    heading: str
    heading_en: str
    added: Field | None
    basis: tuple[Basis, ...]
    since: date
    verified: bool


@dataclass(frozen=True, slots=True)
class Retirement:
    """An item that takes no record any more from ``since`` on; the records it has stay under their own versions."""

    code: str
    basis: tuple[Basis, ...]
    since: date
    verified: bool


Proposal = ItemDefinition | LayoutChange | Retirement


def read_proposal(data: object, scope: str) -> Proposal:
    """Read one change, written as ``{kind: {...}}``; raises LawFileFault that names the key."""
    outer = Entry(data, WHERE)
    kinds = [kind for kind in KINDS if outer.raw(kind) is not None]
    outer.finish()
    if len(kinds) != 1:
        raise fault(WHERE, "/".join(KINDS), "应当恰有一项", "must be there exactly once")
    kind = kinds[0]
    entry = Entry(_with_days(outer.raw(kind)), f"{WHERE} › {kind}")
    if kind == ITEM:
        return read_item(entry, scope)
    return _layout_change(entry) if kind == LAYOUT else _retirement(entry)


def _with_days(data: Any) -> Any:
    """Turn dates written as text, as JSON and forms have to, into dates; anything else is left to the reader."""
    if not isinstance(data, Mapping):
        return data
    return {key: _day(value) if key in _DAYS else value for key, value in data.items()}


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _layout_change(entry: Entry) -> LayoutChange:
    operation = entry.choice("operation", Operation)
    added = read_column(entry.raw("added"), entry.where, "added") if operation is Operation.ADD else None
    renamed = operation in (Operation.RENAME, Operation.SYNONYM)
    change = LayoutChange(
        layout=entry.text("layout"),
        operation=operation,
        field=added.code if added else entry.text("field"),
        heading=added.zh if added else entry.text("heading") if renamed else "",
        heading_en=entry.text("heading_en", ""),
        added=added,
        basis=entry.bases(),
        since=entry.day("since"),
        verified=entry.flag("verified"),
    )
    entry.finish()
    return change


def _retirement(entry: Entry) -> Retirement:
    found = Retirement(entry.text("code"), entry.bases(), entry.day("since"), entry.flag("verified"))
    entry.finish()
    return found


def subject_of(proposal: Proposal) -> str:
    """Return the code of the item or table that a change is about."""
    return proposal.layout if isinstance(proposal, LayoutChange) else proposal.code


def needs_comments(proposal: Proposal) -> bool:
    """Tell whether a change takes rights or duties along; another name for a column does not."""
    return not (isinstance(proposal, LayoutChange) and proposal.operation in (Operation.RENAME, Operation.SYNONYM))


def check_allowed(proposal: Proposal, prohibited: Prohibited) -> None:
    """Raise when a change names content that may not be collected (charter C02, C03) or has no basis (C01)."""
    if isinstance(proposal, ItemDefinition):
        check_lawful(proposal, prohibited)
    elif isinstance(proposal, LayoutChange):
        names = _names(proposal)
        for kind, word in (*prohibited.find(names), *prohibited.needing_consent(names)):
            raise ChangeDoesNotFit(
                f"列名含有“{word}”，属于“{kind.zh}”（{kind.basis[0]}），不能加入这张表。须经本人书面同意的，请另立目录项。",
                f"The column names {kind.en} by the word “{word}” ({kind.basis[0]}) and cannot join this table. "
                "Content that needs written consent takes an item of its own.",
            )


def _names(change: LayoutChange) -> tuple[str, ...]:
    added = change.added
    if added is None:
        return (change.heading, change.heading_en)
    return (change.heading, change.heading_en, *names_of(added))


def check_fits(change: LayoutChange, layout: Layout) -> None:
    """Raise ChangeDoesNotFit when the table has no such column, or knows the heading for another one."""
    known = {field.code for field in layout.fields}
    if change.operation is Operation.ADD and change.field in known:
        raise _unfit("这张表已有该字段代码", "the table has a column of that code already", change)
    if change.operation is not Operation.ADD and change.field not in known:
        raise _unfit("这张表没有该字段", "the table has no such column", change)
    if change.operation is Operation.RETIRE and _indispensable(layout.get(change.field)):
        raise _unfit("该字段为必填，或用于认定主体、期限，不能停用", "the column is indispensable", change)
    for heading in _headings(change):
        named = layout.named(heading)
        if named is not None and named.field != change.field:
            raise _unfit("这一列名已是另一列的名称", "that heading names another column already", change)


def _headings(change: LayoutChange) -> tuple[str, ...]:
    if change.added is not None:
        return (change.added.code, change.added.zh, *change.added.aliases)
    return (change.heading,) if change.heading else ()


def _indispensable(field: Field) -> bool:
    return field.role is not None or field.must is not Must.OPTIONAL


def _unfit(zh: str, en: str, change: LayoutChange) -> ChangeDoesNotFit:
    return ChangeDoesNotFit(
        f"{change.layout} › {change.field}：{zh}。请核对字段和列名。",
        f"{change.layout} › {change.field}: {en}. Check the column and its heading.",
    )


def changed_layout(layout: Layout, changes: Iterable[LayoutChange], *, keep_retired: bool = False) -> Layout:
    """Return a table with its changes laid over it in order; one that no longer fits the table is passed over.

    ``keep_retired`` leaves retired columns readable, for records that were filed while they were in use.
    """
    for number, change in enumerate(changes, 1):
        try:
            check_fits(change, layout)
        except ChangeDoesNotFit:
            continue
        version = f"{layout.version.partition('+')[0]}+{number}"
        layout = _rebuilt(_laid_over(layout, change, keep_retired), version)
    return layout


def _laid_over(layout: Layout, change: LayoutChange, keep_retired: bool) -> Layout:
    if change.added is not None:
        return _with_fields(layout, (*layout.fields, change.added))
    if change.operation is Operation.RETIRE:
        return layout if keep_retired else _without(layout, change)
    fields = tuple(_renamed(field, change) if field.code == change.field else field for field in layout.fields)
    return _with_fields(layout, fields)


def _renamed(field: Field, change: LayoutChange) -> Field:
    """Give a field its new heading; the old one stays known, so that nobody's file is returned for it."""
    if change.operation is Operation.SYNONYM:
        return replace(field, aliases=tuple(dict.fromkeys((*field.aliases, change.heading))))
    aliases = tuple(dict.fromkeys(name for name in (*field.aliases, field.zh) if name != change.heading))
    return replace(field, zh=change.heading, en=change.heading_en or field.en, aliases=aliases)


def _without(layout: Layout, change: LayoutChange) -> Layout:
    gone = layout.get(change.field)
    passed = tuple(Passed(name) for name in (gone.code, gone.zh, *gone.aliases))
    ended = Dialect(
        f"retired-{gone.code}", "已停用的列", "retired column", change.since, None, str(change.basis[0]),
        change.verified, passed_over=passed,
    )  # fmt: skip
    dialects = tuple(_dialect_without(each, gone.code) for each in layout.dialects)
    fields = tuple(field for field in layout.fields if field.code != gone.code)
    return replace(layout, fields=fields, dialects=(*dialects, ended), _by_code={}, _by_role={}, _named={})


def _dialect_without(dialect: Dialect, code: str) -> Dialect:
    left = [(heading, field) for heading, field in dialect.names.items() if field != code]
    joined = [(heading, field) for heading, field in dialect.joined.items() if field != code]
    gone = [Passed(name) for names in (dialect.names, dialect.joined) for name, field in names.items() if field == code]
    return replace(dialect, names=dict(left), joined=dict(joined), passed_over=(*dialect.passed_over, *gone))


def _with_fields(layout: Layout, fields: tuple[Field, ...]) -> Layout:
    return replace(layout, fields=fields, _by_code={}, _by_role={}, _named={})


def _rebuilt(layout: Layout, version: str) -> Layout:
    return replace(layout, version=version, _by_code={}, _by_role={}, _named={})


def check_layout(layout: Layout, change: LayoutChange) -> Layout:
    """Return the table after one change; raises ChangeDoesNotFit or LayoutFault when it would contradict itself."""
    check_fits(change, layout)
    try:
        return changed_layout(layout, [change])
    except LayoutFault as contradiction:
        raise _unfit(contradiction.zh.rstrip("。"), contradiction.en.rstrip("."), change) from contradiction


@dataclass(frozen=True, slots=True)
class Difference:
    """One property of an item that a change alters; values are plain data, None where there was nothing."""

    key: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return what differs between two definitions kept as plain data, in the order of the new one."""
    old = before or {}
    keys = [*after, *(key for key in old if key not in after)]
    return tuple(Difference(key, old.get(key), after.get(key)) for key in keys if old.get(key) != after.get(key))
